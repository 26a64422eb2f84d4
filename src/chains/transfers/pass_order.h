// The order of a transaction's rows where a list gives none.
#pragma once

#include <span>

#include "chains/transfers/rows.h"

namespace tracehound::chains::transfers {

// Who passes units on must have them first: a row goes behind those that give its giver units of
// the same asset. Else the list's order stays, also round a circle, which has no first.
void order_by_passing_on(std::span<const ListedRow*> rows);

}  // namespace tracehound::chains::transfers
