#include "ledger/accounts/names.h"

#include <algorithm>

namespace tracehound::ledger::accounts {

namespace {

constexpr std::size_t kAddressDigits = 40;
constexpr std::size_t kHashDigits = 64;
constexpr Byte kNoDigit = 255;

constexpr std::array<Byte, 256> digit_values() {
  std::array<Byte, 256> values{};
  values.fill(kNoDigit);
  for (Byte i = 0; i < 10; ++i) values['0' + i] = i;
  for (Byte i = 0; i < 6; ++i) values['a' + i] = values['A' + i] = static_cast<Byte>(10 + i);
  return values;
}
constexpr std::array<Byte, 256> kDigitValues = digit_values();

// Whether all of it are hexadecimal digits, and then their bytes in `into`.
bool unhex(std::string_view digits, Byte* into) {
  Byte bad = 0;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    Byte high = kDigitValues[static_cast<Byte>(digits[i])];
    Byte low = kDigitValues[static_cast<Byte>(digits[i + 1])];
    bad |= high | low;
    *into++ = static_cast<Byte>(high << 4 | low);
  }
  return bad < 16;
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
