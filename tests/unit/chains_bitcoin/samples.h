// Public facts of the chains that several tests use: genesis blocks and the like.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "base/hash.h"
#include "chains/bitcoin/network.h"

namespace tracehound::test {

// REQUIRES: hexadecimal text.
inline Bytes bytes_of_hex(std::string_view text) {
  auto bytes = from_hex(text);
  CHECK(bytes.has_value());
  return *bytes;
}

// REQUIRES: 64 hexadecimal digits, as people write txids and block hashes.
inline Hash256 hash_of(std::string_view text) {
  auto hash = Hash256::from_text(text);
  CHECK(hash.has_value());
  return *hash;
}

// REQUIRES: a network of that name.
inline const chains::bitcoin::Network& network_named(std::string_view name) {
  const auto* network = chains::bitcoin::find_network(name);
  CHECK(network != nullptr);
  return *network;
}

// The coinbase of Bitcoin's first block; test, signet and regtest begin with the same one.
inline constexpr std::string_view kBitcoinGenesisCoinbase =
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d"
    "0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66"
    "207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe55"
    "48271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba"
    "0b8d578a4c702b6bf11d5fac00000000";

// Testnet4 has its own, which pays to 33 zero bytes.
inline constexpr std::string_view kTestnet4GenesisCoinbase =
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff5504ffff001d"
    "01044c4c30332f4d61792f323032342030303030303030303030303030303030303030303165626435386332343439"
    "37"
    "3062336161396437383362623030313031316662653865613865393865303065ffffffff0100f2052a010000002321"
    "000000000000000000000000000000000000000000000000000000000000000000ac00000000";

// Litecoin's three networks begin with this one (as litecoind 0.21.2 prints it).
inline constexpr std::string_view kLitecoinGenesisCoinbase =
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4804ffff001d"
    "0104404e592054696d65732030352f4f63742f32303131205374657665204a6f62732c204170706c65e28099732056"
    "6973696f6e6172792c2044696573206174203536ffffffff0100f2052a010000004341040184710fa689ad5023690c"
    "80f3a49c8f13f8d45b8c857fbcbc8bc4a8e4d3eb4b10f4d4604fa08dce601aaf0f470216fe1b51850b4acf21b179c4"
    "5070ac7b03a9ac00000000";

// A genesis header is all zero but for the merkle root (36 to 67), time, bits and nonce.
struct GenesisBlock {
  std::string_view network;
  std::string_view merkle_root;  // in the header's byte order
  std::string_view time_bits_nonce;
  std::string_view coinbase;

  Bytes header() const {
    return bytes_of_hex("01000000" + std::string(64, '0') + std::string(merkle_root) +
                        std::string(time_bits_nonce));
  }
  Bytes block() const {
    Bytes bytes = header();
    bytes.push_back(1);
    Bytes transaction = bytes_of_hex(coinbase);
    bytes.insert(bytes.end(), transaction.begin(), transaction.end());
    return bytes;
  }
};

inline constexpr std::string_view kBitcoinGenesisRoot =
    "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a";
inline constexpr std::string_view kTestnet4GenesisRoot =
    "4e7b2b9128fe0291db0693af2ae418b767e657cd407e80cb1434221eaea7a07a";
inline constexpr std::string_view kLitecoinGenesisRoot =
    "d9ced4ed1130f7b7faad9be25323ffafa33232a17c3edf6cfd97bee6bafbdd97";

inline constexpr std::array<GenesisBlock, 8> kGenesisBlocks = {{
    {"main", kBitcoinGenesisRoot, "29ab5f49ffff001d1dac2b7c", kBitcoinGenesisCoinbase},
    {"test", kBitcoinGenesisRoot, "dae5494dffff001d1aa4ae18", kBitcoinGenesisCoinbase},
    {"testnet4", kTestnet4GenesisRoot, "046f3566ffff001dbb0c7817", kTestnet4GenesisCoinbase},
    {"signet", kBitcoinGenesisRoot, "008f4d5fae77031e8ad22203", kBitcoinGenesisCoinbase},
    {"regtest", kBitcoinGenesisRoot, "dae5494dffff7f2002000000", kBitcoinGenesisCoinbase},
    {"litecoin", kLitecoinGenesisRoot, "b9aa8e4ef0ff0f1ecd513f7c", kLitecoinGenesisCoinbase},
    {"litecoin-test", kLitecoinGenesisRoot, "f60ba158f0ff0f1ee1790400", kLitecoinGenesisCoinbase},
    {"litecoin-regtest", kLitecoinGenesisRoot, "dae5494dffff7f2000000000",
     kLitecoinGenesisCoinbase},
}};

// The first example of BIP 143, signed: a P2PK and a P2WPKH coin spent, two P2PKH coins made.
inline constexpr std::string_view kSegwitTransaction =
    "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000049483045"
    "0221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99"
    "f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b30"
    "9fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a"
    "783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac00024730"
    "4402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c451833156140"
    "6f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad2"
    "53f62fc70f07aeee635711000000";

// Block 433 of a chain that litecoind 0.21.2 made in regtest mode, one after MWEB's activation:
// the coinbase, the HogEx (flag 8 and a byte 0), the extension block.
inline constexpr std::string_view kMwebBlock =
    "000000208dd23e48ad0b704a9f6dd6645c503480da52879a60dcbb7a3902f5f1a4d7468c55d47e0a9359eb52098f62"
    "6e679104524e8e9536f7eed5d7dd9a4e23207385321446036bffff7f20000000000202000000000101000000000000"
    "0000000000000000000000000000000000000000000000000000ffffffff0502b1010101ffffffff02807c814a0000"
    "000016001420d9d96fdef10bb4fea6d6fd96c3135c4ed8c6f10000000000000000266a24aa21a9edfeeedf16752210"
    "ddba731ced1aa1b55563705bffbf01cc6709bf374b4b70996401200000000000000000000000000000000000000000"
    "00000000000000000000000000000000020000000008018593f8d052e0e8fa3919c85e89b2ed3a156349a73509e381"
    "2571ce22237fa10c0000000000ffffffff01bc3a51fd00000000225820d7787647f3144607de51d6d396634de20e23"
    "ac19f9b08fc1bbd556b2d6fa943a0000000000018231af46412298d57c88e0416de5d6c14ffc5f92eca380d3959e53"
    "32a58413bf473f0000000000000000000000000000000000000000000000000000000000000000af2edc674154ff12"
    "9d9e826727ada0828d3ba480924bbed84bf6dcae2e1f1db269e64f5ea6f0e5f06591d93eaeaf4a076e61ae9ff25abc"
    "b754268e5b75d48f7c00000000000000000000000000000000000000000000000000000000000000000200000000";

}  // namespace tracehound::test
