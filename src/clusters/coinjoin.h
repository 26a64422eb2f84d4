// Which transactions are CoinJoins, of what protocol, and why: the rules in their order.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "clusters/transaction_view.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

// In the order in which they are tried: the specific before the general.
enum class Protocol : std::uint8_t {
  whirlpool,      // Samourai Whirlpool and its kin: every output is the pool's denomination
  wasabi2,        // WabiSabi: many inputs, outputs of standard denominations
  wasabi1,        // ZeroLink: equal outputs of about 0.1 BTC, both sides sorted
  joinmarket,     // a taker and makers: equal outputs, and change for nearly everyone
  equal_outputs,  // some other CoinJoin with equal outputs
  // Not CoinJoins:
  whirlpool_tx0,  // one owner's coins are cut up for a Whirlpool pool
  stonewall,      // two equal outputs and two changes: one wallet that looks like two, or two
  chip_split,     // every output is a chip of a ChipMixer-like mixer
};
inline constexpr std::size_t kProtocols = 8;
std::string_view name_of(Protocol protocol);  // "whirlpool", "wasabi2", ...
std::optional<Protocol> protocol_named(std::string_view name);
// Whether inputs of several owners come together in it: then its inputs say nothing about who owns
// what, and it is a place where a trace loses sight.
constexpr bool is_coinjoin(Protocol protocol) { return protocol <= Protocol::equal_outputs; }

struct Recognised {
  Protocol protocol = Protocol::equal_outputs;
  std::uint8_t confidence = 0;  // 0 to 100; docs/accuracy.md says what was measured
  // How many outputs look like the one that one looks for, at best.
  std::uint32_t anonymity_set = 0;
  Amount denomination = 0;  // of those outputs
  std::uint32_t inputs = 0;
  std::uint32_t outputs = 0;
  std::string_view rule;  // the reason, as static text

  friend bool operator==(const Recognised&, const Recognised&) = default;
};
// The reason with its figures, a sentence without its full stop.
std::string reason(const Recognised& recognised);

// By the transaction alone.
std::optional<Recognised> recognise(const TransactionView& transaction);

// What the transactions before and after are recognised as; nothing where they are not known or are
// nothing.
struct Lineage {
  std::span<const std::optional<Protocol>> parents;   // of each input
  std::span<const std::optional<Protocol>> spenders;  // of each output
};
// What the neighbours add: a Whirlpool mix between Whirlpool transactions is surer than one alone.
Recognised with_lineage(Recognised alone, const TransactionView& transaction,
                        const Lineage& lineage);

// Reads a ledger's transactions one after another. Not thread-safe: one a thread.
class Recogniser {
 public:
  explicit Recogniser(const ledger::Ledger& ledger) : ledger_(ledger) {}

  // By the transaction alone; most leave at a look at how many inputs and outputs they have.
  std::optional<Recognised> alone(TxId tx);
  // With what its neighbours are.
  std::optional<Recognised> look(TxId tx);

 private:
  const ledger::Ledger& ledger_;
  ViewRoom room_;
  std::vector<std::optional<Protocol>> parents_;
  std::vector<std::optional<Protocol>> spenders_;
};

// Whether a transaction's inputs belong to several owners as far as its own shape tells. For many
// transactions in a row, Recogniser keeps its memory.
bool is_coinjoin(const ledger::Ledger& ledger, TxId tx);

}  // namespace tracehound::clusters
