// An exchange gives each customer an address of their own and sweeps what comes in there to its hot
// wallet. Who pays in to the same such address is one customer.
//
// - A deposit address is an account that gave units to accounts of one exchange and to nobody else.
//   Exchange accounts and tokens' contracts are none.
// - A use of it: a user gives it units, and it gives as many of the same asset to the exchange, at
//   most 3,200 blocks later; of the native asset it may keep 0.01 for the fee. Each forwarding
//   answers one deposit at most, the latest before it that fits.
// - Users are not exchange accounts, deposit addresses, or tokens' contracts; and a user of more
//   than ten deposit addresses is left out, since that is how a service that pays out looks.
// - All users of one deposit address are in one hand, and so are all deposit addresses of a user.
//
// Conservative: an address that ever paid anybody else is no deposit address, and what was swept
// together with other deposits is no use. Source: F. Victor, "Address Clustering Heuristics for
// Ethereum" (FC 2020); the limits of time and fee are those of public implementations.

#include "clusters/accounts/deposits.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace tracehound::clusters::accounts {

namespace {

using ledger::accounts::AssetId;
using ledger::accounts::kNobody;
using ledger::accounts::Ledger;
using ledger::accounts::Transfer;

class Finder {
 public:
  Finder(const Ledger& ledger, std::span<const ExchangeAccount> exchanges,
         const DepositRules& rules)
      : ledger_(ledger), rules_(rules) {
    for (const ExchangeAccount& known : exchanges) {
      exchange_of_.try_emplace(known.account, known.exchange);
    }
    for (std::uint32_t i = 0; i < ledger.counts().assets; ++i) {
      std::string contract = ledger.asset(AssetId(i)).contract;
      auto account = contract.empty() ? std::nullopt : ledger.find_account(contract);
      if (account) contracts_.insert(*account);
    }
    if (ledger.native()) {
      auto decimals = ledger.asset(*ledger.native()).decimals;
      if (decimals >= 2) {
        most_kept_ =
            mul_div(U256(rules.most_kept_hundredths), power_of_ten(decimals), U256(100)).quotient;
      }
    }
  }

  DepositClustering find() {
    find_deposits();
    DepositClustering found;
    found.deposit_addresses = deposits_.size();
    for (AccountId deposit : deposits_) find_uses(deposit);
    std::map<AccountId, std::set<AccountId>> deposits_of;
    for (const DepositUse& use : uses_) deposits_of[use.user].insert(use.deposit);
    std::unordered_set<AccountId> left_out;
    for (const auto& [user, deposits] : deposits_of) {
      if (deposits.size() > rules_.most_deposits) left_out.insert(user);
    }
    found.users_left_out = left_out.size();
    std::erase_if(uses_, [&](const DepositUse& use) { return left_out.contains(use.user); });
    join(found);
    return found;
  }

 private:
  bool is_ordinary(AccountId account) const {
    return account != kNobody && !exchange_of_.contains(account) && !contracts_.contains(account);
  }

  // Who gave to an exchange, and only to one.
  void find_deposits() {
    std::set<AccountId> candidates;
    for (const auto& [account, exchange] : exchange_of_) {
      for (TransferId id : ledger_.transfers_of(account)) {
        Transfer row = ledger_.transfer(id);
        if (row.to == account && is_ordinary(row.from)) candidates.insert(row.from);
      }
    }
    for (AccountId account : candidates) {
      if (gives_to_one_exchange(account)) deposits_.insert(account);
    }
  }
  bool gives_to_one_exchange(AccountId account) const {
    std::optional<std::string> exchange;
    for (TransferId id : ledger_.transfers_of(account)) {
      Transfer row = ledger_.transfer(id);
      if (row.from != account || row.to == account) continue;
      auto known = exchange_of_.find(row.to);
      if (known == exchange_of_.end()) return false;
      if (exchange && *exchange != known->second) return false;
      exchange = known->second;
    }
    return exchange.has_value();
  }

  struct Given {
    TransferId id;
    Transfer row;
    std::uint64_t block;
  };
  void find_uses(AccountId deposit) {
    std::vector<Given> open;
    std::set<AccountId> noted;
    for (TransferId id : ledger_.transfers_of(deposit)) {
      Transfer row = ledger_.transfer(id);
      if (row.from == row.to || row.amount.is_zero()) continue;
      std::uint64_t block = ledger_.block(ledger_.block_of(id)).number;
      if (row.to == deposit) {
        open.push_back({id, row, block});
        continue;
      }
      auto fits = std::find_if(open.rbegin(), open.rend(),
                               [&](const Given& given) { return forwards(given, row, block); });
      if (fits == open.rend()) continue;
      AccountId user = fits->row.from;
      if (is_ordinary(user) && !deposits_.contains(user) && noted.insert(user).second) {
        uses_.push_back({user, deposit, fits->id, id});
      }
      open.erase(std::next(fits).base());
    }
  }
  bool forwards(const Given& given, const Transfer& row, std::uint64_t block) const {
    if (given.row.asset != row.asset || given.row.amount < row.amount) return false;
    if (block - given.block > rules_.most_blocks) return false;
    U256 kept = given.row.amount - row.amount;
    return kept.is_zero() || (ledger_.native() == row.asset && kept <= most_kept_);
  }

  // Users and deposit addresses are joined by uses; clusters are what hangs together.
  void join(DepositClustering& found) const {
    std::map<AccountId, AccountId> parent;
    auto root = [&parent](AccountId account) {
      AccountId at = parent.try_emplace(account, account).first->second;
      while (parent.at(at) != at) at = parent.at(at);
      return at;
    };
    for (const DepositUse& use : uses_) {
      AccountId a = root(use.user);
      AccountId b = root(use.deposit);
      parent[std::max(a, b)] = std::min(a, b);
    }
    std::map<AccountId, DepositCluster> clusters;
    for (const DepositUse& use : uses_) {
      DepositCluster& cluster = clusters[root(use.user)];
      cluster.users.push_back(use.user);
      cluster.deposits.push_back(use.deposit);
      cluster.uses.push_back(use);
    }
    for (auto& [first, cluster] : clusters) {
      for (auto* list : {&cluster.users, &cluster.deposits}) {
        std::ranges::sort(*list);
        auto repeats = std::ranges::unique(*list);
        list->erase(repeats.begin(), repeats.end());
      }
      if (cluster.users.size() < 2) continue;
      std::ranges::sort(cluster.uses, {}, &DepositUse::given);
      found.clusters.push_back(std::move(cluster));
    }
    std::ranges::sort(found.clusters, {},
                      [](const DepositCluster& cluster) { return cluster.users.front(); });
  }

  const Ledger& ledger_;
  const DepositRules& rules_;
  std::unordered_map<AccountId, std::string> exchange_of_;
  std::unordered_set<AccountId> contracts_;
  std::set<AccountId> deposits_;
  std::vector<DepositUse> uses_;
  U256 most_kept_;
};

}  // namespace

DepositClustering cluster_by_deposits(const Ledger& ledger,
                                      std::span<const ExchangeAccount> exchanges,
                                      const DepositRules& rules) {
  return Finder(ledger, exchanges, rules).find();
}

}  // namespace tracehound::clusters::accounts
