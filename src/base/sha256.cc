// Compressing by OpenSSL. Its low-level functions are the ones without a cost a message: a call
// into EVP costs 200 ns, five compressions of the processor's own. OpenSSL calls them deprecated;
// should it drop them, FIPS 180-4, 6.2.2 is thirty lines of C++, which take half as long again.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/sha256.h"

#include <openssl/sha.h>

#include <algorithm>

namespace tracehound {
namespace {

void compress(Sha256State& state, const Byte* blocks, std::size_t count) {
  SHA256_CTX context{};
  std::ranges::copy(state, context.h);
  SHA256_Update(&context, blocks, count * kSha256Block);  // whole blocks: nothing is held back
  std::ranges::copy(context.h, state.begin());
}

void compress_two(Sha256State& a, const Byte* blocks_a, Sha256State& b, const Byte* blocks_b,
                  std::size_t count) {
  compress(a, blocks_a, count);
  compress(b, blocks_b, count);
}

}  // namespace

const Sha256Kernel& openssl_sha256() {
  static constexpr Sha256Kernel kKernel = {"OpenSSL", compress, compress_two};
  return kKernel;
}

const Sha256Kernel& fastest_sha256() {
  static const Sha256Kernel& fastest =
      sha_ni_sha256() != nullptr ? *sha_ni_sha256() : openssl_sha256();
  return fastest;
}

}  // namespace tracehound
