#include "trace/accounts/stops.h"

#include <algorithm>

#include "trace/state_file.h"

namespace tracehound::trace::accounts {

std::uint64_t Stops::fingerprint(std::uint64_t accounts) const {
  StateWriter all;
  all.list(services_, [&](const Service& service) {
    all.text(service.name);
    all.text(service.category);
  });
  std::vector<AccountId> named;
  for (const auto& [account, stop] : by_account_) named.push_back(account);
  for (AccountId account : through_) named.push_back(account);
  std::erase_if(named, [=](AccountId account) { return account.number() >= accounts; });
  std::ranges::sort(named);
  named.erase(std::ranges::unique(named).begin(), named.end());
  for (AccountId account : named) {
    auto stop = known(account);
    all.number(account.number());
    all.number<std::uint8_t>(through_.contains(account));
    all.number<std::uint8_t>(stop.has_value());
    all.number(stop.value_or(Stop()).kind);
    all.number(stop.value_or(Stop()).service.value_or(kNoService));
  }
  return all.fingerprint();
}

}  // namespace tracehound::trace::accounts
