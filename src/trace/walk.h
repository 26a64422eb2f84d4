// The engine: taint carried forward through the transactions that spend it.
#pragma once

#include <array>
#include <atomic>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"
#include "trace/by_coin.h"
#include "trace/columns.h"
#include "trace/lane.h"
#include "trace/queue.h"
#include "trace/seeds.h"
#include "trace/stops.h"
#include "trace/trace.h"
#include "trace/waiting.h"

namespace tracehound::trace {

// The coins that lie unspent at the end of a walk, with their runs by lane: what another walk goes
// on from.
struct RestingCoins {
  struct Coin {
    CoinId coin;
    LaneSet lanes = 0;
  };
  std::vector<Coin> coins;
  std::vector<std::uint32_t> counts;  // of runs: for each coin, for each of its lanes in turn
  std::vector<Run> runs;              // in the same order
};

// What a walk is asked.
struct WalkRequest {
  const ledger::Ledger& ledger;
  std::span<const MethodKind> methods;  // each once
  const Stops& stops;
  std::span<const Seed> seeds;  // sorted, and passed check_seeds()
  const Options& options;
};

// Several methods over one ledger in one pass. Touches the transactions that spend coins tainted
// under any of them, each once, in chain order, and nothing else; keeps in memory the tainted coins
// that are still to be spent, and what has landed. Knows no chain by name.
class Walk {
 public:
  // All that the request names must outlive the walk.
  explicit Walk(const WalkRequest& request);

  // Begins at the seeds; or where an earlier walk, which got as far as the transactions before
  // `from`, found these and left these coins.
  void begin();
  // Errors (machine): they contradict the ledger.
  Status resume(TxId from, std::vector<Found> found, const RestingCoins& resting);
  // Keeps what unspent coins carry for take_resting(). Before begin() or resume().
  void keep_resting() { keeps_resting_ = true; }

  // Errors: the ledger contradicts itself (machine); what FeeRule::miner cannot do (bad_input).
  Status run();

  // After run(): what each lane found, in the order of the methods.
  bool interrupted() const { return interrupted_; }
  std::vector<Found> take_found();
  RestingCoins take_resting();

 private:
  // How a ledger contradicts itself.
  static constexpr std::string_view kPaysTooMuch = "it pays out more than it takes in";
  static constexpr std::string_view kSpendsOthers = "it does not spend the coins that name it";
  static constexpr std::string_view kSpentTooSoon = "a coin it creates is spent before it";

  void note_seeds(TxId from);

  bool take_notes();
  void visit(TxId tx);
  void go_through(Columns::Inputs inputs, IdRange<CoinId> outputs, bool mix);
  void gather(Columns::Inputs inputs);
  // The outputs' values, and what they leave of the inputs. False: they are more than the inputs.
  bool gather_outputs(IdRange<CoinId> outputs) {
    if (values_.size() != outputs.size() + 1) values_.resize(outputs.size() + 1);
    Amount* next = values_.data();
    Amount paid = 0;
    for (CoinId coin : outputs) {
      Amount value = columns_.value(coin);
      *next++ = value;
      paid += value;
    }
    *next = total_ - paid;
    return paid <= total_;
  }
  void enter(CoinId from, Amount value, const Waiting* waiting);
  void enter_clean(Amount value, LaneSet lanes);
  void divide(CoinId first_output, bool as_haircut);
  void make_fee();
  void show_output(std::size_t i, std::optional<CoinId> to);
  void pay_fee(Amount fee);
  void bury();
  void prefetch() const;

  // The short way of one label (walk_one_label.cc).
  struct Entering {     // into a lane
    Amount amount = 0;  // means nothing to an ordered one
    std::uint32_t hops = ~0U;

    void add(Amount more, std::uint32_t from) {
      amount += more;
      hops = from < hops ? from : hops;
    }
  };
  struct Dealt;
  struct Shared;
  void carry(Columns::Inputs inputs, IdRange<CoinId> outputs);
  void carry_sum(Columns::Inputs inputs, IdRange<CoinId> outputs);
  Entering gather_sum(Columns::Inputs inputs, std::size_t lane);
  void gather_one_label(Columns::Inputs inputs, std::span<Entering> entering);
  void enter_one_label(const Waiting& waiting, LaneSet lines, std::span<Entering> entering);
  void divide_one_label(std::span<const Entering> entering, CoinId first_output);
  void deal_shared(const Shared& shared, CoinId first_output);
  void deal(std::span<const Dealt> dealt, CoinId first_output);
  void make_output(std::span<const Dealt> dealt, std::size_t i);
  void send(CoinId coin, Amount value);

  void arrive(CoinId coin, Amount value, LaneRuns& runs);
  void arrive_at_seed(CoinId coin, Amount value, const LaneRuns& runs);
  // Whether taint ends in the coin, and then by what. Most coins are let through by a look at their
  // script. An optional, written in parts and read as a whole, would make each of them wait.
  bool stop_at(CoinId coin, Stop& stop) const {
    bool spendable = columns_.script(coin) != ledger::ScriptKind::op_return;
    if (spendable && !in_mix_ && !stops_.knows_addresses()) return false;
    auto found = find_stop(coin);
    if (found) stop = *found;
    return found.has_value();
  }
  std::optional<Stop> find_stop(CoinId coin) const;
  void land(CoinId coin, Amount value, const LaneRuns& runs, Stop stop);
  void go_on(CoinId coin, Amount value, const LaneRuns& runs);
  void cut(CoinId coin, Amount value, LaneRuns& runs);

  // A mix whose changes are followed (walk_mix.cc).
  struct KeptRuns;
  void follow_changes(Columns::Inputs inputs, CoinId first_output);
  void split_change(Columns::Inputs inputs, const MixChange& pair, CoinId first_output,
                    std::span<const Amount> whole, KeptRuns& paid_in, KeptRuns& change);
  void enter_rest(Columns::Inputs inputs, std::span<const MixChange> pairs,
                  std::span<const KeptRuns> paid_in, std::span<const Amount> whole);
  void keep_outputs(const std::vector<bool>& is_change, CoinId first_output,
                    std::span<KeptRuns> outputs);

  // The block's coinbase, once all its transactions have been visited (walk_fees.cc).
  bool is_block_end(std::uint32_t key);
  Status settle_coinbase(std::uint32_t block_end);
  Status gather_fees(BlockHeight height, IdRange<TxId> block);
  Amount fee_of(TxId tx);
  void leave_unclaimed();
  std::uint32_t block_end(TxId tx);

  void leave();

  Status consistent(TxId tx) const { return contradiction_.empty() ? Status() : contradicts(tx); }
  Status contradicts(TxId tx) const;

  const ledger::Ledger& ledger_;
  const Stops& stops_;
  const Options& options_;
  std::span<const Seed> seeds_;
  TxId end_;        // transactions from here on are not looked at
  TxId until_end_;  // coins of transactions from here on are cut
  Columns columns_;
  std::vector<Lane> lanes_;
  LaneSet ordered_ = 0;
  bool all_ordered_ = false;
  std::optional<Label> only_;  // the one label there is, if the short way can be gone with it
  bool to_miner_;
  bool cuts_;  // there are any

  RadixQueue<Waiting> queue_;
  WaitingRuns waiting_runs_;
  std::size_t notes_ = 0;  // seed coins not made yet
  bool keeps_resting_ = false;
  std::vector<Waiting> resting_;
  // What carry() and send() dealt with, by the lanes that taint it: one count instead of one a
  // lane.
  struct Touched {
    std::uint64_t transactions = 0;
    std::uint64_t coins = 0;
  };
  std::array<Touched, 1U << kMostLanes> touched_by_lanes_{};
  bool interrupted_ = false;

  // Of the transaction at hand; kept to reuse their memory.
  TxId at_;
  TxId visited_to_;  // what it makes must be spent after this one
  bool makes_seeds_ = false;
  bool plain_ = false;   // nothing is special about its outputs
  bool in_mix_ = false;  // and mixes stop
  LaneSet touched_ = 0;
  std::string_view contradiction_;
  std::span<Waiting> arriving_;  // the queue's
  ByCoin arriving_by_coin_;
  LaneRuns made_;               // what a coin gets
  std::size_t dealt_most_ = 0;  // no coin gets more runs in the short way
  std::vector<Amount> values_;  // of the outputs, then the fee
  Amount total_ = 0;
  IdRange<TxId> block_{};  // that holds it; only under FeeRule::miner
};

}  // namespace tracehound::trace
