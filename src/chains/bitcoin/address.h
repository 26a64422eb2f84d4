// Addresses as people write them: Base58Check, Bech32 (BIP 173), Bech32m (BIP 350), per network,
// both ways. Addresses without a standard form read "multisig:HEX", "op_return:HEX", "script:HEX"
// (SHA-256 of the script).
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "ledger/schema.h"

namespace tracehound::chains::bitcoin {

struct ParsedAddress {
  ledger::AddressKind kind;
  Bytes payload;
};

// The one text of an address: parse_address gives back what went in.
// REQUIRES: payload has the size its kind says.
std::string address_text(const Network& network, ledger::AddressKind kind, ByteView payload);

// Also reads what is never written: upper-case Bech32, Litecoin's older script prefix.
// Errors (bad_input) name the text and say what is wrong: bad checksum, another network's address
// (says whose), wrong length, ...
Result<ParsedAddress> parse_address(const Network& network, std::string_view text);

}  // namespace tracehound::chains::bitcoin
