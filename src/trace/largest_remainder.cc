// Why no share exceeds its weight: amount <= total, so an exact share is at most its weight; where
// it has a remainder it is below the weight and rounding it up reaches the weight at most. Why
// there are always enough remainders to hand units to: the remainders sum to missing * total and
// each is below total, so more of them than `missing` are not zero.
//
// Cost: one division of 128 bits, and three multiplications per weight (ratio.h).

#include "trace/largest_remainder.h"

#include <algorithm>

#include "base/check.h"
#include "trace/ratio.h"

namespace tracehound::trace {

namespace {

// So many looks at a remainder are cheaper than sorting them.
constexpr std::size_t kFewLooks = 64;

}  // namespace

void LargestRemainder::divide(Amount amount, Amount total, std::span<const Amount> weights,
                              std::span<Amount> shares) {
  CHECK(amount <= total && total > 0 && shares.size() == weights.size());
  if (amount == total) {
    std::ranges::copy(weights, shares.begin());
    return;
  }
  std::size_t count = weights.size();
  if (remainders_.size() < count) remainders_.resize(count);
  Ratio part(amount, total);
  Amount missing = amount;
  for (std::size_t i = 0; i < count; ++i) {
    auto [share, remainder] = part.of(weights[i]);
    shares[i] = share;
    missing -= share;
    remainders_[i] = {remainder, static_cast<std::uint32_t>(i)};
  }
  if (missing == 0) return;
  CHECK(missing < count);
  auto first = remainders_.begin();
  auto end = first + static_cast<std::ptrdiff_t>(count);
  if (missing * count <= kFewLooks) {
    for (; missing > 0; --missing) {
      std::size_t largest = 0;  // the first of equals
      for (std::size_t i = 1; i < count; ++i) {
        largest = remainders_[i].units > remainders_[largest].units ? i : largest;
      }
      ++shares[largest];
      remainders_[largest].units = 0;
    }
    return;
  }
  std::nth_element(first, first + static_cast<std::ptrdiff_t>(missing), end,
                   [](const Remainder& a, const Remainder& b) {
                     return a.units != b.units ? a.units > b.units : a.index < b.index;
                   });
  for (std::size_t i = 0; i < missing; ++i) ++shares[remainders_[i].index];
}

}  // namespace tracehound::trace
