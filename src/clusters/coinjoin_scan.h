// All recognised transactions of a ledger, side by side.
#pragma once

#include <vector>

#include "base/ids.h"
#include "clusters/coinjoin.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

struct FoundTransaction {
  TxId tx;
  Recognised recognised;
};

// In chain order, with what neighbours add. However many threads there are, the answer is the same.
std::vector<FoundTransaction> find_recognised(const ledger::Ledger& ledger,
                                              IdRange<TxId> transactions, bool progress = false);

}  // namespace tracehound::clusters
