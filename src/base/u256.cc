// Division is schoolbook long division in base 2^64 (Knuth, The Art of Computer Programming,
// volume 2, 4.3.1, algorithm D): each digit of the quotient is guessed from the two highest digits
// of the remainder and the highest of the divisor, which is shifted until its highest bit is set;
// such a guess is too large by at most two. Most amounts fit into 64 or 128 bits, and those take
// the machine's own division.

#include "base/u256.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound {

namespace {

__extension__ using Wide = unsigned __int128;

constexpr unsigned kLimbDigits = 19;  // 10^19 is the largest power of ten in 64 bits
constexpr std::uint64_t kLimbTen = 10'000'000'000'000'000'000ULL;

constexpr auto kTens = [] {
  std::array<std::uint64_t, kLimbDigits + 1> tens{1};
  for (std::size_t i = 1; i < tens.size(); ++i) tens[i] = tens[i - 1] * 10;
  return tens;
}();
static_assert(kTens.back() == kLimbTen);

using Product = std::array<std::uint64_t, 8>;

Wide low_128(const U256& a) { return Wide{a.limbs[1]} << 64 | a.limbs[0]; }

U256 from_128(Wide number) {
  return {static_cast<std::uint64_t>(number), static_cast<std::uint64_t>(number >> 64), 0, 0};
}

// number = number * factor + more. What does not fit.
std::uint64_t mul_add(U256& number, std::uint64_t factor, std::uint64_t more) {
  Wide carry = more;
  for (std::uint64_t& limb : number.limbs) {
    carry += Wide{limb} * factor;
    limb = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  return static_cast<std::uint64_t>(carry);
}

// number = number / divisor. The remainder.
template <std::size_t kSize>
std::uint64_t div_small(std::array<std::uint64_t, kSize>& number, std::uint64_t divisor) {
  Wide rest = 0;
  for (std::size_t i = kSize; i-- > 0;) {
    rest = rest << 64 | number[i];
    number[i] = static_cast<std::uint64_t>(rest / divisor);
    rest %= divisor;
  }
  return static_cast<std::uint64_t>(rest);
}

Product multiply(const U256& a, const U256& b) {
  Product product{};
  for (std::size_t i = 0; i < 4; ++i) {
    Wide carry = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      carry += Wide{a.limbs[i]} * b.limbs[k] + product[i + k];
      product[i + k] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    product[i + 4] = static_cast<std::uint64_t>(carry);
  }
  return product;
}

// `digits` shifted left, into one digit more.
template <std::size_t kSize>
std::array<std::uint64_t, kSize + 1> shifted(const std::array<std::uint64_t, kSize>& digits,
                                             unsigned shift) {
  std::array<std::uint64_t, kSize + 1> result{};
  for (std::size_t i = 0; i < kSize; ++i) {
    result[i] |= digits[i] << shift;
    if (shift > 0) result[i + 1] = digits[i] >> (64 - shift);
  }
  return result;
}

// One digit of the quotient. Takes it, times the divisor, off the size + 1 digits at `rest`.
std::uint64_t quotient_digit(std::uint64_t* rest, const std::uint64_t* divisor, std::size_t size) {
  Wide top = Wide{rest[size]} << 64 | rest[size - 1];
  std::uint64_t first = divisor[size - 1];
  Wide guess = rest[size] >= first ? Wide{~0ULL} : top / first;
  Wide over = top - guess * first;
  while (over >> 64 == 0 && guess * divisor[size - 2] > (over << 64 | rest[size - 2])) {
    --guess;
    over += first;
  }
  std::uint64_t borrow = 0;
  Wide carry = 0;
  for (std::size_t i = 0; i < size; ++i) {
    carry += guess * divisor[i];
    auto part = static_cast<std::uint64_t>(carry);
    carry >>= 64;
    Wide left = Wide{rest[i]} - part - borrow;
    rest[i] = static_cast<std::uint64_t>(left);
    borrow = static_cast<std::uint64_t>(left >> 64) & 1;
  }
  Wide left = Wide{rest[size]} - static_cast<std::uint64_t>(carry) - borrow;
  rest[size] = static_cast<std::uint64_t>(left);
  if ((left >> 64 & 1) == 0) return static_cast<std::uint64_t>(guess);
  // One too many after all, which is rare: put it back.
  carry = 0;
  for (std::size_t i = 0; i < size; ++i) {
    carry += Wide{rest[i]} + divisor[i];
    rest[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  rest[size] += static_cast<std::uint64_t>(carry);
  return static_cast<std::uint64_t>(guess - 1);
}

Division256 long_division(const Product& number, const U256& divisor) {
  std::size_t size = 4;
  while (divisor.limbs[size - 1] == 0) --size;
  Product quotient{};
  U256 remainder;
  if (size == 1) {
    quotient = number;
    remainder = U256(div_small(quotient, divisor.limbs[0]));
  } else {
    auto shift = static_cast<unsigned>(__builtin_clzll(divisor.limbs[size - 1]));
    auto by = shifted(divisor.limbs, shift);
    auto rest = shifted(number, shift);
    for (std::size_t i = number.size() - size + 1; i-- > 0;) {
      quotient[i] = quotient_digit(rest.data() + i, by.data(), size);
    }
    for (std::size_t i = 0; i < size; ++i) {
      remainder.limbs[i] = rest[i] >> shift;
      if (shift > 0) remainder.limbs[i] |= rest[i + 1] << (64 - shift);
    }
  }
  CHECK((quotient[4] | quotient[5] | quotient[6] | quotient[7]) == 0);
  return {{quotient[0], quotient[1], quotient[2], quotient[3]}, remainder};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Appends decimal digits to a number, many at a time.
class DigitReader {
 public:
  // Whether all of them are digits and the number stays in range.
  bool add(std::string_view digits) {
    while (!digits.empty()) {
      std::string_view group = digits.substr(0, kLimbDigits);
      std::uint64_t value = 0;
      std::uint64_t scale = 1;
      for (char c : group) {
        if (c < '0' || c > '9') return false;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
        scale *= 10;
      }
      if (mul_add(number_, scale, value) != 0) return false;
      digits.remove_prefix(group.size());
    }
    return true;
  }
  const U256& number() const { return number_; }

 private:
  U256 number_;
};

// What most amounts are, from_text() of at most 19 digits of which none has to be left out. Nothing
// for any other text, a number or not.
std::optional<U256> short_number(std::string_view text, unsigned decimals) {
  if (text.size() > kLimbDigits + 1) return std::nullopt;
  std::uint64_t number = 0;
  std::size_t digits = 0;
  std::size_t whole = std::string_view::npos;
  for (char c : text) {
    auto digit = static_cast<unsigned>(c - '0');
    if (digit <= 9) {
      number = number * 10 + digit;
      ++digits;
    } else if (c == '.' && whole == std::string_view::npos) {
      whole = digits;
    } else {
      return std::nullopt;
    }
  }
  std::size_t fraction = digits - std::min(whole, digits);
  if (digits == 0 || digits > kLimbDigits || fraction > decimals) return std::nullopt;
  std::size_t missing = decimals - fraction;
  return missing > kLimbDigits ? std::nullopt
                               : std::optional(from_128(Wide{number} * kTens[missing]));
}

}  // namespace

U256& U256::operator+=(const U256& other) {
  CHECK(!add_overflow(*this, other, *this));
  return *this;
}

U256& U256::operator-=(const U256& other) {
  CHECK(!sub_overflow(*this, other, *this));
  return *this;
}

U256 power_of_ten(unsigned exponent) {
  CHECK(exponent <= kU256MostDecimals);
  U256 power(1);
  for (; exponent >= kLimbDigits; exponent -= kLimbDigits) mul_add(power, kLimbTen, 0);
  for (; exponent > 0; --exponent) mul_add(power, 10, 0);
  return power;
}

std::string U256::text() const {
  if (fits_64()) return std::to_string(limbs[0]);
  U256 rest = *this;
  std::string digits;  // the lowest first
  while (!rest.is_zero()) {
    std::uint64_t group = div_small(rest.limbs, kLimbTen);
    for (unsigned i = 0; i < kLimbDigits && (group > 0 || !rest.is_zero()); ++i) {
      digits.push_back(static_cast<char>('0' + group % 10));
      group /= 10;
    }
  }
  std::ranges::reverse(digits);
  return digits;
}

std::string U256::text(unsigned decimals) const {
  std::string digits = text();
  if (decimals == 0) return digits;
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  std::string fraction = digits.substr(digits.size() - decimals);
  digits.resize(digits.size() - decimals);
  fraction.resize(fraction.find_last_not_of('0') + 1);
  return fraction.empty() ? digits : digits + "." + fraction;
}

std::string U256::hex() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "0x";
  for (int shift = 252; shift >= 0; shift -= 4) {
    std::uint64_t digit = limbs[static_cast<std::size_t>(shift / 64)] >> (shift % 64) & 15;
    if (digit != 0 || text.size() > 2 || shift == 0) text.push_back(kDigits[digit]);
  }
  return text;
}

std::optional<U256> U256::from_text(std::string_view text) {
  DigitReader reader;
  if (text.empty() || !reader.add(text)) return std::nullopt;
  return reader.number();
}

std::optional<U256> U256::from_text(std::string_view text, unsigned decimals) {
  if (auto number = short_number(text, decimals)) return number;
  std::size_t point = text.find('.');
  if (point == std::string_view::npos) point = text.size();
  std::string_view whole = text.substr(0, point);
  std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  if (whole.empty() && fraction.empty()) return std::nullopt;
  while (fraction.size() > decimals) {
    if (fraction.back() != '0') return std::nullopt;
    fraction.remove_suffix(1);
  }
  DigitReader reader;
  if (!reader.add(whole) || !reader.add(fraction)) return std::nullopt;
  constexpr std::string_view kZeros = "0000000000000000000";
  for (std::size_t missing = decimals - fraction.size(); missing > 0;) {
    if (reader.number().is_zero()) break;
    std::size_t some = std::min(missing, kZeros.size());
    if (!reader.add(kZeros.substr(0, some))) return std::nullopt;
    missing -= some;
  }
  return reader.number();
}

std::optional<U256> U256::from_hex(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  if (text.empty()) return std::nullopt;
  U256 number;
  for (char c : text) {
    int digit = hex_digit(c);
    if (digit < 0 || number.limbs[3] >> 60 != 0) return std::nullopt;
    mul_add(number, 16, static_cast<std::uint64_t>(digit));
  }
  return number;
}

U256 U256::from_big_endian(ByteView bytes) {
  CHECK(bytes.size() <= sizeof(U256));
  U256 number;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::size_t place = bytes.size() - 1 - i;
    number.limbs[place / 8] |= std::uint64_t{bytes[i]} << (place % 8 * 8);
  }
  return number;
}

Division256 divide(const U256& a, const U256& c) { return mul_div(a, U256(1), c); }

Division256 mul_div(const U256& a, const U256& b, const U256& c) {
  CHECK(!c.is_zero());
  if (a.fits_64() && b.fits_64() && c.fits_128()) {
    Wide product = Wide{a.limbs[0]} * b.limbs[0];
    auto high = static_cast<std::uint64_t>(product >> 64);
    if (high == 0 && c.fits_64()) {
      auto low = static_cast<std::uint64_t>(product);
      return {U256(low / c.limbs[0]), U256(low % c.limbs[0])};
    }
    Wide by = low_128(c);
    return {from_128(product / by), from_128(product % by)};
  }
  return long_division(multiply(a, b), c);
}

}  // namespace tracehound
