// The coins that a block may create: what no transaction brings in.
#pragma once

#include <optional>
#include <string_view>

#include "base/ids.h"

namespace tracehound::ledger {

// What the coinbase of the block at `height` may pay out besides its block's fees, on a chain of
// that name (Ledger::chain()). Nothing where the chain's schedule is not known: then nothing can be
// said about its coinbases either.
std::optional<Amount> subsidy(std::string_view chain, BlockHeight height);

}  // namespace tracehound::ledger
