// The walk back in one example, by fifo. Balances are lines of units, the oldest first.
//
//   t1  victim -> thief 60     thief: [60 of t1]
//   t2  fund   -> thief 40     thief: [60 of t1, 40 of t2]
//   t3  thief  -> shop  70     the 70 oldest go:  [60 of t1, 10 of t2]; 30 of t2 stay
//
// Who asks what t3 brought asks for 70 units of what the thief gave:
//
//   t3  put back in front of what stayed: 100, the first 70 asked
//   t2  the last 40 came in here, 10 of them asked: 10 go to fund, and end as fund's opening
//       balance, of which the ledger does not know where it came from
//   t1  the last 60 came in here, all asked: 60 go to victim
//
// No more is needed than the balance at each movement (histories.h): nobody's units have to be
// known before they are asked for. By lifo units are put back at the end instead of in front; by
// haircut an incoming transfer's part of the balance is its part of what is asked. All units asked
// of a balance at a movement come from later movements, so they are complete when its turn comes.
//
// Cost: for each account asked about its history, twice (once to the end, once back), and for each
// movement of an asked balance a place in a queue and the pieces of its line.

#include "trace/accounts/backward_walk.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace tracehound::trace::accounts {

namespace {
constexpr std::uint64_t kLooksAtInterrupt = 1024;
}  // namespace

BackwardWalk::BackwardWalk(const WalkRequest& request, MethodKind method,
                           std::span<const Holding> holdings)
    : events_(request.events),
      stops_(request.stops),
      options_(request.options),
      seeds_(request.seeds),
      holdings_(holdings),
      seeds_left_(request.seeds.size()),
      end_(request.options.end.value_or(
          TxId(static_cast<std::uint32_t>(request.events.transactions())))),
      divider_(method),
      histories_(request.events) {
  found_.effective.resize(seeds_.size());
  found_.seed_holders.resize(seeds_.size());
  while (seeds_left_ > 0 && events_.transaction_of(seeds_[seeds_left_ - 1].transfer) >= end_) {
    --seeds_left_;
  }
}

std::optional<TxId> BackwardWalk::next() const {
  std::optional<TxId> tx;
  if (!queue_.empty()) tx = queue_.top().first;
  if (seeds_left_ == 0) return tx;
  TxId seed = events_.transaction_of(seeds_[seeds_left_ - 1].transfer);
  return tx ? std::max(*tx, seed) : seed;
}

Status BackwardWalk::run() {
  TRY(take_holdings());
  std::uint64_t visited = 0;
  while (auto tx = next()) {
    if (options_.cuts.until && *tx < *options_.cuts.until) break;
    if (options_.interrupt && ++visited % kLooksAtInterrupt == 0 && *options_.interrupt) {
      interrupted_ = true;
      break;
    }
    TRY(visit(*tx));
  }
  land_rest();
  return {};
}

Status BackwardWalk::take_holdings() {
  at_ = end_;
  for (const Holding& holding : holdings_) {
    TRY_ASSIGN(Asked * asked, ask(holding.holder, events_.first_transfer(end_)));
    U256 balance = asked->units.value;
    if (balance.is_zero()) continue;
    LaidSeed whole{0, U256(), U256(), balance, holding.label};
    lay_seeds({&whole, 1}, Units{}, divider_.ordered(), asked->units,
              [&](std::size_t, const U256& got) {
                found_.holdings.push_back({holding, balance, got});
                if (!found_.seeded[holding.holder.asset].add(holding.label, got)) overflow_ = true;
              });
  }
  queue_next();
  return {};
}

void BackwardWalk::land_rest() {
  asked_.each([this](const Asked& asked) {
    if (!asked.open) return;
    for (const Tainted& entry : asked.units.labels) {
      found_.landings.push_back({{asked.id, std::nullopt, asked.units.value, entry.amount,
                                  entry.label, entry.hops, false},
                                 {.kind = DestinationKind::cut}});
    }
  });
}

Status BackwardWalk::visit(TxId tx) {
  at_ = tx;
  events_.read(tx, tx_);
  touched_.clear();
  row_.reset();
  moved_ = false;
  take_seeds(tx);
  for (; !queue_.empty() && queue_.top().first == tx; queue_.pop()) {
    touched_.push_back(queue_.top().second);
  }
  take_fee_back();
  std::optional<Exchange> swap;
  if (options_.swaps) swap = find_exchange(tx_, events_, stops_);
  if (swap) {
    TRY(exchange(*swap));
  } else {
    TRY(replay());
  }
  queue_next();
  found_.transactions += moved_ ? 1 : 0;
  if (!overflow_) return {};
  return bad_input(
      fmt::format("the units asked for of one asset come to more than 256 bits at transaction {}: "
                  "its transfers are not to be believed; ask without its seeds or with --swaps off",
                  events_.name(tx)));
}

void BackwardWalk::take_seeds(TxId tx) {
  seeds_here_.clear();
  while (seeds_left_ > 0 && events_.transaction_of(seeds_[seeds_left_ - 1].transfer) == tx) {
    seeds_here_.push_back(--seeds_left_);
  }
  std::ranges::reverse(seeds_here_);
}

void BackwardWalk::queue_next() {
  for (Asked* asked : touched_) {
    asked->open = !asked->units.clean();
    if (!asked->open) continue;
    CHECK(asked->units.value == asked->history->balance());
    auto last = asked->history->last(events_);
    CHECK(last && *last < at_);
    queue_.emplace(*last, asked);
  }
}

BackwardWalk::Asked* BackwardWalk::find(HolderId id) {
  Asked* asked = asked_.find(id);
  return asked != nullptr && asked->open ? asked : nullptr;
}

Result<BackwardWalk::Asked*> BackwardWalk::ask(HolderId id, TransferId end) {
  Asked* asked = asked_.find(id);
  if (asked != nullptr && asked->open) return asked;
  if (asked != nullptr) {
    histories_.take_back(*asked->history, id, end, at_);
  } else {
    TRY_ASSIGN(History * history, histories_.of(id, end, at_));
    asked = &asked_.insert(id);
    asked->history = history;
  }
  asked->open = true;
  asked->units.reset(asked->history->balance());
  touched_.push_back(asked);
  return asked;
}

// ---- transfer by transfer -----------------------------------------------------------------------

// It is paid after the transfers, and nobody asks for its units.
void BackwardWalk::take_fee_back() {
  if (tx_.payer == kNobody || tx_.fee.is_zero()) return;
  Asked* payer = find({tx_.payer, kNative});
  if (payer == nullptr) return;
  Units fee;
  fee.reset(tx_.fee);
  divider_.put_back(payer->units, fee);
  uncover(*payer, payer->history->take_back(payer->id, events_));
}

Status BackwardWalk::replay() {
  for (std::size_t row = tx_.rows.size(); row > 0; --row) TRY(replay_row(row - 1));
  row_.reset();
  return {};
}

Status BackwardWalk::replay_row(std::size_t row) {
  const Movement& move = tx_.rows[row];
  if (move.amount.is_zero()) return {};
  HolderId giver{move.from, move.asset};
  HolderId taker{move.to, move.asset};
  row_ = TransferId(tx_.first.number() + row);
  Asked* to = find(taker);
  if (move.from == move.to) {
    if (to != nullptr) uncover(*to, to->history->take_back(taker, events_));
    return {};
  }
  std::vector<LaidSeed> sent;
  std::vector<LaidSeed> received;
  for (std::size_t number : seeds_here_) {
    const Seed& seed = seeds_[number];
    if (seed.transfer != *row_) continue;
    (seed.side == SeedSide::sent ? sent : received)
        .push_back({number, U256(), seed.first, seed.end, seed.label});
  }
  Units units;
  units.reset(move.amount);
  if (to != nullptr) {
    divider_.take_last(to->units, move.amount, units);
    uncover(*to, to->history->take_back(taker, events_));
  }
  if (!received.empty()) lay(taker, received, Units{}, units);
  for (const Tainted& entry : units.labels) {
    note_parcel(ParcelKind::transfer, taker, giver, entry, entry.amount);
  }
  arrive(giver, sent, units);
  TRY(put_back(giver, units, row_->next()));
  if (Asked* from = find(giver)) uncover(*from, from->history->take_back(giver, events_));
  return {};
}

Status BackwardWalk::put_back(HolderId giver, const Units& units, TransferId end) {
  if (giver.account == kNobody) return {};
  if (units.clean() && find(giver) == nullptr) return {};
  TRY_ASSIGN(Asked * asked, ask(giver, end));
  divider_.put_back(asked->units, units);
  return {};
}

void BackwardWalk::uncover(Asked& asked, const U256& missing) {
  if (!missing.is_zero()) {
    if (!asked.units.clean()) found_.unknown.push_back(asked.id);
    Units opening;
    divider_.take_first(asked.units, missing, opening);
    land(asked.id, {.kind = DestinationKind::held}, opening, true);
  }
}

// ---- where units come from ----------------------------------------------------------------------

void BackwardWalk::arrive(HolderId giver, std::span<const LaidSeed> sent, Units& units) {
  std::optional<Stop> stop;
  if (!units.clean()) {
    moved_ = true;
    for (Tainted& entry : units.labels) ++entry.hops;
    stop = origin_of(giver, units);
  }
  Units stopped;
  if (stop) {
    land(giver, *stop, units);
    stopped = units;
    units.make_clean();
  }
  if (sent.empty()) return;
  lay(giver, sent, stopped, units);
  // A seed is not stopped where it lies, but before nobody there is nothing.
  if (giver.account != kNobody || units.clean()) return;
  land(giver, {.kind = DestinationKind::mined}, units);
  units.make_clean();
}

std::optional<Stop> BackwardWalk::origin_of(HolderId giver, const Units& units) const {
  if (giver.account == kNobody) return Stop{.kind = DestinationKind::mined};
  // Whoever could give was no dead end.
  auto stop = stops_.at(giver.account);
  if (stop && stop->kind != DestinationKind::burned) return stop;
  if (!cuts_off(options_.cuts, units)) return std::nullopt;
  return Stop{.kind = DestinationKind::cut};
}

void BackwardWalk::lay(HolderId at, std::span<const LaidSeed> seeds, const Units& stopped,
                       Units& units) {
  moved_ = true;
  lay_seeds(seeds, stopped, divider_.ordered(), units, [&](std::size_t number, const U256& got) {
    found_.effective[number] = got;
    found_.seed_holders[number] = at;
    if (!found_.seeded[at.asset].add(seeds_[number].label, got)) overflow_ = true;
  });
}

void BackwardWalk::land(HolderId at, Stop stop, const Units& units, bool opening) {
  for (const Tainted& entry : units.labels) {
    found_.landings.push_back(
        {{at, at_, U256(), entry.amount, entry.label, entry.hops, opening}, stop});
  }
}

void BackwardWalk::note_parcel(ParcelKind kind, HolderId from, HolderId to, const Tainted& asked,
                               const U256& paid) {
  if (!options_.parcels) return;
  found_.parcels.push_back(
      {at_, row_, kind, from, to, paid, asked.amount, asked.label, asked.hops + 1});
}

}  // namespace tracehound::trace::accounts
