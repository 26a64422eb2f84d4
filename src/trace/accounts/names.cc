#include "trace/accounts/names.h"

#include <fmt/format.h>

namespace tracehound::trace::accounts {

std::string Names::account(AccountId account) const {
  return account == kNobody ? "" : ledger_.account_text(account);
}

const ledger::accounts::Asset& Names::asset(AssetId asset) const {
  auto place = assets_.find(asset);
  if (place == assets_.end()) place = assets_.emplace(asset, ledger_.asset(asset)).first;
  return place->second;
}

std::string Names::asset_text(AssetId asset) const {
  const auto& row = this->asset(asset);
  if (row.symbol.empty()) return row.contract.empty() ? "native" : row.contract;
  if (row.contract.empty() || ledger_.find_assets(row.symbol).size() == 1) return row.symbol;
  return fmt::format("{} {}", row.symbol, row.contract);
}

std::string Names::amount(AssetId asset, const U256& units) const {
  const auto& row = this->asset(asset);
  return row.decimals_known ? units.text(row.decimals) : units.text();
}

std::string Names::transfer(TransferId transfer) const {
  return fmt::format("{}:{}", ledger_.id_text(ledger_.tx_of(transfer)),
                     ledger_.transfer(transfer).position);
}

std::uint64_t Names::block_number(TxId tx) const {
  return ledger_.block(ledger_.block_of(tx)).number;
}

std::optional<U256> Names::usd(TxId tx, AssetId asset, const U256& units) const {
  U256 moved;
  U256 worth;
  for (TransferId transfer : ledger_.transfers(tx)) {
    Movement row = events_.row(transfer);
    if (row.asset != asset || row.amount.is_zero()) continue;
    auto value = events_.usd(transfer);
    if (!value || add_overflow(moved, row.amount, moved)) return std::nullopt;
    worth += U256(*value);
  }
  // What is worth something and moved nothing has no price.
  if (moved.is_zero() || units > moved) return std::nullopt;
  return mul_div(units, worth, moved).quotient;
}

std::string usd_text(const U256& micro) {
  auto [dollars, rest] = divide(micro, U256(1'000'000));
  return fmt::format("{}.{:02}", dollars.text(), rest.low() / 10'000);
}

}  // namespace tracehound::trace::accounts
