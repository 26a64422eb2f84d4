#include "trace/waiting.h"

#include <algorithm>

namespace tracehound::trace {

void LaneRuns::grow(std::size_t more) {
  runs_.resize(std::max(2 * (size_ + more), 2 * kMostLanes));
}

void LaneRuns::keep(LaneSet lanes) {
  LaneRuns kept;
  each([&](std::size_t lane, RunView list) {
    if ((lanes >> lane & 1U) != 0) kept.set(lane, list);
  });
  *this = std::move(kept);
}

PackedRuns WaitingRuns::put_stored(const LaneRuns& runs) {
  RunView all = runs.all();
  bool counted = runs.lists() > 1 && all.size() > runs.lists();
  PackedRuns packed{.lanes = runs.lanes(), .size = static_cast<std::uint32_t>(all.size())};
  packed.form = counted ? form::kCounted : runs.lists() == 1 ? form::kOneLane : form::kOneRunEach;
  packed.amount = store_.take(all.size() + (counted ? kCountCells : 0));
  Run* room = store_.room(packed.amount);
  if (counted) {
    std::memcpy(static_cast<void*>(room), runs.counts().data(), runs.counts().size_bytes());
    room += kCountCells;
  }
  std::ranges::copy(all, room);
  return packed;
}

}  // namespace tracehound::trace
