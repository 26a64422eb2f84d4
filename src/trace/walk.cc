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

Walk::Walk(const ledger::Ledger& ledger, Method& method, const Stops& stops,
           std::span<const Seed> seeds, bool with_parcels)
    : ledger_(ledger), method_(method), stops_(stops), seeds_(seeds), with_parcels_(with_parcels) {
  found_.by_service.resize(stops.services().size());
  for (const Seed& seed : seeds) queue_.push(Waiting(seed.coin, ledger.creator(seed.coin)));
}

Status Walk::run() {
  while (!queue_.empty()) TRY(visit(TxId(queue_.take(arriving_))));
  CHECK(seeds_.empty());
  return {};
}

Status Walk::visit(TxId tx) {
  at_ = tx;
  std::erase_if(arriving_, [](const Waiting& waiting) { return waiting.count == 0; });
  bool spends = !arriving_.empty();
  if (spends && ledger_.is_coinbase(tx)) {
    bury();
    spends = false;
  }
  IdRange<CoinId> coins = ledger_.outputs(tx);
  if (!spends) {
    for (CoinId coin : coins) arrive(coin, ledger_.value(coin), {});
    return consistent(tx);
  }
  ++found_.transactions_touched;
  TRY(gather(tx));
  divide();
  std::size_t output = 0;
  for (CoinId coin : coins) {
    RunView runs = division_.of(output);
    if (with_parcels_) add_parcels(tx, coin, runs);
    arrive(coin, values_[output], runs);
    ++output;
  }
  keep_fee(tx);
  return consistent(tx);
}

// Reads the transaction's inputs with their taint, its outputs and its fee.
Status Walk::gather(TxId tx) {
  std::ranges::sort(arriving_, {}, &Waiting::coin);
  inputs_.clear();
  origins_.clear();
  total_ = 0;
  std::size_t met = 0;
  std::uint64_t count = ledger_.input_count(tx);
  for (std::uint64_t i = 0; i < count; ++i) {
    CoinId coin = ledger_.input(tx, i);
    InputTaint& input = inputs_.emplace_back(InputTaint{.value = ledger_.value(coin), .runs = {}});
    total_ += input.value;
    if (const Waiting* waiting = find_arriving(coin)) {
      input.runs = runs_of(*waiting);
      note_origins(coin, input.runs);
      ++met;
    }
  }
  values_.clear();
  Amount paid = 0;
  for (CoinId coin : ledger_.outputs(tx)) {
    values_.push_back(ledger_.value(coin));
    paid += values_.back();
  }
  if (met != arriving_.size()) contradiction_ = "it does not spend the coins that name it";
  if (paid > total_) contradiction_ = "it pays out more than it takes in";
  values_.push_back(total_ - paid);
  return consistent(tx);
}

Status Walk::consistent(TxId tx) const {
  if (contradiction_.empty()) return {};
  return machine_error(fmt::format(
      "the ledger in {} contradicts itself at transaction {}: {}; run `tracehound ledger check`",
      ledger_.folder(), ledger_.txid(tx).text(), contradiction_));
}

void Walk::note_origins(CoinId coin, RunView runs) {
  sums_.clear();
  for (const Run& run : runs) {
    if (run.label != kClean) sums_.add(run.label, run.length);
  }
  for (const Run& run : runs) {
    if (run.label == kClean) continue;
    Amount brought = sums_.of(run.label);
    auto place = std::ranges::lower_bound(origins_, run.label, {}, &Origin::label);
    if (place == origins_.end() || place->label != run.label) {
      origins_.insert(place, {run.label, run.hops, brought, coin});
      continue;
    }
    place->hops = std::min(place->hops, run.hops);
    if (brought > place->most) {
      place->most = brought;
      place->from = coin;
    }
  }
}

// A coinbase with the txid of an earlier one took the place of its coins, which are lost (BIP 30).
void Walk::bury() {
  for (const Waiting& waiting : arriving_) {
    land(waiting.coin, ledger_.value(waiting.coin), runs_of(waiting), {DestinationKind::burned, 0});
    if (waiting.count > 1) run_store_.remove(waiting.slot, waiting.count);
  }
}

void Walk::divide() {
  division_.clear();
  method_.divide({inputs_, values_, total_}, division_);
  CHECK(division_.outputs() == values_.size());
  for (std::size_t output = 0; output < values_.size(); ++output) {
    for (Run& run : division_.of(output)) {
      if (run.label != kClean) run.hops = origin(run.label).hops + 1;
    }
  }
  for (const Waiting& waiting : arriving_) {
    if (waiting.count > 1) run_store_.remove(waiting.slot, waiting.count);
  }
}

void Walk::keep_fee(TxId tx) {
  RunView runs = division_.of(values_.size() - 1);
  if (with_parcels_) add_parcels(tx, std::nullopt, runs);
  for (const Run& run : runs) {
    if (run.label != kClean) found_.fees.add(run.label, run.length);
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
  auto spender = ledger_.spender(coin);
  if (!spender) return land(coin, value, runs, {DestinationKind::held, 0});
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
  auto& landings = stop.kind == DestinationKind::service
                       ? found_.by_service[stop.service]
                       : found_.by_kind[static_cast<std::size_t>(stop.kind)];
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

void Walk::add_parcels(TxId tx, std::optional<CoinId> to, RunView runs) {
  sums_.clear();
  for (const Run& run : runs) {
    if (run.label != kClean) sums_.add(run.label, run.length);
  }
  for (const LabelAmount& sum : sums_.all()) {
    const Origin& from = origin(sum.label);
    found_.parcels.push_back({tx, from.from, to, sum.amount, sum.label, from.hops + 1});
  }
}

RunView Walk::runs_of(const Waiting& waiting) const {
  if (waiting.count == 1) return {&waiting.run, 1};
  return run_store_.view(waiting.slot, waiting.count);
}

const Walk::Waiting* Walk::find_arriving(CoinId coin) const {
  auto place = std::ranges::lower_bound(arriving_, coin, {}, &Waiting::coin);
  return place != arriving_.end() && place->coin == coin ? &*place : nullptr;
}

const Walk::Origin& Walk::origin(Label label) const {
  auto place = std::ranges::lower_bound(origins_, label, {}, &Origin::label);
  CHECK(place != origins_.end() && place->label == label);
  return *place;
}

}  // namespace tracehound::trace
