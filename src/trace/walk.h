// The engine: taint carried forward through the transactions that spend it.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"
#include "trace/columns.h"
#include "trace/method.h"
#include "trace/queue.h"
#include "trace/run_store.h"
#include "trace/seeds.h"
#include "trace/stops.h"

namespace tracehound::trace {

// Everything a walk found, before it is put in the reader's order.
struct Footprint {
  std::vector<SeedCoin> seeds;  // as the walk's seeds
  // Landings by kind (the entry for `service` stays empty) and by service; in the order of events.
  std::vector<std::vector<Landing>> by_kind{kDestinationKinds};
  std::vector<std::vector<Landing>> by_service;
  LabelSums fees;
  Amount unconfirmed_fees = 0;  // of these, paid by unconfirmed transactions
  std::vector<Parcel> parcels;
  std::uint64_t transactions_touched = 0;
  std::uint64_t coins_touched = 0;
};

// One method over one ledger. Touches the transactions that spend tainted coins, each once, in
// chain order, and nothing else; keeps in memory the tainted coins that are still to be spent, and
// what has landed. Knows no chain by name.
class Walk {
 public:
  // All must outlive the walk. `seeds` are sorted and passed check_seeds().
  Walk(const ledger::Ledger& ledger, const Method& method, const Stops& stops,
       std::span<const Seed> seeds, bool with_parcels);

  // Errors (machine): the ledger contradicts itself.
  Status run();
  // After run().
  Footprint take() { return std::move(found_); }

 private:
  // A tainted coin waiting for the transaction that spends it; or, with no runs, a note that the
  // transaction creates a seed coin.
  struct Waiting {
    CoinId coin;
    TxId at;
    std::uint32_t count = 0;  // of runs
    union {
      Run run;             // count == 1
      std::uint64_t slot;  // count > 1: in run_store_
    };

    Waiting(CoinId coin_in, TxId at_in) : coin(coin_in), at(at_in), run{} {}
    std::uint32_t key() const { return at.number(); }
  };
  static_assert(sizeof(Waiting) == 32);

  // Of one label, over the inputs of the transaction at hand.
  struct Origin {
    Label label;
    std::uint32_t hops;  // fewest of any input that carries it
    Amount most;         // and the input that brings most of it
    CoinId from;
  };

  Status visit(TxId tx);
  void gather(Columns::Inputs inputs, IdRange<CoinId> outputs);
  Status consistent(TxId tx) const { return contradiction_.empty() ? Status() : contradicts(tx); }
  Status contradicts(TxId tx) const;
  void note_origins(CoinId coin, RunView runs);
  void note_origin(CoinId coin, Label label, std::uint32_t hops, Amount brought);
  void bury();
  void divide_amounts(CoinId first_output);
  void divide_runs(CoinId first_output);
  void forget_arriving();
  void deliver(CoinId first_output, std::size_t output, RunView runs);
  void arrive(CoinId coin, Amount value, RunView runs);
  void arrive_at_seed(CoinId coin, Amount value, RunView runs);
  void settle(CoinId coin, Amount value, RunView runs, std::optional<Stop> stop);
  void land(CoinId coin, Amount value, RunView runs, Stop stop);
  void add_parcels(std::optional<CoinId> to, RunView runs);

  RunView runs_of(const Waiting& waiting) const;
  const Waiting* find_arriving(CoinId coin) const;
  const Origin& origin(Label label) const;

  const ledger::Ledger& ledger_;
  Columns columns_;
  const Method& method_;
  const Stops& stops_;
  std::span<const Seed> seeds_;  // those not reached yet
  bool with_parcels_;

  RadixQueue<Waiting> queue_;
  RunStore run_store_;
  Footprint found_;

  // Of the transaction at hand; kept to reuse their memory.
  TxId at_;
  std::string_view contradiction_;
  std::vector<Waiting> arriving_;
  std::vector<InputTaint> inputs_;  // for a RunMethod
  std::vector<Amount> values_;      // of the outputs, then the fee
  Amount total_ = 0;
  LabelSums entering_;
  std::vector<Origin> origins_;  // labels as in entering_
  std::vector<Amount> shares_;
  Division division_;
  std::vector<Run> runs_;
  LabelSums sums_;
};

}  // namespace tracehound::trace
