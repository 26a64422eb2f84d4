// What tiho, tilo and seniority share: outputs filled with taint one after another.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "trace/method.h"

namespace tracehound::trace {

// Whether all that goes in is of one label: then all that comes out is, whatever the order, and the
// shares are written.
bool fills_all(const AmountMovement& movement, std::span<Amount> shares);

// Fills the outputs in `order`, each whole before the next, with the labels in ascending order.
// REQUIRES: `order` names every output once, the fee last; `shares` as AmountMethod::divide.
void fill_outputs(const AmountMovement& movement, std::span<const std::uint32_t> order,
                  std::span<Amount> shares);

// The outputs without the fee by value, ties by lower index, and the fee behind them.
enum class ByValue { falling, rising };
void order_by_value(std::span<const Amount> outputs, ByValue by, std::vector<std::uint32_t>& order);

}  // namespace tracehound::trace
