#include "ledger/accounts/names.h"

#include <algorithm>

namespace tracehound::ledger::accounts {

namespace {

constexpr std::size_t kAddressDigits = 40;
constexpr std::size_t kHashDigits = 64;

// Whether all of it are hexadecimal digits, and then their bytes in `into`. Eight digits at a time,
// a byte of a word each. REQUIRES: their number is a multiple of eight.
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

}  // namespace

PackedName::PackedName(std::string_view text) : text_(text) {
  bool prefixed = text.starts_with("0x");
  if (prefixed && text.size() == kAddressDigits + 2) {
    if (unhex(text.substr(2), bytes_.data())) kind_ = NameKind::address;
  } else if (prefixed && text.size() == kHashDigits + 2) {
    if (unhex(text.substr(2), bytes_.data())) kind_ = NameKind::hash;
  } else if (text.size() == kHashDigits && unhex(text, bytes_.data())) {
    // Mixed case is kept as text: it has to come back as it is.
    auto lower = [](char c) { return c >= 'a'; };
    auto upper = [](char c) { return c >= 'A' && c < 'a'; };
    if (std::ranges::none_of(text, upper)) {
      kind_ = NameKind::bare_hash;
    } else if (std::ranges::none_of(text, lower)) {
      kind_ = NameKind::upper_hash;
    }
  }
  size_ = kind_ == NameKind::address ? kAddressDigits / 2 : kHashDigits / 2;
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

}  // namespace tracehound::ledger::accounts
