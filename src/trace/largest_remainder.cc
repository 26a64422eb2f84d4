// Why no share exceeds its weight: amount <= total, so an exact share is at most its weight; where
// it has a remainder it is below the weight and rounding it up reaches the weight at most. Why
// there are always enough remainders to hand units to: the remainders sum to missing * total and
// each is below total, so more of them than `missing` are not zero. Cost: one division per weight.

#include "trace/largest_remainder.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound::trace {

namespace {
__extension__ using Wide = unsigned __int128;
}  // namespace

void LargestRemainder::divide(Amount amount, Amount total, std::span<const Amount> weights,
                              std::span<Amount> shares) {
  CHECK(amount <= total && total > 0 && shares.size() == weights.size());
  if (amount == total) {
    std::ranges::copy(weights, shares.begin());
    return;
  }
  if (remainders_.size() < weights.size()) remainders_.resize(weights.size());
  std::size_t count = 0;
  Amount given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    Wide product = Wide{amount} * weights[i];
    auto low = static_cast<Amount>(product);
    auto share = low == product ? low / total : static_cast<Amount>(product / total);
    auto remainder = low - share * total;  // exact: it is below 2^64
    shares[i] = share;
    given += share;
    if (remainder > 0) remainders_[count++] = {remainder, static_cast<std::uint32_t>(i)};
  }
  Amount missing = amount - given;
  if (missing == 0) return;
  CHECK(missing < count);
  auto first = remainders_.begin();
  std::ranges::nth_element(first, first + static_cast<std::ptrdiff_t>(missing),
                           first + static_cast<std::ptrdiff_t>(count),
                           [](const Remainder& a, const Remainder& b) {
                             return a.units != b.units ? a.units > b.units : a.index < b.index;
                           });
  for (std::size_t i = 0; i < missing; ++i) ++shares[remainders_[i].index];
}

}  // namespace tracehound::trace
