// Hashes: SHA-256 by the processor's own instructions or OpenSSL (sha256.h), RIPEMD-160 by OpenSSL,
// XXH3 for checksums and tables.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/sha256.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace tracehound {

// 32 bytes in the order the chain stores them; people read block hashes and txids reversed.
struct Hash256 {
  std::array<Byte, 32> bytes{};

  friend auto operator<=>(const Hash256&, const Hash256&) = default;
  ByteView view() const { return bytes; }
  // The first eight bytes as a number: a uniform table key for txids.
  std::uint64_t prefix() const { return load_le<std::uint64_t>(bytes.data()); }
  // Reversed hexadecimal, as nodes and block explorers print it.
  std::string text() const;
  // Nothing unless the text is exactly 64 hexadecimal digits.
  static std::optional<Hash256> from_text(std::string_view text);
  // REQUIRES: view has 32 bytes.
  static Hash256 from_bytes(ByteView view);
};
static_assert(sizeof(Hash256) == 32);

struct Hash160 {
  std::array<Byte, 20> bytes{};
  friend auto operator<=>(const Hash160&, const Hash160&) = default;
  ByteView view() const { return bytes; }
};

// A message in up to three pieces, which need not lie in one place, and where its hash goes.
struct HashTask {
  std::array<ByteView, 3> pieces;
  Hash256* hash;
};

// Keep one Hasher per thread. Not thread-safe.
class Hasher {
 public:
  explicit Hasher(const Sha256Kernel& kernel = fastest_sha256());
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  Hash256 sha256(ByteView bytes);
  Hash256 sha256d(ByteView bytes);  // SHA-256 of the SHA-256: txids, block hashes, checksums
  Hash160 hash160(ByteView bytes);  // RIPEMD-160 of the SHA-256: key and script hashes

  // sha256d of every message, two at a time: where the processor has instructions for SHA-256 that
  // takes little more than half the time of one after another.
  void sha256d_each(std::span<const HashTask> tasks) const;
  // Each two neighbours become one: hashes[i] is sha256d of what stood at 2 * i and 2 * i + 1, end
  // to end. Leaves the upper half as it was. REQUIRES: an even number of hashes.
  void sha256d_neighbours(std::span<Hash256> hashes) const;

  // SHA-256 over pieces, for messages that do not lie in one place.
  void start();
  void add(ByteView bytes);
  Hash256 finish();
  Hash256 finish_double();

 private:
  struct FreeContext {
    void operator()(evp_md_ctx_st* context) const;
  };

  const Sha256Kernel& kernel_;
  Sha256State state_;
  std::array<Byte, 2 * kSha256Block> held_;  // the last bytes added, less than a block
  std::uint64_t size_ = 0;                   // of the message so far
  std::unique_ptr<evp_md_ctx_st, FreeContext> ripemd160_;
};

// The calling thread's own Hasher.
Hasher& thread_hasher();

std::uint64_t xxh3(ByteView bytes, std::uint64_t seed = 0);

}  // namespace tracehound

template <>
struct std::hash<tracehound::Hash256> {
  std::size_t operator()(const tracehound::Hash256& value) const noexcept { return value.prefix(); }
};
