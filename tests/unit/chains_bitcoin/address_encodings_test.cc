// The two encodings under the addresses: Bech32 and Base58.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "chains/bitcoin/base58.h"
#include "chains/bitcoin/bech32.h"
#include "unit/chains_bitcoin/samples.h"

namespace tracehound::chains::bitcoin {
namespace {

using test::bytes_of_hex;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

TEST(Bech32, strings_of_bip173__decode_and_encode) {
  for (
      std::string_view text :
      {"A12UEL5L", "a12uel5l",
       "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
       "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
       "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
       "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "?1ezyfcl"}) {
    auto decoded = bech32_decode(text);
    ASSERT_TRUE(decoded.has_value()) << text << ": " << decoded.error().message;
    EXPECT_EQ(decoded->variant, Bech32Variant::bech32);
    EXPECT_EQ(bech32_encode(*decoded), lower(text));
  }
}

TEST(Bech32, bech32m_strings_of_bip350__decode_and_encode) {
  for (
      std::string_view text :
      {"A1LQFN3A", "a1lqfn3a",
       "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
       "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
       "11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8",
       "split1checkupstagehandshakeupstreamerranterredcaperredlc445v", "?1v759aa"}) {
    auto decoded = bech32_decode(text);
    ASSERT_TRUE(decoded.has_value()) << text << ": " << decoded.error().message;
    EXPECT_EQ(decoded->variant, Bech32Variant::bech32m);
    EXPECT_EQ(bech32_encode(*decoded), lower(text));
  }
}

TEST(Bech32, invalid_strings_of_both_bips__are_refused) {
  for (std::string_view text :
       {"\x20"
        "1nwldj5",
        "\x7F"
        "1axkwrx",
        "\x80"
        "1eym55h",
        "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569p"
        "vx",
        "pzry9x0s0muk",
        "1pzry9x0s0muk",
        "x1b4n0q5v",
        "li1dgmt3",
        "de1lg7wt\xFF",
        "A1G7SGD8",
        "10a06t8",
        "1qzzfhee",
        "\x20"
        "1xj0phk",
        "\x7F"
        "1g6xzxy",
        "\x80"
        "1vctc34",
        "an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pt"
        "s4",
        "qyrz8wqd2c9m",
        "1qyrz8wqd2c9m",
        "y1b0jsk6g",
        "lt1igcx5c0",
        "in1muywd",
        "mm1crxm3i",
        "au1s5cgom",
        "M1VUXWEZ",
        "16plkw9",
        "1p2gdwpf",
        "",
        "1",
        "a1"}) {
    EXPECT_FALSE(bech32_decode(text).has_value()) << text;
  }
}

// Bitcoin Core's src/test/data/base58_encode_decode.json.
TEST(Base58, vectors_of_bitcoin_core__encode_and_decode) {
  struct Base58Vector {
    std::string bytes;
    std::string text;
  };
  for (const auto& [bytes, text] : std::vector<Base58Vector>{
           {"", ""},
           {"61", "2g"},
           {"626262", "a3gV"},
           {"636363", "aPEr"},
           {"73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2"},
           {"00eb15231dfceb60925886b67d065299925915aeb172c06647",
            "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"},
           {"516b6fcd0f", "ABnLTmg"},
           {"bf4f89001e670274dd", "3SEo3LWLoPntC"},
           {"572e4794", "3EFU7m"},
           {"ecac89cad93923c02321", "EJDM8drfXA6uyA"},
           {"10c8511e", "Rt5zm"},
           {"00000000000000000000", "1111111111"},
           {std::string(78, '0') + "01", std::string(39, '1') + "2"},
           {"000111d38e5fc9071ffcd20b4a763cc9ae4f252bb4e48fd66a835e252ada93ff480d6dd43dc62a641155a"
            "5",
            "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"},
           {"271f359e", "zzzzy"},
           {"271f359f", "zzzzz"},
           {"271f35a0", "211111"},
           {"271f35a1", "211112"},
       }) {
    EXPECT_EQ(base58_encode(bytes_of_hex(bytes)), text);
    auto decoded = base58_decode(text, 100);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
    EXPECT_EQ(to_hex(*decoded), bytes);
  }
}

TEST(Base58, text_beyond_the_size_asked_for__is_refused_without_long_work) {
  EXPECT_TRUE(base58_decode("1111", 4).has_value());
  EXPECT_FALSE(base58_decode("11111", 4).has_value());
  EXPECT_TRUE(base58_decode("zzzzz", 4).has_value());
  EXPECT_FALSE(base58_decode("zzzzzz", 4).has_value());
  EXPECT_FALSE(base58_decode(std::string(50'000'000, 'z'), 25).has_value());
  EXPECT_FALSE(base58_decode(std::string(50'000'000, '1'), 25).has_value());
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
