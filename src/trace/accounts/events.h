// What a walk asks of an account ledger. The walk is written over this and not over a ledger, so
// that tests can give it worlds of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/u256.h"
#include "ledger/accounts/rows.h"

namespace tracehound::trace::accounts {

using ledger::accounts::AccountId;
using ledger::accounts::AssetId;
using ledger::accounts::kNobody;
using ledger::accounts::TransferId;

// Fees are paid in it.
inline constexpr AssetId kNative{0};

// One account's balance in one asset.
struct HolderId {
  AccountId account;
  AssetId asset;

  friend auto operator<=>(const HolderId&, const HolderId&) = default;
};

struct HolderHash {
  std::size_t operator()(const HolderId& id) const noexcept {
    std::uint64_t key = std::uint64_t{id.account.number()} << 32 | id.asset.number();
    key *= 0x9E37'79B9'7F4A'7C15ULL;
    return key ^ key >> 32;
  }
};

// A transfer as a walk needs it.
struct Movement {
  AccountId from;
  AccountId to;
  AssetId asset;
  U256 amount;
};

// A transaction with its transfers, which lie end to end in the ledger's rows.
struct TransactionRows {
  TransferId first;
  AccountId payer;
  U256 fee;
  std::vector<Movement> rows;
};

// Which accounts carry taint, a bit each.
class AccountSet {
 public:
  explicit AccountSet(std::size_t accounts) : words_((accounts + 63) / 64) {}
  void set(AccountId account, bool member) {
    std::uint64_t bit = std::uint64_t{1} << (account.number() % 64);
    std::uint64_t& word = words_[account.number() / 64];
    word = member ? word | bit : word & ~bit;
  }
  // False for nobody, who is no account.
  bool has(AccountId account) const {
    std::size_t word = account.number() / 64;
    return word < words_.size() && (words_[word] >> (account.number() % 64) & 1) != 0;
  }

 private:
  std::vector<std::uint64_t> words_;
};

// A ledger as it was after some of its transactions, for who goes on from there another day.
struct Standing {
  std::uint64_t block = 0;     // the number of the last one's block
  std::uint64_t checksum = 0;  // of all rows up to that block
  std::uint64_t prices = 0;    // fingerprint of those that had a say until then
  std::uint64_t accounts = 0;  // named by then: those below that number
};

class Events {
 public:
  virtual ~Events() = default;
  // Fixed while a walk goes on.
  virtual std::uint64_t transactions() const = 0;
  virtual std::uint64_t accounts() const = 0;
  virtual std::uint64_t assets() const = 0;

  virtual void read(TxId tx, TransactionRows& into) const = 0;
  virtual Movement row(TransferId transfer) const = 0;
  // Where the transaction's transfers begin; of transactions(), where all end.
  virtual TransferId first_transfer(TxId tx) const = 0;
  virtual TxId transaction_of(TransferId transfer) const = 0;
  // Each transfer of the account once, ascending.
  virtual std::vector<TransferId> transfers_of(AccountId account) const = 0;
  // How many of them lie before that one.
  virtual std::uint64_t transfers_before(AccountId account, TransferId end) const = 0;
  // Says that the trace rests on all of the account's history, from wherever its balance is known.
  virtual void rests_on(AccountId account) const { static_cast<void>(account); }
  // The transactions whose fee, above 0, the account pays; ascending.
  virtual std::vector<TxId> paid_by(AccountId account) const = 0;
  virtual U256 fee(TxId tx) const = 0;
  // The first transaction from `from` on, before `end`, in which a member gives, takes or pays; or
  // `end`.
  virtual TxId next_of(const AccountSet& members, TxId from, TxId end) const = 0;
  // The account of the token's contract, where it is one.
  virtual std::optional<AccountId> contract_of(AssetId asset) const = 0;
  // What the transfer is worth, in millionths of a dollar.
  virtual std::optional<std::uint64_t> usd(TransferId transfer) const = 0;
  virtual std::string chain() const = 0;
  // After the transactions before `end`, which is a block's end. REQUIRES: 0 < end <= their count.
  virtual Standing standing(TxId end) const = 0;
  // What people know them by, for sentences.
  virtual std::string name(AssetId asset) const { return std::to_string(asset.number()); }
  virtual std::string name(TxId tx) const { return std::to_string(tx.number()); }
};

}  // namespace tracehound::trace::accounts
