#include "trace/waiting.h"

#include <algorithm>

namespace tracehound::trace {

void LaneRuns::grow() {
  room_ = std::max(2 * size_, 2 * static_cast<std::uint32_t>(kMostLanes));
  runs_.resize(room_);
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
    Counts counts{};
    std::uint32_t* count = counts.data();
    runs.each(
        [&](std::size_t, RunView list) { *count++ = static_cast<std::uint32_t>(list.size()); });
    std::memcpy(static_cast<void*>(room), counts.data(), sizeof(counts));
    room += kCountCells;
  }
  std::ranges::copy(all, room);
  return packed;
}

}  // namespace tracehound::trace
