// Tilo: taint in, lowest out.
//
//   inputs 30 tainted, 70 clean -> outputs 50, 45, fee 5
//   by rising value: 45, 50; the fee is always last:  0, 30, 0
//
// Tiho's mirror: the outputs are filled with taint by rising value, ties by lower index. Where peel
// chains pay out small parts, tilo follows the parts and tiho the remainder; what both find does
// not depend on which of the two the thief kept.
//
// Cost: the outputs are sorted. Source: the mirror image of tiho (tiho.cc).

#include "trace/filling.h"

namespace tracehound::trace {

namespace {

class Tilo : public AmountMethod {
 public:
  void divide(const AmountMovement& movement, std::span<Amount> shares) override {
    if (fills_all(movement, shares)) return;
    order_by_value(movement.outputs, ByValue::rising, order_);
    fill_outputs(movement, order_, shares);
  }

 private:
  std::vector<std::uint32_t> order_;
};

}  // namespace

std::unique_ptr<AmountMethod> make_tilo() { return std::make_unique<Tilo>(); }

}  // namespace tracehound::trace
