#include "clusters/coinjoin_shape.h"

#include <algorithm>

namespace tracehound::clusters {

namespace {

std::uint32_t distinct_addresses(std::span<const ViewedCoin> coins) {
  std::vector<std::uint32_t> addresses;
  addresses.reserve(coins.size());
  for (const ViewedCoin& coin : coins) addresses.push_back(coin.address);
  std::ranges::sort(addresses);
  return static_cast<std::uint32_t>(std::ranges::unique(addresses).begin() - addresses.begin());
}

std::uint32_t count_of(std::span<const ViewedCoin> coins, ledger::ScriptKind script) {
  return static_cast<std::uint32_t>(std::ranges::count(coins, script, &ViewedCoin::script));
}

}  // namespace

Shape::Shape(const TransactionView& transaction)
    : view(transaction),
      inputs(static_cast<std::uint32_t>(transaction.inputs.size())),
      outputs(static_cast<std::uint32_t>(transaction.outputs.size())) {
  std::vector<Amount> sorted;
  sorted.reserve(outputs);
  for (const ViewedCoin& output : view.outputs) sorted.push_back(output.value);
  std::ranges::sort(sorted);
  for (Amount value : sorted) {
    if (values.empty() || values.back().value != value) values.push_back({.value = value});
    ++values.back().count;
  }
  for (const ValueCount& value : values) {
    if (value.count > 1) ++repeated;
    if (value.count >= equal.count) equal = value;
  }
  for (const ValueCount& value : values) {
    if (value.value == equal.value) continue;
    largest_other = value.value;
    runner_up = std::max(runner_up, value.count);
  }
}

std::uint32_t Shape::input_addresses() const { return distinct_addresses(view.inputs); }

bool Shape::outputs_distinct() const { return distinct_addresses(view.outputs) == outputs; }

bool Shape::in_order() const {
  return view.inputs_known && std::ranges::is_sorted(view.inputs, {}, &ViewedCoin::value) &&
         std::ranges::is_sorted(view.outputs, {}, &ViewedCoin::value);
}

std::uint32_t Shape::inputs_of(ledger::ScriptKind script) const {
  return count_of(view.inputs, script);
}

std::uint32_t Shape::outputs_of(ledger::ScriptKind script) const {
  return count_of(view.outputs, script);
}

bool Shape::all_can_pay(std::uint32_t payers, Amount share) const {
  Amount missing = Amount{payers} * share;  // both are bounded by what one transaction moves
  for (const ViewedCoin& input : view.inputs) {
    Amount helps = std::min(input.value, share);
    if (helps >= missing) return true;
    missing -= helps;
  }
  return missing == 0;
}

}  // namespace tracehound::clusters
