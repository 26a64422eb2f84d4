// Problem: every byte of a chain goes through SHA-256, most transactions in five or six blocks.
// Method: SHA256RNDS2 makes two of the 64 rounds, SHA256MSG1 and SHA256MSG2 four words of the
// message schedule. Each pair of rounds waits for the one before it: four cycles on the processors
// of today, which can begin one every two. So two messages side by side take little longer than
// one: their instructions alternate, and each fills the other's waits.
// Example: four rounds t..t+3 of a lane are W[t..t+3] + K[t..t+3], RNDS2 on the lower two sums,
// RNDS2 on the upper two; then W[t+16..t+19] = MSG2(MSG1(W[t..], W[t+4..]) + W[t+9..], W[t+12..]).
// Cost: measured by bench/hash_bench.cc. Limits: x86-64 with the extensions; others compress by
// sha256.cc.
// Source: FIPS 180-4; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B.
#include "base/sha256.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

// The instructions are allowed in these functions alone, so that the rest runs on any processor.
#define SHA_NI __attribute__((target("sha,sse4.1,ssse3")))
#define SHA_NI_INLINE SHA_NI __attribute__((always_inline)) inline

namespace tracehound {
namespace {

// FIPS 180-4, 4.2.2: a constant a round.
alignas(16) constexpr std::array<std::uint32_t, 64> kSha256Rounds = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2};

// One message's state and schedule, in registers.
struct Lane {
  __m128i abef;  // as the instructions want the state: from the highest 32 bits down
  __m128i cdgh;
  __m128i w[4];  // the 16 newest words of the schedule
};

SHA_NI_INLINE void load_state(Lane& lane, const Sha256State& state) {
  const auto* from = reinterpret_cast<const __m128i*>(state.data());
  __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(from), 0xB1);  // names from the lowest bits up
  __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128(from + 1), 0x1B);
  lane.abef = _mm_alignr_epi8(badc, hgfe, 8);
  lane.cdgh = _mm_blend_epi16(hgfe, badc, 0xF0);
}

SHA_NI_INLINE void store_state(const Lane& lane, Sha256State& state) {
  auto* to = reinterpret_cast<__m128i*>(state.data());
  __m128i abef = _mm_shuffle_epi32(lane.abef, 0x1B);  // from the lowest bits up from here on
  __m128i ghcd = _mm_shuffle_epi32(lane.cdgh, 0xB1);
  _mm_storeu_si128(to, _mm_blend_epi16(abef, ghcd, 0xF0));
  _mm_storeu_si128(to + 1, _mm_alignr_epi8(ghcd, abef, 8));
}

SHA_NI_INLINE void load_block(Lane& lane, const Byte* block) {
  const __m128i big_endian = _mm_set_epi64x(0x0C0D0E0F'08090A0B, 0x04050607'00010203);
  for (int i = 0; i < 4; ++i) {
    const auto* words = reinterpret_cast<const __m128i*>(block + 16 * i);
    lane.w[i] = _mm_shuffle_epi8(_mm_loadu_si128(words), big_endian);
  }
}

// Rounds 4 * kGroup to 4 * kGroup + 3.
template <int kGroup>
SHA_NI_INLINE void four_rounds(Lane& lane) {
  __m128i& w = lane.w[kGroup % 4];  // the oldest four words, to be replaced by the newest
  if constexpr (kGroup >= 4) {
    const __m128i& w_12 = lane.w[(kGroup + 1) % 4];  // words t-12 to t-9, and so on
    const __m128i& w_8 = lane.w[(kGroup + 2) % 4];
    const __m128i& w_4 = lane.w[(kGroup + 3) % 4];
    __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w, w_12), _mm_alignr_epi8(w_4, w_8, 4));
    w = _mm_sha256msg2_epu32(sum, w_4);
  }
  const auto* constants = reinterpret_cast<const __m128i*>(&kSha256Rounds[4 * kGroup]);
  __m128i added = _mm_add_epi32(w, _mm_load_si128(constants));
  // What is abef now is cdgh two rounds later.
  lane.cdgh = _mm_sha256rnds2_epu32(lane.cdgh, lane.abef, added);
  lane.abef = _mm_sha256rnds2_epu32(lane.abef, lane.cdgh, _mm_shuffle_epi32(added, 0x0E));
}

template <int kGroup, typename... Lanes>
SHA_NI_INLINE void rounds_from(Lanes&... lanes) {
  (four_rounds<kGroup>(lanes), ...);
  if constexpr (kGroup < 15) rounds_from<kGroup + 1>(lanes...);
}

SHA_NI_INLINE void add_state(Lane& lane, __m128i abef, __m128i cdgh) {
  lane.abef = _mm_add_epi32(lane.abef, abef);
  lane.cdgh = _mm_add_epi32(lane.cdgh, cdgh);
}

SHA_NI void compress(Sha256State& state, const Byte* blocks, std::size_t count) {
  Lane lane;
  load_state(lane, state);
  for (; count > 0; --count, blocks += kSha256Block) {
    __m128i abef = lane.abef;
    __m128i cdgh = lane.cdgh;
    load_block(lane, blocks);
    rounds_from<0>(lane);
    add_state(lane, abef, cdgh);
  }
  store_state(lane, state);
}

SHA_NI void compress_two(Sha256State& state_a, const Byte* blocks_a, Sha256State& state_b,
                         const Byte* blocks_b, std::size_t count) {
  Lane a;
  Lane b;
  load_state(a, state_a);
  load_state(b, state_b);
  for (; count > 0; --count, blocks_a += kSha256Block, blocks_b += kSha256Block) {
    __m128i abef_a = a.abef;
    __m128i cdgh_a = a.cdgh;
    __m128i abef_b = b.abef;
    __m128i cdgh_b = b.cdgh;
    load_block(a, blocks_a);
    load_block(b, blocks_b);
    rounds_from<0>(a, b);
    add_state(a, abef_a, cdgh_a);
    add_state(b, abef_b, cdgh_b);
  }
  store_state(a, state_a);
  store_state(b, state_b);
}

bool has_instructions() {
  constexpr unsigned kSha = 1U << 29;    // leaf 7, ebx
  constexpr unsigned kSsse3 = 1U << 9;   // leaf 1, ecx
  constexpr unsigned kSse41 = 1U << 19;  // leaf 1, ecx
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return false;
  if ((ecx & kSsse3) == 0 || (ecx & kSse41) == 0) return false;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ebx & kSha) != 0;
}

}  // namespace

const Sha256Kernel* sha_ni_sha256() {
  static constexpr Sha256Kernel kKernel = {"SHA-NI", compress, compress_two};
  static const bool has = has_instructions();
  return has ? &kKernel : nullptr;
}

}  // namespace tracehound

#else

namespace tracehound {

const Sha256Kernel* sha_ni_sha256() { return nullptr; }

}  // namespace tracehound

#endif
