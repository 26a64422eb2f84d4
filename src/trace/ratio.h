// Multiplying many numbers by the same fraction below one, exactly, with what is left over.
//
// A division of 128 bits by 64 takes the machine tens of cycles, a multiplication three. So the
// fraction a / d is written once as ratio = floor(a * 2^64 / d), and of a product the upper half of
// ratio * w is its whole part or one less: ratio misses a * 2^64 / d by less than one, hence ratio
// * w / 2^64 misses a * w / d by less than w / 2^64 < 1. What is left over says which.
//
//   in decimal digits, 30 / 70 of 50: ratio = floor(30 * 100 / 70) = 42; 42 * 50 / 100 = 21;
//   left 30 * 50 - 21 * 70 = 30, below 70, so 21 it is, and 30 / 70 left over
#pragma once

#include <cstdint>

namespace tracehound::trace {

class Ratio {
 public:
  // REQUIRES: above < below.
  Ratio(std::uint64_t above, std::uint64_t below)
      : above_(above),
        below_(below),
        ratio_(static_cast<std::uint64_t>((Wide{above} << 64) / below)) {}

  struct Product {
    std::uint64_t whole;
    std::uint64_t left;  // over `below`
  };
  // above * by / below.
  Product of(std::uint64_t by) const {
    auto whole = static_cast<std::uint64_t>(Wide{ratio_} * by >> 64);
    // What is left is below 2 * below_, which 64 bits may not hold: then it has gone round.
    std::uint64_t left = above_ * by - whole * below_;
    bool more = left >= below_ || (below_ >> 63 != 0 && goes_round(by, whole));
    return {whole + (more ? 1 : 0), left - (more ? below_ : 0)};
  }

 private:
  __extension__ using Wide = unsigned __int128;
  bool goes_round(std::uint64_t by, std::uint64_t whole) const {
    return Wide{above_} * by - Wide{whole} * below_ >= below_;
  }

  std::uint64_t above_;
  std::uint64_t below_;
  std::uint64_t ratio_;
};

}  // namespace tracehound::trace
