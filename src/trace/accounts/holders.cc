// A balance is what came in less what went out over all the ledger knows. It is asked for when a
// holder is first tainted, so its history is read then, once, and from there on it is kept up; a
// holder that taint has left is forgotten but for the point its history was read to.
//
// The ledger may not know all: an account had a past before the ledger begins, or a token changes
// balances without a transfer. Where more goes out than is known to be there, what is missing came
// before all that is known, and is clean.

#include "trace/accounts/holders.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace tracehound::trace::accounts {

Holders::Holders(const Events& events, std::span<const Divider> lanes)
    : events_(events), lanes_(lanes), members_(events.accounts()), by_account_(events.accounts()) {}

void Holders::expect(HolderId id, int step) const {
  if (step == 0) return active_.expect(id);
  if (!members_.has(id.account)) return;
  const Holder* holder = active_.find(id);
  if (holder == nullptr) return;
  const char* bytes = reinterpret_cast<const char*>(holder);
  for (std::size_t at = 0; at < sizeof(Holder); at += kCacheLine) __builtin_prefetch(bytes + at);
}

Known Holders::known(HolderId id, TransferId end, TxId tx) {
  // What going through the whole ledger costs, in rows of histories.
  constexpr std::uint64_t kRowsWorthOneRead = 2;
  if (!balances_ && balances_fit_ && rows_read_ > events_.transactions() / kRowsWorthOneRead) {
    balances_.emplace(events_, Balances::kMostHolders, [this](HolderId holder) {
      return members_.has(holder.account) && active_.find(holder) != nullptr;
    });
    past_ = {};
  }
  return advance_balances(end, tx) ? balances_->of(id) : history(id, end, tx).known;
}

// To that point, where they are known from going through the whole ledger.
bool Holders::advance_balances(TransferId end, TxId tx) {
  if (!balances_) return false;
  if (balances_->advance(end, tx)) return true;
  balances_.reset();
  balances_fit_ = false;
  return false;
}

Holders::Past Holders::history(HolderId id, TransferId end, TxId tx) {
  constexpr std::uint64_t kLookUp = 16;  // costs as much as so many rows
  Past past;
  if (auto found = past_.find(id); found != past_.end()) past = found->second;
  std::vector<TransferId> transfers = events_.transfers_of(id.account);
  rows_read_ += kLookUp + transfers.size();
  std::vector<TxId> paid;
  if (id.asset == kNative) paid = events_.paid_by(id.account);
  auto fee = std::ranges::lower_bound(paid, past.tx);
  auto pay_fees_before = [&](TransferId transfer) {
    while (fee != paid.end() && *fee < tx && events_.first_transfer(fee->next()) <= transfer) {
      past.known.give(events_.fee(*fee++));
    }
  };
  for (auto at = std::ranges::lower_bound(transfers, past.end); at != transfers.end(); ++at) {
    if (*at >= end) break;
    pay_fees_before(*at);
    Movement row = events_.row(*at);
    if (row.asset != id.asset || row.amount.is_zero()) continue;
    if (row.from == id.account) past.known.give(row.amount);
    if (row.to == id.account) past.known.take(row.amount);
  }
  while (fee != paid.end() && *fee < tx) past.known.give(events_.fee(*fee++));
  past.end = end;
  past.tx = tx;
  return past;
}

Holder& Holders::bring(HolderId id, TransferId end, TxId tx) {
  Known past = known(id, end, tx);
  Holder& holder = add(id, past.shorts);
  for (Units& units : holder.lanes) units.reset(past.balance);
  return holder;
}

void Holders::restore(SavedHolder saved) {
  Holder& holder = add(saved.id, saved.shorts);
  std::ranges::move(saved.lanes, holder.lanes.begin());
}

Holder& Holders::add(HolderId id, std::uint32_t shorts) {
  events_.rests_on(id.account);
  CHECK(active_.find(id) == nullptr);
  Holder& holder = active_.insert(id);
  holder.shorts = shorts;
  holder.noted = 0;
  holder.idle = false;
  holder.gone = false;
  holder.lanes.resize(lanes_.size());
  if (++by_account_[id.account.number()] == 1) {
    ++members_count_;
    members_.set(id.account, true);
    new_members_.push_back(id.account);
  }
  return holder;
}

void Holders::retire(Holder& holder, TransferId end, TxId next) {
  HolderId id = holder.id;
  Known known{holder.balance(), holder.shorts};
  // While it is active.
  if (advance_balances(end, next)) {
    balances_->set(id, known);
  } else {
    past_[id] = {known, end, next};
  }
  holder.gone = true;
  --idle_;
  active_.erase(id);
  if (--by_account_[id.account.number()] > 0) return;
  --members_count_;
  members_.set(id.account, false);
}

void Holders::retire_clean(std::span<Holder* const> touched, TransferId end, TxId next,
                           bool lazily) {
  for (Holder* holder : touched) {
    if (holder->gone) continue;
    bool idle = holder->clean();
    if (idle && !holder->idle) ++idle_;
    if (!idle && holder->idle) --idle_;
    holder->idle = idle;
    if (idle && !lazily) retire(*holder, end, next);
  }
  if (idle_ <= active_.size() / 2) return;
  std::vector<Holder*> all_idle;
  active_.each([&all_idle](Holder& holder) {
    if (holder.idle) all_idle.push_back(&holder);
  });
  for (Holder* holder : all_idle) retire(*holder, end, next);
}

void Holders::need(Holder& holder, const U256& amount) const {
  if (amount <= holder.balance()) return;
  U256 missing = amount - holder.balance();
  ++holder.shorts;
  for (Units& units : holder.lanes) {
    units.value = amount;
    if (units.line.empty()) continue;
    std::vector<Piece>& line = units.line.pieces();
    if (line.front().label == kClean) {
      line.front().length += missing;
    } else {
      line.insert(line.begin(), {missing, kClean});
    }
  }
}

namespace {

// Takes `excess` clean units out of a line, the last ones first; gives what it did not find.
U256 drop_clean(std::vector<Piece>& line, U256 excess) {
  for (auto piece = line.rbegin(); piece != line.rend() && !excess.is_zero(); ++piece) {
    if (piece->label != kClean) continue;
    U256 dropped = std::min(piece->length, excess);
    piece->length -= dropped;
    excess -= dropped;
  }
  std::erase_if(line, [](const Piece& piece) { return piece.length.is_zero(); });
  return excess;
}

// Whether the taint of both together is within 256 bits: by poison each label's, else all of it.
bool taint_fits(MethodKind method, const Units& balance, const Units& arriving) {
  U256 sum;
  if (method == MethodKind::poison) {
    return std::ranges::all_of(arriving.labels, [&](const Tainted& entry) {
      const U256* before = amount_of(balance.labels, entry.label);
      return before == nullptr || !add_overflow(*before, entry.amount, sum);
    });
  }
  auto add = [&sum](const Tainted& entry) { return !add_overflow(sum, entry.amount, sum); };
  return std::ranges::all_of(balance.labels, add) && std::ranges::all_of(arriving.labels, add);
}

}  // namespace

Status Holders::credit_lane(const Divider& lane, Units& balance, Units& arriving,
                            HolderId id) const {
  if (!taint_fits(lane.method(), balance, arriving)) {
    return bad_input(fmt::format(
        "stolen units of asset {} in one account come to more than 256 bits: its transfers are not "
        "to be believed; trace without it",
        events_.name(id.asset)));
  }
  U256 sum;
  U256 excess;
  if (add_overflow(balance.value, arriving.value, sum)) {
    // No honest token: its balances would not fit the chain's own numbers. Clean units make room.
    excess = sum + U256(1);
    sum = kU256Max;
  }
  if (lane.ordered() && !(balance.clean() && arriving.clean())) {
    std::vector<Piece>& line = balance.line.pieces();
    std::vector<Piece>& more = arriving.line.pieces();
    if (balance.clean()) append_piece(line, balance.value, kClean);
    if (arriving.clean()) append_piece(more, arriving.value, kClean);
    excess = drop_clean(line, drop_clean(more, excess));
    for (const Piece& piece : more) append_piece(line, piece.length, piece.label);
  }
  balance.value = sum;
  for (const Tainted& entry : arriving.labels) {
    add_label(balance.labels, entry.label, entry.hops, entry.amount);
  }
  return {};
}

Status Holders::credit(Holder& holder, std::span<Units> arriving) const {
  for (std::size_t l = 0; l < lanes_.size(); ++l) {
    TRY(credit_lane(lanes_[l], holder.lanes[l], arriving[l], holder.id));
  }
  return {};
}

}  // namespace tracehound::trace::accounts
