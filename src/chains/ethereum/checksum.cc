// Keccak-f[1600] as its specification gives it (G. Bertoni, J. Daemen, M. Peeters, G. Van Assche,
// The Keccak reference, version 3.0, 2011), in 24 rounds on 25 words of 64 bits. Debian's
// OpenSSL 3.0 has SHA-3 but not its forerunner. Addresses are few: nothing here is made fast.

#include "chains/ethereum/checksum.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace tracehound::chains::ethereum {

namespace {

using State = std::array<std::uint64_t, 25>;  // word x of row y at 5 * y + x

constexpr int kRounds = 24;
constexpr std::size_t kRateBytes = 136;

// A register of eight bits gives each round's constant, seven bits a round, to places 2^j - 1.
void add_round_constant(State& state, std::uint8_t& shifted) {
  for (int j = 0; j < 7; ++j) {
    if ((shifted & 1) != 0) state[0] ^= std::uint64_t{1} << ((1 << j) - 1);
    shifted = static_cast<std::uint8_t>(shifted << 1 ^ (shifted >> 7) * 0x71);
  }
}

void permute(State& state) {
  std::uint8_t constants = 1;
  for (int round = 0; round < kRounds; ++round) {
    // theta
    std::array<std::uint64_t, 5> parity{};
    for (std::size_t i = 0; i < 25; ++i) parity[i % 5] ^= state[i];
    for (std::size_t i = 0; i < 25; ++i) {
      state[i] ^= parity[(i + 4) % 5] ^ std::rotl(parity[(i + 1) % 5], 1);
    }
    // rho and pi
    std::uint64_t moving = state[1];
    std::size_t x = 1;
    std::size_t y = 0;
    for (int t = 1; t <= kRounds; ++t) {
      std::size_t to_row = (2 * x + 3 * y) % 5;
      x = y;
      y = to_row;
      moving = std::exchange(state[5 * y + x], std::rotl(moving, t * (t + 1) / 2 % 64));
    }
    // chi
    for (std::size_t row = 0; row < 25; row += 5) {
      std::array<std::uint64_t, 5> old{};
      std::copy_n(state.begin() + static_cast<long>(row), 5, old.begin());
      for (std::size_t i = 0; i < 5; ++i) {
        state[row + i] = old[i] ^ (~old[(i + 1) % 5] & old[(i + 2) % 5]);
      }
    }
    add_round_constant(state, constants);
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'f'; }
bool is_upper(char c) { return c >= 'A' && c <= 'F'; }

}  // namespace

Hash256 keccak_256(ByteView bytes) {
  State state{};
  auto absorb = [&state](ByteView block) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      state[i / 8] ^= std::uint64_t{block[i]} << (i % 8 * 8);
    }
    permute(state);
  };
  for (; bytes.size() >= kRateBytes; bytes = bytes.subspan(kRateBytes)) {
    absorb(bytes.first(kRateBytes));
  }
  std::array<Byte, kRateBytes> last{};
  std::ranges::copy(bytes, last.begin());
  last[bytes.size()] ^= 0x01;
  last[kRateBytes - 1] ^= 0x80;
  absorb(last);
  std::array<Byte, 32> hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) {
    hash[i] = static_cast<Byte>(state[i / 8] >> (i % 8 * 8));
  }
  return Hash256::from_bytes(hash);
}

std::string with_checksum(std::string_view address) {
  std::string text(address);
  std::string_view digits = std::string_view(text).substr(2);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; });
  Hash256 hash = keccak_256(as_bytes(digits));
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int nibble = hash.bytes[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15;
    char& c = text[i + 2];
    if (is_lower(c) && nibble >= 8) c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

bool is_miswritten(std::string_view address) {
  constexpr std::size_t kSize = 42;
  if (address.size() != kSize || !address.starts_with("0x")) return false;
  std::string_view digits = address.substr(2);
  bool hex =
      std::ranges::all_of(digits, [](char c) { return is_digit(c) || is_lower(c) || is_upper(c); });
  bool mixed = std::ranges::any_of(digits, is_lower) && std::ranges::any_of(digits, is_upper);
  return hex && mixed && with_checksum(address) != address;
}

std::string fault_of_capitals(std::string_view chain, std::string_view address) {
  bool free = chain.starts_with("transfers:") || chain == "ethereum:30" || chain == "ethereum:31";
  if (free || !is_miswritten(address)) return "";
  return fmt::format(
      "{}: its capitals are not those of its checksum (EIP-55), so a character may be wrong; check "
      "it, or write it in lower case",
      address);
}

}  // namespace tracehound::chains::ethereum
