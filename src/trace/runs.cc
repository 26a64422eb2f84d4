#include "trace/runs.h"

#include <algorithm>

namespace tracehound::trace {

void LabelSums::add_other(Label label, Amount amount) {
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
