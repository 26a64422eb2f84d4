// The world's only source of chance: xoshiro256** seeded by splitmix64 (Blackman and Vigna,
// "Scrambled linear pseudorandom number generators", 2018). Not the standard library's
// distributions, whose numbers differ from one library to the next.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>

#include "base/check.h"

namespace tracehound::synth {

// splitmix64's step: neighbouring inputs give unrelated outputs.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9E37'79B9'7F4A'7C15;
  x = (x ^ (x >> 30)) * 0xBF58'476D'1CE4'E5B9;
  x = (x ^ (x >> 27)) * 0x94D0'49BB'1331'11EB;
  return x ^ (x >> 31);
}

class Prng {
 public:
  explicit Prng(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      word = mix64(seed);
      seed += 0x9E37'79B9'7F4A'7C15;
    }
  }

  std::uint64_t next() {
    std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound), but for a bias below bound / 2^64. REQUIRES: bound > 0.
  std::uint64_t below(std::uint64_t bound) {
    CHECK(bound > 0);
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(next()) * bound) >> 64);
  }
  // Uniform in [low, high], both ends in. REQUIRES: low <= high.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    CHECK(low <= high);
    return low + below(high - low + 1);
  }
  bool percent(std::uint32_t chance) { return below(100) < chance; }

  // In [low, high]; every power of two in between is equally likely, as sizes of payments are.
  // REQUIRES: 0 < low <= high < 2^63.
  std::uint64_t log_uniform(std::uint64_t low, std::uint64_t high) {
    CHECK(low > 0 && low <= high);
    int from = std::bit_width(low) - 1;
    int to = std::bit_width(high) - 1;
    auto power = static_cast<int>(between(0, static_cast<std::uint64_t>(to - from))) + from;
    std::uint64_t number = (std::uint64_t{1} << power) + below(std::uint64_t{1} << power);
    return number < low ? low : number > high ? high : number;
  }

  template <typename List>
  void shuffle(List& list) {
    for (std::size_t left = list.size(); left > 1; --left) {
      std::swap(list[left - 1], list[below(left)]);
    }
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace tracehound::synth
