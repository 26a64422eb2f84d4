// Hashes: SHA-256 and RIPEMD-160 by OpenSSL (which uses SHA-NI where the processor has it), XXH3
// for checksums and tables.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

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

// Reuses one hashing context: keep one Hasher per thread. Not thread-safe.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  Hash256 sha256(ByteView bytes);
  Hash256 sha256d(ByteView bytes);  // SHA-256 of the SHA-256: txids, block hashes, checksums
  Hash160 hash160(ByteView bytes);  // RIPEMD-160 of the SHA-256: key and script hashes

  // SHA-256 over pieces, for messages that do not lie in one place.
  void start();
  void add(ByteView bytes);
  Hash256 finish();
  Hash256 finish_double();

 private:
  struct Contexts;
  Contexts* contexts_;
};

// The calling thread's own Hasher.
Hasher& thread_hasher();

std::uint64_t xxh3(ByteView bytes, std::uint64_t seed = 0);

}  // namespace tracehound

template <>
struct std::hash<tracehound::Hash256> {
  std::size_t operator()(const tracehound::Hash256& value) const noexcept { return value.prefix(); }
};
