// The walk back in one example. Coin t:1 (10 units) is asked about; t spent a:0 (15, a coinbase's)
// and b:0 (5, a service's) into t:0 and t:1 of 10 each. Haircut, no fee.
//
//   seed      t:1 is given its run [10, label 1]; its maker is t: it waits at t
//   visit t   the inputs' values 15 and 5 divide the 10 units: a:0 is asked for 7.5 and b:0
//   for 2.5,
//             made whole by largest remainder (a tie: lower index): 8 and 2
//   arrive    b:0 belongs to a service: it lands there. a:0 waits at its maker
//   visit a   a coinbase: a:0 lands as mined
//   the queue is empty: done
//
// What a method does forward to inputs and outputs it does backward with the two exchanged. For
// haircut that is its definition. For fifo the unit at place p of the inputs' line is the one at
// place p of the outputs' line, for lifo the one at place V-1-p: each rule is its own inverse.
//
// All units asked of a coin come from the one transaction that spends it, so what a transaction is
// asked for is complete when its turn comes in reverse chain order. A coinbase that is divided into
// subsidy and fees is asked before the transactions of its block that paid them.
//
// Cost: a touched transaction costs its inputs and outputs, a constant, and for each input asked a
// search for its maker; memory is that of the coins waiting and of what has landed.

#include "trace/backward_walk.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "ledger/subsidy.h"

namespace tracehound::trace {

namespace {
// The interrupt is looked at every so many visits.
constexpr std::uint64_t kLook = 1024;
}  // namespace

BackwardWalk::BackwardWalk(const ledger::Ledger& ledger, const Method& method, const Stops& stops,
                           std::span<const Seed> seeds, const Options& options)
    : ledger_(ledger),
      columns_(ledger),
      creators_(ledger),
      method_(method),
      haircut_(make_method(MethodKind::haircut)),
      stops_(stops),
      seeds_(seeds),
      options_(options),
      seeds_left_(seeds.size()) {
  found_.by_service.resize(stops.services().size());
  found_.seeds.resize(seeds.size());
  if (options.cuts.until && options.cuts.until->number() < ledger.counts().blocks) {
    TxId first = ledger.transactions(*options.cuts.until).first;
    followed_from_ = columns_.outputs(first).first;
  }
}

Status BackwardWalk::run() {
  if (ledger_.counts().transactions > kTransactionsMost) {
    return machine_error(
        fmt::format("the ledger in {} has {} transactions, and a backward trace can order {} only",
                    ledger_.folder(), ledger_.counts().transactions, kTransactionsMost));
  }
  for (const Seed& seed : seeds_) {
    queue_.push(Asked(seed.coin, place_of(ledger_.creator(seed.coin))));
  }
  for (std::uint64_t visits = 0; !queue_.empty(); ++visits) {
    arriving_ = queue_.take();
    Place place = kLastPlace - arriving_.front().key();
    if (options_.interrupt != nullptr && visits % kLook == 0 && options_.interrupt->load()) {
      found_.interrupted = true;
    }
    TRY(visit(place));
  }
  CHECK(seeds_left_ == 0);
  return {};
}

BackwardWalk::Place BackwardWalk::place_of(TxId maker) const {
  if (options_.fees == FeeRule::sink || !is_coinbase(maker)) return 2 * maker.number();
  IdRange<TxId> block = ledger_.transactions(ledger_.height(maker));
  return 2 * (block.end.number() - 1) + 1;
}

TxId BackwardWalk::maker_at(Place place) const {
  TxId tx(place / 2);
  return place % 2 == 0 ? tx : ledger_.transactions(ledger_.height(tx)).first;
}

bool BackwardWalk::is_coinbase(TxId tx) const {
  Columns::Inputs inputs = columns_.inputs(tx);
  return inputs.first == inputs.end;
}

Status BackwardWalk::visit(Place place) {
  place_ = place;
  at_ = maker_at(place);
  IdRange<CoinId> coins = columns_.outputs(at_);
  take_targets(coins);
  bool mixed = stops_.knows_mixes() && stops_.is_mix(ledger_, at_);
  bool mined = is_coinbase(at_);
  if (found_.interrupted) {
    land_targets(coins, {.kind = DestinationKind::cut});
  } else if (mixed && stops_.mix_rule() == MixRule::stop) {
    land_targets(coins, {.kind = DestinationKind::mixed});
  } else if (mined && options_.fees == FeeRule::sink) {
    land_targets(coins, {.kind = DestinationKind::mined});
  }
  if (targets_.empty()) {
    forget_arriving();
  } else if (mined) {
    TRY(pass_coinbase(coins));
  } else {
    pass(coins, mixed && stops_.mix_rule() == MixRule::haircut);
  }
  return contradiction_.empty() ? Status() : contradicts();
}

Status BackwardWalk::contradicts() const {
  return machine_error(fmt::format(
      "the ledger in {} contradicts itself at transaction {}: {}; run `tracehound ledger check`",
      ledger_.folder(), ledger_.txid(at_).text(), contradiction_));
}

// ---- what is asked of a transaction's outputs ---------------------------------------------------

// Brings what waited, and the seeds that begin in these coins, into the order of the outputs.
void BackwardWalk::take_targets(IdRange<CoinId> coins) {
  targets_.clear();
  seeded_.clear();
  auto gone =
      std::ranges::remove_if(arriving_, [](const Asked& asked) { return asked.count == 0; });
  arriving_ = arriving_.first(arriving_.size() - gone.size());
  std::ranges::sort(arriving_, {},
                    [](const Asked& asked) { return std::pair(asked.of_fee != 0, asked.coin); });
  std::span<const Seed> seeds;
  if (seeds_left_ > 0) seeds = seeds_in(coins.first, coins.end);
  seeded_.reserve(seeds.size());  // so that no run moves
  for (const Asked& asked : arriving_) {
    if (asked.of_fee) {
      targets_.push_back({asked.coin, fee_of(at_), runs_of(asked)});
      continue;
    }
    while (!seeds.empty() && seeds.front().coin < asked.coin) {
      seeds = seeds.subspan(lay(seeds, {}));
    }
    if (!seeds.empty() && seeds.front().coin == asked.coin) {
      seeds = seeds.subspan(lay(seeds, runs_of(asked)));
    } else {
      targets_.push_back({asked.coin, columns_.value(asked.coin), runs_of(asked)});
    }
  }
  while (!seeds.empty()) seeds = seeds.subspan(lay(seeds, {}));
  std::ranges::stable_partition(targets_,
                                [&](const Target& target) { return coins.contains(target.coin); });
}

std::span<const Seed> BackwardWalk::seeds_in(CoinId first, CoinId end) const {
  auto from = std::ranges::lower_bound(seeds_, first, {}, &Seed::coin);
  auto to = std::ranges::lower_bound(seeds_, end, {}, &Seed::coin);
  return {from, to};
}

// The seeds of the first coin, over what is asked of it for later ones. Says how many they are.
std::size_t BackwardWalk::lay(std::span<const Seed> seeds, RunView asked) {
  CoinId coin = seeds.front().coin;
  std::size_t count = 0;
  while (count < seeds.size() && seeds[count].coin == coin) ++count;
  seeds = seeds.first(count);
  Amount value = columns_.value(coin);
  auto ending = asked.empty() ? std::nullopt : stops_.at(ledger_, coin);
  SeededCoin seeded =
      lay_seeds(value, asked, ending ? Arrived::stopped : Arrived::stays, seeds, method_.ordered());
  auto place = static_cast<std::size_t>(seeds.data() - seeds_.data());
  for (std::size_t i = 0; i < count; ++i) {
    found_.seeds[place + i] = {coin, value, seeds[i].claimed(), seeded.effective[i],
                               seeds[i].label};
  }
  seeds_left_ -= count;
  if (asked.empty()) ++found_.coins_touched;
  if (ending) land(coin, asked, *ending);
  if (!seeded.runs.empty()) {
    seeded_.push_back(std::move(seeded.runs));
    targets_.push_back({coin, value, seeded_.back()});
  }
  return count;
}

// The transaction's coins end here what is asked of them. Its fee is no coin: what is asked of it
// goes on to the coins that paid it, even where the walk is to end.
void BackwardWalk::land_targets(IdRange<CoinId> coins, Stop stop) {
  std::erase_if(targets_, [&](const Target& target) {
    if (!coins.contains(target.coin)) return false;
    land(target.coin, target.runs, stop);
    return true;
  });
}

void BackwardWalk::note_origins() {
  entering_.clear();
  origins_.clear();
  for (const Target& target : targets_) {
    sums_.clear();
    for (const Run& run : target.runs) {
      if (run.label != kClean) sums_.add(run.label, run.length);
    }
    for (const Run& run : target.runs) {
      if (run.label == kClean) continue;
      auto place = std::ranges::lower_bound(origins_, run.label, {}, &Origin::label);
      if (place == origins_.end() || place->label != run.label) {
        origins_.insert(place, {run.label, run.hops});
      } else {
        place->hops = std::min(place->hops, run.hops);
      }
    }
    for (const LabelAmount& sum : sums_.all()) entering_.add(sum.label, sum.amount);
  }
}

// What waited is now asked of others: what it kept in the run store is free again.
void BackwardWalk::forget_arriving() {
  for (const Asked& asked : arriving_) {
    if (asked.count > 1) run_store_.remove(asked.slot, asked.count);
  }
}

// ---- through a transaction ----------------------------------------------------------------------

void BackwardWalk::pass(IdRange<CoinId> coins, bool mixed) {
  ++found_.transactions_touched;
  note_origins();
  values_.clear();
  sources_.clear();
  total_ = 0;
  Columns::Inputs inputs = columns_.inputs(at_);
  for (std::uint64_t i = inputs.first; i < inputs.end; ++i) {
    sources_.push_back(columns_.input_coin(i));
    values_.push_back(columns_.value(sources_.back()));
    total_ += values_.back();
  }
  divide(coins, mixed);
  if (!contradiction_.empty()) return;
  forget_arriving();
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    RunView runs = share_of(i, mixed);
    if (runs.empty()) continue;
    if (options_.parcels) add_parcels(i, sources_[i], TxId());
    arrive(sources_[i], runs);
  }
}

// A coinbase as a transaction: the subsidy and its block's fees into its outputs.
Status BackwardWalk::pass_coinbase(IdRange<CoinId> coins) {
  BlockHeight height = ledger_.height(at_);
  auto subsidy = options_.subsidy ? options_.subsidy : ledger::subsidy(ledger_.chain(), height);
  if (!subsidy) {
    return bad_input(fmt::format(
        "the subsidy of blocks on the chain {} is not known, so a coinbase there cannot be divided "
        "into subsidy and fees; trace with fees as a sink",
        ledger_.chain()));
  }
  note_origins();
  IdRange<TxId> block = ledger_.transactions(height);
  values_.assign(1, *subsidy);
  for (TxId tx = block.first.next(); tx < block.end; tx = tx.next()) values_.push_back(fee_of(tx));
  total_ = 0;
  for (Amount value : values_) total_ += value;
  divide(coins, false);
  if (!contradiction_.empty()) return {};
  forget_arriving();
  mine();
  for (std::size_t i = 1; i < values_.size(); ++i) {
    RunView runs = share_of(i, false);
    if (runs.empty()) continue;
    TxId payer(block.first.number() + static_cast<std::uint32_t>(i));
    if (options_.parcels) add_parcels(i, std::nullopt, payer);
    Asked asked(targets_.front().coin, 2 * payer.number());
    asked.of_fee = 1;
    push(asked, runs);
  }
  return {};
}

// Divides what is asked of the targets over values_.
void BackwardWalk::divide(IdRange<CoinId> coins, bool by_haircut) {
  bool pieces = options_.parcels || is_coinbase(at_);
  Amount paid = 0;
  line_.clear();
  maker_.begin();
  auto target = targets_.begin();
  for (CoinId coin : coins) {
    InputTaint output{columns_.value(coin), {}};
    paid += output.value;
    if (target != targets_.end() && target->coin == coin) output.runs = (target++)->runs;
    line_.push_back(output);
    if (pieces) maker_.enter({coin, TxId()}, output.value, output.runs);
  }
  if (paid > total_) {
    contradiction_ = "it pays out more than it takes in";
    return;
  }
  line_.push_back({total_ - paid, target != targets_.end() ? target->runs : RunView()});
  if (pieces) maker_.enter({std::nullopt, at_}, line_.back().value, line_.back().runs);
  if (method_.ordered() && !by_haircut) {
    method_.runs->divide({line_, values_}, division_);
    CHECK(division_.outputs() == values_.size());
    if (pieces) maker_.divide(*method_.runs, values_);
    return;
  }
  AmountMethod& method = by_haircut ? *haircut_.amounts : *method_.amounts;
  shares_.resize(entering_.all().size() * values_.size());
  method.divide({entering_.all(), values_, total_}, shares_);
  if (pieces) maker_.share_out(method, entering_.all(), shares_, values_.size());
}

// What the division asks of one source, valid until the next call.
RunView BackwardWalk::share_of(std::size_t source, bool by_haircut) {
  if (method_.ordered() && !by_haircut) {
    std::span<Run> runs = division_.of(source);
    for (Run& run : runs) {
      if (run.label != kClean) run.hops = origin(run.label).hops + 1;
    }
    return runs;
  }
  runs_.clear();
  for (std::size_t l = 0; l < origins_.size(); ++l) {
    Amount share = shares_[l * values_.size() + source];
    if (share > 0) runs_.push_back({share, origins_[l].label, origins_[l].hops + 1});
  }
  return runs_;
}

// Newly made units of a coinbase end in those of its coins that asked for them.
void BackwardWalk::mine() {
  for (const ParcelPiece& piece : maker_.of(0)) {
    auto target = std::ranges::lower_bound(targets_, *piece.from.coin, {}, &Target::coin);
    CHECK(target != targets_.end() && target->coin == *piece.from.coin);
    auto asked = std::ranges::find(target->runs, piece.label, &Run::label);
    CHECK(asked != target->runs.end());
    Run part{piece.amount, piece.label, asked->hops};
    land(target->coin, {&part, 1}, {.kind = DestinationKind::mined});
  }
}

Amount BackwardWalk::fee_of(TxId tx) const {
  Amount in = 0;
  Amount out = 0;
  Columns::Inputs inputs = columns_.inputs(tx);
  for (std::uint64_t i = inputs.first; i < inputs.end; ++i) {
    in += columns_.value(columns_.input_coin(i));
  }
  for (CoinId coin : columns_.outputs(tx)) out += columns_.value(coin);
  CHECK_LEDGER(out <= in);
  return in - out;
}

// ---- a coin that is asked for units -------------------------------------------------------------

void BackwardWalk::arrive(CoinId coin, RunView runs) {
  ++found_.coins_touched;
  bool seed = seeds_left_ > 0 && !seeds_in(coin, coin.next()).empty();
  if (!seed) {  // seeds are laid over what is asked at the maker's turn; stops hold there, no cuts
    if (auto ending = ending_of(coin, runs)) return land(coin, runs, *ending);
  }
  Place place = place_of(creators_.of(coin, at_));
  if (place >= place_) {
    contradiction_ = "it spends a coin that is made after it";
    return;
  }
  push(Asked(coin, place), runs);
}

// A mix ends what is asked at its maker's turn; here only where a cut would end it before.
std::optional<Stop> BackwardWalk::ending_of(CoinId coin, RunView runs) const {
  if (auto stop = stops_.at(ledger_, coin)) return stop;
  if (!is_cut(coin, runs)) return std::nullopt;
  bool mixed = stops_.knows_mixes() && stops_.mix_rule() == MixRule::stop &&
               stops_.is_mix(ledger_, creators_.of(coin, at_));
  return Stop{.kind = mixed ? DestinationKind::mixed : DestinationKind::cut};
}

bool BackwardWalk::is_cut(CoinId coin, RunView runs) const {
  if (coin < followed_from_) return true;
  if (options_.cuts.min_amount == 0 && !options_.cuts.max_hops) return false;
  Amount asked = 0;
  std::uint32_t hops = 0xFFFF'FFFF;
  for (const Run& run : runs) {
    if (run.label == kClean) continue;
    asked += run.length;
    hops = std::min(hops, run.hops);
  }
  return asked < options_.cuts.min_amount || hops > options_.cuts.max_hops.value_or(0xFFFF'FFFF);
}

void BackwardWalk::push(Asked asked, RunView runs) {
  asked.count = static_cast<std::uint32_t>(runs.size()) & 0x7FFF'FFFF;
  if (runs.size() == 1) {
    asked.run = runs.front();
  } else {
    asked.slot = run_store_.add(runs);
  }
  queue_.push(asked);
}

void BackwardWalk::land(CoinId coin, RunView runs, Stop stop) {
  auto& landings = stop.service != kNoService ? found_.by_service[stop.service]
                                              : found_.by_kind[static_cast<std::size_t>(stop.kind)];
  for (const Run& run : runs) {
    if (run.label == kClean) continue;
    landings.push_back({coin, columns_.value(coin), run.length, run.label, run.hops});
  }
}

// Of what the division asks of one source: a coin, or a transaction's fee.
void BackwardWalk::add_parcels(std::size_t source, std::optional<CoinId> to, TxId to_fee) {
  for (const ParcelPiece& piece : maker_.of(source)) {
    Parcel parcel{at_,          piece.from.coin, to,
                  piece.amount, piece.label,     origin(piece.label).hops + 1};
    if (!piece.from.coin) parcel.from_fee = piece.from.fee_of;
    if (!to) parcel.to_fee = to_fee;
    found_.parcels.push_back(parcel);
  }
}

RunView BackwardWalk::runs_of(const Asked& asked) const {
  if (asked.count == 1) return {&asked.run, 1};
  return run_store_.view(asked.slot, asked.count);
}

const BackwardWalk::Origin& BackwardWalk::origin(Label label) const {
  auto place = std::ranges::lower_bound(origins_, label, {}, &Origin::label);
  CHECK(place != origins_.end() && place->label == label);
  return *place;
}

}  // namespace tracehound::trace
