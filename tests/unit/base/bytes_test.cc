#include "base/bytes.h"

#include <gtest/gtest.h>

#include <limits>

namespace tracehound {
namespace {

TEST(Bytes, loads_and_stores_are_little_endian) {
  Byte raw[8] = {};
  store_le<std::uint32_t>(raw, 0x01020304);
  EXPECT_EQ(to_hex(raw), "0403020100000000");
  EXPECT_EQ(load_le<std::uint16_t>(raw), 0x0304);
  EXPECT_EQ(load_le<std::uint64_t>(raw), 0x01020304U);
}

TEST(Bytes, hexadecimal_goes_both_ways_for_every_byte) {
  Bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<Byte>(i));
  std::string text = to_hex(all);
  EXPECT_EQ(text.substr(0, 8), "00010203");
  EXPECT_EQ(text.substr(508), "feff");
  EXPECT_EQ(from_hex(text), all);
  EXPECT_EQ(from_hex(""), Bytes());
  EXPECT_EQ(from_hex("aAfF"), (Bytes{0xAA, 0xFF}));
}

TEST(Bytes, text_that_is_not_hexadecimal_is_refused) {
  for (std::string_view text : {"0", "000", "0g", "g0", " 00", "0x00", "00\n", "-1", "\xC3\xA9"}) {
    EXPECT_FALSE(from_hex(text)) << text;
  }
}

TEST(Uint40, holds_every_number_of_40_bits) {
  for (std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0xFF},
                               std::uint64_t{0x01'02'03'04'05}, kUint40Max}) {
    EXPECT_EQ(Uint40::of(number).number(), number);
  }
  EXPECT_EQ(to_hex(Uint40::of(0x0102030405).bytes), "0504030201");
  EXPECT_EQ(kUint40Max, 0xFF'FFFF'FFFFU);
}

TEST(ByteReader, reads_front_to_back_and_says_what_is_left) {
  Bytes raw = *from_hex("0102030405060708090a");
  ByteReader reader(raw);
  EXPECT_EQ(reader.number<std::uint8_t>(), 1);
  EXPECT_EQ(reader.number<std::uint32_t>(), 0x05040302U);
  EXPECT_EQ(reader.position(), 5U);
  EXPECT_EQ(to_hex(reader.take(3)), "060708");
  EXPECT_EQ(reader.remaining(), 2U);
  EXPECT_EQ(reader.number<std::uint16_t>(), 0x0A09);
  EXPECT_TRUE(reader.take(0).empty());
  EXPECT_TRUE(reader.ok());
}

TEST(ByteReader, read_past_the_end__gives_zero_and_stays_failed) {
  Bytes raw = *from_hex("010203");
  ByteReader reader(raw);
  EXPECT_EQ(reader.number<std::uint32_t>(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.number<std::uint8_t>(), 0);
  EXPECT_TRUE(reader.take(1).empty());
  EXPECT_EQ(reader.position(), 0U);
}

// Lengths come from outside: a script may claim to be 2^63 bytes long.
TEST(ByteReader, length_near_2_to_the_64__does_not_wrap_round) {
  Bytes raw(16);
  for (std::uint64_t size :
       {std::uint64_t{17}, std::uint64_t{1} << 63, std::numeric_limits<std::uint64_t>::max()}) {
    ByteReader reader(raw);
    reader.number<std::uint8_t>();
    EXPECT_TRUE(reader.take(size).empty());
    EXPECT_FALSE(reader.ok());
  }
}

TEST(ByteReader, caller_fails_it__everything_after_is_zero) {
  Bytes raw(4, Byte{0xFF});
  ByteReader reader(raw);
  reader.fail();
  EXPECT_EQ(reader.number<std::uint32_t>(), 0U);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace tracehound
