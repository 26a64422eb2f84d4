// The holders that carry taint: their balances, known from all their history, and the taint in them
// by each lane.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "trace/accounts/events.h"
#include "trace/accounts/method.h"
#include "trace/accounts/units.h"

namespace tracehound::trace::accounts {

struct Holder {
  HolderId id;
  std::uint32_t shorts = 0;  // how often more went out than was known to be there
  std::uint32_t noted = 0;   // lanes, a bit each, that know of that
  std::vector<Units> lanes;  // all of the same value, the balance

  const U256& balance() const { return lanes.front().value; }
  bool clean() const {
    for (const Units& units : lanes) {
      if (!units.clean()) return false;
    }
    return true;
  }
};

struct HolderHash {
  std::size_t operator()(const HolderId& id) const noexcept {
    std::uint64_t key = std::uint64_t{id.account.number()} << 32 | id.asset.number();
    key *= 0x9E37'79B9'7F4A'7C15ULL;
    return key ^ key >> 32;
  }
};

class Holders {
 public:
  // The dividers, one a lane, and the events must outlive it.
  Holders(const Events& events, std::span<const Divider> lanes);

  // Nothing where the holder carries no taint.
  Holder* find(HolderId id) {
    if (!members_.has(id.account)) return nullptr;
    auto found = active_.find(id);
    return found == active_.end() ? nullptr : &found->second;
  }
  // The holder, with what its history up to before `end` left in it, and all fees it paid in
  // transactions before `tx`. Stays where it is until retire(). REQUIRES: find() gives nothing.
  Holder& bring(HolderId id, TransferId end, TxId tx);
  // Sets aside the holders of `touched` that carry no taint any more, after `tx` and all its rows.
  void retire_clean(std::span<const HolderId> touched, TransferId end, TxId next);

  // Makes sure that `amount` can go out: what is missing was there before all that is known, clean.
  void need(Holder& holder, const U256& amount) const;
  // Adds what arrives, by lane. Error (bad_input): tainted units beyond 256 bits.
  Status credit(Holder& holder, std::span<Units> arriving) const;

  const AccountSet& members() const { return members_; }
  std::size_t members_count() const { return by_account_.size(); }
  // Accounts that became members since the last call.
  std::vector<AccountId> take_new_members() { return std::exchange(new_members_, {}); }
  const std::unordered_map<HolderId, Holder, HolderHash>& all() const { return active_; }

 private:
  // A holder that has been here, as of then.
  struct Past {
    U256 balance;
    std::uint32_t shorts = 0;
    TransferId end;
    TxId tx;
  };
  Past history(HolderId id, TransferId end, TxId tx) const;
  Status credit_lane(const Divider& lane, Units& balance, Units& arriving, HolderId id) const;

  const Events& events_;
  std::span<const Divider> lanes_;
  AccountSet members_;
  std::unordered_map<AccountId, std::uint32_t> by_account_;  // active holders of each
  std::vector<AccountId> new_members_;
  std::unordered_map<HolderId, Holder, HolderHash> active_;
  std::unordered_map<HolderId, Past, HolderHash> past_;
};

}  // namespace tracehound::trace::accounts
