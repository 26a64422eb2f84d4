// What the queue holds: a tainted coin until the transaction that spends it, or a fee until its
// block's coinbase. 32 bytes each; taint that does not fit lies in a RunStore.
#pragma once

#include <bit>
#include <cstdint>

#include "trace/result.h"
#include "trace/run_store.h"
#include "trace/runs.h"

namespace tracehound::trace {

// The lanes (methods that go side by side) something holds for: bit l for lane l.
using LaneSet = std::uint8_t;
inline constexpr std::size_t kMostLanes = kCoinMethodKinds;

// REQUIRES: there is one.
inline std::size_t first_lane(LaneSet lanes) {
  return static_cast<std::size_t>(std::countr_zero(lanes)) % (8 * sizeof(LaneSet));
}

template <typename Visit>
void for_each_lane(LaneSet lanes, Visit visit) {
  for (unsigned left = lanes; left != 0; left &= left - 1) {
    visit(static_cast<std::size_t>(std::countr_zero(left)));
  }
}

// The taint of one coin, by lane. Made for every coin, so what no lane has set is left as it was.
class LaneRuns {
 public:
  LaneRuns() : lanes(0) {}
  LaneRuns(const LaneRuns&) = delete;
  LaneRuns& operator=(const LaneRuns&) = delete;

  LaneSet lanes;

  // REQUIRES: the lane is one of `lanes`.
  RunView of(std::size_t lane) const { return {first_[lane], count_[lane]}; }
  RunView get(std::size_t lane) const { return (lanes >> lane & 1U) != 0 ? of(lane) : RunView(); }

  // Nothing, if there are no runs.
  void set(std::size_t lane, RunView runs) {
    if (runs.empty()) return;
    lanes |= static_cast<LaneSet>(1U << lane);
    first_[lane] = runs.data();
    count_[lane] = runs.size();
  }
  // One run, kept here.
  void set_one(std::size_t lane, Amount length, Label label, std::uint32_t hops) {
    one_ = {length, label, hops};
    set(lane, {&one_, 1});
  }

 private:
  // Plain arrays, which nothing fills with zeros.
  const Run* first_[8 * sizeof(LaneSet)];
  std::size_t count_[8 * sizeof(LaneSet)];
  Run one_;
};

// How taint is kept: 16 bits that are the label of a single run of one lane, or one of these forms.
namespace form {
inline constexpr std::uint64_t kOneLane = 0xFFFF;     // runs of one lane, in the store
inline constexpr std::uint64_t kOneRunEach = 0xFFFE;  // one run for each lane, in the store
inline constexpr std::uint64_t kCounted = 0xFFFD;     // how many of each lane, then the runs
inline constexpr std::uint64_t kLastLabel = 0xFFFC;
}  // namespace form

// Taint as WaitingRuns keeps it.
struct PackedRuns {
  LaneSet lanes = 0;
  std::uint64_t form = 0;
  std::uint32_t size = 0;    // the hops, or the number of runs of all lanes in the store
  std::uint64_t amount = 0;  // the amount, or where in the store
};

enum class WaitingKind : std::uint8_t {
  coin,
  fee,   // of the transaction payer()
  seed,  // no taint: a note that coin() is a seed, which is made here
};

// Written once, a word at a time: it is read again soon, and wider.
class Waiting {
 public:
  Waiting(std::uint32_t key, CoinId coin, Amount value, const PackedRuns& runs)
      : Waiting(key, coin.number(), value, runs, 0) {}
  Waiting(std::uint32_t key, TxId payer, Amount fee, const PackedRuns& runs)
      : Waiting(key, payer.number(), fee, runs, kFee) {}

  std::uint32_t key() const { return key_; }
  WaitingKind kind() const {
    if ((word_ & kFee) != 0) return WaitingKind::fee;
    return lanes() == 0 ? WaitingKind::seed : WaitingKind::coin;
  }
  CoinId coin() const { return CoinId(word_ & kNumber); }
  TxId payer() const { return TxId(static_cast<std::uint32_t>(word_ & kNumber)); }
  Amount value() const { return value_; }  // of the coin, or the fee

  LaneSet lanes() const { return static_cast<LaneSet>(word_ >> 40 & 0x7F); }
  std::uint64_t form() const { return word_ >> 48; }
  std::uint32_t size() const { return size_; }
  std::uint64_t amount() const { return amount_; }

 private:
  static constexpr std::uint64_t kNumber = (std::uint64_t{1} << 40) - 1;
  static constexpr std::uint64_t kFee = std::uint64_t{1} << 47;

  Waiting(std::uint32_t key, std::uint64_t number, Amount value, const PackedRuns& runs,
          std::uint64_t fee)
      : value_(value),
        word_(number | std::uint64_t{runs.lanes} << 40 | fee | runs.form << 48),
        amount_(runs.amount),
        key_(key),
        size_(runs.size) {}

  Amount value_;
  std::uint64_t word_;  // 40 bits of number, 7 of lanes, whether a fee, 16 of form
  std::uint64_t amount_;
  std::uint32_t key_;
  std::uint32_t size_;
};
static_assert(sizeof(Waiting) == 32);
static_assert(kMostLanes <= 7);

// Packs taint for what waits and shows it again.
class WaitingRuns {
 public:
  // REQUIRES: runs.lanes is not 0.
  PackedRuns put(const LaneRuns& runs) {
    auto lane = first_lane(runs.lanes);
    const Run& first = runs.of(lane)[0];
    bool one = runs.lanes >> lane == 1 && runs.of(lane).size() == 1;
    if (!one || first.label.number() > form::kLastLabel) return put_stored(runs);
    return {runs.lanes, first.label.number(), first.hops, first.length};
  }
  // The views stay good until the next put(), also after remove().
  void show(const Waiting& waiting, LaneRuns& runs) const {
    runs.lanes = 0;
    if (waiting.form() > form::kLastLabel) return show_stored(waiting, runs);
    runs.set_one(first_lane(waiting.lanes()), waiting.amount(),
                 Label(static_cast<std::uint32_t>(waiting.form())), waiting.size());
  }
  // Starts fetching what show() will read.
  void prefetch(const Waiting& waiting) const {
    if (waiting.form() <= form::kLastLabel) return;
    const Run* stored = store_.view(waiting.amount(), cells(waiting)).data();
    __builtin_prefetch(stored);
    if (waiting.size() > 4) __builtin_prefetch(stored + 4);
  }
  void remove(const Waiting& waiting) {
    if (waiting.form() > form::kLastLabel) store_.remove(waiting.amount(), cells(waiting));
  }
  // Of memory held.
  std::size_t bytes() const { return store_.capacity() * sizeof(Run); }

 private:
  PackedRuns put_stored(const LaneRuns& runs);
  void show_stored(const Waiting& waiting, LaneRuns& runs) const;
  static std::uint32_t header_cells(LaneSet lanes);
  static std::uint32_t cells(const Waiting& waiting);

  RunStore store_;
};

}  // namespace tracehound::trace
