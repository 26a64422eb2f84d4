// Seeds: the coins, or parts of coins, that an incident says were stolen.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"
#include "trace/runs.h"

namespace tracehound::trace {

inline constexpr Label kFirstLabel{1};

// Units [first, end) of a coin.
struct Seed {
  CoinId coin;
  Amount first = 0;
  Amount end = 0;
  Label label = kFirstLabel;

  Amount claimed() const { return end - first; }
  // Chain order; in one coin the lower label comes first and keeps what two claim.
  friend auto operator<=>(const Seed& a, const Seed& b) {
    if (auto order = a.coin <=> b.coin; order != 0) return order;
    if (auto order = a.label <=> b.label; order != 0) return order;
    if (auto order = a.first <=> b.first; order != 0) return order;
    return a.end <=> b.end;
  }
  friend bool operator==(const Seed&, const Seed&) = default;
};

// A seed as it is written: `TXID:VOUT`, the whole coin, or `TXID:VOUT[a,b)`, units a to b-1 of it.
struct SeedText {
  ledger::Outpoint outpoint;
  std::optional<Amount> first;  // both or neither
  std::optional<Amount> end;
};
// Errors (bad_input): says which part is wrong and what the form is.
Result<SeedText> parse_seed(std::string_view text);

// Finds the coin. Where two coinbases share the txid, it is the later one's (BIP 30).
// Errors (bad_input), naming `text`: not of the form; no such transaction; no such output; a coin
// without value; a range that is empty or goes past the coin's value.
Result<Seed> resolve_seed(const ledger::Ledger& ledger, std::string_view text,
                          Label label = kFirstLabel);
// All of them under one label, in the order given, and as check_seeds() demands.
Result<std::vector<Seed>> resolve_seeds(const ledger::Ledger& ledger,
                                        std::span<const std::string> texts,
                                        Label label = kFirstLabel);

// Errors (bad_input), naming the coin: no seed at all; label 0; a coin the ledger does not have; a
// range empty or past the value; units of a coin claimed twice under one label.
Status check_seeds(const ledger::Ledger& ledger, std::span<const Seed> seeds);

// How the seeds of one coin lie over the taint that arrived in it. What is tainted keeps its first
// label; of the rest, the seeds take their ranges in their order.
struct SeededCoin {
  std::vector<Run> runs;          // as runs.h says, for an ordered method or not
  std::vector<Amount> effective;  // of each seed: the units that were still clean
};
enum class Arrived {
  stays,    // the arrived taint stays in the coin beside the seeds
  stopped,  // it ended here: its units are clean from now on, but no seed's either
};
// REQUIRES: `seeds` are sorted, of one coin of this value, and passed check_seeds().
SeededCoin lay_seeds(Amount value, RunView arrived, Arrived then, std::span<const Seed> seeds,
                     bool ordered);

}  // namespace tracehound::trace
