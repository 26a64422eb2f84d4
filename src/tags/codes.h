// How packs name chains and write addresses, and how a ledger does.
#pragma once

#include <string>
#include <string_view>

namespace tracehound::tags {

// The ledger's name of the chain that a tag speaks of: chain_of("BTC", "BTC") and
// chain_of("XBT", "mainnet") are "bitcoin:main", chain_of("BTC", "regtest") is "bitcoin:regtest",
// chain_of("LTC", "LTC") is "litecoin:main". The network decides and the currency fills in what it
// leaves open, so a token on Bitcoin is on "bitcoin:main", and one on ETH on "ethereum:main".
// A network may be an account ledger's own name of its chain: "ethereum:31337", "transfers:moon".
// Capitals do not matter. "" for chains that nobody here knows.
std::string chain_of(std::string_view currency, std::string_view network);

// The name that chain_of() gives to the chain of a ledger: "ethereum:1", by its chain id, is
// "ethereum:main", "transfers:ripple" is "xrp:main"; every other name is itself, in small letters.
std::string ledger_chain(std::string_view given);

// What a pack for that chain should say.
struct ChainCodes {
  std::string currency;  // "BTC"
  std::string network;   // "BTC" for a main chain, else "regtest", ...
};
// "" and "" for a chain that has no codes.
ChainCodes codes_of(std::string_view chain);

// The one spelling under which an address or transaction hash is kept and looked up. They are
// compared as text, exactly, but where capitals carry no meaning they are made small: Bech32
// (BC1Q... is bc1q...), and 40 or 64 hexadecimal digits, the 40 with 0x in front. No checksum is
// looked at.
std::string normal_subject(std::string_view text);

}  // namespace tracehound::tags
