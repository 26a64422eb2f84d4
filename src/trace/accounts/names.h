// How rows of an account ledger are called in what people and programs read.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ledger/accounts/ledger.h"
#include "trace/accounts/result.h"

namespace tracehound::trace::accounts {

class Names {
 public:
  // Both must outlive it.
  Names(const ledger::accounts::Ledger& ledger, const Events& events)
      : ledger_(ledger), events_(events) {}

  const ledger::accounts::Ledger& ledger() const { return ledger_; }
  // "" for nobody.
  std::string account(AccountId account) const;
  // The asset's row. Symbols are not unique and can lie; asset_text() names the contract then.
  const ledger::accounts::Asset& asset(AssetId asset) const;
  // The symbol where no other asset of the ledger has it, else symbol and contract, else contract.
  std::string asset_text(AssetId asset) const;
  // The amount in whole coins or tokens where decimals are known, else in base units.
  std::string amount(AssetId asset, const U256& units) const;
  std::string transaction(TxId tx) const { return ledger_.id_text(tx); }
  // "TXID:POSITION".
  std::string transfer(TransferId transfer) const;
  std::uint64_t block_number(TxId tx) const;
  // What units of the asset are worth, in millionths of a dollar, by the transfers of that
  // transaction; nothing where one of them has no value.
  std::optional<U256> usd(TxId tx, AssetId asset, const U256& units) const;

 private:
  const ledger::accounts::Ledger& ledger_;
  const Events& events_;
  mutable std::map<AssetId, ledger::accounts::Asset> assets_;
};

// "1234.56": millionths of a dollar, cut to cents.
std::string usd_text(const U256& micro);

}  // namespace tracehound::trace::accounts
