#include "evidence/accounts/asked_events.h"

#include <algorithm>

namespace tracehound::evidence::accounts {

SeenParties AskedEvents::seen_asked() const {
  SeenParties seen;
  for (const auto& [tx, parties] : seen_) seen[tx].assign(parties.begin(), parties.end());
  return seen;
}

std::vector<TransferId> AskedEvents::transfers_of(AccountId account) const {
  histories_.insert(account);
  return events_.transfers_of(account);
}

std::vector<TxId> AskedEvents::paid_by(AccountId account) const {
  histories_.insert(account);
  return events_.paid_by(account);
}

// Of a part, the place among those stated: less seen is an earlier place, as on the whole ledger.
std::uint64_t AskedEvents::transfers_before(AccountId account, TransferId end) const {
  TxId tx = events_.transaction_of(end);
  std::uint64_t transfers = 0;
  if (stated_ == nullptr) {
    transfers = events_.transfers_before(account, end);
  } else if (auto seen = stated_->seen.find(tx); seen != stated_->seen.end()) {
    auto place = std::ranges::find(seen->second, account, &SeenParty::account);
    transfers = static_cast<std::uint64_t>(place - seen->second.begin());
  }
  seen_[tx].insert({account, transfers});
  return transfers;
}

// A contract that has moved nothing in the part still is a party there, one that nobody else is.
std::optional<AccountId> AskedEvents::contract_of(AssetId asset) const {
  auto account = events_.contract_of(asset);
  if (account || stated_ == nullptr || !stated_->contract_is_an_account[asset.number()]) {
    return account;
  }
  return AccountId(static_cast<std::uint32_t>(events_.accounts()) + asset.number());
}

}  // namespace tracehound::evidence::accounts
