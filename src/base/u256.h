// Whole numbers up to 2^256 - 1: amounts on account chains. Exact or nothing: every operation that
// can leave the range says so.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tracehound {

// Four 64-bit limbs, the lowest first: in memory it is the 32-byte little-endian number that lies
// in a column.
struct U256 {
  std::array<std::uint64_t, 4> limbs{};

  constexpr U256() = default;
  explicit constexpr U256(std::uint64_t number) : limbs{number, 0, 0, 0} {}
  constexpr U256(std::uint64_t l0, std::uint64_t l1, std::uint64_t l2, std::uint64_t l3)
      : limbs{l0, l1, l2, l3} {}

  friend constexpr bool operator==(const U256&, const U256&) = default;
  friend constexpr std::strong_ordering operator<=>(const U256& a, const U256& b) {
    for (int i = 3; i > 0; --i) {
      if (a.limbs[i] != b.limbs[i]) return a.limbs[i] <=> b.limbs[i];
    }
    return a.limbs[0] <=> b.limbs[0];
  }

  constexpr bool is_zero() const { return (limbs[0] | limbs[1] | limbs[2] | limbs[3]) == 0; }
  constexpr bool fits_64() const { return (limbs[1] | limbs[2] | limbs[3]) == 0; }
  constexpr bool fits_128() const { return (limbs[2] | limbs[3]) == 0; }
  // REQUIRES: fits_64().
  constexpr std::uint64_t low() const { return limbs[0]; }

  // For numbers that are known to stay in range: anything else is a bug of ours (CHECK).
  U256& operator+=(const U256& other);
  U256& operator-=(const U256& other);
  friend U256 operator+(U256 a, const U256& b) { return a += b; }
  friend U256 operator-(U256 a, const U256& b) { return a -= b; }

  // "1234567", no separators.
  std::string text() const;
  // The number divided by 10^decimals, exact and as short as that goes: 1500 with 3 decimals is
  // "1.5", 2000 is "2".
  std::string text(unsigned decimals) const;
  // "0x1f": as nodes write quantities.
  std::string hex() const;

  // Decimal digits alone, at least one. Nothing for other text and from 2^256 on.
  static std::optional<U256> from_text(std::string_view text);
  // A decimal number, "1.25", ".5" or "3.", times 10^decimals. Nothing for other text, where that
  // is no whole number (1.25 with one decimal; zeros at the end do not count), and from 2^256 on.
  static std::optional<U256> from_text(std::string_view text, unsigned decimals);
  // At least one and any number of hexadecimal digits, the highest first, with or without "0x".
  // Nothing for other text and from 2^256 on.
  static std::optional<U256> from_hex(std::string_view text);
  // At most 32 bytes, the highest first. REQUIRES: no more.
  static U256 from_big_endian(ByteView bytes);
};
static_assert(sizeof(U256) == 32);

inline constexpr U256 kU256Max{~0ULL, ~0ULL, ~0ULL, ~0ULL};
// 10^77 is the largest power of ten there is room for.
inline constexpr unsigned kU256MostDecimals = 77;
// REQUIRES: exponent <= kU256MostDecimals.
U256 power_of_ten(unsigned exponent);

// Whether the sum (or difference) leaves the range; `result` is then it modulo 2^256.
constexpr bool add_overflow(const U256& a, const U256& b, U256& result) {
  bool carry = false;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    unsigned long long sum = 0;
    bool first = __builtin_add_overflow(a.limbs[i], b.limbs[i], &sum);
    bool second = __builtin_add_overflow(sum, std::uint64_t{carry}, &sum);
    result.limbs[i] = sum;
    carry = first | second;
  }
  return carry;
}
constexpr bool sub_overflow(const U256& a, const U256& b, U256& result) {
  bool borrow = false;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    unsigned long long difference = 0;
    bool first = __builtin_sub_overflow(a.limbs[i], b.limbs[i], &difference);
    bool second = __builtin_sub_overflow(difference, std::uint64_t{borrow}, &difference);
    result.limbs[i] = difference;
    borrow = first | second;
  }
  return borrow;
}

struct Division256 {
  U256 quotient;  // rounded down
  U256 remainder;
  friend bool operator==(const Division256&, const Division256&) = default;
};

// REQUIRES: c > 0.
Division256 divide(const U256& a, const U256& c);
// a * b / c through a product of 512 bits. REQUIRES: c > 0, and the quotient is below 2^256 (as it
// is wherever a <= c or b <= c).
Division256 mul_div(const U256& a, const U256& b, const U256& c);

}  // namespace tracehound

template <>
struct std::hash<tracehound::U256> {
  std::size_t operator()(const tracehound::U256& value) const noexcept {
    std::uint64_t mixed = 0;
    for (std::uint64_t limb : value.limbs) mixed = (mixed ^ limb) * 0x9E37'79B9'7F4A'7C15ULL;
    return mixed ^ mixed >> 32;
  }
};
