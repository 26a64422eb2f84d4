// An account ledger as a walk asks for it.
#pragma once

#include <mutex>

#include "base/huge_pages.h"
#include "ledger/accounts/ledger.h"
#include "trace/accounts/events.h"

namespace tracehound::trace::accounts {

// What one whole unit of an asset was worth from a time on, until its next price: dollars with
// kPriceDecimals decimals.
inline constexpr unsigned kPriceDecimals = 18;
struct Price {
  AssetId asset;
  std::uint32_t time = 0;  // seconds since 1970
  U256 usd;
};

class LedgerEvents final : public Events {
 public:
  // The ledger must outlive it. The zero address, where there is one, is nobody.
  explicit LedgerEvents(const ledger::accounts::Ledger& ledger);

  // For transfers whose value the ledger does not give. In any order.
  void set_prices(std::vector<Price> prices);

  std::uint64_t transactions() const override { return ledger_.counts().transactions; }
  std::uint64_t accounts() const override { return ledger_.counts().accounts; }
  std::uint64_t assets() const override { return ledger_.counts().assets; }
  TransferId first_transfer(TxId tx) const override;
  void read(TxId tx, TransactionRows& into) const override;
  Movement row(TransferId transfer) const override;
  TxId transaction_of(TransferId transfer) const override { return ledger_.tx_of(transfer); }
  std::vector<TransferId> transfers_of(AccountId account) const override;
  std::uint64_t transfers_before(AccountId account, TransferId end) const override;
  std::vector<TxId> paid_by(AccountId account) const override;
  U256 fee(TxId tx) const override { return has_native_ ? fees_[tx.number()] : U256(); }
  TxId next_of(const AccountSet& members, TxId from, TxId end) const override;
  std::optional<AccountId> contract_of(AssetId asset) const override;
  std::optional<std::uint64_t> usd(TransferId transfer) const override;
  std::string chain() const override { return ledger_.chain(); }
  Standing standing(TxId end) const override;
  std::string name(AssetId asset) const override;
  std::string name(TxId tx) const override { return ledger_.id_text(tx); }

 private:
  AccountId known(AccountId account) const { return account == zero_ ? kNobody : account; }
  void find_payments() const;
  void expect(std::uint64_t tx, std::uint64_t transfer) const;
  std::uint64_t prices_fingerprint(ledger::accounts::BlockId last) const;

  const ledger::accounts::Ledger& ledger_;
  bool has_native_;
  AccountId zero_ = kNobody;
  std::span<const AccountId> froms_;
  std::span<const AccountId> tos_;
  std::span<const AssetId> assets_;
  std::span<const U256> amounts_;
  std::span<const AccountId> payers_;
  std::span<const U256> fees_;
  std::span<const Uint40> first_transfers_;
  std::vector<AccountId> contracts_;  // by asset; nobody where its contract is no account

  std::vector<Price> prices_;  // by asset, then time

  // Who paid which fees: the ledger has no index of it. Made when it is asked for the first time.
  mutable std::once_flag payments_found_;
  mutable LargeVector<std::uint32_t> payment_ends_;  // by account
  mutable LargeVector<TxId> payments_;
};

}  // namespace tracehound::trace::accounts
