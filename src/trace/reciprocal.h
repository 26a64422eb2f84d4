// Dividing many numbers of 128 bits by the same one of 64.
//
// A division of that width takes the machine tens of cycles, a multiplication three. So the
// divisor, shifted up until its highest bit is set, is turned into a reciprocal once: v =
// floor((2^128 - 1) / d) - 2^64. A quotient is then guessed from the dividend's upper half u1 as
// the upper half of v * u1
// + u, which is too large by at most one and too small by at most one; the remainder says which.
//
//   in decimal digits, d = 70: v = floor(9999 / 70) - 100 = 42; u = 1234, u1 = 12:
//   42 * 12 + 1234 = 1738 -> 17, + 1 = 18; remainder 34 - 18 * 70 = -1226 -> 74 (mod 100), above
//   38, so the quotient is 17 and the remainder 74 + 70 = 144 -> 44
//
// Source: Moeller, Granlund, "Improved Division by Invariant Integers" (2011), algorithm 4.
#pragma once

#include <bit>
#include <cstdint>

namespace tracehound::trace {

class Reciprocal {
 public:
  __extension__ using Wide = unsigned __int128;

  // REQUIRES: divisor > 0.
  explicit Reciprocal(std::uint64_t divisor)
      : shift_(std::countl_zero(divisor)), divisor_(divisor << shift_) {
    Wide all = Wide{~divisor_} << 64 | ~std::uint64_t{0};
    inverse_ = static_cast<std::uint64_t>(all / divisor_);
  }

  struct Quotient {
    std::uint64_t whole;
    std::uint64_t remainder;
  };
  // REQUIRES: the quotient is below 2^64.
  Quotient divide(Wide dividend) const {
    dividend <<= shift_;
    auto low = static_cast<std::uint64_t>(dividend);
    Wide guess = Wide{inverse_} * static_cast<std::uint64_t>(dividend >> 64) + dividend;
    auto whole = static_cast<std::uint64_t>(guess >> 64) + 1;
    std::uint64_t left = low - whole * divisor_;
    // Half of all guesses are too large: a mask, not a branch nobody can foresee.
    std::uint64_t too_large = left > static_cast<std::uint64_t>(guess) ? ~std::uint64_t{0} : 0;
    whole += too_large;
    left += too_large & divisor_;
    if (left >= divisor_) {
      ++whole;
      left -= divisor_;
    }
    return {whole, left >> shift_};
  }

 private:
  int shift_;
  std::uint64_t divisor_;  // its highest bit is set
  std::uint64_t inverse_;
};

}  // namespace tracehound::trace
