#include "chains/bitcoin/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/check.h"
#include "base/json.h"
#include "base/text.h"
#include "chains/bitcoin/base58.h"
#include "chains/bitcoin/bech32.h"

namespace tracehound::chains::bitcoin {
namespace {

using ledger::AddressKind;

constexpr std::size_t kHashSize = 20;

// Addresses with no standard form: a word, a colon and the SHA-256 of the script.
struct WordForm {
  AddressKind kind;
  std::string_view word;
};
constexpr std::array<WordForm, 3> kWordForms = {{
    {AddressKind::multisig, "multisig:"},
    {AddressKind::op_return, "op_return:"},
    {AddressKind::other, "script:"},
}};

std::string_view word_of(AddressKind kind) {
  auto found = std::ranges::find(kWordForms, kind, &WordForm::kind);
  CHECK(found != kWordForms.end());
  return found->word;
}

std::string hash_address(Byte prefix, ByteView hash) {
  CHECK(hash.size() == kHashSize);
  Bytes bytes{prefix};
  bytes.insert(bytes.end(), hash.begin(), hash.end());
  return base58check_encode(bytes);
}

Result<ParsedAddress> parse_word_form(const WordForm& form, std::string_view hex) {
  auto hash = from_hex(hex);
  if (!hash || hash->size() != 32) {
    return bad_input(fmt::format("after \"{}\" stand 64 hexadecimal digits", form.word));
  }
  return ParsedAddress{form.kind, std::move(*hash)};
}

// The names of the networks that `belongs` holds of: "main", or "test or testnet4 or signet".
template <typename Predicate>
std::string names_where(Predicate belongs) {
  std::string names;
  for (const Network& network : networks()) {
    if (belongs(network)) names += fmt::format("{}{}", names.empty() ? "" : " or ", network.name);
  }
  return names;
}

AddressKind witness_kind(const WitnessAddress& address) {
  if (address.version == 0) {
    return address.program.size() == kHashSize ? AddressKind::witness_pubkey_hash
                                               : AddressKind::witness_script_hash;
  }
  if (address.version == 1 && address.program.size() == 32) return AddressKind::taproot;
  return AddressKind::witness_other;
}

Result<ParsedAddress> parse_witness(const Network& network, std::string_view text) {
  auto decoded = witness_address_decode(text);
  if (!decoded) return bad_input(fmt::format("its text {}", decoded.error().message));
  if (decoded->prefix != network.bech32_prefix) {
    return bad_input(fmt::format("it belongs to {}", names_where([&](const Network& other) {
                                   return other.bech32_prefix == decoded->prefix;
                                 })));
  }
  AddressKind kind = witness_kind(*decoded);
  if (kind == AddressKind::witness_other) {
    decoded->program.insert(decoded->program.begin(), decoded->version);
  }
  return ParsedAddress{kind, std::move(decoded->program)};
}

std::optional<AddressKind> hash_kind(const Network& network, Byte prefix) {
  if (prefix == network.pubkey_prefix) return AddressKind::pubkey_hash;
  if (prefix == network.script_prefix || prefix == network.script_prefix_old) {
    return AddressKind::script_hash;
  }
  return std::nullopt;
}

Result<ParsedAddress> parse_base58(const Network& network, std::string_view text) {
  auto decoded = base58check_decode(text, 1 + kHashSize);
  if (!decoded) return bad_input(fmt::format("its text {}", decoded.error().message));
  if (decoded->size() != 1 + kHashSize) {
    return bad_input(fmt::format("its text holds {} where an address has {}",
                                 plural(decoded->size(), "byte"), 1 + kHashSize));
  }
  Byte prefix = decoded->front();
  auto kind = hash_kind(network, prefix);
  if (!kind) {
    std::string owners =
        names_where([&](const Network& other) { return hash_kind(other, prefix).has_value(); });
    if (owners.empty()) return bad_input(fmt::format("no network has the prefix {}", prefix));
    return bad_input(fmt::format("it belongs to {}", owners));
  }
  decoded->erase(decoded->begin());
  return ParsedAddress{*kind, std::move(*decoded)};
}

// Whether the text, in either case, begins with a network's witness prefix and the separator.
bool has_witness_prefix(std::string_view text) {
  return std::ranges::any_of(networks(), [&](const Network& network) {
    std::size_t size = network.bech32_prefix.size();
    return text.size() > size && text[size] == '1' &&
           std::ranges::equal(text.substr(0, size), network.bech32_prefix, [](char a, char b) {
             return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b);
           });
  });
}

Result<ParsedAddress> parse_any(const Network& network, std::string_view text) {
  for (const WordForm& form : kWordForms) {
    if (text.starts_with(form.word)) return parse_word_form(form, text.substr(form.word.size()));
  }
  // Litecoin's "LTc1o5Vo..." begins like a witness address and is base58: its checksum says so.
  if (has_witness_prefix(text) && !base58check_decode(text, 1 + kHashSize)) {
    return parse_witness(network, text);
  }
  auto parsed = parse_base58(network, text);
  if (parsed) return parsed;
  if (auto bech32 = bech32_decode(text)) {
    return bad_input(fmt::format("no network has the prefix {}", bech32->prefix));
  }
  return parsed;
}

}  // namespace

std::string address_text(const Network& network, AddressKind kind, ByteView payload) {
  switch (kind) {
    case AddressKind::pubkey_hash:
      return hash_address(network.pubkey_prefix, payload);
    case AddressKind::script_hash:
      return hash_address(network.script_prefix, payload);
    case AddressKind::witness_pubkey_hash:
      CHECK(payload.size() == kHashSize);
      return witness_address_encode(network.bech32_prefix, 0, payload);
    case AddressKind::witness_script_hash:
      CHECK(payload.size() == 32);
      return witness_address_encode(network.bech32_prefix, 0, payload);
    case AddressKind::taproot:
      CHECK(payload.size() == 32);
      return witness_address_encode(network.bech32_prefix, 1, payload);
    case AddressKind::witness_other:
      CHECK(payload.size() >= 3 && payload[0] >= 1);
      return witness_address_encode(network.bech32_prefix, payload[0], payload.subspan(1));
    case AddressKind::multisig:
    case AddressKind::op_return:
    case AddressKind::other:
      CHECK(payload.size() == 32);
      return fmt::format("{}{}", word_of(kind), to_hex(payload));
  }
  CHECK(false);
  return {};
}

Result<ParsedAddress> parse_address(const Network& network, std::string_view text) {
  auto parsed = parse_any(network, text);
  if (parsed) return parsed;
  constexpr std::size_t kShown = 100;
  return bad_input(fmt::format("{}{} is no address of {}: {}", json_quote(text.substr(0, kShown)),
                               text.size() > kShown ? "..." : "", network.name,
                               parsed.error().message));
}

}  // namespace tracehound::chains::bitcoin
