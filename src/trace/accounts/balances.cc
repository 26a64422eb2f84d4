#include "trace/accounts/balances.h"

#include <utility>

namespace tracehound::trace::accounts {

Balances::Balances(const Events& events, std::uint64_t most_holders, IsKept is_kept)
    : events_(events),
      most_holders_(most_holders),
      is_kept_(std::move(is_kept)),
      slots_(1U << 10) {}

const TransactionRows& Balances::read(TxId tx) {
  for (; seen_.number() < events_.transactions() && seen_.number() < tx.number() + kAhead;
       seen_ = seen_.next()) {
    TransactionRows& rows = ahead_[seen_.number() % kAhead];
    events_.read(seen_, rows);
    for (const Movement& row : rows.rows) {
      expect({row.from, row.asset});
      expect({row.to, row.asset});
    }
    if (!rows.fee.is_zero()) expect({rows.payer, kNative});
  }
  return ahead_[tx.number() % kAhead];
}

bool Balances::advance(TransferId end, TxId tx) {
  for (; tx_ < tx; tx_ = tx_.next(), row_ = 0) {
    const TransactionRows& rows = read(tx_);
    if (!fits(rows)) return false;
    for (; row_ < rows.rows.size(); ++row_) move(rows.rows[row_]);
    if (!rows.fee.is_zero()) give({rows.payer, kNative}, rows.fee);
  }
  if (tx.number() >= events_.transactions()) return true;
  const TransactionRows& rows = read(tx);
  if (!fits(rows)) return false;
  for (; rows.first.number() + row_ < end.number(); ++row_) move(rows.rows[row_]);
  return true;
}

void Balances::move(const Movement& row) {
  if (row.amount.is_zero()) return;
  give({row.from, row.asset}, row.amount);
  take({row.to, row.asset}, row.amount);
}

void Balances::give(HolderId id, const U256& amount) {
  if (kept(id)) return;
  Slot& slot = this->slot(id);
  Known known = load(slot);
  known.give(amount);
  store(slot, known);
}

void Balances::take(HolderId id, const U256& amount) {
  if (kept(id)) return;
  Slot& slot = this->slot(id);
  Known known = load(slot);
  known.take(amount);
  store(slot, known);
}

void Balances::store(Slot& slot, const Known& known) {
  slot.shorts = known.shorts;
  if (slot.wide == 0 && !known.balance.fits_128()) {
    wide_.emplace_back();
    slot.wide = static_cast<std::uint32_t>(wide_.size());
  }
  if (slot.wide != 0) {
    wide_[slot.wide - 1] = known.balance;
  } else {
    slot.balance[0] = known.balance.limbs[0];
    slot.balance[1] = known.balance.limbs[1];
  }
}

Known Balances::of(HolderId id) const {
  for (std::size_t place = home(id);; place = (place + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[place];
    if (slot.id == id) return load(slot);
    if (slot.id.account == kNobody) return {};
  }
}

Balances::Slot& Balances::slot(HolderId id) {
  for (;;) {
    std::size_t place = home(id);
    while (slots_[place].id.account != kNobody && slots_[place].id != id) {
      place = (place + 1) & (slots_.size() - 1);
    }
    if (slots_[place].id == id) return slots_[place];
    if (4 * (size_ + 1) <= 3 * slots_.size()) {
      ++size_;
      slots_[place].id = id;
      return slots_[place];
    }
    grow();
  }
}

void Balances::grow() {
  LargeVector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.id.account == kNobody) continue;
    std::size_t place = home(slot.id);
    while (slots_[place].id.account != kNobody) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = slot;
  }
}

}  // namespace tracehound::trace::accounts
