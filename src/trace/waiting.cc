#include "trace/waiting.h"

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
  bool counted = waiting.form == Waiting::kCounted;
  return waiting.size + (counted ? header_cells(waiting.lanes) : 0);
}

void WaitingRuns::put_stored(const LaneRuns& runs, Waiting& waiting) {
  auto lanes = static_cast<std::uint32_t>(std::popcount(runs.lanes));
  if (lanes == 1) {
    RunView only = runs.of[static_cast<std::size_t>(std::countr_zero(runs.lanes))];
    waiting.form = Waiting::kOneLane;
    waiting.size = static_cast<std::uint32_t>(only.size());
    waiting.amount = store_.add(only);
    return;
  }
  std::array<Count, 2 * kCountsPerCell> counts{};
  std::size_t place = 0;
  std::uint32_t all = 0;
  for_each_lane(runs.lanes, [&](std::size_t lane) {
    counts[place++] = static_cast<Count>(runs.of[lane].size());
    all += static_cast<Count>(runs.of[lane].size());
  });
  waiting.form = all == lanes ? Waiting::kOneRunEach : Waiting::kCounted;
  waiting.size = all;
  scratch_.clear();
  if (all != lanes) {
    scratch_.resize(header_cells(runs.lanes));
    std::memcpy(static_cast<void*>(scratch_.data()), counts.data(), scratch_.size() * sizeof(Run));
  }
  for_each_lane(runs.lanes, [&](std::size_t lane) {
    scratch_.insert(scratch_.end(), runs.of[lane].begin(), runs.of[lane].end());
  });
  waiting.amount = store_.add(scratch_);
}

void WaitingRuns::show_stored(const Waiting& waiting, LaneRuns& runs) const {
  RunView stored = store_.view(waiting.amount, cells(waiting));
  if (waiting.form == Waiting::kOneLane) {
    runs.of[static_cast<std::size_t>(std::countr_zero(runs.lanes))] = stored;
    return;
  }
  std::array<Count, 2 * kCountsPerCell> counts{};
  if (waiting.form == Waiting::kOneRunEach) {
    counts.fill(1);
  } else {
    std::size_t header = header_cells(runs.lanes);
    std::memcpy(counts.data(), static_cast<const void*>(stored.data()), header * sizeof(Run));
    stored = stored.subspan(header);
  }
  std::size_t place = 0;
  for_each_lane(runs.lanes, [&](std::size_t lane) {
    std::size_t count = counts[place++];
    runs.of[lane] = stored.first(count);
    stored = stored.subspan(count);
  });
}

}  // namespace tracehound::trace
