// The networks of the Bitcoin family: everything in which they differ.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/ids.h"

namespace tracehound::chains::bitcoin {

enum class ProofOfWork : std::uint8_t { sha256d, scrypt };

struct Network {
  std::string_view name;   // as on the command line: "main", "regtest", "litecoin", ...
  std::string_view chain;  // as in a ledger: "bitcoin:main", "litecoin:regtest", ...
  std::uint32_t magic;     // as the four bytes of a block file read little-endian
  Hash256 genesis;
  ProofOfWork proof_of_work;
  std::uint32_t easiest_bits;  // no header's target may be above this one's
  Amount max_money;
  Byte pubkey_prefix;  // Base58Check version bytes
  Byte script_prefix;
  Byte script_prefix_old;  // still read, never written (Litecoin); else equal to script_prefix
  std::string_view bech32_prefix;
  bool mweb;  // transactions may carry Litecoin's extension-block flag
};

std::span<const Network> networks();
// nullptr when there is none of that name.
const Network* find_network(std::string_view name);
const Network* find_network_of_chain(std::string_view chain);
// The coins a block at `height` may create, without fees (ledger/subsidy.h).
Amount subsidy(const Network& network, BlockHeight height);

}  // namespace tracehound::chains::bitcoin
