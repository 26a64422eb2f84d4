// Re-reads a whole account ledger and says what is wrong and where.
#pragma once

#include <cstdint>

#include "ledger/accounts/ledger.h"
#include "ledger/check.h"

namespace tracehound::ledger::accounts {

// Row numbers that must ascend; every block's checksum against its rows and the manifest; that
// every account, asset and kind a row names is there; every index entry against its row.
CheckReport check_ledger(const Ledger& ledger);

}  // namespace tracehound::ledger::accounts
