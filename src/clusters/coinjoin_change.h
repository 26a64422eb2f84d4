// Whose change is which in a CoinJoin, where the values say so.
#pragma once

#include <cstdint>
#include <vector>

#include "clusters/coinjoin.h"
#include "clusters/transaction_view.h"

namespace tracehound::clusters {

// Input `input` brought the round's denomination and got the rest back in output `output`.
struct CoinJoinChange {
  std::uint32_t input = 0;
  std::uint32_t output = 0;

  friend bool operator==(const CoinJoinChange&, const CoinJoinChange&) = default;
};

// The pairs of which nothing else can be said: see coinjoin_change.cc. Ascending by input; each
// input and each output at most once. Empty where the protocol has several denominations or none.
std::vector<CoinJoinChange> coinjoin_changes(const TransactionView& transaction,
                                             const Recognised& recognised);

// The same of a ledger's transaction; empty unless it is recognised as a CoinJoin.
std::vector<CoinJoinChange> coinjoin_changes(const ledger::Ledger& ledger, TxId tx);

}  // namespace tracehound::clusters
