// The files an account ledger of so many rows consists of.
#pragma once

#include "ledger/accounts/schema.h"
#include "ledger/layout.h"

namespace tracehound::ledger::accounts {

Layout layout(const Counts& counts);

}  // namespace tracehound::ledger::accounts
