#include "base/hash.h"

#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>

#include "base/check.h"

namespace tracehound {

std::string Hash256::text() const {
  std::array<Byte, 32> reversed;
  std::reverse_copy(bytes.begin(), bytes.end(), reversed.begin());
  return to_hex(reversed);
}

std::optional<Hash256> Hash256::from_text(std::string_view text) {
  auto raw = from_hex(text);
  if (!raw || raw->size() != 32) return std::nullopt;
  Hash256 hash;
  std::reverse_copy(raw->begin(), raw->end(), hash.bytes.begin());
  return hash;
}

Hash256 Hash256::from_bytes(ByteView view) {
  CHECK(view.size() == 32);
  Hash256 hash;
  std::memcpy(hash.bytes.data(), view.data(), 32);
  return hash;
}

namespace {

// Fetched once: a fetch by name costs more than hashing a small transaction.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

const EVP_MD* ripemd160_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "RIPEMD160", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

}  // namespace

struct Hasher::Contexts {
  EVP_MD_CTX* sha256 = EVP_MD_CTX_new();
  EVP_MD_CTX* ripemd160 = EVP_MD_CTX_new();
};

Hasher::Hasher() : contexts_(new Contexts) {
  CHECK(contexts_->sha256 != nullptr && contexts_->ripemd160 != nullptr);
}

Hasher::~Hasher() {
  EVP_MD_CTX_free(contexts_->sha256);
  EVP_MD_CTX_free(contexts_->ripemd160);
  delete contexts_;
}

void Hasher::start() {
  CHECK(EVP_DigestInit_ex2(contexts_->sha256, sha256_algorithm(), nullptr) == 1);
}

void Hasher::add(ByteView bytes) {
  CHECK(EVP_DigestUpdate(contexts_->sha256, bytes.data(), bytes.size()) == 1);
}

Hash256 Hasher::finish() {
  Hash256 hash;
  CHECK(EVP_DigestFinal_ex(contexts_->sha256, hash.bytes.data(), nullptr) == 1);
  return hash;
}

Hash256 Hasher::finish_double() { return sha256(finish().view()); }

Hash256 Hasher::sha256(ByteView bytes) {
  start();
  add(bytes);
  return finish();
}

Hash256 Hasher::sha256d(ByteView bytes) { return sha256(sha256(bytes).view()); }

Hash160 Hasher::hash160(ByteView bytes) {
  Hash256 inner = sha256(bytes);
  Hash160 hash;
  CHECK(EVP_DigestInit_ex2(contexts_->ripemd160, ripemd160_algorithm(), nullptr) == 1);
  CHECK(EVP_DigestUpdate(contexts_->ripemd160, inner.bytes.data(), 32) == 1);
  CHECK(EVP_DigestFinal_ex(contexts_->ripemd160, hash.bytes.data(), nullptr) == 1);
  return hash;
}

Hasher& thread_hasher() {
  thread_local Hasher hasher;
  return hasher;
}

std::uint64_t xxh3(ByteView bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace tracehound
