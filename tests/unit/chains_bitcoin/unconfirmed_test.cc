// A mempool file over a ledger of real transactions.
#include "chains/bitcoin/unconfirmed.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "chains/bitcoin/block.h"
#include "chains/bitcoin/mempool.h"
#include "ledger/writer.h"
#include "support/faulty_file_system.h"
#include "support/regtest_chain.h"

namespace tracehound::chains::bitcoin {
namespace {

using test::kCoin;
using test::pay_to;
using test::Tx;

class ShowMempool : public testing::Test {
 protected:
  ShowMempool() : network_(*find_network("regtest")) {
    coinbase_ = chain_.mine();
    auto writer = *ledger::Writer::open(disk_, "L", std::string(network_.chain));
    for (const Bytes& block : chain_.blocks()) {
      EXPECT_TRUE(writer.append(*decode_block(network_, block, thread_hasher())));
    }
    EXPECT_TRUE(writer.commit());
  }

  void write(const std::vector<Tx>& transactions, const Hash256& tip) {
    Mempool mempool(network_);
    std::uint32_t seen = 100;
    for (const Tx& tx : transactions) EXPECT_TRUE(mempool.add(tx.txid(), seen++, tx.bytes()));
    ASSERT_TRUE(write_mempool(disk_, "L", mempool.file_bytes(tip, 900)));
  }
  ledger::Ledger open() { return std::move(*ledger::Ledger::open(disk_, "L")); }

  const Network& network_;
  test::RegtestChain chain_;
  Tx coinbase_;
  test::FaultyFileSystem disk_;
};

TEST_F(ShowMempool, its_transactions_are_in_the_snapshot) {
  Tx parent{.in = {{coinbase_.outpoint(0)}}, .out = {{20 * kCoin, pay_to(7)}, {1, pay_to(8)}}};
  Tx child{.in = {{parent.outpoint(0)}}, .out = {{20 * kCoin, pay_to(9)}}};
  Tx conflict{.in = {{coinbase_.outpoint(0)}, {{Hash256{}, 3}}}, .out = {{5, pay_to(7)}}};
  write({child, conflict, parent}, chain_.tip());
  ledger::Ledger ledger = open();
  auto shown = show_mempool(disk_, network_, ledger);
  ASSERT_TRUE(shown.has_value()) << shown.error().message;
  EXPECT_TRUE(*shown);
  EXPECT_EQ(ledger.unconfirmed(), (ledger::Unconfirmed{900, 2, 1}));
  auto found = ledger.find_transaction(child.txid());
  ASSERT_TRUE(found);
  EXPECT_EQ(ledger.first_seen(*found), 100U);
  EXPECT_EQ(ledger.outpoint(ledger.input(*found, 0)), parent.outpoint(0));
  EXPECT_EQ(ledger.first_seen(*ledger.find_transaction(parent.txid())), 102U);
  EXPECT_EQ(ledger.find_transaction(conflict.txid()), std::nullopt);
}

TEST_F(ShowMempool, a_file_of_another_tip__says_so_and_adds_nothing) {
  write({}, chain_.hash(0));
  ledger::Ledger ledger = open();
  auto shown = show_mempool(disk_, network_, ledger);
  ASSERT_TRUE(shown.has_value());
  EXPECT_FALSE(*shown);
  EXPECT_EQ(ledger.unconfirmed(), std::nullopt);
}

TEST_F(ShowMempool, without_a_file__is_an_error) {
  ledger::Ledger ledger = open();
  auto shown = show_mempool(disk_, network_, ledger);
  ASSERT_FALSE(shown.has_value());
  EXPECT_EQ(shown.error().kind, ErrorKind::machine);
}

TEST_F(ShowMempool, a_transaction_that_cannot_be_read__is_left_out) {
  Tx good{.in = {{coinbase_.outpoint(0)}}, .out = {{20 * kCoin, pay_to(7)}}};
  Bytes bad = good.bytes();
  bad.resize(bad.size() - 3);
  // As follow would never write it.
  Bytes entries;
  for (const Bytes& raw : {bad, good.bytes()}) {
    std::size_t at = entries.size();
    entries.resize(at + 8);
    store_le<std::uint32_t>(entries.data() + at, 55);
    store_le(entries.data() + at + 4, static_cast<std::uint32_t>(raw.size()));
    entries.insert(entries.end(), raw.begin(), raw.end());
  }
  std::string head = fmt::format(
      "tracehound mempool 1\nchain {}\ntip {}\ntaken_at 60\ntransactions 2\nchecksum {:016x}\n",
      network_.chain, chain_.tip().text(), xxh3(entries));
  Bytes all(head.begin(), head.end());
  all.insert(all.end(), entries.begin(), entries.end());
  ASSERT_TRUE(write_mempool(disk_, "L", all));
  ledger::Ledger ledger = open();
  auto shown = show_mempool(disk_, network_, ledger);
  ASSERT_TRUE(shown.has_value()) << shown.error().message;
  EXPECT_EQ(ledger.unconfirmed(), (ledger::Unconfirmed{60, 1, 1}));
  EXPECT_EQ(ledger.first_seen(*ledger.find_transaction(good.txid())), 55U);
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
