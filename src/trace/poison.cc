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

#include "trace/method.h"

namespace tracehound::trace {

namespace {

class Poison : public Method {
 public:
  MethodKind kind() const override { return MethodKind::poison; }
  bool conserves() const override { return false; }

  void divide(const Movement& movement, Division& into) override {
    labels_.clear();
    for (const InputTaint& input : movement.inputs) {
      for (const Run& run : input.runs) labels_.add(run.label, 0);
    }
    for (Amount value : movement.outputs) {
      for (const LabelAmount& entry : labels_.all()) into.add(value, entry.label);
      into.end_output();
    }
  }

 private:
  LabelSums labels_;  // the labels going in; the sums stay 0
};

}  // namespace

std::unique_ptr<Method> make_poison() { return std::make_unique<Poison>(); }

}  // namespace tracehound::trace
