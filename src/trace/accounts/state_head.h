// What writing and reading a state share.
#pragma once

#include "trace/accounts/found.h"
#include "trace/state_file.h"

namespace tracehound::trace::accounts {

inline constexpr TransferId kNoTransfer{~std::uint64_t{0}};

// What a state is saved under that has seen the transactions before `end`.
StateHead state_head(const WalkRequest& request, TxId end);

}  // namespace tracehound::trace::accounts
