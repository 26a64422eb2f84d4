#include "trace/accounts/histories.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace tracehound::trace::accounts {

void History::take(const U256& amount) {
  if (add_overflow(balance_, amount, balance_)) {
    balance_ = kU256Max;
    overflowed_ = true;
  }
}

void History::give(const U256& amount) {
  if (amount > balance_) {
    shorts_.push_back({movements(), amount - balance_});
    balance_ = amount;
  }
  balance_ -= amount;
}

bool History::fee_is_last(const Events& events) const {
  if (fees_.empty()) return false;
  return rows_.empty() || events.first_transfer(fees_.back().next()) > rows_.back();
}

std::optional<TxId> History::last(const Events& events) const {
  if (movements() == 0) return std::nullopt;
  return fee_is_last(events) ? fees_.back() : events.transaction_of(rows_.back());
}

bool History::has_row_from(TransferId first, const Events& events) const {
  return !rows_.empty() && rows_.back() >= first && !fee_is_last(events);
}

U256 History::take_back(HolderId id, const Events& events) {
  CHECK(movements() > 0);
  U256 missing;
  if (!shorts_.empty() && shorts_.back().movements == movements()) {
    missing = shorts_.back().missing;
    shorts_.pop_back();
  }
  if (fee_is_last(events)) {
    balance_ += events.fee(fees_.back());
    fees_.pop_back();
  } else {
    Movement row = events.row(rows_.back());
    rows_.pop_back();
    if (row.to == id.account && row.from != id.account) balance_ -= row.amount;
    if (row.from == id.account && row.to != id.account) balance_ += row.amount;
  }
  balance_ -= missing;
  return missing;
}

void Histories::read(AccountId account, TransferId end, TxId tx) {
  events_.rests_on(account);
  std::vector<TxId> paid = events_.paid_by(account);
  auto fee = paid.begin();
  auto pay = [&](auto is_before) {
    for (; fee != paid.end() && *fee < tx && is_before(*fee); ++fee) {
      History& history = histories_[{account, kNative}];
      history.fees_.push_back(*fee);
      history.give(events_.fee(*fee));
    }
  };
  for (TransferId transfer : events_.transfers_of(account)) {
    if (transfer >= end) break;
    pay([&](TxId at) { return events_.first_transfer(at.next()) <= transfer; });
    Movement row = events_.row(transfer);
    if (row.amount.is_zero()) continue;
    History& history = histories_[{account, row.asset}];
    history.rows_.push_back(transfer);
    if (row.from == account) history.give(row.amount);
    if (row.to == account) history.take(row.amount);
  }
  pay([](TxId) { return true; });
}

Result<History*> Histories::of(HolderId id, TransferId end, TxId tx) {
  if (read_.insert(id.account.number()).second) read(id.account, end, tx);
  History& history = histories_[id];
  if (history.overflowed_) {
    return bad_input(fmt::format(
        "what is known to have come into one account of asset {} is more than 256 bits: its "
        "transfers are not to be believed, and no way leads back through them; ask without it",
        events_.name(id.asset)));
  }
  take_back(history, id, end, tx);
  return &history;
}

void Histories::take_back(History& history, HolderId id, TransferId end, TxId tx) const {
  for (;;) {
    bool late_fee = !history.fees_.empty() && history.fees_.back() >= tx;
    bool late_row = !history.rows_.empty() && history.rows_.back() >= end;
    if (!late_fee && !late_row) return;
    history.take_back(id, events_);
  }
}

}  // namespace tracehound::trace::accounts
