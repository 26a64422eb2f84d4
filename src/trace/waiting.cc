#include "trace/waiting.h"

namespace tracehound::trace {

PackedRuns WaitingRuns::put_stored(const LaneRuns& runs) {
  PackedRuns packed{.lanes = runs.lanes};
  if (runs.lanes >> first_lane(runs.lanes) == 1) {
    RunView only = runs.of(first_lane(runs.lanes));
    packed.form = form::kOneLane;
    packed.size = static_cast<std::uint32_t>(only.size());
    packed.amount = store_.add(only);
    return packed;
  }
  std::uint32_t lanes = 0;
  for_each_lane(runs.lanes, [&](std::size_t lane) {
    ++lanes;
    packed.size += static_cast<std::uint32_t>(runs.of(lane).size());
  });
  bool counted = packed.size != lanes;
  packed.form = counted ? form::kCounted : form::kOneRunEach;
  std::size_t header = counted ? header_cells(runs.lanes) : 0;
  packed.amount = store_.take(header + packed.size);
  Run* room = store_.room(packed.amount);
  if (counted) {
    std::array<Count, 2 * kCountsPerCell> counts{};
    std::size_t place = 0;
    for_each_lane(runs.lanes, [&](std::size_t lane) {
      counts[place++] = static_cast<Count>(runs.of(lane).size());
    });
    std::memcpy(static_cast<void*>(room), counts.data(), header * sizeof(Run));
  }
  room += header;
  for_each_lane(runs.lanes, [&](std::size_t lane) {
    for (const Run& run : runs.of(lane)) *room++ = run;
  });
  return packed;
}

}  // namespace tracehound::trace
