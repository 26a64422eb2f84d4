#include "trace/filling.h"

#include <algorithm>
#include <numeric>

namespace tracehound::trace {

bool fills_all(const AmountMovement& movement, std::span<Amount> shares) {
  if (movement.entering[0].amount != movement.total) return false;
  std::ranges::copy(movement.outputs, shares.begin());
  return true;
}

void fill_outputs(const AmountMovement& movement, std::span<const std::uint32_t> order,
                  std::span<Amount> shares) {
  std::ranges::fill(shares, 0);
  std::size_t label = 0;
  Amount left = movement.entering[0].amount;
  for (std::uint32_t output : order) {
    Amount room = movement.outputs[output];
    while (room > 0) {
      Amount taken = std::min(room, left);
      shares[label * movement.outputs.size() + output] = taken;
      room -= taken;
      left -= taken;
      if (left > 0) continue;
      if (++label == movement.entering.size()) return;
      left = movement.entering[label].amount;
    }
  }
}

void order_by_value(std::span<const Amount> outputs, ByValue by,
                    std::vector<std::uint32_t>& order) {
  constexpr std::size_t kFew = 8;  // are sorted sooner by moving each to its place
  auto count = static_cast<std::uint32_t>(outputs.size());
  order.resize(count);
  auto before = [&](std::uint32_t a, std::uint32_t b) {
    if (outputs[a] == outputs[b]) return a < b;
    return by == ByValue::falling ? outputs[a] > outputs[b] : outputs[a] < outputs[b];
  };
  if (count > kFew) {
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end() - 1, before);
    return;
  }
  for (std::uint32_t i = 0; i + 1 < count; ++i) {
    std::uint32_t place = i;
    for (; place > 0 && before(i, order[place - 1]); --place) order[place] = order[place - 1];
    order[place] = i;
  }
  order[count - 1] = count - 1;
}

}  // namespace tracehound::trace
