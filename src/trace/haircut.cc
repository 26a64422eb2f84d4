// Haircut: every output bears the loss in proportion.
//
//   inputs 30 tainted, 70 clean -> outputs 50, 45, fee 5
//   exact shares 15, 13.5, 1.5; whole by largest remainder (a tie: lower index): 15, 14, 1
//
// Money that is mixed cannot be told apart, so each output carries the tainted share of the whole.
// Shares are rarely whole; rounding each on its own would create or lose units, so they are made
// whole by largest remainder and the sum is exact in every transaction, hence over the chain.
//
// Several labels: in ascending order, each is divided in proportion to the room the labels before
// it left in each output, so no output is overfilled and each label's sum is exact.
//   labels 1 and 2 bring 5 and 5, V = 10, outputs 3, 7, no fee:
//   label 1: exact 1.5, 3.5 -> 2, 3; room left 1, 4; label 2: 5 of 5 -> 1, 4
//
// Cost: one 128-bit division per output and label. Source: Moeser, Boehme, Breuker (2014); the
// remainder rule is Hamilton's.

#include "trace/largest_remainder.h"
#include "trace/method.h"

namespace tracehound::trace {

namespace {

class Haircut : public Method {
 public:
  MethodKind kind() const override { return MethodKind::haircut; }

  void divide(const Movement& movement, Division& into) override {
    entering_.clear();
    for (const InputTaint& input : movement.inputs) {
      for (const Run& run : input.runs) entering_.add(run.label, run.length);
    }
    std::size_t outputs = movement.outputs.size();
    std::span<const LabelAmount> labels = entering_.all();
    shares_.resize(labels.size() * outputs);
    divide_labels(movement, labels);
    for (std::size_t i = 0; i < outputs; ++i) {
      for (std::size_t l = 0; l < labels.size(); ++l) {
        into.add(shares_[l * outputs + i], labels[l].label);
      }
      into.end_output();
    }
  }

 private:
  // Fills shares_, one row of outputs per label.
  void divide_labels(const Movement& movement, std::span<const LabelAmount> labels) {
    std::size_t outputs = movement.outputs.size();
    std::span<const Amount> room = movement.outputs;
    Amount room_total = movement.total;
    for (std::size_t l = 0; l < labels.size(); ++l) {
      std::span<Amount> shares = std::span(shares_).subspan(l * outputs, outputs);
      rounding_.divide(labels[l].amount, room_total, room, shares);
      if (l + 1 == labels.size()) break;
      if (l == 0) rooms_.assign(room.begin(), room.end());
      for (std::size_t i = 0; i < outputs; ++i) rooms_[i] -= shares[i];
      room = rooms_;
      room_total -= labels[l].amount;
    }
  }

  LabelSums entering_;
  std::vector<Amount> shares_;
  std::vector<Amount> rooms_;
  LargestRemainder rounding_;
};

}  // namespace

std::unique_ptr<Method> make_haircut() { return std::make_unique<Haircut>(); }

}  // namespace tracehound::trace
