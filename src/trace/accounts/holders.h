// The holders that carry taint: their balances, known from all their history, and the taint in them
// by each lane.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "trace/accounts/balances.h"
#include "trace/accounts/events.h"
#include "trace/accounts/holder_table.h"
#include "trace/accounts/method.h"

namespace tracehound::trace::accounts {

// A holder that carries taint, apart from the walk that it is in.
struct SavedHolder {
  HolderId id;
  std::uint32_t shorts = 0;
  std::vector<Units> lanes;
};

class Holders {
 public:
  // The dividers, one a lane, and the events must outlive it.
  Holders(const Events& events, std::span<const Divider> lanes);
  Holders(const Holders&) = delete;
  Holders& operator=(const Holders&) = delete;

  // Nothing where the holder carries no taint.
  Holder* find(HolderId id) { return members_.has(id.account) ? active_.find(id) : nullptr; }
  // Asks the memory for what will be read of a holder, a step after the other, each some movements
  // later.
  static constexpr int kExpectSteps = 2;
  void expect(HolderId id, int step) const;
  // The holder, with what its history up to before `end` left in it, and all fees it paid in
  // transactions before `tx`. Stays where it is until retire(). REQUIRES: find() gives nothing.
  Holder& bring(HolderId id, TransferId end, TxId tx);
  // The holder as it was left by another walk. REQUIRES: find() gives nothing; a lane each.
  void restore(SavedHolder saved);
  // Sets aside those of `touched` that carry no taint any more, after a transaction and all its
  // rows, which end at `end`; `next` is the one after it. With `lazily` they are kept up until
  // there are many: one that was emptied is often filled again, and its history need not be read
  // then.
  void retire_clean(std::span<Holder* const> touched, TransferId end, TxId next, bool lazily);

  // Makes sure that `amount` can go out: what is missing was there before all that is known, clean.
  void need(Holder& holder, const U256& amount) const;
  // Adds what arrives, by lane. Error (bad_input): tainted units beyond 256 bits.
  Status credit(Holder& holder, std::span<Units> arriving) const;

  const AccountSet& members() const { return members_; }
  std::size_t members_count() const { return members_count_; }
  // Accounts that became members since the last call.
  std::vector<AccountId> take_new_members() { return std::exchange(new_members_, {}); }
  const HolderTable<Holder>& all() const { return active_; }

 private:
  // A holder that has been here, as of then.
  struct Past {
    Known known;
    TransferId end;
    TxId tx;
  };
  Holder& add(HolderId id, std::uint32_t shorts);
  void retire(Holder& holder, TransferId end, TxId next);
  Known known(HolderId id, TransferId end, TxId tx);
  bool advance_balances(TransferId end, TxId tx);
  Past history(HolderId id, TransferId end, TxId tx);
  Status credit_lane(const Divider& lane, Units& balance, Units& arriving, HolderId id) const;

  const Events& events_;
  std::span<const Divider> lanes_;
  AccountSet members_;
  std::vector<std::uint32_t> by_account_;  // active holders of each
  std::size_t members_count_ = 0;
  std::vector<AccountId> new_members_;
  HolderTable<Holder> active_;
  std::size_t idle_ = 0;  // of the active ones
  std::unordered_map<HolderId, Past, HolderHash> past_;
  std::uint64_t rows_read_ = 0;       // of histories, and as many as a look-up costs
  std::optional<Balances> balances_;  // once histories have cost more; not of active holders
  bool balances_fit_ = true;
};

}  // namespace tracehound::trace::accounts
