// Problem: a header names its target in 32 bits, and chains are compared by the work of all their
// targets, exactly.
// Example: bits 0x1d00ffff mean 0x00ffff * 256^(0x1d - 3); finding a hash at or below that takes
// 2^256 / (target + 1) = 0x100010001 tries.
// Method: numbers of four 64-bit limbs; division by shift and subtract, which needs no library and
// is easy to check. Bits with a sign, with no value or beyond 256 bits are no target, as in Bitcoin
// Core's arith_uint256::SetCompact.
#include "chains/bitcoin/proof_of_work.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/u256.h"
#include "chains/bitcoin/block.h"

namespace tracehound::chains::bitcoin {
namespace {

using Limbs = std::array<std::uint64_t, 4>;

std::strong_ordering compare(const Limbs& a, const Limbs& b) {
  return std::lexicographical_compare_three_way(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

// a += b; the carry out of the top is lost.
void add(Limbs& a, const Limbs& b) {
  unsigned char carry = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t sum = a[i] + b[i];
    unsigned char overflow = sum < a[i];
    a[i] = sum + carry;
    carry = overflow | (a[i] < sum);
  }
}

// a -= b. REQUIRES: a >= b.
void subtract(Limbs& a, const Limbs& b) {
  Limbs negated;
  std::ranges::transform(b, negated.begin(), [](std::uint64_t limb) { return ~limb; });
  add(negated, {1, 0, 0, 0});
  add(a, negated);
}

// floor(dividend / divisor), a bit at a time. REQUIRES: divisor > 0.
// The remainder never passes 256 bits: it stays below the divisor and at most the dividend.
Limbs divide(const Limbs& dividend, const Limbs& divisor) {
  Limbs quotient{};
  Limbs remainder{};
  for (int bit = 255; bit >= 0; --bit) {
    add(remainder, remainder);
    remainder[0] |= dividend[bit / 64] >> (bit % 64) & 1;
    if (compare(remainder, divisor) >= 0) {
      subtract(remainder, divisor);
      quotient[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
  }
  return quotient;
}

// mantissa * 256^(exponent - 3), or nothing: negative, zero or too large.
std::optional<Limbs> target_of_bits(std::uint32_t bits) {
  int exponent = static_cast<int>(bits >> 24);
  std::uint32_t mantissa = bits & 0x007F'FFFF;
  if (exponent < 3) {
    mantissa >>= 8 * (3 - exponent);
    exponent = 3;
  }
  bool negative = bits & 0x0080'0000;
  if (mantissa == 0 || negative) return std::nullopt;
  int top_byte = mantissa > 0xFFFF ? 3 : mantissa > 0xFF ? 2 : 1;
  if (exponent - 3 + top_byte > 32) return std::nullopt;
  std::array<Byte, 32> bytes{};
  for (int i = 0; i < top_byte; ++i) {
    bytes[exponent - 3 + i] = static_cast<Byte>(mantissa >> (8 * i));
  }
  return std::bit_cast<Limbs>(bytes);
}

// The highest three bytes and how many bytes there are; a byte more where the highest bit would
// read as a sign.
std::uint32_t bits_of_target(const U256& target) {
  auto bytes = std::bit_cast<std::array<Byte, 32>>(target);
  std::uint32_t size = 32;
  while (size > 0 && bytes[size - 1] == 0) --size;
  if (size > 0 && (bytes[size - 1] & 0x80) != 0) ++size;
  std::uint32_t mantissa = 0;
  for (std::uint32_t i = 0; i < 3; ++i) {
    bool there = size > i && size - 1 - i < bytes.size();
    mantissa = mantissa << 8 | (there ? bytes[size - 1 - i] : 0);
  }
  return size << 24 | mantissa;
}

// Litecoin: scrypt with N = 1024, r = 1, p = 1, the header as both password and salt.
Hash256 scrypt_hash(ByteView header) {
  constexpr std::uint64_t kMemory = 1 << 20;  // it needs 128 * N * r bytes and a little
  Hash256 hash;
  CHECK(EVP_PBE_scrypt(reinterpret_cast<const char*>(header.data()), header.size(), header.data(),
                       header.size(), 1024, 1, 1, kMemory, hash.bytes.data(),
                       hash.bytes.size()) == 1);
  return hash;
}

}  // namespace

Work& Work::operator+=(const Work& other) {
  add(limbs, other.limbs);
  return *this;
}

std::strong_ordering operator<=>(const Work& a, const Work& b) { return compare(a.limbs, b.limbs); }

Work work_of_bits(std::uint32_t bits) {
  auto target = target_of_bits(bits);
  if (!target) return {};
  // 2^256 / (target + 1) = (2^256 - 1 - target) / (target + 1) + 1, and 2^256 - 1 - target =
  // ~target.
  Limbs complement;
  std::ranges::transform(*target, complement.begin(), [](std::uint64_t limb) { return ~limb; });
  Limbs divisor = *target;
  add(divisor, {1, 0, 0, 0});
  Work work{divide(complement, divisor)};
  return work += Work{{1, 0, 0, 0}};
}

std::uint32_t retarget_seconds(const Network& network) {
  constexpr std::uint32_t kDay = 24 * 60 * 60;
  if (network.chain == "bitcoin:main") return 14 * kDay;
  return network.chain == "litecoin:main" ? 7 * kDay / 2 : 0;
}

// Times and quotient as Bitcoin Core's CalculateNextWorkRequired() has them.
std::uint32_t retarget(const Network& network, std::uint32_t due, std::uint32_t bits,
                       std::int64_t seconds) {
  auto target = target_of_bits(bits);
  auto easiest = target_of_bits(network.easiest_bits);
  CHECK(due > 0 && target && easiest);
  std::int64_t most_seconds = std::int64_t{due} * 4;
  auto counted =
      static_cast<std::uint64_t>(std::clamp(seconds, std::int64_t{due} / 4, most_seconds));
  auto most = std::bit_cast<U256>(*easiest);
  U256 old = std::min(std::bit_cast<U256>(*target), most);
  return bits_of_target(std::min(mul_div(old, U256(counted), U256(due)).quotient, most));
}

std::uint32_t retarget_from(const Network& network, std::uint32_t height) {
  bool one_more = network.proof_of_work == ProofOfWork::scrypt && height > kRetargetBlocks;
  return height - kRetargetBlocks - (one_more ? 1 : 0);
}

Status check_proof_of_work(const Network& network, ByteView header) {
  return check_proof_of_work(network, header, parse_header(header));
}

Status check_proof_of_work(const Network& network, ByteView header, const Header& parsed) {
  auto target = target_of_bits(parsed.bits);
  if (!target) return bad_input(fmt::format("has bits {:08x}, which are no target", parsed.bits));
  auto easiest = target_of_bits(network.easiest_bits);
  CHECK(easiest.has_value());
  if (compare(*target, *easiest) > 0) {
    return bad_input(fmt::format("has bits {:08x}, easier than {} allows ({:08x})", parsed.bits,
                                 network.name, network.easiest_bits));
  }
  Hash256 hash = network.proof_of_work == ProofOfWork::scrypt ? scrypt_hash(header) : parsed.hash;
  if (compare(std::bit_cast<Limbs>(hash.bytes), *target) > 0) {
    return bad_input(
        fmt::format("lacks its proof of work: hash {} is above the target of bits {:08x}",
                    hash.text(), parsed.bits));
  }
  return {};
}

}  // namespace tracehound::chains::bitcoin
