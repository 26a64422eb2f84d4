// The engine backward: what is asked of coins, carried to the coins that paid for them.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"
#include "trace/backward_creators.h"
#include "trace/columns.h"
#include "trace/method.h"
#include "trace/parcel_maker.h"
#include "trace/queue.h"
#include "trace/result.h"
#include "trace/run_store.h"
#include "trace/seeds.h"
#include "trace/stops.h"
#include "trace/trace.h"

namespace tracehound::trace {

// Everything a backward walk found, before it is put in the reader's order.
struct Provenance {
  std::vector<SeedCoin> seeds;  // as the walk's seeds
  // Landings by kind and by service, in the order of events.
  std::vector<Landings> by_kind{kDestinationKinds};
  std::vector<Landings> by_service;
  std::vector<Parcel> parcels;
  std::uint64_t transactions_touched = 0;
  std::uint64_t coins_touched = 0;
  bool interrupted = false;
};

// One method over one ledger. Touches the transactions that made what is asked about, each once, in
// reverse chain order, and nothing else. Knows no chain by name.
class BackwardWalk {
 public:
  // All must outlive the walk. `seeds` are sorted and passed check_seeds(); the method has an
  // inverse.
  BackwardWalk(const ledger::Ledger& ledger, const Method& method, const Stops& stops,
               std::span<const Seed> seeds, const Options& options);

  // Errors (machine): the ledger contradicts itself, or has more transactions than can be ordered;
  // under FeeRule::miner also a chain whose subsidy is not known.
  Status run();
  // After run().
  Provenance take() { return std::move(found_); }

 private:
  // Where a transaction stands: twice its number; or, for a coinbase that pays out its block's
  // fees, one more than the place of the block's last transaction. Places are visited from the last
  // to the first, and the queue takes the least key first, so keys count down.
  using Place = std::uint32_t;
  static constexpr Place kLastPlace = 0xFFFF'FFFF;
  static constexpr std::uint64_t kTransactionsMost = std::uint64_t{1} << 31;

  // Units asked of a coin, or of the fee of a transaction, waiting for its maker's turn; or, with
  // no runs, a note that the transaction makes a seed coin.
  struct Asked {
    CoinId coin;                   // of a fee: one of the coinbase's coins for which it is asked
    Place place;                   // of the maker
    std::uint32_t count : 31 = 0;  // of runs
    std::uint32_t of_fee : 1 = 0;
    union {
      Run run;             // count == 1
      std::uint64_t slot;  // count > 1: in run_store_
    };

    Asked(CoinId coin_in, Place place_in) : coin(coin_in), place(place_in), run{} {}
    std::uint32_t key() const { return kLastPlace - place; }
  };
  static_assert(sizeof(Asked) == 32);

  // What is asked of one output of the transaction at hand, or of its fee.
  struct Target {
    CoinId coin;  // as Asked::coin
    Amount value;
    RunView runs;
  };
  // Of one label, over the targets of the transaction at hand.
  struct Origin {
    Label label;
    std::uint32_t hops;  // fewest of any target that asks for it
  };

  Place place_of(TxId maker) const;
  TxId maker_at(Place place) const;
  bool is_coinbase(TxId tx) const;

  Status visit(Place place);
  void take_targets(IdRange<CoinId> coins);
  std::size_t lay(std::span<const Seed> seeds, RunView asked);
  std::span<const Seed> seeds_in(CoinId first, CoinId end) const;
  void land_targets(IdRange<CoinId> coins, Stop stop);
  void note_origins();
  void forget_arriving();

  void pass(IdRange<CoinId> coins, bool mixed);
  Status pass_coinbase(IdRange<CoinId> coins);
  void divide(IdRange<CoinId> coins, bool by_haircut);
  RunView share_of(std::size_t source, bool by_haircut);
  void mine();
  Amount fee_of(TxId tx) const;

  void arrive(CoinId coin, RunView runs);
  std::optional<Stop> ending_of(CoinId coin, RunView runs) const;
  bool is_cut(CoinId coin, RunView runs) const;
  void push(Asked asked, RunView runs);
  void land(CoinId coin, RunView runs, Stop stop);
  void add_parcels(std::size_t source, std::optional<CoinId> to, TxId to_fee);
  RunView runs_of(const Asked& asked) const;
  const Origin& origin(Label label) const;
  Status contradicts() const;

  const ledger::Ledger& ledger_;
  Columns columns_;
  Creators creators_;
  const Method& method_;
  Method haircut_;  // for mixes that are divided by it whatever the method
  const Stops& stops_;
  std::span<const Seed> seeds_;
  const Options& options_;
  CoinId followed_from_;  // coins below are cut

  RadixQueue<Asked> queue_;
  RunStore run_store_;
  Provenance found_;
  std::size_t seeds_left_;

  // Of the transaction at hand; kept to reuse their memory.
  TxId at_;
  Place place_ = kLastPlace;
  std::string_view contradiction_;
  std::span<Asked> arriving_;             // the queue's
  std::vector<std::vector<Run>> seeded_;  // runs of targets that are seeds
  std::vector<Target> targets_;           // coins ascending, the fee last
  std::vector<Origin> origins_;
  LabelSums entering_;  // labels as in origins_
  std::vector<CoinId> sources_;
  std::vector<Amount> values_;  // of the sources
  Amount total_ = 0;
  std::vector<InputTaint> line_;
  ParcelMaker maker_;  // only where parcels are asked for, and for coinbases
  std::vector<Amount> shares_;
  Division division_;
  std::vector<Run> runs_;
  LabelSums sums_;
};

}  // namespace tracehound::trace
