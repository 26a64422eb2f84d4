// The engine backward on account chains: what is asked of balances, carried to those who paid into
// them.
#pragma once

#include <optional>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "trace/accounts/found.h"
#include "trace/accounts/histories.h"
#include "trace/accounts/holder_table.h"
#include "trace/accounts/method.h"
#include "trace/accounts/netting.h"
#include "trace/accounts/seeding.h"

namespace tracehound::trace::accounts {

// By one method. Visits the transactions that move a balance of which units are asked, each once,
// from the last to the first, and reads the histories of those who hold such a balance.
class BackwardWalk {
 public:
  // All that is named must outlive the walk. REQUIRES: the method has an inverse.
  BackwardWalk(const WalkRequest& request, MethodKind method, std::span<const Holding> holdings);

  // Errors (bad_input): sums, or a balance, beyond 256 bits.
  Status run();
  bool interrupted() const { return interrupted_; }
  Found take_found() { return std::move(found_); }

 private:
  // A balance of which units are asked, or were.
  struct Asked {
    HolderId id;
    Units units;  // labelled where they are asked; their value is the balance
    History* history = nullptr;
    bool open = false;  // as of where the walk is
  };

  // The last transaction, before those visited, that moves an asked balance or has a seed.
  std::optional<TxId> next() const;
  Status take_holdings();
  Status visit(TxId tx);
  void take_seeds(TxId tx);
  Asked* find(HolderId id);
  // The holder as it was before all transfers from `end` on and the transaction's fee.
  Result<Asked*> ask(HolderId id, TransferId end);

  // ---- plain transactions: transfer by transfer, from the last ----
  Status replay();
  Status replay_row(std::size_t row);
  void take_fee_back();

  // ---- swaps (backward_exchange.cc) ----
  Status exchange(const Exchange& what);
  bool exchange_side(const Side& side);
  std::vector<Source> asked_of_takers(const SideAsset& asset);
  void divide_side(const SideAsset& asset, std::span<const Source> takers,
                   std::span<const Source> swapped, std::span<const U256> over,
                   std::vector<Units>& shares);
  void take_rows_back();

  // What becomes of units on their way back to who gave them: stops, cuts, seeds that it sent.
  void arrive(HolderId giver, std::span<const LaidSeed> sent, Units& units);
  std::optional<Stop> origin_of(HolderId giver, const Units& units) const;
  // Puts back into the giver's balance what it gave, as of before all transfers from `end` on.
  Status put_back(HolderId giver, const Units& units, TransferId end);
  // Before the movement at hand `missing` units less were known to be there.
  void uncover(Asked& asked, const U256& missing);
  void lay(HolderId at, std::span<const LaidSeed> seeds, const Units& stopped, Units& units);
  void land(HolderId at, Stop stop, const Units& units, bool opening = false);
  // Cuts all that is still asked where it lies.
  void land_rest();
  void note_parcel(ParcelKind kind, HolderId from, HolderId to, const Tainted& asked,
                   const U256& paid);
  void queue_next();

  const Events& events_;
  const Stops& stops_;
  const Options& options_;
  std::span<const Seed> seeds_;
  std::span<const Holding> holdings_;
  std::size_t seeds_left_;
  TxId end_;
  Divider divider_;
  Histories histories_;
  HolderTable<Asked> asked_;
  std::priority_queue<std::pair<TxId, Asked*>> queue_;  // each that is open, once
  Found found_;
  bool interrupted_ = false;
  bool overflow_ = false;

  // Of the transaction at hand.
  TxId at_;
  TransactionRows tx_;
  std::optional<TransferId> row_;                  // in a plain transaction, the transfer at hand
  std::vector<std::size_t> seeds_here_;            // numbers
  std::vector<SeedPlace> seed_places_;             // in an exchange
  std::vector<Asked*> touched_;                    // asked at some point of it
  std::vector<std::pair<HolderId, Units>> given_;  // exchange: by whom, in their order
  bool moved_ = false;
};

}  // namespace tracehound::trace::accounts
