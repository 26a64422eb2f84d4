// What a trace on an account chain found, as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/u256.h"
#include "trace/accounts/events.h"
#include "trace/result.h"

namespace tracehound::trace::accounts {

struct LabelSum {
  Label label;
  U256 amount;
};
// Sums by label, ascending.
class Sums {
 public:
  // False where the sum leaves 256 bits, which only a token that lies can bring about.
  bool add(Label label, const U256& amount);
  U256 of(Label label) const;
  // Whether all labels together are within 256 bits.
  bool fit() const;
  // REQUIRES: fit(), as it does in a trace that run() returned.
  U256 total() const;
  const std::vector<LabelSum>& all() const { return sums_; }

 private:
  std::vector<LabelSum> sums_;
};

// Which side of its transfer a seed lies on, which only matters where a transaction is netted.
enum class SeedSide : std::uint8_t {
  transfer,  // what was received of it, or where that nets to nothing what was paid
  received,
  sent,
};

// Units [first, end) of what a transfer moves.
struct Seed {
  TransferId transfer;
  U256 first;
  U256 end;
  Label label;
  SeedSide side = SeedSide::transfer;

  U256 claimed() const { return end - first; }
  friend auto operator<=>(const Seed&, const Seed&) = default;
};

struct SeedFound {
  Seed seed;
  TxId tx;
  HolderId holder;  // where its units were laid
  U256 effective;   // of claimed(), what was not already another seed's, and was there
};

// Backward: all that a balance comes to where the trace begins.
struct Holding {
  HolderId holder;
  Label label;

  friend auto operator<=>(const Holding&, const Holding&) = default;
};
struct HoldingFound {
  Holding holding;
  U256 balance;    // above 0
  U256 effective;  // of it, what no other label claimed
};

// Tainted units that rest in a holder, or ended on their way to it.
struct Landing {
  HolderId holder;
  std::optional<TxId> tx;  // that brought them; nothing for `held`
  U256 balance;            // `held`: the holder's whole known balance
  U256 amount;
  Label label;
  std::uint32_t hops = 0;
  bool unknown_opening = false;  // `held`: the known history did not cover what went out
};

// All units of an asset that ended in one place: one entry per kind, service and asset.
struct Destination {
  DestinationKind kind = DestinationKind::held;
  std::optional<std::uint32_t> service;  // index into Trace::services
  AssetId asset;
  U256 amount;                    // 0 when the method does not conserve
  std::vector<Landing> landings;  // by transaction (held: by holder), then label; none for fees
  Sums labels;                    // `amount` by label
};

// The books of one asset: for each label, seeded + swapped_in = swapped_out + destinations.
struct AssetBooks {
  AssetId asset;
  U256 claimed;
  Sums effective;
  Sums swapped_in;
  Sums swapped_out;
  U256 total;  // over destinations
  // Holders that carried taint while what went out of them was more than is known to have come in:
  // history before the ledger, or a token whose logs are not its balances (fee on transfer,
  // rebasing).
  std::uint64_t unknown_holders = 0;
};

enum class ParcelKind : std::uint8_t { transfer, swap, fee };

// Units of one label that one movement carried to one holder.
struct Parcel {
  TxId tx;
  std::optional<TransferId> transfer;  // nothing where the transaction was netted, and for fees
  ParcelKind kind = ParcelKind::transfer;
  HolderId from;  // of several that paid, who brought most of the label
  HolderId to;    // account kNobody where they were burned without an account, and for fees
  U256 paid;      // in from's asset; equals `amount` but for swaps
  U256 amount;    // in to's asset
  Label label;
  std::uint32_t hop = 0;
};

struct Trace {
  MethodKind method = MethodKind::haircut;
  Direction direction = Direction::forward;
  bool conserves = true;
  bool interrupted = false;
  std::vector<SeedFound> seeds;        // chain order
  std::vector<HoldingFound> holdings;  // by holder, then label
  std::vector<Service> services;
  std::vector<Destination> destinations;  // by kind, service, asset
  std::vector<AssetBooks> assets;         // that carried taint, ascending
  std::vector<Parcel> parcels;            // chain order
  std::uint64_t transactions_touched = 0;
  std::uint64_t swaps = 0;               // netted transactions through which taint crossed
  std::uint64_t approximate = 0;         // of those: several assets in or out, without prices
  std::uint64_t guessed_actor = 0;       // of those: who swapped had to be guessed
  std::vector<std::string> label_names;  // [i] names Label(i + 1)
};

std::string label_text(const Trace& trace, Label label);
// The asset's books, or nothing where no taint came.
const AssetBooks* books_of(const Trace& trace, AssetId asset);

// Per asset and label, what was seeded and swapped in equals what was swapped out and landed.
// Error (machine), naming method, asset and label. Every trace run() returns has passed it.
Status check_balance(const Trace& trace);

}  // namespace tracehound::trace::accounts
