#include "base/u256.h"

#include <gtest/gtest.h>

#include <random>

namespace tracehound {
namespace {

U256 hex(std::string_view text) { return U256::from_hex(text).value(); }

constexpr std::string_view kMaxText =
    "115792089237316195423570985008687907853269984665640564039457584007913129639935";

TEST(u256, the_largest_number__read_and_written__is_the_same_in_every_notation) {
  EXPECT_EQ(U256::from_text(kMaxText), kU256Max);
  EXPECT_EQ(kU256Max.text(), kMaxText);
  EXPECT_EQ(kU256Max.hex(), "0x" + std::string(64, 'f'));
  EXPECT_EQ(hex(std::string(64, 'f')), kU256Max);
  EXPECT_EQ(U256::from_big_endian(Bytes(32, 0xFF)), kU256Max);
}

TEST(u256, text_that_is_no_number_in_range__is_refused) {
  std::string one_more(kMaxText);
  one_more.back() = '6';
  for (const std::string& text : {one_more, std::string(300, '9'), std::string(), std::string("-1"),
                                  std::string("+1"), std::string("1e18"), std::string("1,000"),
                                  std::string(" 1"), std::string("1 "), std::string("0x10")}) {
    EXPECT_FALSE(U256::from_text(text)) << text;
    EXPECT_FALSE(U256::from_text(text, 0)) << text;
    EXPECT_FALSE(U256::from_text(text, 18)) << text;
  }
  EXPECT_FALSE(U256::from_hex("0x"));
  EXPECT_FALSE(U256::from_hex("0xg"));
  EXPECT_FALSE(U256::from_hex("1" + std::string(64, '0')));
  EXPECT_EQ(U256::from_hex("0x" + std::string(100, '0') + "1f"), U256(31));
}

TEST(u256, decimal_text__with_decimals__is_exact_or_nothing) {
  EXPECT_EQ(U256::from_text("347.55300000000005", 14), U256(34'755'300'000'000'005));
  EXPECT_EQ(U256::from_text("347.55300000000005", 13), std::nullopt);
  EXPECT_EQ(U256::from_text("1.2500", 2), U256(125));
  EXPECT_EQ(U256::from_text("1.25", 1), std::nullopt);
  EXPECT_EQ(U256::from_text(".5", 1), U256(5));
  EXPECT_EQ(U256::from_text("3.", 2), U256(300));
  EXPECT_EQ(U256::from_text(".", 2), std::nullopt);
  EXPECT_EQ(U256::from_text("1.2.3", 5), std::nullopt);
  EXPECT_EQ(U256::from_text("0.0", 255), U256());
  EXPECT_EQ(U256::from_text("1", 77), power_of_ten(77));
  EXPECT_EQ(U256::from_text("1", 78), std::nullopt);
  EXPECT_EQ(U256(125).text(2), "1.25");
  EXPECT_EQ(U256(5).text(18), "0.000000000000000005");
  EXPECT_EQ(U256(2000).text(3), "2");
  EXPECT_EQ(U256().text(18), "0");
  EXPECT_EQ(U256(1500).text(0), "1500");
}

// Numbers of every width, with runs of ones and zeros in them: where carries and guesses go wrong.
U256 hard_number(std::mt19937_64& engine) {
  U256 number;
  for (std::uint64_t& limb : number.limbs) {
    switch (engine() % 5) {
      case 0:
        limb = 0;
        break;
      case 1:
        limb = ~0ULL;
        break;
      case 2:
        limb = 1ULL << engine() % 64;
        break;
      case 3:
        limb = (1ULL << engine() % 64) - 1;
        break;
      default:
        limb = engine();
    }
  }
  for (std::size_t i = 4 - engine() % 4; i < 4; ++i) number.limbs[i] = 0;
  return number;
}

// a * b by adding and doubling alone, as a low and a high half.
std::pair<U256, U256> slow_product(const U256& a, const U256& b) {
  U256 low;
  U256 high;
  for (int bit = 255; bit >= 0; --bit) {
    U256 doubled_high;
    EXPECT_FALSE(add_overflow(high, high, doubled_high));
    high = doubled_high;
    U256 doubled;
    if (add_overflow(low, low, doubled)) high += U256(1);
    low = doubled;
    if ((b.limbs[static_cast<std::size_t>(bit / 64)] >> (bit % 64) & 1) == 0) continue;
    U256 sum;
    if (add_overflow(low, a, sum)) high += U256(1);
    low = sum;
  }
  return {low, high};
}

TEST(u256, mul_div__hard_random_numbers__quotient_and_remainder_give_the_product_back) {
  std::mt19937_64 engine(20261129);
  int divided = 0;
  for (int i = 0; i < 5'000; ++i) {
    U256 a = hard_number(engine);
    U256 b = hard_number(engine);
    U256 c = hard_number(engine);
    if (c.is_zero() || (a > c && b > c)) continue;
    ++divided;
    auto [quotient, remainder] = mul_div(a, b, c);
    ASSERT_LT(remainder, c);
    auto [low, high] = slow_product(quotient, c);
    U256 sum;
    if (add_overflow(low, remainder, sum)) high += U256(1);
    ASSERT_EQ(std::pair(sum, high), slow_product(a, b)) << a.hex() << " " << b.hex() << c.hex();
  }
  EXPECT_GT(divided, 2'000);
}

// Quotients and remainders that Python's integers give.
TEST(u256, mul_div__where_a_guessed_digit_is_too_large__is_what_python_says) {
  EXPECT_EQ(mul_div(kU256Max, kU256Max, kU256Max), (Division256{kU256Max, U256()}));
  EXPECT_EQ(mul_div(kU256Max, hex("0x123456789abcdef"), kU256Max),
            (Division256{hex("0x123456789abcdef"), U256()}));
  EXPECT_EQ(divide(hex("0x7fffffffffffffff800000000000000000000000000000000000000000000000"),
                   hex("0x800000000000000000000000000000000000000000000001")),
            (Division256{hex("0xfffffffffffffffe"),
                         hex("0x7fffffffffffffffffffffffffffffff0000000000000002")}));
  EXPECT_EQ(divide(hex("0x8000000000000000000000000000000000000000000000000000000000000003"),
                   hex("0x200000000000000000000000000000000000000000000001")),
            (Division256{hex("0x3ffffffffffffffff"),
                         hex("0x1ffffffffffffffffffffffffffffffc0000000000000004")}));
  EXPECT_EQ(
      mul_div(U256(0xffffffffffffffffULL, 0xffffffffffffffffULL, 0xffffffffffffffffULL,
                   0xfffffffffffffffULL),
              U256(0xffffffffffffcfc7ULL, 0xffffffffffffffffULL, 0xffffffffffffffffULL, 0xffULL),
              U256(0x7ULL, 0x0ULL, 0x1ULL, 0x8000000000000000ULL)),
      (Division256{
          U256(0xfffffffffffff9f8ULL, 0xffffffffffffffbfULL, 0xffffffffffffffffULL, 0x1fULL),
          U256(0x5a71ULL, 0x1c0ULL, 0x608ULL, 0x6ffffffffffffe60ULL)}));
}

TEST(u256, decimal_text__random_numbers__comes_back) {
  std::mt19937_64 engine(6);
  for (int i = 0; i < 2'000; ++i) {
    U256 number = hard_number(engine);
    ASSERT_EQ(U256::from_text(number.text()), number);
    ASSERT_EQ(U256::from_hex(number.hex()), number);
    auto decimals = static_cast<unsigned>(engine() % 90);
    ASSERT_EQ(U256::from_text(number.text(decimals), decimals), number);
  }
}

// Whether a number is short or long, its digits with the zeros that are missing say the same.
TEST(u256, decimal_text__a_point_anywhere_in_it__is_the_number_of_its_digits) {
  std::mt19937_64 engine(17);
  for (int round = 0; round < 5000; ++round) {
    std::string digits;
    for (std::uint64_t i = 1 + engine() % 24; i > 0; --i) {
      digits.push_back(static_cast<char>('0' + engine() % 10));
    }
    std::size_t whole = engine() % (digits.size() + 1);
    std::size_t fraction = digits.size() - whole;
    std::string text = digits.substr(0, whole) + "." + digits.substr(whole);
    std::size_t missing = engine() % 25;
    auto decimals = static_cast<unsigned>(fraction + missing);
    EXPECT_EQ(U256::from_text(text, decimals), U256::from_text(digits + std::string(missing, '0')))
        << text << " " << decimals;
    if (fraction == 0 || digits.back() == '0') continue;
    EXPECT_FALSE(U256::from_text(text, static_cast<unsigned>(fraction - 1))) << text;
  }
}

TEST(u256, sums_and_differences_out_of_range__are_told) {
  U256 result;
  EXPECT_TRUE(add_overflow(kU256Max, U256(1), result));
  EXPECT_EQ(result, U256());
  EXPECT_FALSE(add_overflow(kU256Max - U256(1), U256(1), result));
  EXPECT_EQ(result, kU256Max);
  EXPECT_TRUE(sub_overflow(U256(1), U256(2), result));
  EXPECT_EQ(result, kU256Max);
  EXPECT_LT(hex("0xffffffffffffffff"), hex("0x10000000000000000"));
  EXPECT_LT(U256(0, 0, 0, 1), U256(0, 0, 0, 2));
  EXPECT_DEATH(result += U256(1), "add_overflow");
}

}  // namespace
}  // namespace tracehound
