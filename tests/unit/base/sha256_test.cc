// Each way of compressing against the examples of NIST (FIPS 180-4, "Examples with Intermediate
// Values"), against OpenSSL's EVP on messages of every short length, and against the other ways.
#include "base/sha256.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <random>
#include <vector>

#include "base/hash.h"
#include "base/merkle.h"

namespace tracehound {
namespace {

std::vector<const Sha256Kernel*> kernels() {
  std::vector<const Sha256Kernel*> all = {&openssl_sha256()};
  if (sha_ni_sha256() != nullptr) all.push_back(sha_ni_sha256());
  return all;
}

Hash256 reference_sha256(ByteView bytes) {
  Hash256 hash;
  EXPECT_EQ(
      EVP_Digest(bytes.data(), bytes.size(), hash.bytes.data(), nullptr, EVP_sha256(), nullptr), 1);
  return hash;
}

Hash256 reference_sha256d(ByteView bytes) {
  return reference_sha256(reference_sha256(bytes).view());
}

Bytes random_bytes(std::mt19937_64& chance, std::size_t size) {
  Bytes bytes(size);
  for (Byte& byte : bytes) byte = static_cast<Byte>(chance());
  return bytes;
}

class EachKernel : public ::testing::TestWithParam<const Sha256Kernel*> {};
INSTANTIATE_TEST_SUITE_P(Sha256, EachKernel, ::testing::ValuesIn(kernels()), [](const auto& given) {
  return given.param == sha_ni_sha256() ? "sha_ni" : "openssl";
});

TEST_P(EachKernel, gives_the_published_digests) {
  Hasher hasher(*GetParam());
  auto hex = [&](std::string_view text) { return to_hex(hasher.sha256(as_bytes(text)).view()); };
  EXPECT_EQ(hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_P(EachKernel, every_short_length_hashes_as_the_reference_does) {
  std::mt19937_64 chance(1);
  Hasher hasher(*GetParam());
  for (std::size_t size = 0; size <= 300; ++size) {
    Bytes message = random_bytes(chance, size);
    EXPECT_EQ(hasher.sha256(message), reference_sha256(message)) << size;
    EXPECT_EQ(hasher.sha256d(message), reference_sha256d(message)) << size;
  }
}

TEST_P(EachKernel, pieces_hash_like_the_whole) {
  std::mt19937_64 chance(2);
  Hasher hasher(*GetParam());
  for (int round = 0; round < 2000; ++round) {
    Bytes message = random_bytes(chance, chance() % 301);
    hasher.start();
    for (std::size_t at = 0; at < message.size();) {
      std::size_t size = std::min<std::size_t>(chance() % 140, message.size() - at);
      hasher.add(ByteView(message).subspan(at, size));
      at += size;
    }
    ASSERT_EQ(hasher.finish(), reference_sha256(message)) << message.size();
  }
}

TEST_P(EachKernel, two_messages_side_by_side__neither_disturbs_the_other) {
  std::mt19937_64 chance(3);
  for (std::size_t count = 0; count <= 5; ++count) {
    Bytes a = random_bytes(chance, count * kSha256Block);
    Bytes b = random_bytes(chance, count * kSha256Block);
    Sha256State state_a = kSha256Start;
    Sha256State state_b = {1, 2, 3, 4, 5, 6, 7, 8};
    Sha256State alone_a = state_a;
    Sha256State alone_b = state_b;
    GetParam()->compress_two(state_a, a.data(), state_b, b.data(), count);
    openssl_sha256().compress(alone_a, a.data(), count);
    openssl_sha256().compress(alone_b, b.data(), count);
    EXPECT_EQ(state_a, alone_a) << count;
    EXPECT_EQ(state_b, alone_b) << count;
  }
}

// Every number of messages from none to many, each cut into pieces anywhere, empty ones included.
TEST_P(EachKernel, many_messages_in_pieces__each_gets_its_own_hash) {
  std::mt19937_64 chance(4);
  Hasher hasher(*GetParam());
  for (std::size_t count = 0; count <= 60; ++count) {
    std::vector<Bytes> messages(count);
    std::vector<Hash256> hashes(count);
    std::vector<HashTask> tasks(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t longest = i % 7 == 0 ? 5000 : 301;
      messages[i] = random_bytes(chance, chance() % longest);
      ByteView all = messages[i];
      std::size_t first = chance() % (all.size() + 1);
      std::size_t second = first + chance() % (all.size() - first + 1);
      tasks[i] = {{all.first(first), all.subspan(first, second - first), all.subspan(second)},
                  &hashes[i]};
    }
    hasher.sha256d_each(tasks);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(hashes[i], reference_sha256d(messages[i])) << i << " of " << count;
    }
  }
}

TEST_P(EachKernel, neighbours__become_the_hash_of_both) {
  std::mt19937_64 chance(5);
  Hasher hasher(*GetParam());
  for (std::size_t count = 0; count <= 34; count += 2) {
    std::vector<Hash256> hashes;
    for (std::size_t i = 0; i < count; ++i) {
      hashes.push_back(Hash256::from_bytes(random_bytes(chance, 32)));
    }
    std::vector<Hash256> before = hashes;
    hasher.sha256d_neighbours(hashes);
    for (std::size_t i = 0; i < count / 2; ++i) {
      EXPECT_EQ(hashes[i], reference_sha256d({before[2 * i].bytes.data(), 64})) << count;
    }
    for (std::size_t i = count / 2; i < count; ++i) EXPECT_EQ(hashes[i], before[i]) << count;
  }
}

// A tree hashed node by node, from its definition.
Hash256 slow_root(const std::vector<Hash256>& level) {
  if (level.size() == 1) return level[0];
  std::vector<Hash256> above;
  for (std::size_t i = 0; i < level.size(); i += 2) {
    const Hash256& right = level[std::min(i + 1, level.size() - 1)];
    Bytes both(level[i].bytes.begin(), level[i].bytes.end());
    both.insert(both.end(), right.bytes.begin(), right.bytes.end());
    above.push_back(reference_sha256d(both));
  }
  return slow_root(above);
}

TEST_P(EachKernel, merkle_root_of_any_number_of_leaves__is_the_slow_one) {
  std::mt19937_64 chance(6);
  Hasher hasher(*GetParam());
  for (std::size_t count = 1; count <= 70; ++count) {
    std::vector<Hash256> leaves;
    for (std::size_t i = 0; i < count; ++i) {
      leaves.push_back(Hash256::from_bytes(random_bytes(chance, 32)));
    }
    std::vector<Hash256> used_up = leaves;
    MerkleRoot tree = merkle_root(used_up, hasher);
    EXPECT_EQ(tree.root, slow_root(leaves)) << count;
    EXPECT_FALSE(tree.repeats) << count;
    if (count < 2) continue;
    // The whole list twice, or its odd last one: the same root, and it is noticed.
    used_up = leaves;
    used_up.insert(used_up.end(), leaves.begin() + (count % 2 == 0 ? 0 : count - 1), leaves.end());
    EXPECT_EQ(merkle_root(used_up, hasher).repeats, count % 2 == 1 || std::has_single_bit(count))
        << count;
  }
}

TEST(Sha256, the_fastest_is_one_of_those_tested) {
  auto all = kernels();
  EXPECT_NE(std::find(all.begin(), all.end(), &fastest_sha256()), all.end());
}

}  // namespace
}  // namespace tracehound
