// One pass over the transactions that concern holders of taint, for all methods at once. What a
// transfer, a fee or a swap does to balances is the same for every method; which of the units are
// tainted is each lane's own affair.

#include "trace/accounts/walk.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace tracehound::trace::accounts {

namespace {

constexpr std::uint64_t kLooksAtInterrupt = 1024;

std::vector<Divider> dividers(std::span<const MethodKind> methods) {
  std::vector<Divider> lanes;
  for (MethodKind method : methods) lanes.emplace_back(method);
  return lanes;
}

}  // namespace

Walk::Walk(const WalkRequest& request)
    : events_(request.events),
      stops_(request.stops),
      options_(request.options),
      seeds_(request.seeds),
      end_(request.options.end.value_or(
          TxId(static_cast<std::uint32_t>(request.events.transactions())))),
      lanes_(dividers(request.methods)),
      holders_(events_, lanes_),
      schedule_(events_, options_.driver, end_),
      found_(lanes_.size()),
      moved_in_(lanes_.size()),
      moved_(lanes_.size()) {
  for (Found& found : found_) {
    found.effective.resize(seeds_.size());
    found.seed_holders.resize(seeds_.size());
  }
}

void Walk::resume(TxId from, std::vector<Found> found, std::vector<SavedHolder> holders) {
  from_ = from;
  found_ = std::move(found);
  for (Found& lane : found_) {
    lane.effective.resize(seeds_.size());
    lane.seed_holders.resize(seeds_.size());
  }
  next_seed_ = seeds_before(events_, seeds_, from);
  for (SavedHolder& holder : holders) holders_.restore(std::move(holder));
}

Status Walk::run() {
  std::uint64_t visited = 0;
  for (;;) {
    TxId seed_at = end_;
    if (next_seed_ < seeds_.size()) {
      seed_at = std::min(end_, events_.transaction_of(seeds_[next_seed_].transfer));
    }
    if (holders_.members_count() == 0) from_ = std::max(from_, seed_at);
    if (from_ >= end_) break;
    std::vector<AccountId> fresh = holders_.take_new_members();
    TxId tx = std::min(seed_at, schedule_.next(holders_.members(), from_, fresh));
    if (tx >= end_) break;
    if (options_.interrupt && ++visited % kLooksAtInterrupt == 0 && *options_.interrupt) {
      interrupted_ = true;
      break;
    }
    TRY(visit(tx));
    from_ = tx.next();
  }
  land_held();
  return {};
}

void Walk::land_held() {
  holders_.all().each([this](const Holder& holder) {
    for (Lane lane = 0; lane < lanes_.size(); ++lane) {
      for (const Tainted& entry : holder.lanes[lane].labels) {
        Stop where;
        if (interrupted_) where.kind = DestinationKind::cut;
        found_[lane].landings.push_back({{holder.id, std::nullopt, holder.balance(), entry.amount,
                                          entry.label, entry.hops, holder.shorts > 0},
                                         where});
      }
    }
  });
}

std::vector<SavedHolder> Walk::saved_holders() const {
  std::vector<SavedHolder> saved;
  holders_.all().each([&saved](const Holder& holder) {
    if (holder.clean()) return;
    saved.push_back({holder.id, holder.shorts, {holder.lanes.begin(), holder.lanes.end()}});
  });
  std::ranges::sort(saved, {}, &SavedHolder::id);
  return saved;
}

Status Walk::visit(TxId tx) {
  at_ = tx;
  events_.read(tx, tx_);
  look_ahead();
  touched_.clear();
  row_.reset();
  std::fill(moved_in_.begin(), moved_in_.end(), false);
  take_seeds(tx);
  std::optional<Exchange> swap;
  if (options_.swaps) swap = find_exchange(tx_, events_, stops_);
  if (swap) {
    TRY(exchange(*swap));
  } else {
    TRY(replay());
  }
  TRY(pay_fee());
  holders_.retire_clean(touched_, events_.first_transfer(tx.next()), tx.next(),
                        schedule_.scanning());
  for (Lane lane = 0; lane < lanes_.size(); ++lane) {
    found_[lane].transactions += moved_in_[lane] ? 1 : 0;
  }
  if (!overflow_) return {};
  return bad_input(fmt::format(
      "stolen units of one asset come to more than 256 bits by transaction {}: its transfers are "
      "not to be believed; trace without its seeds or with --swaps off",
      events_.name(tx)));
}

// Holders lie anywhere in memory. While a transaction is dealt with, those that the ledger names a
// little later are on their way already: each step is asked for some transfers after the one
// before.
void Walk::look_ahead() {
  constexpr std::uint64_t kApart = 16;
  constexpr std::uint64_t kFarthest = kApart * Holders::kExpectSteps;
  static_assert(kFarthest <= std::tuple_size_v<decltype(ahead_)>);
  std::uint64_t end = events_.first_transfer(end_).number();
  for (std::size_t i = 0; i < tx_.rows.size(); ++i) {
    std::uint64_t at = tx_.first.number() + i + kFarthest;
    if (at < end) {
      Movement row = events_.row(TransferId(at));
      ahead_[at % ahead_.size()] = {at, {row.from, row.asset}, {row.to, row.asset}};
    }
    for (int step = 0; step < Holders::kExpectSteps; ++step, at -= kApart) {
      const Ahead& seen = ahead_[at % ahead_.size()];
      if (seen.transfer != at) continue;
      holders_.expect(seen.from, step);
      holders_.expect(seen.to, step);
    }
  }
}

void Walk::take_seeds(TxId tx) {
  seeds_here_.clear();
  while (next_seed_ < seeds_.size() && events_.transaction_of(seeds_[next_seed_].transfer) == tx) {
    seeds_here_.push_back(next_seed_++);
  }
}

Status Walk::replay() {
  for (std::size_t row = 0; row < tx_.rows.size(); ++row) TRY(replay_row(row));
  row_.reset();
  return {};
}

Status Walk::replay_row(std::size_t row) {
  const Movement& move = tx_.rows[row];
  if (move.amount.is_zero()) return {};
  HolderId giver{move.from, move.asset};
  HolderId taker{move.to, move.asset};
  row_ = TransferId(tx_.first.number() + row);
  if (move.from == move.to) {
    if (Holder* holder = holders_.find(giver)) {
      holders_.need(*holder, move.amount);
      note_unknown(*holder);
    }
    return {};
  }
  Holder* from = holders_.find(giver);
  Holder* to = holders_.find(taker);
  std::vector<LaidSeed> sent;
  std::vector<LaidSeed> received;
  for (std::size_t number : seeds_here_) {
    const Seed& seed = seeds_[number];
    if (seed.transfer != *row_) continue;
    (seed.side == SeedSide::sent ? sent : received)
        .push_back({number, U256(), seed.first, seed.end, seed.label});
  }
  bool seeded = !sent.empty() || !received.empty();
  if (!seeded && from == nullptr && to == nullptr) return {};
  take(from, move.amount, moved_);
  for (Lane lane = 0; lane < lanes_.size(); ++lane) {
    Units& units = moved_[lane];
    if (!sent.empty()) lay(lane, giver, sent, Units{}, units);
    note_parcel(lane, ParcelKind::transfer, giver, taker, units, units);
    TRY(arrive(lane, taker, received, units));
  }
  return credit(taker, to, moved_, *row_);
}

void Walk::take(Holder* holder, const U256& amount, std::vector<Units>& moved) {
  moved.resize(lanes_.size());
  if (holder == nullptr) {
    for (Units& units : moved) units.reset(amount);
    return;
  }
  holders_.need(*holder, amount);
  note_unknown(*holder);
  touched_.push_back(holder);
  for (Lane lane = 0; lane < lanes_.size(); ++lane) {
    lanes_[lane].take(holder->lanes[lane], amount, moved[lane]);
  }
}

Status Walk::credit(HolderId id, Holder* holder, std::vector<Units>& moved, TransferId before) {
  if (id.account == kNobody) return {};
  if (holder == nullptr) {
    bool tainted = std::ranges::any_of(moved, [](const Units& units) { return !units.clean(); });
    if (!tainted) return {};
    holder = &holders_.bring(id, before, at_);
    if (!row_) cover_shorts_of(*holder);
  }
  touched_.push_back(holder);
  TRY(holders_.credit(*holder, moved));
  note_unknown(*holder);
  return {};
}

Status Walk::arrive(Lane lane, HolderId to, std::span<const LaidSeed> seeds, Units& units) {
  if (units.clean() && seeds.empty()) return {};
  for (Tainted& entry : units.labels) ++entry.hops;
  if (!units.clean()) moved_taint(lane);
  std::optional<Stop> stop;
  if (!units.clean()) stop = stop_for(to, units);
  Units stopped;
  if (stop) {
    land(lane, to, *stop, units);
    if (!seeds.empty()) stopped = units;
    units.make_clean();
  }
  if (seeds.empty()) return {};
  lay(lane, to, seeds, stopped, units);
  // Seeds are not stopped where they lie, but what nobody can spend is burned.
  auto known = stops_.at(to.account);
  if (known && known->kind == DestinationKind::burned && !units.clean()) {
    land(lane, to, *known, units);
    units.make_clean();
  }
  return {};
}

std::optional<Stop> Walk::stop_for(HolderId to, const Units& units) const {
  if (auto stop = stops_.at(to.account)) return stop;
  const Cuts& cuts = options_.cuts;
  bool cut = cuts_off(cuts, units) || (cuts.until && at_ > *cuts.until);
  if (!cut) return std::nullopt;
  return Stop{.kind = DestinationKind::cut};
}

void Walk::land(Lane lane, HolderId at, Stop stop, const Units& units) {
  for (const Tainted& entry : units.labels) {
    found_[lane].landings.push_back(
        {{at, at_, U256(), entry.amount, entry.label, entry.hops, false}, stop});
  }
}

void Walk::lay(Lane lane, HolderId at, std::span<const LaidSeed> seeds, const Units& stopped,
               Units& units) {
  Found& found = found_[lane];
  moved_taint(lane);
  lay_seeds(seeds, stopped, lanes_[lane].ordered(), units,
            [&](std::size_t number, const U256& got) {
              found.effective[number] = got;
              found.seed_holders[number] = at;
              if (!found.seeded[at.asset].add(seeds_[number].label, got)) overflow_ = true;
            });
}

Status Walk::pay_fee() {
  if (tx_.payer == kNobody || tx_.fee.is_zero()) return {};
  HolderId payer{tx_.payer, kNative};
  Holder* holder = holders_.find(payer);
  if (holder == nullptr) return {};
  take(holder, tx_.fee, moved_);
  for (Lane lane = 0; lane < lanes_.size(); ++lane) {
    const Units& units = moved_[lane];
    if (units.clean()) continue;
    moved_taint(lane);
    note_parcel(lane, ParcelKind::fee, payer, {kNobody, kNative}, units, units);
    for (const Tainted& entry : units.labels) {
      if (!found_[lane].fees.add(entry.label, entry.amount)) overflow_ = true;
    }
  }
  return {};
}

void Walk::note_unknown(Holder& holder) {
  if (holder.shorts == 0) return;
  for (Lane lane = 0; lane < lanes_.size(); ++lane) {
    if ((holder.noted >> lane & 1U) != 0 || holder.lanes[lane].clean()) continue;
    holder.noted = static_cast<std::uint16_t>(holder.noted | 1U << lane);
    found_[lane].unknown.push_back(holder.id);
  }
}

void Walk::note_parcel(Lane lane, ParcelKind kind, HolderId from, HolderId to, const Units& paid,
                       const Units& units) {
  if (!options_.parcels) return;
  for (const Tainted& entry : units.labels) {
    const U256* before = amount_of(paid.labels, entry.label);
    found_[lane].parcels.push_back({at_, row_, kind, from, to, before ? *before : U256(),
                                    entry.amount, entry.label,
                                    kind == ParcelKind::fee ? entry.hops : entry.hops + 1});
  }
}

}  // namespace tracehound::trace::accounts
