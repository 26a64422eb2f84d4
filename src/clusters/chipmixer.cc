// ChipMixer (2017 to 2023) and what works like it: a deposit is cut into chips, coins of 0.001 BTC
// times a power of two, each at an address of its own; chips are handed out as keys and not as
// payments, so ownership moves where no transaction is.
//
//   out  409600000  204800000  102400000 x3  25600000
//
// The rule: four outputs or more, each exactly a chip, all at different addresses. With chips of
// two sizes or more it is hardly anything else; equal outputs of one size are also what somebody
// makes who pays many people 0.001 BTC, so that is a weak guess. A split is the mixer's own, no
// CoinJoin. There is no public list of its transactions that we know of: the rule is not measured
// on real ones.
#include <bit>

#include "clusters/coinjoin_rules.h"

namespace tracehound::clusters {

namespace {

constexpr Amount kSmallestChip = 100'000;             // 0.001 BTC
constexpr Amount kLargestChip = kSmallestChip << 13;  // 8.192 BTC
// Of one size alone that many, or it says nothing.
constexpr std::uint32_t kOneSizeMin = 10;

}  // namespace

bool is_chip(Amount value) {
  return value >= kSmallestChip && value <= kLargestChip && value % kSmallestChip == 0 &&
         std::has_single_bit(value / kSmallestChip);
}

std::optional<Recognised> chip_split(const Shape& shape) {
  if (shape.outputs < kChipsMin || shape.inputs == 0) return std::nullopt;
  for (const ValueCount& value : shape.values) {
    if (!is_chip(value.value)) return std::nullopt;
  }
  bool one_size = shape.values.size() == 1;
  if ((one_size && shape.outputs < kOneSizeMin) || !shape.outputs_distinct()) return std::nullopt;
  return recognised(Protocol::chip_split, one_size ? 25 : 60, shape,
                    "every output is 0.001 BTC times a power of two, as a mixer's chips are");
}

}  // namespace tracehound::clusters
