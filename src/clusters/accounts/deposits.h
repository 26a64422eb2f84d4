// Who shares a deposit address: accounts in one hand on account chains, by what exchanges do.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ledger/accounts/ledger.h"

namespace tracehound::clusters::accounts {

using ledger::accounts::AccountId;
using ledger::accounts::TransferId;

// An account known to be an exchange's; accounts of one name are one exchange's.
struct ExchangeAccount {
  AccountId account;
  std::string exchange;
};

struct DepositRules {
  std::uint64_t most_blocks = 3200;  // from a deposit to its forwarding, in block numbers
  // What forwarding may keep back of the native asset for its fee, in hundredths of a unit of it.
  std::uint64_t most_kept_hundredths = 1;
  std::size_t most_deposits = 10;  // a user with more deposit addresses may be a service: left out
};

// A user's deposit: `user` gave units to `deposit`, which gave them on to the exchange.
struct DepositUse {
  AccountId user;
  AccountId deposit;
  TransferId given;
  TransferId forwarded;
};
struct DepositCluster {
  std::vector<AccountId> users;     // ascending; in one hand
  std::vector<AccountId> deposits;  // ascending; the exchange's addresses for that hand
  std::vector<DepositUse> uses;  // the evidence, one for each user and deposit address: the first
};
struct DepositClustering {
  std::vector<DepositCluster> clusters;  // of two users or more, by their first
  std::uint64_t deposit_addresses = 0;   // found, shared or not
  std::uint64_t users_left_out = 0;      // with too many deposit addresses
};

// deposits.cc says exactly when. The same ledger, exchanges and rules give the same answer.
DepositClustering cluster_by_deposits(const ledger::accounts::Ledger& ledger,
                                      std::span<const ExchangeAccount> exchanges,
                                      const DepositRules& rules = {});

}  // namespace tracehound::clusters::accounts
