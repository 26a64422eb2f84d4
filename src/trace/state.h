// A walk as bytes: what it needs to go on later, and what it has found so far.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/result.h"
#include "trace/found.h"
#include "trace/walk.h"

namespace tracehound::trace {

// What a state was saved under. Who goes on from it must ask the same.
struct StateHead {
  std::string chain;
  BlockHeight height;  // the last block looked at
  Hash256 block;       // its hash
  // Fingerprints: equal questions have equal ones.
  std::uint64_t seeds = 0;
  std::uint64_t methods = 0;
  std::uint64_t stops = 0;
  std::uint64_t options = 0;  // fee rule, cuts, subsidy, parcels
};
StateHead state_head(const WalkRequest& request, BlockHeight height);

struct SavedWalk {
  std::vector<Found> found;  // by lane; without what was held, which is resting
  RestingCoins resting;
};

// Equal walks give equal bytes.
Bytes write_state(const StateHead& head, const SavedWalk& walk);

// The height a state was saved at. Errors (bad_input): it is no state, of another version, or
// damaged.
Result<BlockHeight> state_height(ByteView state);
// Errors (bad_input): as state_height(); it was saved under another head, saying what differs; it
// names coins or services that the ledger and the stops do not have.
Result<SavedWalk> read_state(ByteView state, const StateHead& head, const WalkRequest& request);

}  // namespace tracehound::trace
