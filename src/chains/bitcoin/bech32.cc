// A Bech32 text is a prefix, the separator '1', and five-bit groups as 32 characters, of which the
// last six are a checksum: the remainder of a polynomial over GF(32), which finds up to four wrong
// characters. Bech32m differs in the constant added to the checksum; with it, an inserted or lost
// 'q' before a last 'p' is found too.
// Source: BIP 173 (the polynomial's generator and its test vectors), BIP 350.
#include "chains/bitcoin/bech32.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"

namespace tracehound::chains::bitcoin {
namespace {

constexpr std::string_view kCharacters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
static_assert(kCharacters.size() == 32);

constexpr std::size_t kTextMax = 90;
constexpr std::size_t kChecksumGroups = 6;

constexpr std::uint32_t constant_of(Bech32Variant variant) {
  return variant == Bech32Variant::bech32 ? 1 : 0x2BC8'30A3;
}

// One more group through the checksum's remainder.
std::uint32_t polymod_step(std::uint32_t remainder, Byte group) {
  static constexpr std::array<std::uint32_t, 5> kGenerator = {0x3B6A'57B2, 0x2650'8E6D, 0x1EA1'19FA,
                                                              0x3D42'33DD, 0x2A14'62B3};
  std::uint32_t top = remainder >> 25;
  remainder = (remainder & 0x01FF'FFFF) << 5 ^ group;
  for (std::size_t i = 0; i < kGenerator.size(); ++i) {
    if (top >> i & 1) remainder ^= kGenerator[i];
  }
  return remainder;
}

// The prefix goes in first: the high bits of all its characters, a zero, the low bits.
std::uint32_t polymod(std::string_view prefix, ByteView groups) {
  std::uint32_t remainder = 1;
  for (char character : prefix) {
    remainder = polymod_step(remainder, static_cast<Byte>(character) >> 5);
  }
  remainder = polymod_step(remainder, 0);
  for (char character : prefix) {
    remainder = polymod_step(remainder, static_cast<Byte>(character) & 31);
  }
  for (Byte group : groups) remainder = polymod_step(remainder, group);
  return remainder;
}

bool is_lower(char character) { return character >= 'a' && character <= 'z'; }
bool is_upper(char character) { return character >= 'A' && character <= 'Z'; }

// The text in lower case. Errors: mixed case, a character outside 33 to 126, too long.
Result<std::string> lower_case(std::string_view text) {
  if (text.size() > kTextMax) return bad_input("is longer than 90 characters");
  if (std::ranges::any_of(text, is_lower) && std::ranges::any_of(text, is_upper)) {
    return bad_input("mixes lower and upper case");
  }
  std::string lower(text);
  for (char& character : lower) {
    if (character < 33 || character > 126) {
      return bad_input("has a character that is not printable");
    }
    if (is_upper(character)) character = static_cast<char>(character - 'A' + 'a');
  }
  return lower;
}

// Eight-bit bytes as five-bit groups, filled up with zero bits.
Bytes groups_of(ByteView bytes) {
  Bytes groups;
  unsigned held = 0;
  int bits = 0;
  for (Byte byte : bytes) {
    held = held << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) groups.push_back(held >> (bits - 5) & 31);
  }
  if (bits > 0) groups.push_back(held << (5 - bits) & 31);
  return groups;
}

// The way back. Errors: bits over that are not a short run of zeros.
Result<Bytes> bytes_of(ByteView groups) {
  Bytes bytes;
  unsigned held = 0;
  int bits = 0;
  for (Byte group : groups) {
    held = held << 5 | group;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<Byte>(held >> bits));
    }
  }
  if (bits >= 5 || (held & ((1U << bits) - 1)) != 0) return bad_input("has bits over at its end");
  return bytes;
}

bool is_program_size(Byte version, std::size_t size) {
  return version == 0 ? size == 20 || size == 32 : size >= 2 && size <= 40;
}

}  // namespace

std::string bech32_encode(const Bech32& parts) {
  Bytes groups = parts.groups;
  groups.resize(groups.size() + kChecksumGroups);
  std::uint32_t checksum = polymod(parts.prefix, groups) ^ constant_of(parts.variant);
  for (std::size_t i = 0; i < kChecksumGroups; ++i) {
    groups[parts.groups.size() + i] = checksum >> (5 * (kChecksumGroups - 1 - i)) & 31;
  }
  std::string text = parts.prefix + '1';
  for (Byte group : groups) {
    CHECK(group < 32);
    text += kCharacters[group];
  }
  CHECK(text.size() <= kTextMax);
  return text;
}

Result<Bech32> bech32_decode(std::string_view text) {
  TRY_ASSIGN(std::string lower, lower_case(text));
  std::size_t separator = lower.rfind('1');
  if (separator == std::string::npos || separator == 0) return bad_input("has no prefix");
  Bytes groups;
  for (std::size_t i = separator + 1; i < lower.size(); ++i) {
    std::size_t group = kCharacters.find(lower[i]);
    if (group == std::string_view::npos) {
      return bad_input(fmt::format("has a character that is not Bech32's at place {}", i + 1));
    }
    groups.push_back(static_cast<Byte>(group));
  }
  if (groups.size() < kChecksumGroups) return bad_input("is too short for a checksum");
  lower.resize(separator);
  std::uint32_t checksum = polymod(lower, groups);
  Bech32Variant variant = checksum == constant_of(Bech32Variant::bech32m) ? Bech32Variant::bech32m
                                                                          : Bech32Variant::bech32;
  if (checksum != constant_of(variant)) return bad_input("has a wrong checksum");
  groups.resize(groups.size() - kChecksumGroups);
  return Bech32{std::move(lower), std::move(groups), variant};
}

std::string witness_address_encode(std::string_view prefix, Byte version, ByteView program) {
  CHECK(version <= 16 && is_program_size(version, program.size()));
  Bytes groups = groups_of(program);
  groups.insert(groups.begin(), version);
  return bech32_encode(
      {std::string(prefix), groups, version == 0 ? Bech32Variant::bech32 : Bech32Variant::bech32m});
}

Result<WitnessAddress> witness_address_decode(std::string_view text) {
  TRY_ASSIGN(Bech32 parts, bech32_decode(text));
  if (parts.groups.empty()) return bad_input("has no witness version");
  Byte version = parts.groups[0];
  if (version > 16) return bad_input(fmt::format("has the unknown witness version {}", version));
  if (version == 0 && parts.variant != Bech32Variant::bech32) {
    return bad_input("has a Bech32m checksum, which begins with version 1");
  }
  if (version != 0 && parts.variant != Bech32Variant::bech32m) {
    return bad_input("has a Bech32 checksum, which ends with version 0");
  }
  TRY_ASSIGN(Bytes program, bytes_of(ByteView(parts.groups).subspan(1)));
  if (!is_program_size(version, program.size())) {
    return bad_input(fmt::format("has {}, no length of witness version {}",
                                 plural(program.size(), "byte"), version));
  }
  return WitnessAddress{std::move(parts.prefix), version, std::move(program)};
}

}  // namespace tracehound::chains::bitcoin
