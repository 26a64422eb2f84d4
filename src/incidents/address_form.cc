#include "incidents/address_form.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "base/hash.h"
#include "base/json.h"
#include "chains/bitcoin/address.h"
#include "chains/bitcoin/base58.h"
#include "chains/bitcoin/network.h"
#include "chains/ethereum/checksum.h"

namespace tracehound::incidents {

namespace {

using chains::bitcoin::base58_decode;
using chains::bitcoin::base58check_decode;

enum class Family : std::uint8_t { ethereum, tron, xrp, stellar, solana, other };

struct OtherChain {
  std::string_view name;
  Family family;
};
// Beside Bitcoin's family, whose networks chains/bitcoin lists.
constexpr OtherChain kOtherChains[] = {
    {"arbitrum:main", Family::ethereum}, {"avalanche:main", Family::ethereum},
    {"base:main", Family::ethereum},     {"bsc:main", Family::ethereum},
    {"eos:main", Family::other},         {"ethereum:main", Family::ethereum},
    {"nem:main", Family::other},         {"optimism:main", Family::ethereum},
    {"polygon:main", Family::ethereum},  {"ronin:main", Family::ethereum},
    {"solana:main", Family::solana},     {"stellar:main", Family::stellar},
    {"tron:main", Family::tron},         {"xrp:main", Family::xrp},
};

const OtherChain* find_other(std::string_view chain) {
  const auto* found = std::ranges::find(kOtherChains, chain, &OtherChain::name);
  return found == std::ranges::end(kOtherChains) ? nullptr : found;
}

FormCheck good() { return {Form::good, ""}; }
FormCheck malformed(std::string why) { return {Form::malformed, std::move(why)}; }

bool all_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

FormCheck check_hex(std::string_view text, std::size_t digits) {
  std::string form = fmt::format("it is 0x and {} hexadecimal digits", digits);
  if (!text.starts_with("0x")) return malformed(form);
  text.remove_prefix(2);
  if (text.size() != digits) return malformed(fmt::format("{}, not {}", form, text.size()));
  return all_hex(text) ? good() : malformed(form + ", and one here is none");
}

FormCheck check_base58check(std::string_view text, Byte prefix) {
  auto bytes = base58check_decode(text, 21);
  if (!bytes) return malformed(fmt::format("its text {}", bytes.error().message));
  if (bytes->size() != 21 || bytes->front() != prefix) {
    return malformed("it has another chain's length or prefix");
  }
  return good();
}

// XRP's digits stand for the same values as Bitcoin's at the same place of the other alphabet.
FormCheck check_xrp(std::string_view text) {
  constexpr std::string_view kXrp = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
  constexpr std::string_view kBitcoin =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  std::string same;
  for (char digit : text) {
    std::size_t value = kXrp.find(digit);
    if (value == std::string_view::npos) return malformed("one of its characters is no digit");
    same += kBitcoin[value];
  }
  return check_base58check(same, 0);
}

// Base 32 of a version byte, 32 bytes of key and their CRC-16 (XModem), low byte first.
FormCheck check_stellar(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  if (text.size() != 56 || text.front() != 'G') return malformed("it is G and 55 more characters");
  Bytes bytes;
  std::uint32_t held = 0;
  int bits = 0;
  for (char digit : text) {
    std::size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) return malformed("one of its characters is no digit");
    held = (held << 5 | static_cast<std::uint32_t>(value)) & 0xFFFF;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<Byte>(held >> bits));
  }
  std::uint16_t sum = 0;
  for (Byte byte : ByteView(bytes).first(33)) {
    sum = static_cast<std::uint16_t>(sum ^ byte << 8);
    for (int bit = 0; bit < 8; ++bit) {
      sum = static_cast<std::uint16_t>((sum & 0x8000) != 0 ? sum << 1 ^ 0x1021 : sum << 1);
    }
  }
  bool holds = bytes[33] == (sum & 0xFF) && bytes[34] == sum >> 8;
  return holds ? good() : malformed("its checksum does not fit");
}

FormCheck check_solana(std::string_view text) {
  auto bytes = base58_decode(text, 32);
  if (!bytes) return malformed(fmt::format("its text {}", bytes.error().message));
  return bytes->size() == 32 ? good() : malformed("it is 32 bytes in base 58");
}

}  // namespace

bool has_coins(std::string_view chain) {
  return chains::bitcoin::find_network_of_chain(chain) != nullptr;
}

bool is_known_chain(std::string_view chain) {
  return has_coins(chain) || find_other(chain) != nullptr;
}

std::string known_chains() {
  std::string names;
  for (const auto& network : chains::bitcoin::networks()) {
    names += fmt::format("{}, ", network.chain);
  }
  for (const OtherChain& chain : kOtherChains) names += fmt::format("{}, ", chain.name);
  names.resize(names.size() - 2);
  return names;
}

namespace {

FormCheck check_by_family(const OtherChain& chain, std::string_view text) {
  switch (chain.family) {
    case Family::ethereum:
      return check_hex(text, 40);
    case Family::tron:
      return check_base58check(text, 0x41);
    case Family::xrp:
      return check_xrp(text);
    case Family::stellar:
      return check_stellar(text);
    case Family::solana:
      return check_solana(text);
    case Family::other:
      break;
  }
  return {};
}

// As chains/bitcoin says it of its own.
FormCheck in_words(FormCheck check, std::string_view chain, std::string_view text,
                   std::string_view thing) {
  if (check.form != Form::malformed) return check;
  constexpr std::size_t kShown = 100;
  check.why = fmt::format("{}{} is no {} of {}: {}", json_quote(text.substr(0, kShown)),
                          text.size() > kShown ? "..." : "", thing, chain, check.why);
  return check;
}

}  // namespace

FormCheck check_address(std::string_view chain, std::string_view text) {
  if (const auto* network = chains::bitcoin::find_network_of_chain(chain)) {
    auto parsed = chains::bitcoin::parse_address(*network, text);
    return parsed ? good() : malformed(parsed.error().message);
  }
  const OtherChain* other = find_other(chain);
  CHECK(other != nullptr);
  FormCheck check = check_by_family(*other, text);
  if (other->family == Family::ethereum && check.form == Form::good) {
    check.why = chains::ethereum::fault_of_capitals(chain, text);
    if (!check.why.empty()) check.form = Form::capitals;
  }
  return in_words(std::move(check), chain, text, "address");
}

FormCheck check_transaction(std::string_view chain, std::string_view text) {
  FormCheck check;
  if (has_coins(chain)) {
    check = Hash256::from_text(text) ? good() : malformed("it is 64 hexadecimal digits");
  } else {
    const OtherChain* other = find_other(chain);
    CHECK(other != nullptr);
    if (other->family == Family::ethereum) check = check_hex(text, 64);
  }
  return in_words(std::move(check), chain, text, "transaction");
}

}  // namespace tracehound::incidents
