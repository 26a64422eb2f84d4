// What a trace found: the words of the tracing specification as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/huge_pages.h"
#include "base/ids.h"
#include "trace/runs.h"

namespace tracehound::trace {

// Where a tainted unit stands at the end. Every unit stands in exactly one. `mined` is where units
// followed backward began: in a coinbase.
enum class DestinationKind : std::uint8_t {
  held,
  service,
  mixed,
  crossed,
  burned,
  fees,
  cut,
  mined
};
inline constexpr std::size_t kDestinationKinds = 8;
std::string_view name_of(DestinationKind kind);

enum class MethodKind : std::uint8_t {
  poison,
  haircut,
  fifo,
  lifo,
  tiho,
  tilo,
  seniority,
  // On account chains alone: which units leave a balance that is not emptied.
  taint_first,
  clean_first,
};
inline constexpr std::size_t kMethodKinds = 9;
inline constexpr std::size_t kCoinMethodKinds = 7;  // the first of them: those of coin chains
std::string_view name_of(MethodKind method);
std::optional<MethodKind> method_named(std::string_view name);
// False for poison: reach, never sums.
bool conserves(MethodKind method);
// False for the methods that only account chains have.
bool on_coin_chains(MethodKind method);

// To where units are now, or from where they came.
enum class Direction : std::uint8_t { forward, backward };
std::string_view name_of(Direction direction);

// What becomes of taint in a fee: it ends there, or flows on into the block's coinbase.
enum class FeeRule : std::uint8_t { sink, miner };
std::string_view name_of(FeeRule rule);

// Tainted units resting in a coin.
struct Landing {
  CoinId coin;
  Amount value = 0;   // the whole coin's
  Amount amount = 0;  // of it, tainted under this label
  Label label;
  std::uint32_t hops = 0;  // fewest transactions from a seed coin
};
using Landings = LargeVector<Landing>;  // of a theft that spreads, millions

// All units that ended in one place: one entry per kind, and per service for `service` and for what
// `crossed` by a service that is a bridge.
struct Destination {
  DestinationKind kind = DestinationKind::held;
  std::optional<std::uint32_t> service;  // index into Trace::services
  Amount amount = 0;                     // 0 when the method does not conserve
  Landings coins;                        // chain order, then label; empty for fees
  std::vector<LabelAmount> labels;       // `amount` by label, ascending
  // Of that, what is in no coin: all of `fees`; of `burned`, what miners left unclaimed.
  std::vector<LabelAmount> coinless;
};

// A service, as its tag names it.
struct Service {
  std::string name;      // the tag's actor, else its label
  std::string category;  // "exchange", ...
};

struct SeedCoin {
  CoinId coin;
  Amount value = 0;    // the whole coin's
  Amount claimed = 0;  // what the incident says was stolen of it
  Amount amount = 0;   // effective: what was not already another seed's
  Label label;
};

// Units of one label that one transaction carried from one coin into another. Sums by `from` are
// what left each coin, sums by `to` what arrived in each (parcel_maker.cc says how they are told
// apart). An end that is no coin is the fee of a transaction: into which it was paid, or out of
// which, under FeeRule::miner, its block's coinbase took it; a coinbase's own fee is what its miner
// left unclaimed. Backward, from and to are in the direction of the walk: from what was asked
// about. Poison has no sums: there is one parcel for each output, of its whole value, and `from` is
// the input that brought most of the label (the first of equals).
struct Parcel {
  TxId transaction;
  std::optional<CoinId> from;  // none: the fee of from_fee
  std::optional<CoinId> to;    // none: the fee of to_fee
  Amount amount = 0;
  Label label;
  std::uint32_t hop = 0;  // of `to`: its fewest transactions from a seed
  TxId from_fee = {};
  TxId to_fee = {};
};

// What of a trace rests in unconfirmed coins, and was paid in fees by unconfirmed transactions. No
// block holds them: they may be replaced, or never be confirmed.
struct UnconfirmedPart {
  std::uint64_t coins = 0;  // landings
  Amount amount = 0;        // 0 when the method does not conserve
  Amount fees = 0;          // likewise
};

struct Trace {
  MethodKind method = MethodKind::fifo;
  Direction direction = Direction::forward;
  FeeRule fees = FeeRule::sink;
  bool conserves = true;  // false for poison: reach, never sums
  // It was told to stop early: what was still to be followed stands in `cut`. The books balance.
  bool interrupted = false;
  Amount claimed = 0;  // sums over seeds
  Amount effective = 0;
  std::vector<SeedCoin> seeds;            // chain order
  std::vector<Service> services;          // Stops::services(), reached or not: by name
  std::vector<Destination> destinations;  // by kind, then service name
  std::vector<Parcel> parcels;            // chain order
  std::uint64_t transactions_touched = 0;
  std::uint64_t coins_touched = 0;
  UnconfirmedPart unconfirmed;
  Amount total = 0;                      // over destinations; equals `effective` when conserving
  std::optional<BlockHeight> as_of;      // nothing after this block was looked at
  std::vector<std::string> label_names;  // [i] names Label(i + 1)

  // How many coins the seeds are of: several can be parts of one.
  std::uint64_t seed_coins() const;
};

// A label's name, or its number where it has none.
std::string label_text(const Trace& trace, Label label);

}  // namespace tracehound::trace
