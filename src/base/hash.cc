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

// Fetched once: a fetch by name costs more than hashing a small message.
const EVP_MD* ripemd160_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "RIPEMD160", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

}  // namespace

void Hasher::FreeContext::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Hasher::Hasher(const Sha256Kernel& kernel) : kernel_(kernel), ripemd160_(EVP_MD_CTX_new()) {
  CHECK(ripemd160_ != nullptr);
  start();
}

Hasher::~Hasher() = default;

void Hasher::start() {
  state_ = kSha256Start;
  size_ = 0;
}

void Hasher::add(ByteView bytes) {
  std::size_t held = size_ % kSha256Block;
  size_ += bytes.size();
  if (held > 0) {
    std::size_t fits = std::min(bytes.size(), kSha256Block - held);
    std::copy_n(bytes.begin(), fits, held_.begin() + static_cast<std::ptrdiff_t>(held));
    if (held + fits < kSha256Block) return;
    kernel_.compress(state_, held_.data(), 1);
    bytes = bytes.subspan(fits);
  }
  std::size_t blocks = bytes.size() / kSha256Block;
  if (blocks > 0) kernel_.compress(state_, bytes.data(), blocks);
  std::ranges::copy(bytes.subspan(blocks * kSha256Block), held_.begin());
}

Hash256 Hasher::finish() {
  std::size_t blocks = pad_sha256(held_, size_ % kSha256Block, size_);
  kernel_.compress(state_, held_.data(), blocks);
  Hash256 hash;
  store_digest(state_, hash.bytes.data());
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
  CHECK(EVP_DigestInit_ex2(ripemd160_.get(), ripemd160_algorithm(), nullptr) == 1);
  CHECK(EVP_DigestUpdate(ripemd160_.get(), inner.bytes.data(), 32) == 1);
  CHECK(EVP_DigestFinal_ex(ripemd160_.get(), hash.bytes.data(), nullptr) == 1);
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
