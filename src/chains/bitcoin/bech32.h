// Bech32 (BIP 173) and Bech32m (BIP 350), and the witness addresses written in them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace tracehound::chains::bitcoin {

enum class Bech32Variant : std::uint8_t { bech32, bech32m };

struct Bech32 {
  std::string prefix;  // lower case
  Bytes groups;        // five bits each, without the six of the checksum
  Bech32Variant variant;
};

// Lower case.
// REQUIRES: groups below 32; a lower-case prefix; at most 90 characters in all.
std::string bech32_encode(const Bech32& parts);
// Errors (bad_input; a clause that follows "its text") say what is wrong.
Result<Bech32> bech32_decode(std::string_view text);

struct WitnessAddress {
  std::string prefix;
  Byte version;   // 0 to 16
  Bytes program;  // 2 to 40 bytes; 20 or 32 in version 0
};

std::string witness_address_encode(std::string_view prefix, Byte version, ByteView program);
// Errors: also a variant that is not the version's (0 is Bech32, later ones are Bech32m).
Result<WitnessAddress> witness_address_decode(std::string_view text);

}  // namespace tracehound::chains::bitcoin
