// A walk's questions to its ledger, noted down: what it asked for is what the trace rests on.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "trace/accounts/ledger_events.h"

namespace tracehound::evidence::accounts {

using trace::accounts::AccountId;
using trace::accounts::AssetId;
using trace::accounts::TransferId;

// How often the ledger had named an account before a transaction in which it is a party to a swap.
struct SeenParty {
  AccountId account;
  std::uint64_t transfers = 0;

  friend auto operator<=>(const SeenParty& a, const SeenParty& b) {
    return std::pair(a.transfers, a.account) <=> std::pair(b.transfers, b.account);
  }
  friend bool operator==(const SeenParty&, const SeenParty&) = default;
};
using SeenParties = std::map<TxId, std::vector<SeenParty>>;

// What of a whole ledger a part of it does not have.
struct Stated {
  SeenParties seen;                          // each from the least seen to the most
  std::vector<bool> contract_is_an_account;  // by asset
};

// Not thread-safe, as it notes what it is asked.
class AskedEvents final : public trace::accounts::Events {
 public:
  // The events must outlive it. With `stated`, which must too, the ledger is a part of the one that
  // was traced, and what it does not have is answered from there.
  explicit AskedEvents(const trace::accounts::LedgerEvents& events, const Stated* stated = nullptr)
      : events_(events), stated_(stated) {}

  // Whose history the trace rests on: all that carried taint.
  const std::set<AccountId>& accounts_asked() const { return histories_; }
  // Who was asked about to say who swapped, from the least seen to the most. Of a part: with their
  // places there instead of numbers of transfers.
  SeenParties seen_asked() const;

  std::uint64_t transactions() const override { return events_.transactions(); }
  std::uint64_t accounts() const override { return events_.accounts(); }
  std::uint64_t assets() const override { return events_.assets(); }
  void read(TxId tx, trace::accounts::TransactionRows& into) const override {
    events_.read(tx, into);
  }
  trace::accounts::Movement row(TransferId transfer) const override {
    return events_.row(transfer);
  }
  TransferId first_transfer(TxId tx) const override { return events_.first_transfer(tx); }
  TxId transaction_of(TransferId transfer) const override {
    return events_.transaction_of(transfer);
  }
  std::vector<TransferId> transfers_of(AccountId account) const override;
  void rests_on(AccountId account) const override { histories_.insert(account); }
  std::uint64_t transfers_before(AccountId account, TransferId end) const override;
  std::vector<TxId> paid_by(AccountId account) const override;
  U256 fee(TxId tx) const override { return events_.fee(tx); }
  TxId next_of(const trace::accounts::AccountSet& members, TxId from, TxId end) const override {
    return events_.next_of(members, from, end);
  }
  std::optional<AccountId> contract_of(AssetId asset) const override;
  std::optional<std::uint64_t> usd(TransferId transfer) const override {
    return events_.usd(transfer);
  }
  std::string chain() const override { return events_.chain(); }
  trace::accounts::Standing standing(TxId end) const override { return events_.standing(end); }
  std::string name(AssetId asset) const override { return events_.name(asset); }
  std::string name(TxId tx) const override { return events_.name(tx); }

 private:
  const trace::accounts::LedgerEvents& events_;
  const Stated* stated_;
  mutable std::set<AccountId> histories_;
  mutable std::map<TxId, std::set<SeenParty>> seen_;
};

}  // namespace tracehound::evidence::accounts
