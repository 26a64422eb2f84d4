// Balances read from the last movement to the first.
//
// Going back, a balance before a movement is the one after it, less what came in or with what went
// out: but where more went out than was there, nothing is left that says how much was. So a history
// is read once from its beginning, which notes what was missing at which of its movements, and is
// then taken back one movement at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "trace/accounts/events.h"

namespace tracehound::trace::accounts {

// What moved one holder's balance up to a point, and the balance there.
class History {
 public:
  const U256& balance() const { return balance_; }
  // The transaction of the last movement; nothing at the beginning, where the balance is 0.
  std::optional<TxId> last(const Events& events) const;
  // Whether the last movement is one of a transfer from `first` on.
  bool has_row_from(TransferId first, const Events& events) const;
  // Before the last movement, of which there is one. Gives what more went out in it than was there:
  // the balance before it was short of that.
  U256 take_back(HolderId id, const Events& events);

 private:
  friend class Histories;
  struct Short {
    std::uint64_t movements;  // up to and with it
    U256 missing;
  };
  std::uint64_t movements() const { return rows_.size() + fees_.size(); }
  bool fee_is_last(const Events& events) const;
  void take(const U256& amount);
  void give(const U256& amount);

  U256 balance_;
  std::vector<TransferId> rows_;  // ascending; none that moves nothing
  std::vector<TxId> fees_;        // ascending; each is paid after its transaction's transfers
  std::vector<Short> shorts_;
  bool overflowed_ = false;
};

// Memory: 8 bytes for each transfer of each account asked about, both ways of it.
class Histories {
 public:
  // The events must outlive it.
  explicit Histories(const Events& events) : events_(events) {}

  // The holder's, taken back to before all transfers from `end` on, and all fees of transactions
  // from `tx` on. It stays where it is. REQUIRES: no later point than that of any call before.
  // Error (bad_input): its balance was more than 256 bits hold.
  Result<History*> of(HolderId id, TransferId end, TxId tx);
  // Takes one that of() gave back to there.
  void take_back(History& history, HolderId id, TransferId end, TxId tx) const;

 private:
  void read(AccountId account, TransferId end, TxId tx);

  const Events& events_;
  std::unordered_set<std::uint32_t> read_;  // accounts
  std::unordered_map<HolderId, History, HolderHash> histories_;
};

}  // namespace tracehound::trace::accounts
