// Runs: how taint lies in the units of one coin.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"

namespace tracehound::trace {

// `length` neighbouring units of one label.
struct Run {
  Amount length;
  Label label;
  // Fewest transactions from a seed coin of this label; the same for all runs of a label in a coin.
  // Methods neither read nor write it, the walk does.
  std::uint32_t hops;

  friend bool operator==(const Run&, const Run&) = default;
};
static_assert(sizeof(Run) == 16);

// A coin's taint is a list of runs from its first unit on; units after the last run are clean, so
// a clean coin's list is empty and a list never ends in a clean run. Neighbours have different
// labels.
// - Ordered methods (fifo, lifo) keep the true order: clean runs (label 0) stand in between.
// - The others keep one run per label, ascending, and no clean ones: tainted units come first.
using RunView = std::span<const Run>;

// Adds units to the end of a list; equal neighbours merge. The list may then end in a clean run.
inline void append_run(std::vector<Run>& runs, std::size_t list_start, Amount length, Label label) {
  if (length == 0) return;
  if (runs.size() > list_start && runs.back().label == label) {
    runs.back().length += length;
  } else {
    runs.push_back({length, label, 0});
  }
}

// Removes the clean run at the end of a list, if it has one.
inline void trim_clean_end(std::vector<Run>& runs, std::size_t list_start) {
  if (runs.size() > list_start && runs.back().label == kClean) runs.pop_back();
}

// An amount for each of a few labels, ascending by label.
struct LabelAmount {
  Label label;
  Amount amount = 0;

  friend bool operator==(const LabelAmount&, const LabelAmount&) = default;
};

class LabelSums {
 public:
  void clear() { sums_.clear(); }
  void add(Label label, Amount amount) {
    // Traces of one label, the common case, stay here.
    if (!sums_.empty() && sums_.back().label == label) {
      sums_.back().amount += amount;
    } else {
      add_other(label, amount);
    }
  }
  // Zero for a label never added.
  Amount of(Label label) const;
  std::span<const LabelAmount> all() const { return sums_; }

 private:
  void add_other(Label label, Amount amount);

  std::vector<LabelAmount> sums_;
};

}  // namespace tracehound::trace
