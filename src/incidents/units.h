// Amounts of any chain as a report shows them: exact, however wide, and as easy to count with as a
// plain number. A count of coins is one too, where a method has no sums.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/u256.h"

namespace tracehound::incidents {

class Units {
 public:
  constexpr Units() = default;
  constexpr Units(std::uint64_t number) : number_(number) {}  // NOLINT: every count is one
  explicit constexpr Units(const U256& number) : number_(number) {}

  // Beyond 2^256, and below nothing, is a bug of ours (CHECK).
  Units& operator+=(const Units& other) {
    number_ += other.number_;
    return *this;
  }
  Units& operator-=(const Units& other) {
    number_ -= other.number_;
    return *this;
  }
  friend Units operator+(Units a, const Units& b) { return a += b; }
  friend Units operator-(Units a, const Units& b) { return a -= b; }
  friend constexpr bool operator==(const Units&, const Units&) = default;
  friend constexpr std::strong_ordering operator<=>(const Units& a, const Units& b) {
    return a.number_ <=> b.number_;
  }

  constexpr const U256& number() const { return number_; }
  // "1234567".
  std::string text() const { return number_.text(); }

 private:
  U256 number_;
};

}  // namespace tracehound::incidents
