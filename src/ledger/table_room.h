// How large an open-addressing table gets: shared by the writer's two.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tracehound::ledger {

// Both tables hold at most two thirds of their slots and double when they would hold more.
constexpr bool is_full(std::uint64_t held, std::uint64_t slots) { return held * 3 > slots * 2; }

// The most that a table of `slots` slots takes while it comes to hold `held`: at the moment of its
// last doubling the old slots are there too. In bytes.
constexpr std::uint64_t bytes_to_hold(std::uint64_t held, std::uint64_t slots,
                                      std::size_t slot_bytes) {
  std::uint64_t grown_from = 0;
  while (is_full(held, slots)) {
    grown_from = slots;
    slots *= 2;
  }
  return (slots + grown_from) * slot_bytes;
}

}  // namespace tracehound::ledger
