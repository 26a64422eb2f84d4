// What ends taint on an account chain: whose account it reached.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "trace/accounts/events.h"
#include "trace/result.h"

namespace tracehound::trace::accounts {

struct Stop {
  DestinationKind kind = DestinationKind::held;
  std::optional<std::uint32_t> service = {};  // index into Stops::services()
};

class Stops {
 public:
  // Nobody alone: what reaches nobody is burned.
  Stops() = default;
  // Services by name, then category, each once.
  explicit Stops(std::vector<Service> services) : services_(std::move(services)) {}

  // The first word about an account holds.
  void add(AccountId account, Stop stop) { by_account_.try_emplace(account, stop); }
  // Goes on through the account, whatever is known of it. It stays known: no swap is its own.
  void go_through(AccountId account) { through_.insert(account); }

  const std::vector<Service>& services() const { return services_; }
  std::optional<Stop> at(AccountId account) const {
    if (account == kNobody) return Stop{.kind = DestinationKind::burned};
    auto found = by_account_.find(account);
    if (found == by_account_.end() || through_.contains(account)) return std::nullopt;
    return found->second;
  }
  // Whether anything is known of whose the account is.
  bool knows(AccountId account) const { return by_account_.contains(account); }

 private:
  std::vector<Service> services_;
  std::unordered_map<AccountId, Stop> by_account_;
  std::unordered_set<AccountId> through_;
};

}  // namespace tracehound::trace::accounts
