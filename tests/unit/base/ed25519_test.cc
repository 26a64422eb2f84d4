#include "base/ed25519.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tracehound::ed25519 {
namespace {

template <std::size_t kSize>
std::array<Byte, kSize> bytes(std::string_view hex) {
  std::array<Byte, kSize> found{};
  std::ranges::copy(from_hex(hex).value(), found.begin());
  return found;
}

// RFC 8032, 7.1, test 2.
const PrivateKey kKey{
    bytes<32>("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")};
constexpr std::string_view kPublic =
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
constexpr std::string_view kSigned =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

TEST(Ed25519, a_message_of_the_specification__is_signed_as_it_says) {
  Bytes message = {0x72};
  EXPECT_EQ(to_hex(public_key(kKey)), kPublic);
  EXPECT_EQ(to_hex(sign(kKey, message)), kSigned);
  EXPECT_TRUE(verify(bytes<32>(kPublic), message, bytes<64>(kSigned)));
}

TEST(Ed25519, any_bit_of_the_signature_is_another__it_is_refused) {
  Bytes message = {0x72};
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Signature other = bytes<64>(kSigned);
    other[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
    EXPECT_FALSE(verify(bytes<32>(kPublic), message, other)) << bit;
  }
}

TEST(Ed25519, keys_in_files__are_read_as_they_were_written) {
  PublicKey key = public_key(kKey);
  EXPECT_EQ(parse_private_pem(private_pem(kKey)), kKey);
  EXPECT_EQ(parse_public_key(public_pem(key)), key);
  EXPECT_EQ(parse_public_key(to_hex(key) + "\n"), key);
  // As `openssl pkey -pubin -text` reads it.
  EXPECT_EQ(public_pem(key),
            "-----BEGIN PUBLIC KEY-----\n"
            "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
            "-----END PUBLIC KEY-----\n");
}

TEST(Ed25519, texts_that_are_no_keys__are_refused) {
  std::string pem = private_pem(kKey);
  for (std::size_t i = 0; i < pem.size(); ++i) {
    std::string other = pem;
    other[i] ^= 4;
    EXPECT_NE(parse_private_pem(other), kKey) << i;
    EXPECT_FALSE(parse_private_pem(pem.substr(0, i))) << i;
  }
  for (std::string_view text : {"", " ", "zz", "-----BEGIN PUBLIC KEY-----\n", "00112233"}) {
    EXPECT_FALSE(parse_public_key(text)) << text;
  }
}

TEST(Ed25519, two_new_keys__differ) { EXPECT_NE(make_key().value(), make_key().value()); }

}  // namespace
}  // namespace tracehound::ed25519
