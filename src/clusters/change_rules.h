// Which output of a transaction goes back to who paid: guesses by rule. A rule says which outputs
// it does not rule out; rules are combined as sets; a guess is made where one output is left.
// Guesses annotate and never merge by themselves: one careless rule once put 256 million addresses
// into one cluster of BlockSci's.
//
// The rules up to `none` mean exactly what BlockSci's of the same names do (its
// change_address.cpp). OP_RETURN outputs are ruled out by all of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "clusters/change_fresh.h"
#include "clusters/coinjoin.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

enum class ChangeRule : std::uint8_t {
  peeling_chain,   // one input, two outputs, and so is its parent or a spender: unspent outputs,
                   // and those spent by a transaction for which the same holds
  power_of_ten,    // not a multiple of 10^6 satoshi
  optimal_change,  // smaller than the smallest input
  address_type,    // of the script kind that all inputs have
  locktime,        // unspent, or spent with a locktime just if this one has a locktime
  address_reuse,   // paid to an address that is also an input's
  client_change,   // paid to an address that appears here for the first time
  legacy,          // no CoinJoin, two outputs at least, one of which is both fresh and
                   // smaller than the smallest input
  fixed_fee,       // unspent, or spent at the same whole fee per 1000 virtual bytes
  spent,           // spent
  none,            // no output at all
  one_time,        // 2 to 10 outputs, and one is of the inputs' kind, no multiple of 1000 satoshi,
                   // smaller than the smallest input, at an address used for nothing else
  peel_next,       // what a peel chain goes on with (peel.h's find_next)
};
inline constexpr std::size_t kChangeRules = 13;
std::string_view name_of(ChangeRule rule);  // "peeling_chain", ...
// Of a hundred guesses by it, how many were right where it was measured (docs/accuracy.md).
std::uint8_t confidence_of(ChangeRule rule);
std::optional<ChangeRule> change_rule_named(std::string_view name);

// Output numbers, ascending.
using OutputSet = std::vector<std::uint32_t>;
OutputSet unite(const OutputSet& a, const OutputSet& b);
OutputSet intersect(const OutputSet& a, const OutputSet& b);
OutputSet subtract(const OutputSet& a, const OutputSet& b);
// The output, if there is exactly one.
std::optional<std::uint32_t> unique(const OutputSet& outputs);

struct RuleSet {
  std::vector<ChangeRule> rules;
};

struct ChangeGuess {
  std::uint32_t output = 0;
  CoinId coin;
  std::vector<ChangeRule> rules;  // those that leave this output alone, in their order
  std::uint8_t confidence = 0;    // of the surest of them
};

// Applies rules to a ledger's transactions. It remembers where it was: transactions in chain order
// cost least. Not thread-safe: one a thread.
class ChangeFinder {
 public:
  explicit ChangeFinder(const ledger::Ledger& ledger)
      : ledger_(ledger), fresh_(ledger), recogniser_(ledger) {}

  // The outputs that the rule does not rule out. A coinbase has no change: none.
  OutputSet candidates(ChangeRule rule, TxId tx);
  // The change by a set of rules: of the outputs that some rule leaves alone, the one that the
  // surest rule does, then the one that most do. Nothing where none does, where two tie, and in
  // CoinJoins.
  std::optional<ChangeGuess> change_of(TxId tx, const RuleSet& rules);

 private:
  template <typename Keep>
  OutputSet keep(TxId tx, Keep keep) const;
  OutputSet peeling_chain(TxId tx) const;
  OutputSet address_type(TxId tx) const;
  OutputSet legacy(TxId tx);
  OutputSet one_time(TxId tx);
  bool is_coinjoin(TxId tx);

  const ledger::Ledger& ledger_;
  FreshAddresses fresh_;
  Recogniser recogniser_;
};

// By the rules that are right often enough to be shown to people.
const RuleSet& shown_rules();

// One transaction's, for whoever asks once.
OutputSet candidates(ChangeRule rule, const ledger::Ledger& ledger, TxId tx);
std::optional<ChangeGuess> change_of(const ledger::Ledger& ledger, TxId tx, const RuleSet& rules);
inline std::optional<ChangeGuess> change_of(const ledger::Ledger& ledger, TxId tx) {
  return change_of(ledger, tx, shown_rules());
}

}  // namespace tracehound::clusters
