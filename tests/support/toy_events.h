// A world in memory for tests of traces on account chains.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "trace/accounts/events.h"

namespace tracehound::trace::accounts {

class ToyEvents final : public Events {
 public:
  explicit ToyEvents(std::uint32_t account_count = 16, std::uint64_t asset_count = 4)
      : accounts_(account_count), assets_(asset_count) {}

  TxId add_transaction(AccountId payer = kNobody, U256 fee = {}) {
    firsts_.push_back(rows_.size());
    payers_.push_back(payer);
    fees_.push_back(fee);
    return TxId(static_cast<std::uint32_t>(firsts_.size() - 1));
  }
  TransferId add_row(AccountId from, AccountId to, AssetId asset, U256 amount,
                     std::optional<std::uint64_t> worth = {}) {
    rows_.push_back({from, to, asset, amount});
    usd_.push_back(worth);
    return TransferId(rows_.size() - 1);
  }
  // The world as it was before that transaction; contracts that nothing had named by then were no
  // accounts.
  ToyEvents before(TxId end) const {
    ToyEvents part = *this;
    std::erase_if(part.contracts_, [&](const auto& entry) {
      for (std::size_t i = 0; i < end.number(); ++i) {
        if (payers_[i] == entry.second) return false;
      }
      return std::ranges::none_of(
          rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(first_transfer(end).number()),
          [&](const Movement& row) { return row.from == entry.second || row.to == entry.second; });
    });
    auto rows = static_cast<std::ptrdiff_t>(first_transfer(end).number());
    part.firsts_.resize(end.number());
    part.payers_.resize(end.number());
    part.fees_.resize(end.number());
    part.rows_.erase(part.rows_.begin() + rows, part.rows_.end());
    part.usd_.erase(part.usd_.begin() + rows, part.usd_.end());
    return part;
  }
  void set_contract(AssetId asset, AccountId account) { contracts_[asset] = account; }

  std::uint64_t transactions() const override { return firsts_.size(); }
  std::uint64_t accounts() const override { return accounts_; }
  std::uint64_t assets() const override { return assets_; }
  TransferId first_transfer(TxId tx) const override {
    return TransferId(tx.number() < firsts_.size() ? firsts_[tx.number()] : rows_.size());
  }
  void read(TxId tx, TransactionRows& into) const override {
    auto first = static_cast<std::ptrdiff_t>(first_transfer(tx).number());
    auto end = static_cast<std::ptrdiff_t>(first_transfer(tx.next()).number());
    into.first = first_transfer(tx);
    into.payer = payers_[tx.number()];
    into.fee = fees_[tx.number()];
    into.rows.assign(rows_.begin() + first, rows_.begin() + end);
  }
  Movement row(TransferId transfer) const override { return rows_[transfer.number()]; }
  TxId transaction_of(TransferId transfer) const override {
    auto after = std::ranges::upper_bound(firsts_, transfer.number());
    return TxId(static_cast<std::uint32_t>(after - firsts_.begin() - 1));
  }
  std::vector<TransferId> transfers_of(AccountId account) const override {
    std::vector<TransferId> found;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].from == account || rows_[i].to == account) found.emplace_back(i);
    }
    return found;
  }
  std::uint64_t transfers_before(AccountId account, TransferId end) const override {
    auto all = transfers_of(account);
    return static_cast<std::uint64_t>(std::ranges::lower_bound(all, end) - all.begin());
  }
  std::vector<TxId> paid_by(AccountId account) const override {
    std::vector<TxId> found;
    for (std::size_t i = 0; i < payers_.size(); ++i) {
      if (payers_[i] == account && !fees_[i].is_zero()) {
        found.emplace_back(static_cast<std::uint32_t>(i));
      }
    }
    return found;
  }
  U256 fee(TxId tx) const override { return fees_[tx.number()]; }
  TxId next_of(const AccountSet& members, TxId from, TxId end) const override {
    for (; from < end; from = from.next()) {
      if (members.has(payers_[from.number()])) return from;
      for (auto i = firsts_[from.number()]; i < first_transfer(from.next()).number(); ++i) {
        if (members.has(rows_[i].from) || members.has(rows_[i].to)) return from;
      }
    }
    return end;
  }
  std::optional<AccountId> contract_of(AssetId asset) const override {
    auto found = contracts_.find(asset);
    return found == contracts_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::uint64_t> usd(TransferId transfer) const override {
    return usd_[transfer.number()];
  }
  std::string chain() const override { return "toy"; }
  // Every transaction is a block; all accounts are known from the beginning.
  Standing standing(TxId end) const override {
    std::uint64_t checksum = end.number();
    for (std::uint64_t i = 0; i < first_transfer(end).number(); ++i) {
      const Movement& row = rows_[i];
      for (std::uint64_t part : {std::uint64_t{row.from.number()}, std::uint64_t{row.to.number()},
                                 std::uint64_t{row.asset.number()}, row.amount.limbs[0]}) {
        checksum = (checksum ^ part) * 0x9E37'79B9'7F4A'7C15ULL;
      }
    }
    return {end.number() - 1, checksum, prices_, accounts_};
  }
  void set_prices_fingerprint(std::uint64_t prices) { prices_ = prices; }

 private:
  std::uint64_t prices_ = 0;
  std::uint64_t accounts_;
  std::uint64_t assets_;
  std::vector<std::uint64_t> firsts_;
  std::vector<AccountId> payers_;
  std::vector<U256> fees_;
  std::vector<Movement> rows_;
  std::vector<std::optional<std::uint64_t>> usd_;
  std::map<AssetId, AccountId> contracts_;
};

}  // namespace tracehound::trace::accounts
