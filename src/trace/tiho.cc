// Tiho: taint in, highest out.
//
//   inputs 30 tainted, 70 clean -> outputs 50, 45, fee 5
//   by falling value: 50, 45; the fee is always last:  30, 0, 0
//
// A thief who pays someone and takes the change mostly keeps the larger part. Tiho follows that
// part: it fills the outputs with taint by falling value, ties by lower index, each before the
// next; what no output has room for goes to the fee. It is a convention like fifo, not a fact; with
// tilo, its mirror, it shows how far the answer depends on the convention.
//
// Cost: the outputs are sorted. Source: Tironsakkul, Maarek, Eross, Just, "Probing the Mystery of
// Cryptocurrency Theft" (2019).

#include "trace/filling.h"

namespace tracehound::trace {

namespace {

class Tiho : public AmountMethod {
 public:
  void divide(const AmountMovement& movement, std::span<Amount> shares) override {
    if (fills_all(movement, shares)) return;
    order_by_value(movement.outputs, ByValue::falling, order_);
    fill_outputs(movement, order_, shares);
  }

 private:
  std::vector<std::uint32_t> order_;
};

}  // namespace

std::unique_ptr<AmountMethod> make_tiho() { return std::make_unique<Tiho>(); }

}  // namespace tracehound::trace
