#include "trace/runs.h"

#include <algorithm>

namespace tracehound::trace {

void LabelSums::add(Label label, Amount amount) {
  // Traces of one label, the common case, and labels that come in order stay at the end.
  if (!sums_.empty() && sums_.back().label == label) {
    sums_.back().amount += amount;
    return;
  }
  auto place = std::ranges::lower_bound(sums_, label, {}, &LabelAmount::label);
  if (place != sums_.end() && place->label == label) {
    place->amount += amount;
  } else {
    sums_.insert(place, {label, amount});
  }
}

Amount LabelSums::of(Label label) const {
  auto place = std::ranges::lower_bound(sums_, label, {}, &LabelAmount::label);
  return place != sums_.end() && place->label == label ? place->amount : 0;
}

}  // namespace tracehound::trace
