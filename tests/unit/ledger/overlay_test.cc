// Unconfirmed transactions over a snapshot. What traces make of them: unit/trace/unconfirmed_test.
#include "ledger/overlay.h"

#include <gtest/gtest.h>

#include <numeric>

#include "ledger/keys.h"
#include "ledger/writer.h"
#include "support/faulty_file_system.h"
#include "support/random_blocks.h"
#include "support/toy_chain.h"
#include "unit/ledger/disks.h"

namespace tracehound::ledger {
namespace {

using test::BlockMaker;
using test::FaultyFileSystem;
using test::ToyChain;

const char* kChainText = R"(
block
  mine a: 100@alice 60@alice
block
  tx t: a:0 -> 90@bob 8
)";

ToyChain with_mempool(const std::string& mempool) {
  return ToyChain(kChainText + ("mempool\n" + mempool));
}

TEST(Overlay, an_unconfirmed_transaction__is_found_and_read_like_any_other) {
  ToyChain chain = with_mempool("tx u: t:0 a:1 -> 120@carol 25@bob");
  const Ledger& ledger = chain.ledger();
  TxId u = chain.transaction("u");
  EXPECT_TRUE(ledger.is_unconfirmed(u));
  EXPECT_FALSE(ledger.is_unconfirmed(chain.transaction("t")));
  EXPECT_EQ(u.number(), ledger.manifest().counts.transactions);
  EXPECT_EQ(ledger.input_count(u), 2U);
  EXPECT_EQ(ledger.input(u, 0), chain.coin("t:0"));
  EXPECT_EQ(ledger.input(u, 1), chain.coin("a:1"));
  EXPECT_FALSE(ledger.is_coinbase(u));
  CoinId change = chain.coin("u:1");
  EXPECT_TRUE(ledger.is_unconfirmed(change));
  EXPECT_EQ(ledger.value(change), 25U);
  EXPECT_EQ(ledger.address(change), chain.address("bob"));
  EXPECT_EQ(ledger.creator(change), u);
  EXPECT_EQ(ledger.outpoint(change), (Outpoint{ledger.txid(u), 1}));
  EXPECT_EQ(ledger.spender(change), std::nullopt);
  EXPECT_EQ(ledger.first_seen(u), ToyChain::kTakenAt - 1000);
  EXPECT_EQ(ledger.time(u), ledger.first_seen(u));
  EXPECT_EQ(ledger.time(chain.transaction("t")), ledger.block_time(BlockHeight(1)));
  EXPECT_EQ(ledger.unconfirmed(), (Unconfirmed{ToyChain::kTakenAt, 1, 0}));
  // A new address has its row and its look-up.
  AddressId carol = chain.address("carol");
  EXPECT_EQ(ledger.find_address(ledger.address_kind(carol), ledger.address_payload(carol)), carol);
  EXPECT_GE(carol.number(), ledger.manifest().counts.addresses);
}

TEST(Overlay, confirmed_coins_that_it_spends__have_it_as_their_spender) {
  ToyChain chain = with_mempool("tx u: t:0 -> 90");
  TxId u = chain.transaction("u");
  EXPECT_EQ(chain.ledger().spender(chain.coin("t:0")), u);
  EXPECT_EQ(chain.ledger().spender(chain.coin("a:0")), chain.transaction("t"));
  EXPECT_EQ(chain.ledger().spender(chain.coin("t:1")), std::nullopt);
}

TEST(Overlay, transactions_of_it_that_spend_from_one_another__are_all_there) {
  ToyChain chain = with_mempool("tx u: t:0 -> 50 40\ntx v: u:1 -> 39\ntx w: v:0 u:0 -> 89@alice");
  const Ledger& ledger = chain.ledger();
  EXPECT_EQ(ledger.unconfirmed()->transactions, 3U);
  EXPECT_EQ(ledger.spender(chain.coin("u:1")), chain.transaction("v"));
  EXPECT_EQ(ledger.spender(chain.coin("u:0")), chain.transaction("w"));
  EXPECT_EQ(ledger.spender(chain.coin("w:0")), std::nullopt);
}

TEST(Overlay, blocks_and_tip__stay_the_confirmed_ones) {
  ToyChain plain(kChainText);
  ToyChain chain = with_mempool("tx u: t:0 -> 90");
  const Ledger& ledger = chain.ledger();
  BlockHeight tip(1);
  EXPECT_EQ(ledger.tip(), tip);
  EXPECT_EQ(ledger.manifest(), plain.ledger().manifest());
  EXPECT_EQ(ledger.block_hash(tip), plain.ledger().block_hash(tip));
  EXPECT_EQ(ledger.transactions(tip).end, chain.transaction("u"));
  EXPECT_EQ(ledger.transactions(tip).size(), plain.ledger().transactions(tip).size());
  // The block behind the tip that is none.
  EXPECT_EQ(ledger.counts().blocks, 3U);
  BlockHeight none = ledger.height(chain.transaction("u"));
  EXPECT_EQ(none, tip.next());
  EXPECT_TRUE(ledger.is_unconfirmed(none));
  EXPECT_EQ(ledger.block_time(none), ToyChain::kTakenAt);
  EXPECT_EQ(ledger.transactions(none).size(), 1U);
  EXPECT_EQ(ledger.block_at(0xFFFF'FFFF), tip);
  EXPECT_EQ(ledger.find_block(ledger.block_hash(tip)), tip);
  EXPECT_EQ(ledger.find_block(thread_hasher().sha256d(ledger.header(none))), std::nullopt);
}

TEST(Overlay, totals_and_coins_of_an_address__count_it_and_say_how_much) {
  ToyChain chain = with_mempool("tx u: t:0 a:1 -> 120@carol 25@bob\ntx v: u:1 -> 20@alice");
  const Ledger& ledger = chain.ledger();
  AddressTotals bob = ledger.totals(chain.address("bob"));
  EXPECT_EQ(bob, (AddressTotals{.coins = 2, .received = 115, .spent_coins = 2, .spent = 115}));
  EXPECT_EQ(ledger.unconfirmed_totals(chain.address("bob")),
            (AddressTotals{.coins = 1, .received = 25, .spent_coins = 2, .spent = 115}));
  AddressTotals alice = ledger.totals(chain.address("alice"));
  EXPECT_EQ(alice.balance(), 20U);
  EXPECT_EQ(ledger.unconfirmed_totals(chain.address("alice")),
            (AddressTotals{.coins = 1, .received = 20, .spent_coins = 1, .spent = 60}));
  EXPECT_EQ(ledger.totals(chain.address("carol")),
            ledger.unconfirmed_totals(chain.address("carol")));
  EXPECT_EQ(ledger.coins_of(chain.address("bob")),
            (std::vector{chain.coin("t:0"), chain.coin("u:1")}));
  EXPECT_EQ(ledger.coins_of(chain.address("bob"), 1, 5), std::vector{chain.coin("u:1")});
}

TEST(Overlay, many_coins_of_one_address__their_sums_are_right_at_every_step) {
  std::string split = "tx s: a:1 ->";
  std::string join = "tx j:";
  for (int i = 0; i < 300; ++i) {
    split += i % 5 == 0 ? " 1@dan" : " 0@dan";
    join += " s:" + std::to_string(i);
  }
  ToyChain chain = with_mempool(split + "\n" + join + " -> 59@dan\ntx k: t:0 -> 90@dan");
  const Ledger& ledger = chain.ledger();
  EXPECT_EQ(ledger.unconfirmed(), (Unconfirmed{ToyChain::kTakenAt, 3, 0}));
  AddressTotals dan = ledger.totals(chain.address("dan"));
  EXPECT_EQ(dan, (AddressTotals{
                     .coins = 302, .received = 60 + 59 + 90, .spent_coins = 300, .spent = 60}));
}

TEST(Overlay, what_does_not_go_with_the_ledger__is_left_out_with_its_descendants) {
  ToyChain chain = with_mempool(R"(
    tx spent: a:0 -> 100           # confirmed t has spent it
    tx child: spent:0 -> 90
    tx unknown: nowhere:0 -> 5
    tx beyond: t:2 -> 1            # t has two outputs
    tx first: t:0 -> 90
    tx second: t:0 a:1 -> 150      # first has spent t:0
    tx free: a:1 -> 60             # and second has not spent a:1
    tx twice: free:0 free:0 -> 120
    tx rich: first:0 -> 91
    tx none: -> 7
    tx first: free:0 -> 60         # the same again
    tx last: first:0 free:0 -> 150
  )");
  const Ledger& ledger = chain.ledger();
  EXPECT_EQ(ledger.unconfirmed(), (Unconfirmed{ToyChain::kTakenAt, 3, 9}));
  EXPECT_EQ(ledger.counts().transactions, ledger.manifest().counts.transactions + 3);
  EXPECT_EQ(ledger.counts().coins, ledger.manifest().counts.coins + 3);
  EXPECT_EQ(ledger.spender(chain.coin("t:0")), chain.transaction("first"));
  EXPECT_EQ(ledger.spender(chain.coin("a:1")), chain.transaction("free"));
  EXPECT_EQ(ledger.spender(chain.coin("free:0")), chain.transaction("last"));
  // Each keeps its own time, whoever was left out before it.
  EXPECT_EQ(ledger.first_seen(chain.transaction("last")), ToyChain::kTakenAt - 1000 + 110);
}

TEST(Overlay, a_transaction_that_is_confirmed__is_left_out) {
  ToyChain chain = with_mempool("tx t: a:1 -> 60");
  EXPECT_EQ(chain.ledger().unconfirmed(), (Unconfirmed{ToyChain::kTakenAt, 0, 1}));
}

TEST(Overlay, an_empty_mempool__changes_nothing_but_the_block_that_is_none) {
  ToyChain chain = with_mempool("");
  const Ledger& ledger = chain.ledger();
  EXPECT_EQ(ledger.unconfirmed(), (Unconfirmed{ToyChain::kTakenAt, 0, 0}));
  EXPECT_EQ(ledger.outputs(chain.transaction("t")).size(), 2U);
  EXPECT_EQ(ledger.transactions(ledger.tip()).size(), 2U);
  EXPECT_EQ(ledger.totals(chain.address("bob")).balance(), 90U);
}

// ---- over files that a writer writes ------------------------------------------------------------

UnconfirmedRows without_coinbase(const BlockRows& block) {
  UnconfirmedRows rows;
  rows.rows = block;
  auto coinbase_outputs = static_cast<std::ptrdiff_t>(block.transactions[0].outputs);
  rows.rows.transactions.erase(rows.rows.transactions.begin());
  rows.rows.outputs.erase(rows.rows.outputs.begin(), rows.rows.outputs.begin() + coinbase_outputs);
  rows.first_seen.assign(rows.rows.transactions.size(), 5);
  return rows;
}

class OverlayOnDisk : public testing::Test {
 protected:
  // Two blocks: a coinbase of 50, and one that splits it.
  OverlayOnDisk() : maker_(1) {
    blocks_.push_back(maker_.make({}, {50, 1}));
    Outpoint first{blocks_[0].transactions[0].txid, 0};
    blocks_.push_back(maker_.make({{{first}, {{30, 2}, {20, 3}}}}));
    split_ = blocks_[1].transactions[1].txid;
    append(blocks_[0]);
    append(blocks_[1]);
    EXPECT_TRUE(writer_->commit());
  }

  void append(const BlockRows& block) {
    if (!writer_) writer_ = std::make_unique<Writer>(*Writer::open(disk_, kFolder, kChain));
    auto status = writer_->append(block);
    ASSERT_TRUE(status.has_value()) << status.error().message;
  }
  Ledger open() { return std::move(*Ledger::open(disk_, kFolder)); }

  FaultyFileSystem disk_;
  BlockMaker maker_;
  std::vector<BlockRows> blocks_;
  Hash256 split_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(OverlayOnDisk, no_byte_of_any_file_changes) {
  auto before = disk_.contents();
  Ledger ledger = open();
  BlockRows next = maker_.make({{{{split_, 0}, {split_, 1}}, {{49, 9}}}});
  ASSERT_TRUE(add_unconfirmed(disk_, ledger, without_coinbase(next)));
  EXPECT_EQ(ledger.unconfirmed()->transactions, 1U);
  EXPECT_EQ(disk_.contents(), before);
}

TEST_F(OverlayOnDisk, a_spender_that_a_writer_at_work_has_written__is_not_taken_for_one_of_it) {
  Ledger ledger = open();
  // The writer is in the middle of a commit: three transactions, the spenders of three coins.
  std::string path = column_path(kFolder, kColumns[static_cast<int>(Column::coin_spender)].file);
  auto spenders = *disk_.open_write(path);
  Counts counts = ledger.counts();
  Bytes in_flight(counts.coins * width::kTxId);
  for (std::uint64_t coin = 0; coin < counts.coins; ++coin) {
    auto number = static_cast<std::uint32_t>(counts.transactions + coin % 3);
    store_le(in_flight.data() + coin * width::kTxId, number);
  }
  ASSERT_TRUE(spenders->write_at(width::kTxId, ByteView(in_flight).subspan(width::kTxId)));

  BlockRows next = maker_.make({{{{split_, 0}}, {{10, 9}, {20, 9}}}});
  ASSERT_TRUE(add_unconfirmed(disk_, ledger, without_coinbase(next)));
  EXPECT_EQ(ledger.unconfirmed(), (Unconfirmed{0, 1, 0}));
  CoinId spent = *ledger.find_coin({split_, 0});
  TxId u(static_cast<std::uint32_t>(counts.transactions));
  for (std::uint64_t row = 1; row < ledger.counts().coins; ++row) {
    CoinId coin(row);
    EXPECT_EQ(ledger.spender(coin), coin == spent ? std::optional(u) : std::nullopt) << row;
  }
}

TEST_F(OverlayOnDisk, a_writer_that_commits_meanwhile__changes_nothing_in_it) {
  Ledger ledger = open();
  BlockRows next = maker_.make({{{{split_, 0}}, {{29, 9}}}});
  BlockRows other = maker_.make({{{{split_, 1}}, {{19, 8}}}});
  ASSERT_TRUE(add_unconfirmed(disk_, ledger, without_coinbase(other)));
  CoinId confirmed_later = *ledger.find_coin({split_, 0});
  CoinId spent = *ledger.find_coin({split_, 1});
  append(next);
  ASSERT_TRUE(writer_->commit());
  EXPECT_EQ(ledger.spender(confirmed_later), std::nullopt);
  EXPECT_EQ(ledger.spender(spent)->number(), ledger.manifest().counts.transactions);
  EXPECT_EQ(ledger.find_transaction(next.transactions[1].txid), std::nullopt);
  EXPECT_TRUE(*ledger.still_holds(disk_));
}

TEST_F(OverlayOnDisk, a_column_that_cannot_be_mapped__leaves_the_snapshot_as_it_was) {
  for (std::uint64_t nth = 1; nth <= kColumns.size(); ++nth) {
    Ledger ledger = open();
    disk_.fail(FaultyFileSystem::Call::map, nth);
    BlockRows next = BlockMaker(maker_).make({{{{split_, 0}}, {{29, 9}}}});
    Status added = add_unconfirmed(disk_, ledger, without_coinbase(next));
    ASSERT_FALSE(added) << nth;
    EXPECT_EQ(added.error().kind, ErrorKind::machine);
    EXPECT_EQ(ledger.unconfirmed(), std::nullopt);
    EXPECT_EQ(ledger.counts(), ledger.manifest().counts);
    EXPECT_EQ(ledger.spender(*ledger.find_coin({split_, 0})), std::nullopt);
    disk_.mend();
  }
}

// Every look-up over a ledger of N blocks and the next one unconfirmed, against the ledger of all.
TEST(OverlayOfRandomBlocks, answers_as_if_the_block_were_there) {
  std::uint64_t compared = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    BlockMaker maker(seed);
    std::vector<BlockRows> blocks;
    for (int i = 0; i < 12; ++i) blocks.push_back(maker.random_block(i % 5));
    Hash256 coinbase = blocks.back().transactions.front().txid;
    BlockMaker next_maker = maker;
    next_maker.leave_alone(coinbase);
    blocks.push_back(next_maker.random_block(40));
    const BlockRows& last = blocks.back();
    FaultyFileSystem disk;
    FaultyFileSystem whole_disk;
    {
      auto writer = *Writer::open(disk, kFolder, kChain);
      auto whole_writer = *Writer::open(whole_disk, kFolder, kChain);
      for (const BlockRows& block : blocks) {
        if (&block != &last) {
          ASSERT_TRUE(writer.append(block));
        }
        ASSERT_TRUE(whole_writer.append(block));
      }
      ASSERT_TRUE(writer.commit() && whole_writer.commit());
    }
    Ledger part = *Ledger::open(disk, kFolder);
    Ledger whole = *Ledger::open(whole_disk, kFolder);
    ASSERT_TRUE(add_unconfirmed(disk, part, without_coinbase(last)));
    // Left out is what spends the block's own coinbase, and its descendants: not in this test.
    if (part.unconfirmed()->left_out > 0) continue;
    ++compared;
    AddressId miner = whole.address(CoinId(part.manifest().counts.coins));
    for (std::uint32_t row = 0; row < part.counts().transactions; ++row) {
      TxId tx(row);
      auto same = whole.find_transaction(part.txid(tx));
      ASSERT_TRUE(same);
      ASSERT_EQ(whole.input_count(*same), part.input_count(tx));
      for (std::uint64_t i = 0; i < part.input_count(tx); ++i) {
        EXPECT_EQ(whole.outpoint(whole.input(*same, i)), part.outpoint(part.input(tx, i)));
      }
      ASSERT_EQ(whole.outputs(*same).size(), part.outputs(tx).size());
      for (CoinId coin : part.outputs(tx)) {
        CoinId other = *whole.find_coin(part.outpoint(coin));
        EXPECT_EQ(whole.value(other), part.value(coin));
        auto spender = part.spender(coin);
        auto other_spender = whole.spender(other);
        ASSERT_EQ(spender.has_value(), other_spender.has_value());
        if (spender) {
          EXPECT_EQ(whole.txid(*other_spender), part.txid(*spender));
        }
        AddressId address = part.address(coin);
        AddressId other_address = whole.address(other);
        ASSERT_TRUE(std::ranges::equal(part.address_payload(address),
                                       whole.address_payload(other_address)));
        if (other_address == miner) continue;
        EXPECT_EQ(whole.totals(other_address), part.totals(address));
        EXPECT_EQ(whole.coins_of(other_address).size(), part.coins_of(address).size());
      }
    }
  }
  EXPECT_GT(compared, 10U);
}

}  // namespace
}  // namespace tracehound::ledger
