#include "ledger/accounts/names.h"

#include <algorithm>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tracehound::ledger::accounts {

namespace {

constexpr std::size_t kAddressDigits = 40;
constexpr std::size_t kHashDigits = 64;

// Whether all of it are hexadecimal digits, and then their bytes in `into`.
// REQUIRES: their number is a multiple of eight, and at least sixteen.
#ifdef __SSE2__
// Sixteen digits at a time, a byte of a register each; the last sixteen may be read a second time.
bool unhex(std::string_view digits, Byte* into) {
  constexpr std::size_t kStep = 16;
  auto all = [](int byte) { return _mm_set1_epi8(static_cast<char>(byte)); };
  // Which bytes are at most that.
  auto at_most = [&all](__m128i bytes, int most) {
    return _mm_cmpeq_epi8(_mm_min_epu8(bytes, all(most)), bytes);
  };
  __m128i good = all(-1);
  for (std::size_t next = 0; next < digits.size(); next += kStep) {
    std::size_t at = std::min(next, digits.size() - kStep);
    __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(digits.data() + at));
    __m128i digit = _mm_sub_epi8(text, all('0'));
    __m128i letter = _mm_sub_epi8(_mm_or_si128(text, all(0x20)), all('a'));
    __m128i is_digit = at_most(digit, 9);
    __m128i is_letter = at_most(letter, 5);
    good = _mm_and_si128(good, _mm_or_si128(is_digit, is_letter));
    __m128i value = _mm_or_si128(_mm_and_si128(is_digit, digit),
                                 _mm_and_si128(is_letter, _mm_add_epi8(letter, all(10))));
    // Of each two the first is the high half of a byte.
    __m128i pairs = _mm_and_si128(_mm_or_si128(_mm_slli_epi16(value, 4), _mm_srli_epi16(value, 8)),
                                  _mm_set1_epi16(0x00FF));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(into + at / 2), _mm_packus_epi16(pairs, pairs));
  }
  return _mm_movemask_epi8(good) == 0xFFFF;
}
#else
// Eight digits at a time, a byte of a word each.
bool unhex(std::string_view digits, Byte* into) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  constexpr std::uint64_t kHighs = 0x80 * kOnes;
  // The high bit of each byte, all of them below 128, that is `least` or more.
  auto from = [](std::uint64_t bytes, char least) {
    return (bytes + kOnes * static_cast<Byte>(0x80 - least)) & kHighs;
  };
  std::uint64_t bad = 0;
  for (std::size_t i = 0; i < digits.size(); i += 8, into += 4) {
    auto word = load_le<std::uint64_t>(reinterpret_cast<const Byte*>(digits.data() + i));
    std::uint64_t low = word & ~kHighs;
    std::uint64_t lower = low | 0x20 * kOnes;
    std::uint64_t digit = from(low, '0') & ~from(low, '9' + 1);
    std::uint64_t letter = from(lower, 'a') & ~from(lower, 'f' + 1);
    bad |= (word & kHighs) | ((digit | letter) ^ kHighs);
    std::uint64_t value = (low & 0x0F * kOnes) + 9 * (low >> 6 & kOnes);
    std::uint64_t packed = (value << 4 | value >> 8) & 0x00FF'00FF'00FF'00FF;
    packed = (packed | packed >> 8) & 0x0000'FFFF'0000'FFFF;
    store_le(into, static_cast<std::uint32_t>(packed | packed >> 16));
  }
  return bad == 0;
}
#endif

}  // namespace

NameKind pack_name(std::string_view text, Byte* into) {
  bool prefixed = text.starts_with("0x");
  if (prefixed && text.size() == kAddressDigits + 2) {
    if (unhex(text.substr(2), into)) return NameKind::address;
  } else if (prefixed && text.size() == kHashDigits + 2) {
    if (unhex(text.substr(2), into)) return NameKind::hash;
  } else if (text.size() == kHashDigits && unhex(text, into)) {
    // Mixed case is kept as text: it has to come back as it is.
    auto lower = [](char c) { return c >= 'a'; };
    auto upper = [](char c) { return c >= 'A' && c < 'a'; };
    if (std::ranges::none_of(text, upper)) return NameKind::bare_hash;
    if (std::ranges::none_of(text, lower)) return NameKind::upper_hash;
  }
  return NameKind::text;
}

std::string name_text(NameKind kind, ByteView payload) {
  switch (kind) {
    case NameKind::text:
      return {reinterpret_cast<const char*>(payload.data()), payload.size()};
    case NameKind::address:
    case NameKind::hash:
      return "0x" + to_hex(payload);
    case NameKind::bare_hash:
      return to_hex(payload);
    case NameKind::upper_hash: {
      std::string text = to_hex(payload);
      for (char& c : text) {
        if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
      }
      return text;
    }
  }
  return {};
}

std::string name_as_written(std::string_view text) {
  PackedName name(text);
  return name_text(name.kind(), name.payload());
}

}  // namespace tracehound::ledger::accounts
