// The walk in one example. Coin a:0 (10 units) is stolen; t spends it with b:0 (10, clean) into two
// outputs of 10; one of them pays a service, the other is never spent. Fifo, no fees.
//
//   seed      a:0 is given its run [10, label 1]; its spender is t: it waits at t
//   visit t   inputs a:0 and b:0 are read; the method divides; t:0 gets [10, label 1], t:1 nothing
//   arrive    t:0 belongs to a service: it lands there. (Were it unspent, it would land as held;
//             were it spent, it would wait at its spender.) t:1 is clean and is forgotten
//   the queue is empty: done; 1 transaction and 2 coins touched, whatever the chain's length
//
// A seed may itself descend from another. So the transaction that creates a seed coin is queued as
// well, and the seed is laid when the walk stands there and knows what taint arrives in that coin.
//
// Several methods are lanes of one road. A coin waits once, with the runs of every lane that taints
// it; the transaction's rows are read once; then each lane that arrived divides for itself.
//
// Cost: a touched transaction costs its inputs and outputs and a constant; memory is that of the
// coins waiting and of what has landed. Nothing depends on the ledger's size.

#include "trace/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace tracehound::trace {

namespace {
// Transactions between two looks at the interrupt.
constexpr std::uint32_t kLookEvery = 4096;

TxId end_of(const ledger::Ledger& ledger, std::optional<BlockHeight> last) {
  if (last && *last < ledger.tip()) return ledger.transactions(*last).end;
  auto all = last ? ledger.manifest().counts.transactions : ledger.counts().transactions;
  return TxId(static_cast<std::uint32_t>(all));
}
}  // namespace

Walk::Walk(const WalkRequest& request)
    : ledger_(request.ledger),
      stops_(request.stops),
      options_(request.options),
      seeds_(request.seeds),
      end_(end_of(ledger_, options_.as_of)),
      until_end_(end_of(ledger_, options_.cuts.until)),
      columns_(ledger_, end_),
      to_miner_(options_.fees == FeeRule::miner),
      cuts_(options_.cuts != Cuts{}) {
  CHECK(request.methods.size() <= kMostLanes);
  auto has_the_first = [&](const Seed& seed) { return seed.label == seeds_[0].label; };
  bool one_label =
      std::ranges::all_of(seeds_, has_the_first) && seeds_[0].label.number() <= form::kLastLabel;
  if (one_label && !options_.parcels) only_ = seeds_[0].label;
  for (std::size_t i = 0; i < request.methods.size(); ++i) {
    lanes_.emplace_back(request.methods[i], stops_.services().size(), options_.parcels);
    if (lanes_.back().ordered()) ordered_ |= static_cast<LaneSet>(1U << i);
  }
  all_ordered_ = std::ranges::all_of(lanes_, &Lane::ordered);
}

void Walk::begin() {
  for (Lane& lane : lanes_) {
    for (const Seed& seed : seeds_) {
      Amount value = ledger_.value(seed.coin);
      lane.found.seeds.push_back({seed.coin, value, seed.claimed(), 0, seed.label});
    }
  }
  note_seeds(TxId(0));
}

// Queues a note for every seed coin made by the transactions from `from` on.
void Walk::note_seeds(TxId from) {
  for (std::size_t i = 0; i < seeds_.size(); ++i) {
    CoinId coin = seeds_[i].coin;
    if (i > 0 && seeds_[i - 1].coin == coin) continue;
    TxId tx = ledger_.creator(coin);
    if (tx < from || tx >= end_) continue;
    bool with_fees = to_miner_ && ledger_.is_coinbase(tx);
    queue_.emplace(with_fees ? block_end(tx) : tx.number(), coin, Amount{0}, PackedRuns());
    ++notes_;
  }
}

Status Walk::resume(TxId from, std::vector<Found> found, const RestingCoins& resting) {
  CHECK(found.size() == lanes_.size());
  for (std::size_t i = 0; i < found.size(); ++i) lanes_[i].found = std::move(found[i]);
  visited_to_ = TxId(from.number() - 1);
  std::size_t list = 0;
  std::size_t run = 0;
  LaneRuns runs;
  for (const RestingCoins::Coin& coin : resting.coins) {
    runs.clear();
    for_each_lane(coin.lanes, [&](std::size_t lane) {
      std::size_t count = resting.counts[list++];
      runs.set(lane, RunView(resting.runs).subspan(run, count));
      run += count;
    });
    go_on(coin.coin, columns_.value(coin.coin), runs);
    TRY(consistent(ledger_.creator(coin.coin)));
  }
  note_seeds(from);
  return {};
}

Status Walk::run() {
  for (std::uint32_t steps = 1; !queue_.empty(); ++steps) {
    if (steps % kLookEvery == 0 && options_.interrupt && options_.interrupt->load()) {
      leave();
      return {};
    }
    arriving_ = queue_.take();
    std::uint32_t key = arriving_.front().key();
    prefetch();
    if (to_miner_ && is_block_end(key)) {
      TRY(settle_coinbase(key));
    } else {
      visit(TxId(key));
      if (!contradiction_.empty()) return contradicts(at_);
    }
  }
  return {};
}

// What comes next is fetched ahead of its turn: its taint; and where transactions lie scattered,
// their rows, in three steps at three distances, as what one step fetches says where the next finds
// its own. Of neighbours the machine sees by itself that rows are read in their order.
void Walk::prefetch() const {
  constexpr std::size_t kScattered = 256;  // in a window of the queue
  constexpr std::size_t kRows = 48;
  constexpr std::size_t kCoins = 32;
  constexpr std::size_t kValues = 16;
  constexpr std::size_t kNear = 6;
  // What the last step brought within the distance.
  auto each_new = [&](std::size_t within, auto fetch) {
    std::size_t first = queue_.opened() ? 0 : within - std::min(queue_.passed(), within);
    for (const Waiting& next : queue_.ahead(first, within)) fetch(next);
  };
  if (waiting_runs_.any()) {
    each_new(kRows, [&](const Waiting& next) { waiting_runs_.prefetch(next); });
  }
  // A key past the last transaction is that of the last block's end.
  auto limit = static_cast<std::uint32_t>(ledger_.counts().transactions);
  bool addresses = stops_.knows_addresses();
  auto each_new_transaction = [&](std::size_t within, auto fetch) {
    each_new(within, [&](const Waiting& next) {
      if (next.key() < limit) fetch(TxId(next.key()));
    });
  };
  if (queue_.window() > kScattered) {
    // Where order counts, taint stays in few coins and most inputs are clean.
    if (!all_ordered_) return;
    return each_new_transaction(kNear, [&](TxId tx) { columns_.prefetch_values(tx); });
  }
  each_new_transaction(kRows, [&](TxId tx) { columns_.prefetch_rows(tx); });
  each_new_transaction(kCoins, [&](TxId tx) { columns_.prefetch_coins(tx, addresses); });
  each_new_transaction(kValues, [&](TxId tx) { columns_.prefetch_values(tx); });
}

// Removes the notes from what arrives; says whether there were any.
[[gnu::noinline]] bool Walk::take_notes() {
  if (notes_ == 0) return false;
  auto notes = std::ranges::remove_if(
      arriving_, [](const Waiting& waiting) { return waiting.kind() == WaitingKind::seed; });
  arriving_ = arriving_.first(arriving_.size() - notes.size());
  notes_ -= notes.size();
  return !notes.empty();
}

[[gnu::flatten]] void Walk::visit(TxId tx) {
  CHECK_LEDGER(tx < end_);
  at_ = tx;
  visited_to_ = tx;
  makes_seeds_ = notes_ != 0 && take_notes();
  Columns::Inputs inputs = columns_.inputs(tx);
  IdRange<CoinId> coins = columns_.outputs(tx);
  bool coinbase = inputs.size() == 0;
  if (coinbase) bury();
  if (coinbase || arriving_.empty()) {
    LaneRuns clean;
    if (!makes_seeds_) return;
    for (CoinId coin : coins) arrive(coin, columns_.value(coin), clean);
    return;
  }
  touched_ = 0;
  for (const Waiting& waiting : arriving_) touched_ |= waiting.lanes();
  arriving_by_coin_.show(arriving_);
  bool mix = stops_.is_mix(ledger_, tx);
  in_mix_ = mix && stops_.mix_rule() == MixRule::stop;
  if (only_ && (!mix || in_mix_)) {
    carry(inputs, coins);
  } else {
    go_through(inputs, coins, mix);
  }
  in_mix_ = false;
}

// The long way through a transaction, for whatever is special about it.
void Walk::go_through(Columns::Inputs inputs, IdRange<CoinId> outputs, bool mix) {
  gather(inputs);
  if (!gather_outputs(outputs)) contradiction_ = kPaysTooMuch;
  if (!contradiction_.empty()) return;
  if (mix && stops_.mix_rule() == MixRule::follow_change) {
    return follow_changes(inputs, outputs.first);
  }
  divide(outputs.first, mix && stops_.mix_rule() == MixRule::haircut);
  make_fee();
}

// Reads a transaction's inputs with their taint.
void Walk::gather(Columns::Inputs inputs) {
  for_each_lane(touched_, [&](std::size_t lane) { lanes_[lane].begin(); });
  total_ = 0;
  std::size_t met = 0;
  for (std::uint64_t i = inputs.first; i < inputs.end; ++i) {
    CoinId coin = columns_.input_coin(i);
    const Waiting* waiting = arriving_by_coin_.find(coin);
    met += waiting != nullptr ? 1 : 0;
    enter(coin, waiting != nullptr ? waiting->value() : columns_.value(coin), waiting);
  }
  if (met != arriving_.size()) contradiction_ = kSpendsOthers;
  for (const Waiting& waiting : arriving_) waiting_runs_.remove(waiting);
}

// One input, with what waited for it or clean.
void Walk::enter(CoinId from, Amount value, const Waiting* waiting) {
  if (!waiting) return enter_clean(value, touched_);
  waiting_runs_.each(
      *waiting, [&](std::size_t lane, RunView runs) { lanes_[lane].enter(from, value, runs); });
  enter_clean(value, static_cast<LaneSet>(touched_ & ~waiting->lanes()));
}

// The same for the lanes in which it is clean; its value is counted here.
void Walk::enter_clean(Amount value, LaneSet lanes) {
  total_ += value;
  for_each_lane(lanes & ordered_, [&](std::size_t lane) { lanes_[lane].enter_clean(value); });
}

Status Walk::contradicts(TxId tx) const {
  return machine_error(fmt::format(
      "the ledger in {} contradicts itself at transaction {}: {}; run `tracehound ledger check`",
      ledger_.folder(), ledger_.txid(tx).text(), contradiction_));
}

// A coinbase with the txid of an earlier one took the place of its coins, which are lost (BIP 30).
[[gnu::noinline]] void Walk::bury() {
  LaneRuns runs;
  for (const Waiting& waiting : arriving_) {
    waiting_runs_.show(waiting, runs);
    land(waiting.coin(), waiting.value(), runs, {.kind = DestinationKind::burned});
    waiting_runs_.remove(waiting);
  }
}

// Every lane that arrived divides what came in; the outputs get theirs.
void Walk::divide(CoinId first_output, bool as_haircut) {
  for_each_lane(touched_,
                [&](std::size_t lane) { lanes_[lane].divide(values_, total_, as_haircut); });
  for (std::size_t i = 0; i + 1 < values_.size(); ++i) {
    CoinId coin(first_output.number() + i);
    show_output(i, coin);
    if (made_.lanes() != 0 || makes_seeds_) arrive(coin, values_[i], made_);
  }
}

// What of the fee, the last output, is tainted is paid.
void Walk::make_fee() {
  if (values_.back() == 0) return;
  show_output(values_.size() - 1, std::nullopt);
  pay_fee(values_.back());
}

// Lays what divide() gave an output into made_, and notes its parcels.
void Walk::show_output(std::size_t i, std::optional<CoinId> to) {
  made_.clear();
  for_each_lane(touched_, [&](std::size_t lane) { made_.set(lane, lanes_[lane].output(i)); });
  if (!options_.parcels) return;
  made_.each([&](std::size_t lane, RunView list) { lanes_[lane].add_parcels(at_, i, to, list); });
}

void Walk::arrive(CoinId coin, Amount value, LaneRuns& runs) {
  if (makes_seeds_ && std::ranges::binary_search(seeds_, coin, {}, &Seed::coin)) {
    return arrive_at_seed(coin, value, runs);
  }
  if (runs.lanes() == 0) return;
  for_each_lane(runs.lanes(), [&](std::size_t lane) { ++lanes_[lane].found.coins_touched; });
  if (Stop stop; stop_at(coin, stop)) return land(coin, value, runs, stop);
  if (cuts_) cut(coin, value, runs);
  if (runs.lanes() != 0) go_on(coin, value, runs);
}

[[gnu::noinline]] void Walk::arrive_at_seed(CoinId coin, Amount value, const LaneRuns& runs) {
  auto here = std::ranges::equal_range(seeds_, coin, {}, &Seed::coin);
  auto first = static_cast<std::size_t>(here.begin() - seeds_.begin());
  // Taint that a stop ends here is no longer in the coin when the seed begins.
  Stop stop;
  bool stops = stop_at(coin, stop);
  std::array<std::vector<Run>, kMostLanes> laid;
  LaneRuns seeded;
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    Found& found = lanes_[lane].found;
    RunView arrived = runs.get(lane);
    bool stopped = stops && !arrived.empty();
    SeededCoin seeds = lay_seeds(value, arrived, stopped ? Arrived::stopped : Arrived::stays, here,
                                 lanes_[lane].ordered());
    for (std::size_t i = 0; i < seeds.effective.size(); ++i) {
      found.seeds[first + i].amount = seeds.effective[i];
    }
    ++found.coins_touched;
    if (stopped) lanes_[lane].land(coin, value, arrived, stop);
    laid[lane] = std::move(seeds.runs);
    seeded.set(lane, laid[lane]);
  }
  if (seeded.lanes() == 0) return;
  if (auto lost = Stops::at_seed(ledger_, coin)) return land(coin, value, seeded, *lost);
  go_on(coin, value, seeded);
}

[[gnu::noinline]] std::optional<Stop> Walk::find_stop(CoinId coin) const {
  if (auto stop = Stops::at_script(columns_.script(coin))) return stop;
  if (stops_.knows_addresses()) {
    if (auto stop = stops_.at_address(columns_.address(coin))) return stop;
  }
  if (in_mix_) return Stop{.kind = DestinationKind::mixed};
  return std::nullopt;
}

void Walk::land(CoinId coin, Amount value, const LaneRuns& runs, Stop stop) {
  runs.each([&](std::size_t lane, RunView list) { lanes_[lane].land(coin, value, list, stop); });
}

// Lands what a cut ends; the lanes it ends are then no longer in `runs`.
void Walk::cut(CoinId coin, Amount value, LaneRuns& runs) {
  const Cuts& cuts = options_.cuts;
  LaneSet left = runs.lanes();
  runs.each([&](std::size_t lane, RunView list) {
    Amount tainted = 0;
    std::uint32_t hops = ~0U;
    for (const Run& run : list) {
      if (run.label == kClean) continue;
      tainted += run.length;
      hops = std::min(hops, run.hops);
    }
    bool ends =
        at_ >= until_end_ || tainted < cuts.min_amount || (cuts.max_hops && hops > *cuts.max_hops);
    if (!ends) return;
    lanes_[lane].land(coin, value, list, {.kind = DestinationKind::cut});
    left &= static_cast<LaneSet>(~(1U << lane));
  });
  if (left != runs.lanes()) runs.keep(left);
}

// A tainted coin that nothing stops waits for its spender, or lies unspent.
void Walk::go_on(CoinId coin, Amount value, const LaneRuns& runs) {
  if (interrupted_) return land(coin, value, runs, {.kind = DestinationKind::cut});
  std::optional<TxId> spender = columns_.spender(coin);
  if (spender && *spender <= visited_to_) {
    contradiction_ = kSpentTooSoon;
    return;
  }
  if (!spender) land(coin, value, runs, {.kind = DestinationKind::held});
  if (!spender && !keeps_resting_) return;
  PackedRuns packed = waiting_runs_.put(runs, value);
  if (spender) {
    queue_.emplace(spender->number(), coin, value, packed);
  } else {
    resting_.emplace_back(0U, coin, value, packed);
  }
}

std::vector<Found> Walk::take_found() {
  std::vector<Found> found;
  for (std::size_t lanes = 0; lanes < touched_by_lanes_.size(); ++lanes) {
    for_each_lane(static_cast<LaneSet>(lanes), [&](std::size_t lane) {
      if (lane >= lanes_.size()) return;
      lanes_[lane].found.transactions_touched += touched_by_lanes_[lanes].transactions;
      lanes_[lane].found.coins_touched += touched_by_lanes_[lanes].coins;
    });
  }
  touched_by_lanes_ = {};
  for (Lane& lane : lanes_) found.push_back(std::move(lane.found));
  return found;
}

RestingCoins Walk::take_resting() {
  std::ranges::sort(resting_, {}, &Waiting::coin);
  RestingCoins list;
  LaneRuns runs;
  for (const Waiting& waiting : resting_) {
    waiting_runs_.show(waiting, runs);
    list.coins.push_back({waiting.coin(), runs.lanes()});
    runs.each([&](std::size_t, RunView of_lane) {
      list.counts.push_back(static_cast<std::uint32_t>(of_lane.size()));
      list.runs.insert(list.runs.end(), of_lane.begin(), of_lane.end());
    });
  }
  return list;
}

// Told to stop: whatever still waits ends where it is.
void Walk::leave() {
  interrupted_ = true;
  LaneRuns runs;
  while (!queue_.empty()) {
    for (const Waiting& waiting : queue_.take()) {
      if (waiting.kind() == WaitingKind::seed) {
        LaneRuns clean;
        arrive_at_seed(waiting.coin(), columns_.value(waiting.coin()), clean);
        continue;
      }
      waiting_runs_.show(waiting, runs);
      if (waiting.kind() == WaitingKind::coin) {
        land(waiting.coin(), waiting.value(), runs, {.kind = DestinationKind::cut});
        continue;
      }
      runs.each([&](std::size_t lane, RunView list) {
        for (const Run& run : list) {
          if (run.label != kClean) lanes_[lane].found.fees.add(run.label, run.length);
        }
      });
    }
  }
}

}  // namespace tracehound::trace
