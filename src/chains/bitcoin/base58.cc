#include "chains/bitcoin/base58.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/hash.h"

namespace tracehound::chains::bitcoin {
namespace {

// The alphanumerics without 0, O, I and l.
constexpr std::string_view kDigits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
static_assert(kDigits.size() == 58);

constexpr std::size_t kChecksumSize = 4;

// number = number * multiplier + addend, in digits of `base`, the least significant first.
void multiply_add(Bytes& digits, unsigned multiplier, unsigned addend, unsigned base) {
  unsigned carry = addend;
  for (Byte& digit : digits) {
    carry += digit * multiplier;
    digit = static_cast<Byte>(carry % base);
    carry /= base;
  }
  for (; carry > 0; carry /= base) digits.push_back(static_cast<Byte>(carry % base));
}

std::array<Byte, kChecksumSize> checksum_of(ByteView bytes) {
  Hash256 hash = thread_hasher().sha256d(bytes);
  std::array<Byte, kChecksumSize> checksum;
  std::copy_n(hash.bytes.begin(), kChecksumSize, checksum.begin());
  return checksum;
}

}  // namespace

std::string base58_encode(ByteView bytes) {
  auto first = std::ranges::find_if(bytes, [](Byte byte) { return byte != 0; });
  std::string text(static_cast<std::size_t>(first - bytes.begin()), kDigits[0]);
  Bytes digits;
  for (; first != bytes.end(); ++first) multiply_add(digits, 256, *first, 58);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) text += kDigits[*digit];
  return text;
}

Result<Bytes> base58_decode(std::string_view text, std::size_t size_max) {
  std::size_t zeros = std::min(text.find_first_not_of(kDigits[0]), text.size());
  Bytes number;
  for (std::size_t i = zeros; i < text.size(); ++i) {
    std::size_t digit = kDigits.find(text[i]);
    if (digit == std::string_view::npos) {
      return bad_input(fmt::format("has a character that is not Base58's at place {}", i + 1));
    }
    multiply_add(number, 58, static_cast<unsigned>(digit), 256);
    if (zeros + number.size() > size_max) break;  // before long texts cost long
  }
  if (zeros + number.size() > size_max) {
    return bad_input(fmt::format("is too long: more than {} bytes", size_max));
  }
  Bytes bytes(zeros);
  bytes.insert(bytes.end(), number.rbegin(), number.rend());
  return bytes;
}

std::string base58check_encode(ByteView bytes) {
  Bytes whole(bytes.begin(), bytes.end());
  auto checksum = checksum_of(bytes);
  whole.insert(whole.end(), checksum.begin(), checksum.end());
  return base58_encode(whole);
}

Result<Bytes> base58check_decode(std::string_view text, std::size_t size_max) {
  TRY_ASSIGN(Bytes whole, base58_decode(text, size_max + kChecksumSize));
  if (whole.size() < kChecksumSize) return bad_input("is too short for a checksum");
  ByteView bytes = ByteView(whole).first(whole.size() - kChecksumSize);
  if (!std::ranges::equal(checksum_of(bytes), ByteView(whole).last(kChecksumSize))) {
    return bad_input("has a wrong checksum");
  }
  whole.resize(bytes.size());
  return whole;
}

}  // namespace tracehound::chains::bitcoin
