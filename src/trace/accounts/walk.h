// The engine on account chains: taint carried forward through the transactions of those who hold
// it.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "trace/accounts/driver.h"
#include "trace/accounts/found.h"
#include "trace/accounts/holders.h"
#include "trace/accounts/netting.h"
#include "trace/accounts/seeding.h"
#include "trace/accounts/trace.h"

namespace tracehound::trace::accounts {

class Walk {
 public:
  // All that the request names must outlive the walk.
  explicit Walk(const WalkRequest& request);
  // Before run(): goes on behind transactions before `from`, where a walk of the same request had
  // found that and left those holders.
  void resume(TxId from, std::vector<Found> found, std::vector<SavedHolder> holders);
  // Error (bad_input): sums beyond 256 bits.
  Status run();
  bool interrupted() const { return interrupted_; }
  std::vector<Found> take_found() { return std::move(found_); }
  // After run(), by holder; clean ones are left out.
  std::vector<SavedHolder> saved_holders() const;
  // Of one of them the balance left 256 bits within a swap. What the netted movements made of it is
  // not what its history gives to who reads it again, so that such a walk cannot be resumed.
  std::optional<AssetId> beyond_history() const { return beyond_history_; }

 private:
  using Lane = std::size_t;
  // What goes over from a side in one asset.
  struct Pot {
    HolderId from;  // who brought most of its first label
    Units units;
  };

  Status visit(TxId tx);
  void land_held();
  void take_seeds(TxId tx);
  void look_ahead();

  // ---- plain transactions: transfer by transfer ----
  Status replay();
  Status replay_row(std::size_t row);
  // Takes from a holder (nothing: one without taint), in every lane, into `moved`.
  void take(Holder* holder, const U256& amount, std::vector<Units>& moved);
  // `holder` is what holders_.find(id) gives.
  Status credit(HolderId id, Holder* holder, std::vector<Units>& moved, TransferId before);

  // What becomes of one lane's units on their way to a holder: stops, cuts, seeds.
  Status arrive(Lane lane, HolderId to, std::span<const LaidSeed> seeds, Units& units);
  std::optional<Stop> stop_for(HolderId to, const Units& units) const;
  void land(Lane lane, HolderId at, Stop stop, const Units& units);
  void lay(Lane lane, HolderId at, std::span<const LaidSeed> seeds, const Units& stopped,
           Units& units);
  Status pay_fee();

  // ---- swaps (exchange.cc) ----
  Status exchange(const Exchange& what);
  void cover_shorts();
  void cover_shorts_of(Holder& holder);
  using TakenSide = std::vector<std::vector<std::vector<Units>>>;  // by asset, payer, lane
  TakenSide take_side(const Side& side);
  bool exchange_lane(Lane lane, const Side& side, TakenSide& taken);
  std::vector<Pot> pay_over(Lane lane, const Side& side, std::vector<std::vector<Source>>& sources);
  void bring_back(Lane lane, const Side& side, const std::vector<Pot>& pots, const Weights& weights,
                  std::vector<std::vector<Source>>& sources);
  void divide_side(Lane lane, const SideAsset& asset, std::vector<Source>& sources, bool over,
                   std::vector<Units>& shares);
  Status settle_arrivals();

  void note_unknown(Holder& holder);
  void note_parcel(Lane lane, ParcelKind kind, HolderId from, HolderId to, const Units& paid,
                   const Units& units);
  void moved_taint(Lane lane) { moved_in_[lane] = true; }

  const Events& events_;
  const Stops& stops_;
  const Options& options_;
  std::span<const Seed> seeds_;
  TxId end_;
  std::vector<Divider> lanes_;
  Holders holders_;
  Schedule schedule_;
  std::vector<Found> found_;
  bool interrupted_ = false;
  std::optional<AssetId> beyond_history_;
  TxId from_{0};
  std::size_t next_seed_ = 0;

  // Of the transaction at hand; kept to reuse their memory.
  TxId at_;
  TransactionRows tx_;
  std::optional<TransferId> row_;        // in a plain transaction, the transfer at hand
  std::vector<std::size_t> seeds_here_;  // numbers
  std::vector<Holder*> touched_;
  struct Ahead {
    std::uint64_t transfer = 0;
    HolderId from;
    HolderId to;
  };
  std::array<Ahead, 64> ahead_{};  // transfers seen before their turn, by number
  std::vector<bool> moved_in_;     // by lane: taint moved in this transaction
  std::vector<Units> moved_;
  std::vector<LaidSeed> laid_;
  std::vector<SeedPlace> laid_in_exchange_;
  std::map<HolderId, std::vector<Units>> arriving_;  // exchange: by holder, lane
  std::vector<HolderId> arriving_order_;
  bool overflow_ = false;
};

}  // namespace tracehound::trace::accounts
