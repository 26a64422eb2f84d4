#include "chains/bitcoin/network.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "chains/bitcoin/address.h"
#include "chains/bitcoin/block.h"
#include "unit/chains_bitcoin/samples.h"

namespace tracehound::chains::bitcoin {
namespace {

using test::bytes_of_hex;
using test::network_named;

TEST(Network, every_network__is_found_by_its_name_and_by_its_chain) {
  std::set<std::string_view> names;
  std::set<std::string_view> chains;
  for (const Network& network : networks()) {
    EXPECT_EQ(find_network(network.name), &network);
    EXPECT_EQ(find_network_of_chain(network.chain), &network);
    names.insert(network.name);
    chains.insert(network.chain);
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"main", "test", "testnet4", "signet", "regtest",
                                               "litecoin", "litecoin-test", "litecoin-regtest"}));
  EXPECT_EQ(chains.size(), names.size());
}

TEST(Network, unknown_name__is_not_found) {
  EXPECT_EQ(find_network("mainnet"), nullptr);
  EXPECT_EQ(find_network(""), nullptr);
  EXPECT_EQ(find_network_of_chain("bitcoin"), nullptr);
}

TEST(Network, magic__is_the_record_mark_of_the_block_files) {
  auto mark = [](std::string_view name) {
    std::array<Byte, 4> bytes;
    store_le(bytes.data(), network_named(name).magic);
    return to_hex(bytes);
  };
  EXPECT_EQ(mark("main"), "f9beb4d9");
  EXPECT_EQ(mark("test"), "0b110907");
  EXPECT_EQ(mark("testnet4"), "1c163f28");
  EXPECT_EQ(mark("signet"), "0a03cf40");
  EXPECT_EQ(mark("regtest"), "fabfb5da");
  EXPECT_EQ(mark("litecoin"), "fbc0b6db");
  EXPECT_EQ(mark("litecoin-test"), "fdd2c8f1");
  EXPECT_EQ(mark("litecoin-regtest"), "fabfb5da");
}

TEST(Network, genesis__is_the_hash_of_the_genesis_header) {
  for (const auto& genesis : test::kGenesisBlocks) {
    EXPECT_EQ(parse_header(genesis.header()).hash, network_named(genesis.network).genesis)
        << genesis.network;
  }
  EXPECT_EQ(test::kGenesisBlocks.size(), networks().size());
}

TEST(Network, prefixes__make_the_addresses_people_know) {
  Bytes hash(20, 0x22);
  auto texts = [&](std::string_view name) {
    const Network& network = network_named(name);
    return std::array{address_text(network, ledger::AddressKind::pubkey_hash, hash),
                      address_text(network, ledger::AddressKind::script_hash, hash),
                      address_text(network, ledger::AddressKind::witness_pubkey_hash, hash)};
  };
  // The last row is litecoind 0.21.2's for these scripts.
  EXPECT_EQ(texts("litecoin-regtest"), (std::array<std::string, 3>{
                                           "midSACfDe3qAxJZZXA9gkwBZgPqJJUpy1w",
                                           "QPiTySrx1VGjcLAyDvVo4HksKfBJbX21RQ",
                                           "rltc1qyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zwc5c93",
                                       }));
  EXPECT_EQ(texts("main")[0][0], '1');
  EXPECT_EQ(texts("main")[1][0], '3');
  EXPECT_EQ(texts("litecoin")[0][0], 'L');
  EXPECT_EQ(texts("litecoin")[1][0], 'M');
  for (std::string_view name : {"test", "testnet4", "signet", "regtest"}) {
    EXPECT_EQ(texts(name)[0], texts("litecoin-regtest")[0]);
    EXPECT_EQ(texts(name)[1][0], '2');
  }
}

TEST(Network, every_network__has_a_subsidy) {
  for (const Network& network : networks()) {
    EXPECT_EQ(subsidy(network, BlockHeight(0)), 5'000'000'000) << network.name;
  }
  EXPECT_EQ(network_named("main").max_money, 2'100'000'000'000'000);
  EXPECT_EQ(network_named("litecoin").max_money, 8'400'000'000'000'000);
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
