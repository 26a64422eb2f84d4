// How often a test tries what is random.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tracehound::test {

// All of `full`, or an eighth of it under a sanitizer: each round takes tenfold the time there, and
// what a sanitizer is to see, it sees in few.
constexpr std::uint64_t rounds(std::uint64_t full) {
#ifdef TRACEHOUND_SANITIZED
  return (full + 7) / 8;
#else
  return full;
#endif
}

// Every one of a row of many, or every seventh under a sanitizer.
constexpr std::size_t stride() { return rounds(8) == 8 ? 1 : 7; }

}  // namespace tracehound::test
