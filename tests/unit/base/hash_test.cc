// SHA-256: the examples of NIST (FIPS 180-4, "Examples with Intermediate Values") and the million
// times "a". HASH160: the public key and hash of BIP 143's first P2WPKH example and of the empty
// message. sha256d: Bitcoin's genesis block.
#include "base/hash.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace tracehound {
namespace {

std::string sha256_hex(std::string_view message) {
  return to_hex(thread_hasher().sha256(as_bytes(message)).view());
}

TEST(Hash, sha256_gives_the_published_digests) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                       "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Hash, hash160_gives_the_published_digests) {
  Hasher hasher;
  EXPECT_EQ(to_hex(hasher.hash160({}).view()), "b472a266d0bd89c13706a4132ccfb16f7c3b9fcb");
  auto key = from_hex("025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357");
  EXPECT_EQ(to_hex(hasher.hash160(*key).view()), "1d0f172a0ecb48aee1be1f2687d2963ae33f71a1");
}

TEST(Hash, sha256d_of_the_genesis_header_is_its_block_id) {
  auto header = from_hex(
      "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac7"
      "2c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c");
  ASSERT_EQ(header->size(), 80U);
  EXPECT_EQ(thread_hasher().sha256d(*header).text(),
            "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
}

TEST(Hash, message_in_pieces__hashes_like_the_whole) {
  std::string message(300, 'x');
  Hasher hasher;
  Hash256 whole = hasher.sha256(as_bytes(message));
  Hash256 twice = hasher.sha256d(as_bytes(message));
  for (std::size_t cut : {0, 1, 63, 64, 65, 299, 300}) {
    for (bool doubled : {false, true}) {
      hasher.start();
      hasher.add(as_bytes(message).first(cut));
      hasher.add(as_bytes(message).subspan(cut));
      EXPECT_EQ(doubled ? hasher.finish_double() : hasher.finish(), doubled ? twice : whole) << cut;
    }
  }
}

TEST(Hash, each_thread_has_its_own_hasher) {
  Hash256 expected = thread_hasher().sha256d(as_bytes("message"));
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&count, &expected] {
      for (int i = 0; i < 2000; ++i) {
        if (thread_hasher().sha256d(as_bytes("message")) != expected) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(Hash256, text_is_the_bytes_reversed_and_reads_back) {
  Bytes raw(32);
  for (std::size_t i = 0; i < 32; ++i) raw[i] = static_cast<Byte>(i);
  Hash256 hash = Hash256::from_bytes(raw);
  EXPECT_EQ(hash.text(), "1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100");
  EXPECT_EQ(Hash256::from_text(hash.text()), hash);
  EXPECT_EQ(Hash256::from_text("1F1E1D1C1B1A191817161514131211100F0E0D0C0B0A09080706050403020100"),
            hash);
  EXPECT_EQ(hash.prefix(), 0x0706050403020100U);
}

TEST(Hash256, text_of_any_other_length_or_alphabet_is_refused) {
  EXPECT_FALSE(Hash256::from_text(""));
  EXPECT_FALSE(Hash256::from_text(std::string(62, '0')));
  EXPECT_FALSE(Hash256::from_text(std::string(63, '0')));
  EXPECT_FALSE(Hash256::from_text(std::string(66, '0')));
  EXPECT_FALSE(Hash256::from_text("0x" + std::string(62, '0')));
  EXPECT_FALSE(Hash256::from_text(std::string(63, '0') + "g"));
  EXPECT_TRUE(Hash256::from_text(std::string(64, '0')));
}

// The checksum is on disk, so it must be this very function for ever: XXH3 with 64 bits, seed 0.
TEST(Hash, xxh3_gives_the_published_values) {
  EXPECT_EQ(xxh3({}), 0x2D06800538D394C2U);
  EXPECT_EQ(xxh3(as_bytes("abc")), 0x78AF5F94892F3950U);
  EXPECT_NE(xxh3(as_bytes("abc"), 1), xxh3(as_bytes("abc")));
}

}  // namespace
}  // namespace tracehound
