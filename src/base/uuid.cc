#include "base/uuid.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/check.h"

namespace tracehound {

namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

Uuid uuid_from_text(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '-');
  CHECK(text.size() == 36 && digits.size() == 32);
  Uuid uuid{};
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    int high = digit_of(digits[2 * i]);
    int low = digit_of(digits[2 * i + 1]);
    CHECK(high >= 0 && low >= 0);
    uuid[i] = static_cast<Byte>(high << 4 | low);
  }
  return uuid;
}

std::string uuid_text(const Uuid& uuid) {
  std::string text;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", uuid[i]);
  }
  return text;
}

Uuid uuid5(const Uuid& space, std::string_view name) {
  Bytes message(space.begin(), space.end());
  message.insert(message.end(), name.begin(), name.end());
  std::array<Byte, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  CHECK(EVP_Digest(message.data(), message.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1);
  CHECK(size == 20);
  Uuid uuid{};
  std::copy_n(digest.begin(), uuid.size(), uuid.begin());
  uuid[6] = static_cast<Byte>((uuid[6] & 0x0F) | 0x50);
  uuid[8] = static_cast<Byte>((uuid[8] & 0x3F) | 0x80);
  return uuid;
}

}  // namespace tracehound
