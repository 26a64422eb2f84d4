// Seniority: the first outputs bear the loss.
//
//   inputs 30 tainted, 70 clean -> outputs 50, 45, fee 5
//   by output index:  30, 0, 0
//
// The outputs are filled with taint in the order they are written, each before the next; what no
// output has room for goes to the fee. Unlike fifo it does not ask where among the inputs the taint
// lay, so the order of inputs cannot change the answer; the order of outputs does.
//
// Cost: linear in outputs and labels. Source: Moeser, Boehme, Breuker, "Towards Risk Scoring of
// Bitcoin Transactions" (2014).

#include "trace/filling.h"

namespace tracehound::trace {

namespace {

class Seniority : public AmountMethod {
 public:
  void divide(const AmountMovement& movement, std::span<Amount> shares) override {
    std::size_t outputs = movement.outputs.size();
    for (std::size_t i = order_.size(); i < outputs; ++i) {
      order_.push_back(static_cast<std::uint32_t>(i));
    }
    fill_outputs(movement, std::span(order_).first(outputs), shares);
  }

 private:
  std::vector<std::uint32_t> order_;  // 0, 1, 2, ...
};

}  // namespace

std::unique_ptr<AmountMethod> make_seniority() { return std::make_unique<Seniority>(); }

}  // namespace tracehound::trace
