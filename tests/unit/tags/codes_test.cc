#include "tags/codes.h"

#include <gtest/gtest.h>

namespace tracehound::tags {
namespace {

TEST(Codes, a_chain_is_found_from_what_packs_write) {
  EXPECT_EQ(chain_of("BTC", "BTC"), "bitcoin:main");
  EXPECT_EQ(chain_of("btc", "btc"), "bitcoin:main");
  EXPECT_EQ(chain_of("XBT", "XBT"), "bitcoin:main");
  EXPECT_EQ(chain_of("BTC", "mainnet"), "bitcoin:main");
  EXPECT_EQ(chain_of("USDT", "BTC"), "bitcoin:main");
  EXPECT_EQ(chain_of("BTC", "testnet"), "bitcoin:test");
  EXPECT_EQ(chain_of("BTC", "testnet4"), "bitcoin:testnet4");
  EXPECT_EQ(chain_of("BTC", "signet"), "bitcoin:signet");
  EXPECT_EQ(chain_of("BTC", "regtest"), "bitcoin:regtest");
  EXPECT_EQ(chain_of("BTC", "bitcoin:regtest"), "bitcoin:regtest");
  EXPECT_EQ(chain_of("LTC", "LTC"), "litecoin:main");
  EXPECT_EQ(chain_of("LTC", "litecoin-regtest"), "litecoin:regtest");
}

TEST(Codes, account_chains_too__and_whatever_their_ledgers_are_called) {
  EXPECT_EQ(chain_of("ETH", "ETH"), "ethereum:main");
  EXPECT_EQ(chain_of("USDT", "eth"), "ethereum:main");
  EXPECT_EQ(chain_of("USDT", "TRX"), "tron:main");
  EXPECT_EQ(chain_of("BNB", "BSC"), "bsc:main");
  EXPECT_EQ(chain_of("ETH", "mainnet"), "ethereum:main");
  EXPECT_EQ(ledger_chain("ethereum:1"), "ethereum:main");
  EXPECT_EQ(ledger_chain("ethereum:56"), "bsc:main");
  EXPECT_EQ(ledger_chain("transfers:ripple"), "xrp:main");
  EXPECT_EQ(ledger_chain("transfers:eos"), "eos:main");
  for (const char* name : {"bitcoin:main", "ethereum:main", "ethereum:5", "transfers:moon", ""}) {
    EXPECT_EQ(ledger_chain(name), name);
  }
}

TEST(Codes, a_tag_may_name_the_chain_as_its_ledger_does) {
  EXPECT_EQ(chain_of("ETH", "ethereum:1"), "ethereum:main");
  EXPECT_EQ(chain_of("ETH", "ethereum:31337"), ledger_chain("ethereum:31337"));
  EXPECT_EQ(chain_of("COIN", "transfers:Moon"), ledger_chain("transfers:Moon"));
  EXPECT_EQ(chain_of("USDT", "transfers:trx"), "tron:main");
  EXPECT_EQ(ledger_chain("transfers:Eth"), "ethereum:main");
  for (const char* network : {"ethereum:", "transfers:", "dogecoin:1"}) {
    EXPECT_EQ(chain_of("COIN", network), "") << network;
  }
}

TEST(Codes, other_chains_are_unknown) {
  for (const char* code : {"BCH", "ZEC", "USDT", "", "main", "BTCX"}) {
    EXPECT_EQ(chain_of(code, code), "") << code;
  }
  EXPECT_EQ(chain_of("BTC", "moon"), "");
  EXPECT_EQ(chain_of("", "regtest"), "");
  EXPECT_EQ(chain_of("BTC", ":"), "");
}

TEST(Codes, the_codes_of_a_chain_lead_back_to_it) {
  for (const char* chain : {"bitcoin:main", "bitcoin:test", "bitcoin:testnet4", "bitcoin:signet",
                            "bitcoin:regtest", "litecoin:main", "litecoin:regtest"}) {
    ChainCodes codes = codes_of(chain);
    EXPECT_EQ(chain_of(codes.currency, codes.network), chain);
  }
  EXPECT_EQ(codes_of("bitcoin:main").network, "BTC");
  EXPECT_EQ(codes_of("litecoin:regtest").currency, "LTC");
  EXPECT_EQ(codes_of("dogecoin:main").currency, "");
  EXPECT_EQ(codes_of("bitcoin").currency, "");
}

TEST(Codes, capitals_go_only_where_they_mean_nothing) {
  // BIP 173 and BIP 350 allow either case, not both at once.
  EXPECT_EQ(normal_subject("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
  EXPECT_EQ(normal_subject("BCRT1QABC"), "bcrt1qabc");
  EXPECT_EQ(normal_subject("LTC1QABC"), "ltc1qabc");
  EXPECT_EQ(normal_subject("bc1Qabc"), "bc1Qabc");
  EXPECT_EQ(normal_subject("bc1qabc"), "bc1qabc");
  // Base58 tells capitals apart, even where a text has no small letter.
  EXPECT_EQ(normal_subject("1BVBMSEYSTWETQTFN5AU4M4GFG7XJANVN2"),
            "1BVBMSEYSTWETQTFN5AU4M4GFG7XJANVN2");
  EXPECT_EQ(normal_subject("0xAB5801A7D398351B8BE11C439E05C5B3259AEC9B"),
            "0xab5801a7d398351b8be11c439e05c5b3259aec9b");
  EXPECT_EQ(normal_subject("AB5801A7D398351B8BE11C439E05C5B3259AEC9B"),
            "AB5801A7D398351B8BE11C439E05C5B3259AEC9B");
  EXPECT_EQ(normal_subject(std::string(64, 'A')), std::string(64, 'a'));
  EXPECT_EQ(normal_subject(std::string(63, 'A')), std::string(63, 'A'));
  EXPECT_EQ(normal_subject(""), "");
}

}  // namespace
}  // namespace tracehound::tags
