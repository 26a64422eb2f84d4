// SHA-256's compression function, by the processor's own instructions where it has them. hash.h is
// what callers use; this is for it and for tests that hold one way of compressing against another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.h"

namespace tracehound {

inline constexpr std::size_t kSha256Block = 64;

// FIPS 180-4, 5.3.3: the state before the first block.
using Sha256State = std::array<std::uint32_t, 8>;
inline constexpr Sha256State kSha256Start = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                             0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

// One way to compress blocks into states. All ways give the same states.
struct Sha256Kernel {
  std::string_view name;
  // `count` blocks that lie end to end.
  void (*compress)(Sha256State& state, const Byte* blocks, std::size_t count);
  // `count` blocks of each of two messages, side by side.
  void (*compress_two)(Sha256State& a, const Byte* blocks_a, Sha256State& b, const Byte* blocks_b,
                       std::size_t count);
};

// OpenSSL's, on any processor.
const Sha256Kernel& openssl_sha256();
// The SHA extensions of x86 (SHA-NI); nullptr where the processor lacks them.
const Sha256Kernel* sha_ni_sha256();
// What this processor does fastest; asked for once.
const Sha256Kernel& fastest_sha256();

// Ends a message of `size` bytes (below 2^61) whose last `held` ones lie at the front of `tail`:
// fills the rest of its last block or two. Gives how many. REQUIRES: held < kSha256Block.
inline std::size_t pad_sha256(std::array<Byte, 2 * kSha256Block>& tail, std::size_t held,
                              std::uint64_t size) {
  std::size_t blocks = held + 9 <= kSha256Block ? 1 : 2;
  std::size_t length_at = blocks * kSha256Block - 8;
  tail[held] = 0x80;
  std::memset(tail.data() + held + 1, 0, length_at - held - 1);
  store_le(tail.data() + length_at, __builtin_bswap64(8 * size));
  return blocks;
}

// The state as the 32 bytes of a digest.
inline void store_digest(const Sha256State& state, Byte* to) {
  for (std::size_t i = 0; i < state.size(); ++i) {
    store_le(to + 4 * i, __builtin_bswap32(state[i]));
  }
}

}  // namespace tracehound
