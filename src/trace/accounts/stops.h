// What ends taint on an account chain: whose account it reached.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "trace/accounts/events.h"
#include "trace/result.h"

namespace tracehound::trace::accounts {

// Addresses that nobody has a key to, beside nobody and the zero address.
inline constexpr std::array<std::string_view, 2> kBurnAddresses = {
    "0x000000000000000000000000000000000000dead", "0xdead000000000000000042069420694206942069"};

inline constexpr std::uint32_t kNoService = ~std::uint32_t{0};  // as bytes
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
  // What is known of whose the account is, gone through or not.
  std::optional<Stop> known(AccountId account) const {
    auto found = by_account_.find(account);
    return found == by_account_.end() ? std::nullopt : std::optional(found->second);
  }
  bool knows(AccountId account) const { return by_account_.contains(account); }
  // Equal for equal stops, as far as accounts below that number are concerned: who is named but
  // comes later was asked about by nobody.
  std::uint64_t fingerprint(std::uint64_t accounts) const;

 private:
  std::vector<Service> services_;
  std::unordered_map<AccountId, Stop> by_account_;
  std::unordered_set<AccountId> through_;
};

}  // namespace tracehound::trace::accounts
