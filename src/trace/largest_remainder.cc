// Why no share exceeds its weight: amount <= total, so an exact share is at most its weight; where
// it has a remainder it is below the weight and rounding it up reaches the weight at most. Why
// there are always enough remainders to hand units to: the remainders sum to missing * total and
// each is below total, so more of them than `missing` are not zero.
//
// Cost: one division of 128 bits, and three multiplications per weight (ratio.h).

#include "trace/largest_remainder.h"

#include <algorithm>
#include <numeric>

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
  if (count == 3) return divide_among_three(amount, total, weights.data(), shares.data());
  if (remainders_.size() < count) remainders_.resize(count);
  Amount* remainders = remainders_.data();
  Ratio part(amount, total);
  Amount missing = amount;
  Amount most = 0;
  std::size_t largest = 0;  // remainder, the first of equals
  auto look_at = [&](Amount remainder, std::size_t i) {
    largest = remainder > most ? i : largest;
    most = remainder > most ? remainder : most;
  };
  for (std::size_t i = 0; i < count; ++i) {
    auto [share, remainder] = part.of(weights[i]);
    shares[i] = share;
    missing -= share;
    remainders[i] = remainder;
    look_at(remainder, i);
  }
  if (missing == 0) return;
  CHECK(missing < count);
  if (missing * count > kFewLooks) return hand_out_to_many(missing, shares);
  while (true) {
    ++shares[largest];
    if (--missing == 0) return;
    remainders[largest] = 0;
    most = 0;
    for (std::size_t i = 0; i < count; ++i) look_at(remainders[i], i);
  }
}

// Two outputs and the fee: nine transactions of ten. Whether one or two units are missing is a toss
// of a coin that the machine would guess wrong half the time, so nothing branches: who stands
// before how many others gets a unit if that is fewer than are missing.
void LargestRemainder::divide_among_three(Amount amount, Amount total, const Amount* weights,
                                          Amount* shares) {
  Ratio part(amount, total);
  auto [share0, left0] = part.of(weights[0]);
  auto [share1, left1] = part.of(weights[1]);
  auto [share2, left2] = part.of(weights[2]);
  Amount missing = amount - share0 - share1 - share2;
  CHECK(missing < 3);
  Amount first0 = left0 >= left1 ? 1 : 0;  // before 1
  Amount second0 = left0 >= left2 ? 1 : 0;
  Amount second1 = left1 >= left2 ? 1 : 0;
  shares[0] = share0 + (2 - first0 - second0 < missing ? 1 : 0);
  shares[1] = share1 + (1 + first0 - second1 < missing ? 1 : 0);
  shares[2] = share2 + (second0 + second1 < missing ? 1 : 0);
}

void LargestRemainder::hand_out_to_many(Amount missing, std::span<Amount> shares) {
  order_.resize(shares.size());
  std::iota(order_.begin(), order_.end(), 0U);
  std::nth_element(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(missing),
                   order_.end(), [&](std::uint32_t a, std::uint32_t b) {
                     return remainders_[a] != remainders_[b] ? remainders_[a] > remainders_[b]
                                                             : a < b;
                   });
  for (std::size_t i = 0; i < missing; ++i) ++shares[order_[i]];
}

}  // namespace tracehound::trace
