// Poison: whatever is touched is tainted whole.
//
//   inputs 30 tainted, 70 clean -> outputs 50, 45, fee 5:  50, 45, 5
//
// Per label: if any unit going in carries it, every unit coming out does. It is the widest reading
// and the only one that conserves nothing: ten coins can descend from one, and one coin can be
// whole under several labels, so its amounts are never summed. It answers another question, how far
// the theft reaches: a coin poison leaves clean is clean under every method. A coin without value
// has no unit to carry a label, so none goes on through it.
//
// Cost: linear in inputs, outputs and labels. Source: the oldest convention, described among others
// by Moeser, Boehme, Breuker (2014).

#include <algorithm>

#include "trace/method.h"

namespace tracehound::trace {

namespace {

class Poison : public AmountMethod {
 public:
  void divide(const AmountMovement& movement, std::span<Amount> shares) override {
    for (std::size_t l = 0; l < movement.entering.size(); ++l) {
      std::ranges::copy(movement.outputs, shares.begin());
      shares = shares.subspan(movement.outputs.size());
    }
  }
};

}  // namespace

std::unique_ptr<AmountMethod> make_poison() { return std::make_unique<Poison>(); }

}  // namespace tracehound::trace
