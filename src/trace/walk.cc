// The walk in one example. Coin a:0 (10 units) is stolen; t spends it with b:0 (10, clean) into two
// outputs of 10; one of them pays a service, the other is never spent. Fifo, no fees.
//
//   seed      a:0 is given its run [10, label 1]; its spender is t: it waits at t
//   visit t   inputs a:0 and b:0 are read; the method divides; t:0 gets [10, label 1], t:1 nothing
//   settle    t:0 belongs to a service: it lands there. (Were it unspent, it would land as held;
//             were it spent, it would wait at its spender.) t:1 is clean and is forgotten
//   the queue is empty: done; 1 transaction and 2 coins touched, whatever the chain's length
//
// A seed may itself descend from another. So the transaction that creates a seed coin is queued as
// well, and the seed is laid when the walk stands there and knows what taint arrives in that coin.
//
// Cost: a touched transaction costs its inputs and outputs and a constant; memory is that of the
// coins waiting and of what has landed.

#include "trace/walk.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace tracehound::trace {

namespace {
// While one transaction is visited, the columns' rows of the one after next are on their way.
constexpr unsigned kFetchAhead = 1;
// Up to so many arriving coins are looked through; more are sorted and searched.
constexpr std::size_t kFewArriving = 8;
}  // namespace

Walk::Walk(const ledger::Ledger& ledger, const Method& method, const Stops& stops,
           std::span<const Seed> seeds, bool with_parcels)
    : ledger_(ledger),
      columns_(ledger),
      method_(method),
      stops_(stops),
      seeds_(seeds),
      with_parcels_(with_parcels) {
  found_.by_service.resize(stops.services().size());
  for (const Seed& seed : seeds) queue_.push(Waiting(seed.coin, ledger.creator(seed.coin)));
}

Status Walk::run() {
  while (!queue_.empty()) {
    TxId tx(queue_.take(arriving_));
    if (auto soon = queue_.in_sight(kFetchAhead)) columns_.prefetch(TxId(*soon));
    TRY(visit(tx));
  }
  CHECK(seeds_.empty());
  return {};
}

Status Walk::visit(TxId tx) {
  at_ = tx;
  if (!seeds_.empty()) {
    std::erase_if(arriving_, [](const Waiting& waiting) { return waiting.count == 0; });
  }
  Columns::Inputs inputs = columns_.inputs(tx);
  IdRange<CoinId> coins = columns_.outputs(tx);
  bool coinbase = inputs.first == inputs.end;
  if (coinbase) bury();
  if (coinbase || arriving_.empty()) {
    for (CoinId coin : coins) arrive(coin, columns_.value(coin), {});
    return consistent(tx);
  }
  ++found_.transactions_touched;
  gather(inputs, coins);
  if (contradiction_.empty()) {
    method_.ordered() ? divide_runs(coins.first) : divide_amounts(coins.first);
  }
  return consistent(tx);
}

// Reads a transaction's inputs with their taint, its outputs and its fee.
void Walk::gather(Columns::Inputs inputs, IdRange<CoinId> outputs) {
  if (arriving_.size() > kFewArriving) std::ranges::sort(arriving_, {}, &Waiting::coin);
  inputs_.clear();
  origins_.clear();
  entering_.clear();
  total_ = 0;
  std::size_t met = 0;
  for (std::uint64_t i = inputs.first; i < inputs.end; ++i) {
    CoinId coin = columns_.input_coin(i);
    InputTaint input{columns_.value(coin), {}};
    total_ += input.value;
    if (const Waiting* waiting = find_arriving(coin)) {
      input.runs = runs_of(*waiting);
      note_origins(coin, input.runs);
      ++met;
    }
    if (method_.ordered()) inputs_.push_back(input);
  }
  values_.resize(outputs.size() + 1);
  Amount paid = 0;
  for (CoinId coin : outputs) {
    Amount value = columns_.value(coin);
    values_[coin.number() - outputs.first.number()] = value;
    paid += value;
  }
  if (met != arriving_.size()) contradiction_ = "it does not spend the coins that name it";
  if (paid > total_) contradiction_ = "it pays out more than it takes in";
  values_.back() = total_ - paid;
}

Status Walk::contradicts(TxId tx) const {
  return machine_error(fmt::format(
      "the ledger in {} contradicts itself at transaction {}: {}; run `tracehound ledger check`",
      ledger_.folder(), ledger_.txid(tx).text(), contradiction_));
}

void Walk::note_origins(CoinId coin, RunView runs) {
  if (runs.size() == 1) return note_origin(coin, runs[0].label, runs[0].hops, runs[0].length);
  sums_.clear();
  for (const Run& run : runs) {
    if (run.label != kClean) sums_.add(run.label, run.length);
  }
  for (const Run& run : runs) {
    if (run.label != kClean) note_origin(coin, run.label, run.hops, sums_.of(run.label));
  }
}

void Walk::note_origin(CoinId coin, Label label, std::uint32_t hops, Amount brought) {
  entering_.add(label, brought);
  auto place = origins_.end();
  if (!origins_.empty() && origins_.back().label == label) {
    --place;
  } else {
    place = std::ranges::lower_bound(origins_, label, {}, &Origin::label);
  }
  if (place == origins_.end() || place->label != label) {
    origins_.insert(place, {label, hops, brought, coin});
    return;
  }
  place->hops = std::min(place->hops, hops);
  if (brought > place->most) {
    place->most = brought;
    place->from = coin;
  }
}

// A coinbase with the txid of an earlier one took the place of its coins, which are lost (BIP 30).
void Walk::bury() {
  for (const Waiting& waiting : arriving_) {
    land(waiting.coin, columns_.value(waiting.coin), runs_of(waiting),
         {.kind = DestinationKind::burned});
    if (waiting.count > 1) run_store_.remove(waiting.slot, waiting.count);
  }
}

void Walk::divide_amounts(CoinId first_output) {
  std::span<const LabelAmount> entering = entering_.all();
  std::size_t outputs = values_.size();
  if (shares_.size() < entering.size() * outputs) shares_.resize(entering.size() * outputs);
  if (runs_.size() < entering.size()) runs_.resize(entering.size());
  method_.amounts->divide({entering, values_, total_},
                          std::span(shares_).first(entering.size() * outputs));
  forget_arriving();
  for (std::size_t i = 0; i < outputs; ++i) {
    std::size_t count = 0;
    for (std::size_t l = 0; l < entering.size(); ++l) {
      Amount share = shares_[l * outputs + i];
      // Labels stand in the same order in entering_ and origins_.
      if (share > 0) runs_[count++] = {share, entering[l].label, origins_[l].hops + 1};
    }
    deliver(first_output, i, {runs_.data(), count});
  }
}

void Walk::divide_runs(CoinId first_output) {
  division_.clear();
  method_.runs->divide({inputs_, values_}, division_);
  CHECK(division_.outputs() == values_.size());
  forget_arriving();
  for (std::size_t i = 0; i < values_.size(); ++i) {
    std::span<Run> runs = division_.of(i);
    for (Run& run : runs) {
      if (run.label != kClean) run.hops = origin(run.label).hops + 1;
    }
    deliver(first_output, i, runs);
  }
}

// The arriving coins are spent: what they kept in the run store is free again.
void Walk::forget_arriving() {
  for (const Waiting& waiting : arriving_) {
    if (waiting.count > 1) run_store_.remove(waiting.slot, waiting.count);
  }
}

// Hands an output what the method gave it; the last one is the fee.
void Walk::deliver(CoinId first_output, std::size_t output, RunView runs) {
  if (output + 1 < values_.size()) {
    CoinId coin(first_output.number() + output);
    if (with_parcels_) add_parcels(coin, runs);
    arrive(coin, values_[output], runs);
    return;
  }
  if (with_parcels_) add_parcels(std::nullopt, runs);
  for (const Run& run : runs) {
    if (run.label == kClean) continue;
    found_.fees.add(run.label, run.length);
    if (ledger_.is_unconfirmed(at_)) found_.unconfirmed_fees += run.length;
  }
}

void Walk::arrive(CoinId coin, Amount value, RunView runs) {
  if (!seeds_.empty() && seeds_.front().coin == coin) return arrive_at_seed(coin, value, runs);
  if (runs.empty()) return;
  ++found_.coins_touched;
  settle(coin, value, runs, stops_.at(ledger_, coin));
}

void Walk::arrive_at_seed(CoinId coin, Amount value, RunView runs) {
  std::size_t count = 0;
  while (count < seeds_.size() && seeds_[count].coin == coin) ++count;
  std::span<const Seed> here = seeds_.first(count);
  seeds_ = seeds_.subspan(count);

  // Taint that a stop ends here is no longer in the coin when the seed begins.
  auto stop = stops_.at(ledger_, coin);
  bool stopped = stop && !runs.empty();
  SeededCoin seeded =
      lay_seeds(value, runs, stopped ? Arrived::stopped : Arrived::stays, here, method_.ordered());
  for (std::size_t i = 0; i < count; ++i) {
    found_.seeds.push_back({coin, value, here[i].claimed(), seeded.effective[i], here[i].label});
  }
  ++found_.coins_touched;
  if (stopped) land(coin, value, runs, *stop);
  if (!seeded.runs.empty()) settle(coin, value, seeded.runs, Stops::at_seed(ledger_, coin));
}

// A tainted coin stops here, waits for its spender, or lies unspent.
void Walk::settle(CoinId coin, Amount value, RunView runs, std::optional<Stop> stop) {
  if (stop) return land(coin, value, runs, *stop);
  std::optional<TxId> spender = columns_.spender(coin);
  if (!spender) return land(coin, value, runs, {.kind = DestinationKind::held});
  if (*spender <= at_) {
    contradiction_ = "a coin it creates is spent before it";
    return;
  }
  Waiting waiting(coin, *spender);
  waiting.count = static_cast<std::uint32_t>(runs.size());
  if (runs.size() == 1) {
    waiting.run = runs.front();
  } else {
    waiting.slot = run_store_.add(runs);
  }
  queue_.push(waiting);
}

void Walk::land(CoinId coin, Amount value, RunView runs, Stop stop) {
  auto& landings = stop.service != kNoService ? found_.by_service[stop.service]
                                              : found_.by_kind[static_cast<std::size_t>(stop.kind)];
  if (runs.size() == 1) {
    landings.push_back({coin, value, runs[0].length, runs[0].label, runs[0].hops});
    return;
  }
  std::size_t first = landings.size();
  for (const Run& run : runs) {
    if (run.label == kClean) continue;
    auto same = std::find_if(landings.begin() + static_cast<std::ptrdiff_t>(first), landings.end(),
                             [&](const Landing& landing) { return landing.label == run.label; });
    if (same == landings.end()) {
      landings.push_back({coin, value, run.length, run.label, run.hops});
    } else {
      same->amount += run.length;
    }
  }
}

void Walk::add_parcels(std::optional<CoinId> to, RunView runs) {
  sums_.clear();
  for (const Run& run : runs) {
    if (run.label != kClean) sums_.add(run.label, run.length);
  }
  for (const LabelAmount& sum : sums_.all()) {
    const Origin& from = origin(sum.label);
    found_.parcels.push_back({at_, from.from, to, sum.amount, sum.label, from.hops + 1});
  }
}

RunView Walk::runs_of(const Waiting& waiting) const {
  if (waiting.count == 1) return {&waiting.run, 1};
  return run_store_.view(waiting.slot, waiting.count);
}

const Walk::Waiting* Walk::find_arriving(CoinId coin) const {
  if (arriving_.size() <= kFewArriving) {
    for (const Waiting& waiting : arriving_) {
      if (waiting.coin == coin) return &waiting;
    }
    return nullptr;
  }
  auto place = std::ranges::lower_bound(arriving_, coin, {}, &Waiting::coin);
  return place != arriving_.end() && place->coin == coin ? &*place : nullptr;
}

const Walk::Origin& Walk::origin(Label label) const {
  if (origins_.size() == 1 && origins_[0].label == label) return origins_[0];
  auto place = std::ranges::lower_bound(origins_, label, {}, &Origin::label);
  CHECK(place != origins_.end() && place->label == label);
  return *place;
}

}  // namespace tracehound::trace
