// What the queue holds: a tainted coin until the transaction that spends it, or a fee until its
// block's coinbase. 32 bytes each; taint that does not fit lies in a RunStore.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "trace/result.h"
#include "trace/run_store.h"
#include "trace/runs.h"

namespace tracehound::trace {

// The lanes (methods that go side by side) something holds for: bit l for lane l.
using LaneSet = std::uint8_t;
inline constexpr std::size_t kMostLanes = kMethodKinds;

template <typename Visit>
void for_each_lane(LaneSet lanes, Visit visit) {
  for (unsigned left = lanes; left != 0; left &= left - 1) {
    visit(static_cast<std::size_t>(std::countr_zero(left)));
  }
}

// The taint of one coin, by lane. `of` is good for the lanes in `lanes` only.
struct LaneRuns {
  LaneSet lanes = 0;
  Run one{};  // what a view may show
  std::array<RunView, kMostLanes> of;

  LaneRuns() {}  // leaves `of` alone: it is made for every coin
  LaneRuns(const LaneRuns&) = delete;
  LaneRuns& operator=(const LaneRuns&) = delete;

  void set(std::size_t lane, RunView runs) {
    if (runs.empty()) return;
    lanes |= static_cast<LaneSet>(1U << lane);
    of[lane] = runs;
  }
  RunView get(std::size_t lane) const { return (lanes >> lane & 1U) != 0 ? of[lane] : RunView(); }
};

enum class WaitingKind : std::uint8_t {
  coin,
  fee,   // of the transaction `number`
  seed,  // no taint: a note that the coin `number` is a seed, which is made here
};

struct Waiting {
  Amount value = 0;
  std::uint64_t number : 40 = 0;  // CoinId, or of a fee TxId
  std::uint64_t lanes : 7 = 0;
  std::uint64_t is_fee : 1 = 0;
  std::uint64_t form : 16 = 0;  // the label, or one of the forms below
  std::uint32_t at = 0;         // the queue's key
  std::uint32_t size = 0;       // the hops, or the number of runs of all lanes in the store
  std::uint64_t amount = 0;     // the amount, or where in the store

  // A single run of one lane stands here itself, under a label of 16 bits.
  static constexpr std::uint64_t kOneLane = 0xFFFF;     // runs of one lane
  static constexpr std::uint64_t kOneRunEach = 0xFFFE;  // one run for each lane
  static constexpr std::uint64_t kCounted = 0xFFFD;     // how many of each lane, then the runs
  static constexpr std::uint32_t kLastLabel = 0xFFFC;

  std::uint32_t key() const { return at; }
  WaitingKind kind() const {
    if (is_fee != 0) return WaitingKind::fee;
    return lanes == 0 ? WaitingKind::seed : WaitingKind::coin;
  }
  CoinId coin() const { return CoinId(number); }
  TxId payer() const { return TxId(static_cast<std::uint32_t>(number)); }
};
static_assert(sizeof(Waiting) == 32);
static_assert(kMostLanes <= 7);

// Puts taint into what waits and gives it back.
class WaitingRuns {
 public:
  // REQUIRES: runs.lanes is not 0.
  void put(const LaneRuns& runs, Waiting& waiting) {
    waiting.lanes = runs.lanes;
    auto lane = static_cast<std::size_t>(std::countr_zero(runs.lanes));
    const Run& first = runs.of[lane][0];
    bool one = std::has_single_bit(runs.lanes) && runs.of[lane].size() == 1;
    if (!one || first.label.number() > Waiting::kLastLabel) return put_stored(runs, waiting);
    waiting.form = first.label.number();
    waiting.size = first.hops;
    waiting.amount = first.length;
  }
  // The views stay good until the next put(), also after remove().
  void show(const Waiting& waiting, LaneRuns& runs) const {
    runs.lanes = waiting.lanes;
    if (waiting.form <= Waiting::kLastLabel) {
      runs.one = {waiting.amount, Label(static_cast<std::uint32_t>(waiting.form)), waiting.size};
      runs.of[static_cast<std::size_t>(std::countr_zero(runs.lanes))] = {&runs.one, 1};
    } else {
      show_stored(waiting, runs);
    }
  }
  void remove(const Waiting& waiting) {
    if (waiting.form > Waiting::kLastLabel) store_.remove(waiting.amount, cells(waiting));
  }
  // Of memory held.
  std::size_t bytes() const { return store_.capacity() * sizeof(Run); }

 private:
  void put_stored(const LaneRuns& runs, Waiting& waiting);
  void show_stored(const Waiting& waiting, LaneRuns& runs) const;
  static std::uint32_t header_cells(LaneSet lanes);
  static std::uint32_t cells(const Waiting& waiting);

  RunStore store_;
  std::vector<Run> scratch_;
};

}  // namespace tracehound::trace
