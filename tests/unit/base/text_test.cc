#include "base/text.h"

#include <gtest/gtest.h>

#include <ctime>

namespace tracehound {
namespace {

TEST(Text, a_time__is_the_systems_own_in_utc) {
  EXPECT_EQ(utc_text(0), "1970-01-01 00:00:00");
  EXPECT_EQ(utc_text(1'231'006'505), "2009-01-03 18:15:05");  // Bitcoin's genesis block
  for (std::uint64_t time = 0; time <= 0xFFFF'FFFF; time += 77'777'777) {
    auto seconds = static_cast<std::time_t>(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char expected[32];
    std::strftime(expected, sizeof expected, "%Y-%m-%d %H:%M:%S", &parts);
    EXPECT_EQ(utc_text(time), expected);
  }
  EXPECT_EQ(utc_text(951'782'400), "2000-02-29 00:00:00");
}

TEST(Text, a_time_that_was_written__is_read_back) {
  EXPECT_EQ(parse_utc("1970-01-01"), 0U);
  EXPECT_EQ(parse_utc("2009-01-03T18:15:05Z"), 1'231'006'505U);
  EXPECT_EQ(parse_utc("2016-08-02"), parse_utc("2016-08-02T00:00:00Z"));
  EXPECT_EQ(parse_utc("2106-02-07T06:28:15Z"), 0xFFFF'FFFFU);
  for (std::uint64_t time = 0; time <= 0xFFFF'FFFF; time += 77'777'777) {
    std::string text = utc_text(time) + "Z";
    text[10] = 'T';
    EXPECT_EQ(parse_utc(text), time) << text;
  }
}

TEST(Text, what_is_no_time__is_not_read_as_one) {
  for (const char* text :
       {"", "2016", "2016-08", "2016-8-2", "2016-08-02T00:00:00", "2016-08-02 00:00:00Z",
        "2016-08-02T24:00:00Z", "2016-08-02T00:60:00Z", "2016-08-02T00:00:60Z", "2015-02-29",
        "2016-13-01", "2016-00-01", "2016-01-00", "1969-12-31", "2106-02-07T06:28:16Z",
        "2106-02-08", "+016-08-02", "2016/08/02", "2016-08-02Z"}) {
    EXPECT_EQ(parse_utc(text), std::nullopt) << text;
  }
}

TEST(Text, coins__keep_every_decimal) {
  EXPECT_EQ(coins_text(0, 8), "0.00000000");
  EXPECT_EQ(coins_text(1, 8), "0.00000001");
  EXPECT_EQ(coins_text(2'100'000'000'000'000, 8), "21000000.00000000");
  EXPECT_EQ(coins_text(7, 0), "7");
  EXPECT_EQ(coins_text(~std::uint64_t{0}, 18), "18.446744073709551615");
  EXPECT_EQ(coins_text(123'450'000'000, 8, Digits::grouped), "1,234.50000000");
  EXPECT_EQ(coins_text(1'234'567, 0, Digits::grouped), "1,234,567");
}

TEST(Text, digits__are_grouped_by_three) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(~std::uint64_t{0}), "18,446,744,073,709,551,615");
}

TEST(Text, a_number_of_things__has_its_word) {
  EXPECT_EQ(plural(0, "coin"), "0 coins");
  EXPECT_EQ(plural(1, "coin"), "1 coin");
  EXPECT_EQ(plural(2000, "coin"), "2000 coins");
  EXPECT_EQ(plural(1, "address", "addresses"), "1 address");
  EXPECT_EQ(plural(2, "address", "addresses"), "2 addresses");
  EXPECT_EQ(plural(2000, "block waits", "blocks wait", Digits::grouped), "2,000 blocks wait");
}

TEST(Text, a_share__is_exact_to_two_decimals_even_for_the_largest_amounts) {
  EXPECT_EQ(percent_text(1, 3), "33.33 %");
  EXPECT_EQ(percent_text(2, 3), "66.67 %");
  EXPECT_EQ(percent_text(1, 20000), "0.01 %");
  EXPECT_EQ(percent_text(1, 20001), "0.00 %");
  EXPECT_EQ(percent_text(0, 0), "-");
  EXPECT_EQ(percent_text(~std::uint64_t{0}, ~std::uint64_t{0}), "100.00 %");
}

TEST(Text, a_size__has_a_unit) {
  EXPECT_EQ(size_text(999), "999 B");
  EXPECT_EQ(size_text(1000), "1.0 kB");
  EXPECT_EQ(size_text(1'234'567), "1.2 MB");
  EXPECT_EQ(size_text(800'000'000'000), "800.0 GB");
}

TEST(Text, what_could_steer_a_terminal__is_made_visible) {
  EXPECT_EQ(printable("plain \u00fc\n"), "plain \u00fc\n");
  EXPECT_EQ(printable("\x1b]0;owned\a"), "\uFFFD]0;owned\uFFFD");
  EXPECT_EQ(printable("a\u202eb\u2069"), "a\uFFFDb\uFFFD");
  EXPECT_EQ(printable("\u0085\x7f"), "\uFFFD\uFFFD");
  EXPECT_EQ(printable("\xC2"), "\xC2");
}

TEST(Text, a_table__aligns_by_characters_not_bytes) {
  EXPECT_EQ(table_text({{"a", "n"}, {"\u00fc\u00fc\u00fc", "10"}}, {false, true}),
            "a     n\n\u00fc\u00fc\u00fc  10\n");
}

}  // namespace
}  // namespace tracehound
