#include "trace/waiting.h"

#include <array>
#include <cstring>

namespace tracehound::trace {

namespace {
using Count = std::uint32_t;
constexpr std::size_t kCountsPerCell = sizeof(Run) / sizeof(Count);
}  // namespace

// The counts of lanes lie in front of their runs, four in the place of a run.
std::uint32_t WaitingRuns::header_cells(LaneSet lanes) {
  auto counts = static_cast<std::uint32_t>(std::popcount(lanes));
  return (counts + kCountsPerCell - 1) / kCountsPerCell;
}

std::uint32_t WaitingRuns::cells(const Waiting& waiting) {
  bool counted = waiting.form() == form::kCounted;
  return waiting.size() + (counted ? header_cells(waiting.lanes()) : 0);
}

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

void WaitingRuns::show_stored(const Waiting& waiting, LaneRuns& runs) const {
  RunView stored = store_.view(waiting.amount(), cells(waiting));
  if (waiting.form() == form::kOneLane) return runs.set(first_lane(waiting.lanes()), stored);
  const Run* next = stored.data();
  if (waiting.form() == form::kOneRunEach) {
    for_each_lane(waiting.lanes(), [&](std::size_t lane) { runs.set(lane, {next++, 1}); });
    return;
  }
  std::array<Count, 2 * kCountsPerCell> counts{};
  std::size_t header = header_cells(waiting.lanes());
  std::memcpy(counts.data(), static_cast<const void*>(next), header * sizeof(Run));
  next += header;
  std::size_t place = 0;
  for_each_lane(waiting.lanes(), [&](std::size_t lane) {
    runs.set(lane, {next, counts[place]});
    next += counts[place++];
  });
}

}  // namespace tracehound::trace
