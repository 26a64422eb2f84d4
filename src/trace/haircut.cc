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

class Haircut : public AmountMethod {
 public:
  void divide(const AmountMovement& movement, std::span<Amount> shares) override {
    std::size_t labels = movement.entering.size();
    if (labels == 1) {
      return rounding_.divide(movement.entering[0].amount, movement.total, movement.outputs,
                              shares);
    }
    std::size_t outputs = movement.outputs.size();
    std::span<const Amount> room = movement.outputs;
    Amount room_total = movement.total;
    for (std::size_t l = 0; l < labels; ++l) {
      std::span<Amount> of_label = shares.subspan(l * outputs, outputs);
      rounding_.divide(movement.entering[l].amount, room_total, room, of_label);
      if (l + 1 == labels) break;
      if (l == 0) rooms_.assign(room.begin(), room.end());
      for (std::size_t i = 0; i < outputs; ++i) rooms_[i] -= of_label[i];
      room = rooms_;
      room_total -= movement.entering[l].amount;
    }
  }

 private:
  std::vector<Amount> rooms_;
  LargestRemainder rounding_;
};

}  // namespace

std::unique_ptr<AmountMethod> make_haircut() { return std::make_unique<Haircut>(); }

}  // namespace tracehound::trace
