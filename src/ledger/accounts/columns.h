// All columns of an account ledger while it is written.
#pragma once

#include "ledger/accounts/schema.h"
#include "ledger/column_set.h"

namespace tracehound::ledger::accounts {

using Columns = ColumnSet<kColumns>;

}  // namespace tracehound::ledger::accounts
