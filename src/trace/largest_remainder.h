// Whole-number shares in proportion to weights, whose sum is exact.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"

namespace tracehound::trace {

// Hamilton's method: each gets the floor of its exact share; the units still missing go, one each,
// to the largest remainders, ties to the lower index. Keeps its scratch between calls.
class LargestRemainder {
 public:
  // shares[i] = amount * weights[i] / total, made whole; the shares sum to `amount` and none
  // exceeds its weight.
  // REQUIRES: amount <= total, total > 0 is the weights' sum, shares.size() == weights.size().
  void divide(Amount amount, Amount total, std::span<const Amount> weights,
              std::span<Amount> shares);

 private:
  static void divide_among_three(Amount amount, Amount total, const Amount* weights,
                                 Amount* shares);
  void hand_out_to_many(Amount missing, std::span<Amount> shares);

  std::vector<Amount> remainders_;
  std::vector<std::uint32_t> order_;
};

}  // namespace tracehound::trace
