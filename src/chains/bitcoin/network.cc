#include "chains/bitcoin/network.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "ledger/subsidy.h"

namespace tracehound::chains::bitcoin {
namespace {

constexpr Amount kCoin = 100'000'000;  // satoshi, and Litecoin's smallest unit likewise
constexpr Amount kBitcoinMoney = 21'000'000 * kCoin;
constexpr Amount kLitecoinMoney = 84'000'000 * kCoin;

// The four bytes that begin each record of a block file, in the order they lie there.
constexpr std::uint32_t magic(Byte first, Byte second, Byte third, Byte fourth) {
  return std::uint32_t{first} | std::uint32_t{second} << 8 | std::uint32_t{third} << 16 |
         std::uint32_t{fourth} << 24;
}

Hash256 hash(std::string_view text) {
  auto parsed = Hash256::from_text(text);
  CHECK(parsed.has_value());
  return *parsed;
}

Network bitcoin_main() {
  return {
      .name = "main",
      .chain = "bitcoin:main",
      .magic = magic(0xF9, 0xBE, 0xB4, 0xD9),
      .genesis = hash("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"),
      .proof_of_work = ProofOfWork::sha256d,
      .easiest_bits = 0x1D00FFFF,
      .max_money = kBitcoinMoney,
      .pubkey_prefix = 0x00,
      .script_prefix = 0x05,
      .script_prefix_old = 0x05,
      .bech32_prefix = "bc",
      .mweb = false,
  };
}

// The public test networks differ from one another in name, magic, genesis and easiest target.
Network bitcoin_test(std::string_view name, std::string_view chain, std::uint32_t magic,
                     std::string_view genesis) {
  Network network = bitcoin_main();
  network.name = name;
  network.chain = chain;
  network.magic = magic;
  network.genesis = hash(genesis);
  network.pubkey_prefix = 0x6F;
  network.script_prefix = 0xC4;
  network.script_prefix_old = 0xC4;
  network.bech32_prefix = "tb";
  return network;
}

Network bitcoin_signet() {
  Network network =
      bitcoin_test("signet", "bitcoin:signet", magic(0x0A, 0x03, 0xCF, 0x40),
                   "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6");
  network.easiest_bits = 0x1E0377AE;
  return network;
}

Network bitcoin_regtest() {
  Network network =
      bitcoin_test("regtest", "bitcoin:regtest", magic(0xFA, 0xBF, 0xB5, 0xDA),
                   "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206");
  network.easiest_bits = 0x207FFFFF;
  network.bech32_prefix = "bcrt";
  return network;
}

Network litecoin_main() {
  return {
      .name = "litecoin",
      .chain = "litecoin:main",
      .magic = magic(0xFB, 0xC0, 0xB6, 0xDB),
      .genesis = hash("12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2"),
      .proof_of_work = ProofOfWork::scrypt,
      .easiest_bits = 0x1E0FFFFF,
      .max_money = kLitecoinMoney,
      .pubkey_prefix = 0x30,
      .script_prefix = 0x32,
      .script_prefix_old = 0x05,
      .bech32_prefix = "ltc",
      .mweb = true,
  };
}

Network litecoin_test() {
  Network network = litecoin_main();
  network.name = "litecoin-test";
  network.chain = "litecoin:test";
  network.magic = magic(0xFD, 0xD2, 0xC8, 0xF1);
  network.genesis = hash("4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0");
  network.pubkey_prefix = 0x6F;
  network.script_prefix = 0x3A;
  network.script_prefix_old = 0xC4;
  network.bech32_prefix = "tltc";
  return network;
}

// Shares Bitcoin's regtest magic and legacy prefixes: only the genesis hash tells the two apart.
Network litecoin_regtest() {
  Network network = litecoin_test();
  network.name = "litecoin-regtest";
  network.chain = "litecoin:regtest";
  network.magic = magic(0xFA, 0xBF, 0xB5, 0xDA);
  network.genesis = hash("530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9");
  network.easiest_bits = 0x207FFFFF;
  network.bech32_prefix = "rltc";
  return network;
}

}  // namespace

std::span<const Network> networks() {
  static const std::array<Network, 8> table = {
      bitcoin_main(),
      bitcoin_test("test", "bitcoin:test", magic(0x0B, 0x11, 0x09, 0x07),
                   "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"),
      bitcoin_test("testnet4", "bitcoin:testnet4", magic(0x1C, 0x16, 0x3F, 0x28),
                   "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043"),
      bitcoin_signet(),
      bitcoin_regtest(),
      litecoin_main(),
      litecoin_test(),
      litecoin_regtest(),
  };
  return table;
}

const Network* find_network(std::string_view name) {
  auto table = networks();
  auto found = std::ranges::find(table, name, &Network::name);
  return found == table.end() ? nullptr : &*found;
}

const Network* find_network_of_chain(std::string_view chain) {
  auto table = networks();
  auto found = std::ranges::find(table, chain, &Network::chain);
  return found == table.end() ? nullptr : &*found;
}

Amount subsidy(const Network& network, BlockHeight height) {
  auto coins = ledger::subsidy(network.chain, height);
  CHECK(coins.has_value());
  return *coins;
}

}  // namespace tracehound::chains::bitcoin
