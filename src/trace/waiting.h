// What the queue holds: a tainted coin until the transaction that spends it, or a fee until its
// block's coinbase. 32 bytes each; taint that does not fit lies in a RunStore.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "base/prefetch.h"
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

// The taint of one coin: a list of runs for each lane that has any. Kept and filled again for the
// next coin, so that it allocates nothing in the long run.
class LaneRuns {
 public:
  LaneSet lanes() const { return lanes_; }
  // Of all lists, one behind the other; and how many lists there are.
  RunView all() const { return {runs_.data(), size_}; }
  std::uint32_t lists() const { return lists_; }
  std::span<const std::uint32_t, 8 * sizeof(LaneSet)> counts() const { return counts_; }
  // By ascending lane. Good until the next change.
  template <typename Visit>
  void each(Visit visit) const {
    const Run* next = runs_.data();
    const std::uint32_t* count = counts_.data();
    for_each_lane(lanes_, [&](std::size_t lane) {
      visit(lane, RunView(next, *count));
      next += *count++;
    });
  }
  // None, if the lane has no list.
  RunView get(std::size_t lane) const {
    RunView list;
    each([&](std::size_t other, RunView runs) { list = other == lane ? runs : list; });
    return list;
  }

  void clear() {
    lanes_ = 0;
    size_ = 0;
    lists_ = 0;
  }
  // Copies them; nothing, if there are none. REQUIRES: lanes in ascending order since clear().
  void set(std::size_t lane, RunView runs) {
    if (runs.empty()) return;
    if (runs_.size() - size_ < runs.size()) grow(runs.size());
    std::ranges::copy(runs, runs_.begin() + static_cast<std::ptrdiff_t>(size_));
    lanes_ |= static_cast<LaneSet>(1U << lane);
    counts_[lists_++] = static_cast<std::uint32_t>(runs.size());
    size_ += runs.size();
  }
  // Takes the place of clear() and many a set(): `write` is called with a place for `most` runs and
  // one for the counts, and gives back the lanes and where it came to in both.
  struct Written {
    LaneSet lanes;
    Run* runs_end;
    std::uint32_t* counts_end;
  };
  template <typename Write>
  void fill(std::size_t most, Write write) {
    if (runs_.size() < most) [[unlikely]]
      grow(most);
    Written written = write(runs_.data(), counts_.data());
    lanes_ = written.lanes;
    size_ = static_cast<std::size_t>(written.runs_end - runs_.data());
    lists_ = static_cast<std::uint32_t>(written.counts_end - counts_.data());
  }
  // Of other lanes nothing stays.
  void keep(LaneSet lanes);

 private:
  void grow(std::size_t more);

  LaneSet lanes_ = 0;
  std::uint32_t lists_ = 0;
  std::array<std::uint32_t, 8 * sizeof(LaneSet)> counts_{};  // of the lists, in their order
  std::size_t size_ = 0;
  std::vector<Run> runs_;  // the first size_ count
};

// How taint is kept: 9 bits that are the label of all lanes' only run, or one of these forms.
namespace form {
inline constexpr std::uint64_t kOneLane = 0x1FF;     // runs of one lane, in the store
inline constexpr std::uint64_t kOneRunEach = 0x1FE;  // one run for each lane, in the store
inline constexpr std::uint64_t kCounted = 0x1FD;     // how many of each lane, then the runs
inline constexpr std::uint64_t kLastLabel = 0x1FC;
}  // namespace form

// Taint as WaitingRuns keeps it. A label instead of a form: each lane has one run, and those of all
// lanes are equal but for their lengths, which are the coin's value for the lanes of `whole` and
// `amount` for the others. Of two lanes that go together, poison and haircut, nothing is stored.
struct PackedRuns {
  LaneSet lanes = 0;
  LaneSet whole = 0;
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
  LaneSet whole() const { return static_cast<LaneSet>(word_ >> 48 & 0x7F); }
  std::uint64_t form() const { return word_ >> 55; }
  std::uint32_t size() const { return size_; }
  std::uint64_t amount() const { return amount_; }
  // Each lane has one run, and none is stored.
  bool alike() const { return form() <= form::kLastLabel; }
  // Of one of its lanes. REQUIRES: alike().
  Amount amount_in(std::size_t lane) const {
    return (whole() >> lane & 1U) != 0 ? value_ : amount_;
  }

 private:
  static constexpr std::uint64_t kNumber = (std::uint64_t{1} << 40) - 1;
  static constexpr std::uint64_t kFee = std::uint64_t{1} << 47;

  Waiting(std::uint32_t key, std::uint64_t number, Amount value, const PackedRuns& runs,
          std::uint64_t fee)
      : value_(value),
        word_(number | std::uint64_t{runs.lanes} << 40 | fee | std::uint64_t{runs.whole} << 48 |
              runs.form << 55),
        amount_(runs.amount),
        key_(key),
        size_(runs.size) {}

  Amount value_;
  std::uint64_t word_;  // 40 bits of number, 7 of lanes, whether a fee, 7 of whole, 9 of form
  std::uint64_t amount_;
  std::uint32_t key_;
  std::uint32_t size_;
};
static_assert(sizeof(Waiting) == 32);
static_assert(kMostLanes <= 7);

// Packs taint for what waits and shows it again.
class WaitingRuns {
 public:
  // The taint of a coin of this value. REQUIRES: runs.lanes() is not 0.
  PackedRuns put(const LaneRuns& runs, Amount value) {
    PackedRuns packed;
    bool one_each = runs.all().size() == runs.lists();
    return one_each && pack_alike(runs, value, packed) ? packed : put_stored(runs);
  }
  // Visits the runs of every lane, by ascending lane. They stay good until the next put(), also
  // after remove(); a single run until visit() returns.
  template <typename Visit>
  void each(const Waiting& waiting, Visit visit) const {
    if (waiting.alike()) {
      Run run{waiting.amount(), Label(static_cast<std::uint32_t>(waiting.form())), waiting.size()};
      return for_each_lane(waiting.lanes(), [&](std::size_t lane) {
        run.length = waiting.amount_in(lane);
        visit(lane, RunView(&run, 1));
      });
    }
    const Run* next = store_.view(waiting.amount(), cells(waiting)).data();
    if (waiting.form() == form::kOneLane) {
      return visit(first_lane(waiting.lanes()), RunView(next, waiting.size()));
    }
    if (waiting.form() == form::kOneRunEach) {
      return for_each_lane(waiting.lanes(),
                           [&](std::size_t lane) { visit(lane, RunView(next++, 1)); });
    }
    Counts counts;
    std::memcpy(counts.data(), static_cast<const void*>(next), sizeof(counts));
    next += kCountCells;
    const std::uint32_t* count = counts.data();
    for_each_lane(waiting.lanes(), [&](std::size_t lane) {
      visit(lane, RunView(next, *count));
      next += *count++;
    });
  }
  void show(const Waiting& waiting, LaneRuns& runs) const {
    runs.clear();
    each(waiting, [&](std::size_t lane, RunView list) { runs.set(lane, list); });
  }
  // Starts fetching what each() will read.
  void prefetch(const Waiting& waiting) const {
    if (waiting.alike()) return;
    RunView stored = store_.view(waiting.amount(), cells(waiting));
    tracehound::prefetch(stored.data());
    tracehound::prefetch(&stored[stored.size() / 2]);
    tracehound::prefetch(&stored.back());
  }
  void remove(const Waiting& waiting) {
    if (!waiting.alike()) store_.remove(waiting.amount(), cells(waiting));
  }
  // Whether anything was ever too large for Waiting.
  bool any() const { return store_.capacity() > 0; }
  // Of memory held.
  std::size_t bytes() const { return store_.capacity() * sizeof(Run); }

 private:
  // The lengths of lists lie in front of their runs, in the place of two.
  using Counts = std::array<std::uint32_t, 8 * sizeof(LaneSet)>;
  static constexpr std::uint32_t kCountCells = sizeof(Counts) / sizeof(Run);
  static std::uint32_t cells(const Waiting& waiting) {
    return waiting.size() + (waiting.form() == form::kCounted ? kCountCells : 0);
  }

  // Of one run for each lane. False: they are not alike.
  static bool pack_alike(const LaneRuns& runs, Amount value, PackedRuns& packed) {
    const Run* run = runs.all().data();
    packed = {runs.lanes(), 0, run->label.number(), run->hops, 0};
    bool alike = packed.form <= form::kLastLabel;
    for_each_lane(runs.lanes(), [&](std::size_t lane) {
      bool whole = run->length == value;
      Amount part = whole ? 0 : run->length;
      alike = alike && run->label.number() == packed.form && run->hops == packed.size &&
              (part == 0 || packed.amount == 0 || part == packed.amount);
      packed.whole |= static_cast<LaneSet>((whole ? 1U : 0U) << lane);
      packed.amount |= part;
      ++run;
    });
    return alike;
  }
  PackedRuns put_stored(const LaneRuns& runs);

  RunStore store_;
};

}  // namespace tracehound::trace
