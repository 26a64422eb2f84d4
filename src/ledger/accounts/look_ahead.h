// Names lie anywhere in memory, and finding one takes three reads, each where the one before led.
// While a transfer is dealt with, those of the transfers behind it are on their way already: each
// step is asked for some transfers after the one before, so that their misses overlap.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/prefetch.h"
#include "ledger/accounts/block_batch.h"
#include "ledger/accounts/name_table.h"
#include "ledger/accounts/tx_table.h"

namespace tracehound::ledger::accounts {

class LookAhead {
 public:
  LookAhead(const BlockBatch& batch, const NameTable& names, const TxTable& ids)
      : transactions_(batch.transactions()),
        transfers_(batch.transfers()),
        names_(names),
        ids_(ids) {}

  // Before each transfer, in their order.
  void step() {
    while (slots_ < at_ + 3 * kApart && enter()) ++slots_;
    for (; ends_ < std::min(slots_, at_ + 2 * kApart); ++ends_) {
      for (Name& name : seen(ends_)) name.id = names_.expect_end(name.key);
    }
    for (; texts_ < std::min(ends_, at_ + kApart); ++texts_) {
      for (const Name& name : seen(texts_)) {
        if (name.id != kNobody) names_.expect_text(name.id);
      }
    }
    ++at_;
  }

 private:
  struct Name {
    std::uint64_t key = 0;
    AccountId id = kNobody;
  };
  static constexpr std::uint64_t kApart = 12;
  static constexpr std::uint64_t kRing = 64;
  static_assert(3 * kApart <= kRing);

  // They were written by another thread, and come from its cache.
  template <typename Row>
  static void expect_after(const Row& row) {
    auto at = reinterpret_cast<std::uintptr_t>(&row) + 2 * kApart * sizeof(Row);
    prefetch(reinterpret_cast<const void*>(at));
  }
  std::array<Name, 2>& seen(std::uint64_t transfer) { return ring_[transfer % kRing]; }
  // The next transfer; false behind the last one.
  bool enter() {
    if (slots_ == transfers_.size()) return false;
    for (; tx_end_ <= slots_ && tx_ < transactions_.size(); ++tx_) {
      const BlockBatch::TxPart& tx = transactions_[tx_];
      expect_after(tx);
      ids_.prefetch(tx.key);
      tx_end_ += tx.transfers;
    }
    const BlockBatch::TransferPart& row = transfers_[slots_];
    expect_after(row);
    expect(row.from, seen(slots_)[0]);
    expect(row.to, seen(slots_)[1]);
    return true;
  }
  void expect(const KeyedName& listed, Name& name) {
    prefetch(listed.bytes);
    names_.expect_slot(listed.key);
    name.key = listed.key;
  }

  std::span<const BlockBatch::TxPart> transactions_;
  std::span<const BlockBatch::TransferPart> transfers_;
  const NameTable& names_;
  const TxTable& ids_;
  std::size_t tx_ = 0;      // the next transaction
  std::size_t tx_end_ = 0;  // where the transfers of those before it end
  std::array<std::array<Name, 2>, kRing> ring_;
  std::uint64_t at_ = 0;     // transfers dealt with
  std::uint64_t slots_ = 0;  // those whose slots were asked for, ...
  std::uint64_t ends_ = 0;
  std::uint64_t texts_ = 0;
};

}  // namespace tracehound::ledger::accounts
