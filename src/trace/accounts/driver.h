// Which transaction a walk looks at next: those that name an account that carries taint, in order.
//
// While taint touches few of them, each tainted account waits in a queue under the next transaction
// that names it, which its index knows; nothing else of the ledger is read. When taint has spread,
// most transactions concern it, and looking at every one in turn is cheaper than asking the index.
#pragma once

#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

#include "trace/accounts/events.h"
#include "trace/accounts/holders.h"
#include "trace/accounts/trace.h"

namespace tracehound::trace::accounts {

class Schedule {
 public:
  Schedule(const Events& events, Driver driver, TxId end)
      : events_(events), driver_(driver), end_(end) {}

  // The first transaction from `from` on that names a member; or the end. Members that are new
  // since the last call are those of `fresh`.
  TxId next(const AccountSet& members, TxId from, std::span<const AccountId> fresh);
  // Whether every transaction is looked at.
  bool scanning() const { return scanning_; }

 private:
  struct Dates {
    std::vector<TransferId> transfers;
    std::vector<TxId> paid;
    bool waiting = false;  // in the queue, under a date that is not past its next
  };
  using Entry = std::pair<TxId, AccountId>;

  void wait_for(AccountId account, TxId from);
  // Whether the queue has become the slower way.
  bool should_scan(TxId from) const;

  const Events& events_;
  Driver driver_;
  TxId end_;
  bool scanning_ = false;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
  std::unordered_map<AccountId, Dates> dates_;
  std::uint64_t dates_held_ = 0;
  std::uint64_t taken_ = 0;  // out of the queue
  TxId began_;
};

}  // namespace tracehound::trace::accounts
