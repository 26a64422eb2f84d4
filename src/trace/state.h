// A walk as bytes: what it needs to go on later, and what it has found so far.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "trace/found.h"
#include "trace/state_file.h"
#include "trace/walk.h"

namespace tracehound::trace {

// What a state is saved under at the end of that block.
StateHead state_head(const WalkRequest& request, BlockHeight height);

struct SavedWalk {
  std::vector<Found> found;  // by lane; without what was held, which is resting
  RestingCoins resting;
};

// Equal walks give equal bytes.
Bytes write_state(const StateHead& head, const SavedWalk& walk);

struct ReadWalk {
  BlockHeight height;  // the last block that it looked at
  SavedWalk walk;
};
// Errors (bad_input): open_state()'s and check_same()'s; it names coins or services that the ledger
// and the stops do not have, or units that no walk leaves. REQUIRES: the request has an `as_of`.
Result<ReadWalk> read_state(ByteView state, const WalkRequest& request);

}  // namespace tracehound::trace
