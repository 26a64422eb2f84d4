// Whether a text can be an address or a transaction of a chain: its form and its checksum. Nothing
// is looked up, and a form that holds does not mean that anybody uses it.
//
// Bitcoin's family: all forms of chains/bitcoin/address.h. Chains with Ethereum's accounts: 0x and
// 40 hexadecimal digits, in one case or with the capitals of EIP-55; other capitals are told apart,
// since many publish addresses with capitals as they fell. Tron: Base58Check. XRP: Base58Check in
// its own alphabet. Stellar: base 32 with CRC-16 (SEP-23). Solana: 32 bytes in base 58. For the
// others nothing is known here and the answer is `unchecked`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tracehound::incidents {

enum class Form : std::uint8_t {
  good,
  capitals,  // those of no checksum: either a character is wrong, or whoever wrote it knew of none
  malformed,
  unchecked
};

struct FormCheck {
  Form form = Form::unchecked;
  std::string why;  // of `capitals` and `malformed`: a sentence that names the text
  bool wrong() const { return form == Form::capitals || form == Form::malformed; }
};

// As a ledger names its chain ("bitcoin:main"), or "ethereum:main", "bsc:main", "tron:main", ...
bool is_known_chain(std::string_view chain);
// All of them, for messages.
std::string known_chains();
// Whether the chain has coins, so that a seed can be one.
bool has_coins(std::string_view chain);

// REQUIRES: is_known_chain(chain).
FormCheck check_address(std::string_view chain, std::string_view text);
FormCheck check_transaction(std::string_view chain, std::string_view text);

}  // namespace tracehound::incidents
