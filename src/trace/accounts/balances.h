// The balances of all holders at one point of the ledger, by going through it once.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/huge_pages.h"
#include "trace/accounts/events.h"

namespace tracehound::trace::accounts {

// What is known of a holder at a point: what came in less what went out, where what is missing was
// there before (holders.cc).
struct Known {
  U256 balance;
  std::uint32_t shorts = 0;  // how often more went out than was known to be there

  void give(const U256& amount) {
    if (amount > balance) {
      balance = amount;
      ++shorts;
    }
    balance -= amount;
  }
  void take(const U256& amount) {
    if (add_overflow(balance, amount, balance)) balance = kU256Max;
  }
};

// 32 bytes a slot, at most three quarters of them in use: 43 to 85 bytes for each holder that the
// ledger has named by then.
class Balances {
 public:
  static constexpr std::uint64_t kMostHolders = 3U << 22;  // with them 0.5 GB of slots

  // Whether somebody else keeps a holder's balance at the moment.
  using IsKept = std::function<bool(HolderId)>;

  // The events must outlive it.
  explicit Balances(const Events& events, std::uint64_t most_holders = kMostHolders,
                    IsKept is_kept = {});

  // Goes on to where all transfers before `end` and all fees of transactions before `tx` are
  // counted; `end` is in `tx` or at its beginning. False when there may be more than
  // `most_holders` before that: then it knows nothing. REQUIRES: not back.
  bool advance(TransferId end, TxId tx);
  // REQUIRES: nobody else keeps it now; who did gave it back by set().
  Known of(HolderId id) const;
  // Takes back what somebody else kept, as of the point that this is at.
  void set(HolderId id, const Known& known) { store(slot(id), known); }

 private:
  // Two of them are a cache line. Few balances come to more than 128 bits; those are in wide_.
  struct alignas(32) Slot {
    HolderId id{kNobody, AssetId(0)};
    std::uint32_t shorts = 0;
    std::uint32_t wide = 0;  // 0, or which of wide_ it is, from 1 on
    std::uint64_t balance[2] = {};
  };
  static_assert(sizeof(Slot) == 32);
  // Transactions that are read before their turn, so that the slots of their holders are on their
  // way.
  static constexpr std::uint64_t kAhead = 16;

  const TransactionRows& read(TxId tx);
  bool kept(HolderId id) const {
    return id.account == kNobody || (is_kept_ != nullptr && is_kept_(id));
  }
  void expect(HolderId id) const {
    if (!kept(id)) __builtin_prefetch(&slots_[home(id)]);
  }
  // Whether the slots hold all that the transaction may name, without growing beyond the most.
  bool fits(const TransactionRows& rows) const {
    return size_ + 2 * rows.rows.size() + 1 <= most_holders_;
  }
  Slot& slot(HolderId id);
  Known load(const Slot& slot) const {
    const U256& balance =
        slot.wide ? wide_[slot.wide - 1] : U256(slot.balance[0], slot.balance[1], 0, 0);
    return {balance, slot.shorts};
  }
  void store(Slot& slot, const Known& known);
  void give(HolderId id, const U256& amount);
  void take(HolderId id, const U256& amount);
  void move(const Movement& row);
  std::size_t home(HolderId id) const { return HolderHash()(id) & (slots_.size() - 1); }
  void grow();

  const Events& events_;
  std::uint64_t most_holders_;
  IsKept is_kept_;
  LargeVector<Slot> slots_;
  std::vector<U256> wide_;
  std::uint64_t size_ = 0;
  TxId tx_{0};                                 // whose fee is the next
  std::size_t row_ = 0;                        // of its transfers, the next
  TxId seen_{0};                               // transactions before it have been read
  std::array<TransactionRows, kAhead> ahead_;  // by number
};

}  // namespace tracehound::trace::accounts
