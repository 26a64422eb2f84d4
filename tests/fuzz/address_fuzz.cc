// A byte that picks the network, then any text as an address: what is read must be written back as
// one text that reads the same, and the encodings must be one to one.
#include <algorithm>
#include <string>

#include "base/check.h"
#include "chains/bitcoin/address.h"
#include "chains/bitcoin/base58.h"
#include "chains/bitcoin/bech32.h"

namespace tracehound::chains::bitcoin {
namespace {

void check_address(const Network& network, std::string_view text) {
  auto parsed = parse_address(network, text);
  if (!parsed) {
    CHECK(parsed.error().message.size() < 1'000);
    return;
  }
  std::string written = address_text(network, parsed->kind, parsed->payload);
  auto again = parse_address(network, written);
  CHECK(again.has_value());
  CHECK(again->kind == parsed->kind && again->payload == parsed->payload);
  CHECK(address_text(network, again->kind, again->payload) == written);
  if (parsed->kind == ledger::AddressKind::pubkey_hash) CHECK(written == text);
}

void check_encodings(std::string_view text) {
  if (auto bytes = base58_decode(text, 100)) CHECK(base58_encode(*bytes) == text);
  if (auto bytes = base58check_decode(text, 100)) CHECK(base58check_encode(*bytes) == text);
  auto bech32 = bech32_decode(text);
  if (!bech32) return;
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  CHECK(bech32_encode(*bech32) == lower);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  auto all = networks();
  std::string text(data + 1, data + size);
  check_address(all[data[0] % all.size()], text);
  check_encodings(text);
  // Any bytes as a payload, so that the way back is tried beyond texts with a right checksum.
  Bytes bytes(data, data + std::min<std::size_t>(size, 60));
  auto decoded = base58check_decode(base58check_encode(bytes), bytes.size());
  CHECK(decoded.has_value() && *decoded == bytes);
  CHECK(base58_decode(base58_encode(bytes), bytes.size()).value() == bytes);
  return 0;
}

}  // namespace tracehound::chains::bitcoin
