// Blocks the ledger refuses, and folders that hold no chain: one sentence, and the ledger's files
// are what they were, whatever was committed on the way.
#include <fmt/format.h>

#include "unit/chains_bitcoin/blocks_folder.h"

namespace tracehound::chains::bitcoin {
namespace {

using test::kCoin;
using test::pay_to;
using test::records;
using test::RegtestChain;
using test::Tx;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class IngestRefusedTest : public BlocksFolder {
 protected:
  // Ten good blocks, then one with these transactions, then one more. Refused from an empty
  // ledger, from one in the middle and from one right before; and not when told to stop before.
  std::string refused_at_11(RegtestChain chain, const std::vector<Tx>& transactions) {
    std::size_t bad = chain.size();
    chain.mine(transactions);
    chain.mine();
    put_blocks("blk00000.dat", chain.blocks());
    std::string error = refused();
    EXPECT_TRUE(ledger_files(disk).empty());
    for (std::uint32_t height : {4U, static_cast<std::uint32_t>(bad) - 1}) {
      ingested_to(height);
      EXPECT_EQ(refused(), error);
    }
    std::size_t at =
        records({chain.blocks().begin(), chain.blocks().begin() + static_cast<std::ptrdiff_t>(bad)})
            .size();
    EXPECT_TRUE(has(error, fmt::format("block {} at height {}", chain.hash(bad).text(), bad)))
        << error;
    EXPECT_TRUE(has(error, fmt::format("blocks/blk00000.dat, byte {}", at))) << error;
    EXPECT_TRUE(has(error, fmt::format("--to {}", bad - 1))) << error;
    return error;
  }

  static RegtestChain ten_blocks(std::vector<Tx>& mined) {
    RegtestChain chain;
    while (chain.size() < 11) mined.push_back(chain.mine());
    return chain;
  }
};

TEST_F(IngestRefusedTest, an_unknown_coin__names_it) {
  std::vector<Tx> mined;
  RegtestChain chain = ten_blocks(mined);
  Hash256 unknown;
  unknown.bytes[0] = 0xAB;
  Tx spend = {.in = {{{unknown, 3}}}, .out = {{1, pay_to(1)}}};
  std::string error = refused_at_11(chain, {spend});
  EXPECT_TRUE(has(error, fmt::format("transaction {}, input 0 spends {}:3, which no block has "
                                     "created",
                                     spend.txid().text(), unknown.text())))
      << error;
}

TEST_F(IngestRefusedTest, a_coin_spent_twice_in_a_block__names_it) {
  std::vector<Tx> mined;
  RegtestChain chain = ten_blocks(mined);
  Tx one = {.in = {{mined[2].outpoint(0)}}, .out = {{49 * kCoin, pay_to(1)}}};
  Tx two = {.in = {{mined[2].outpoint(0)}}, .out = {{48 * kCoin, pay_to(2)}}};
  std::string error = refused_at_11(chain, {one, two});
  EXPECT_TRUE(has(error, fmt::format("transaction {}, input 0 spends {}:0, which is already spent",
                                     two.txid().text(), mined[2].txid().text())))
      << error;
}

TEST_F(IngestRefusedTest, a_coin_spent_twice_across_blocks__names_it) {
  std::vector<Tx> mined;
  RegtestChain chain = ten_blocks(mined);
  chain.mine({Tx{.in = {{mined[2].outpoint(0)}}, .out = {{49 * kCoin, pay_to(1)}}}});
  Tx again = {.in = {{mined[3].outpoint(0)}, {mined[2].outpoint(0)}},
              .out = {{48 * kCoin, pay_to(2)}}};
  std::string error = refused_at_11(chain, {again});
  EXPECT_TRUE(has(
      error, fmt::format("input 1 spends {}:0, which is already spent", mined[2].txid().text())))
      << error;
}

TEST_F(IngestRefusedTest, more_paid_out_than_came_in__gives_both_sums) {
  std::vector<Tx> mined;
  RegtestChain chain = ten_blocks(mined);
  Tx spend = {.in = {{mined[2].outpoint(0)}}, .out = {{50 * kCoin + 1, pay_to(1)}}};
  std::string error = refused_at_11(chain, {spend});
  EXPECT_TRUE(has(error, "pays out 5000000001 and takes in 5000000000")) << error;
}

// The ledger has left its branch and committed when the bad block comes: all of it is taken back,
// though the old branch is in no file any more.
TEST_F(IngestRefusedTest, a_bad_block_on_a_better_branch__the_old_branch_is_put_back) {
  std::vector<Tx> mined;
  RegtestChain root = ten_blocks(mined);
  RegtestChain own = root.branch(11, 1);
  own.mine({Tx{.in = {{mined[0].outpoint(0)}},
               .out = {{30 * kCoin, pay_to(1)}, {20 * kCoin, pay_to(2)}}}});
  own.mine();
  put_blocks("blk00000.dat", own.blocks());
  ingested();

  RegtestChain other = root.branch(11, 2);
  Tx first = {.in = {{mined[0].outpoint(0)}}, .out = {{45 * kCoin, pay_to(3)}}};
  other.mine({first});
  while (other.size() < 20) other.mine();
  other.mine({Tx{.in = {{mined[0].outpoint(0)}}, .out = {{1, pay_to(4)}}}});
  put_blocks("blk00000.dat", other.blocks());
  std::string error = refused();  // compares every byte of the ledger
  EXPECT_TRUE(has(error, "which is already spent")) << error;
  EXPECT_EQ(open().counts().blocks, 13U);

  // The advice holds.
  EXPECT_EQ(ingested_to(19).blocks_rewound, 2U);
  expect_ledger(ledger_of({other.blocks().begin(), other.blocks().begin() + 20}));
}

TEST_F(IngestRefusedTest, a_chain_that_begins_later__names_the_missing_hash) {
  std::vector<Tx> mined;
  RegtestChain chain = ten_blocks(mined);
  put_blocks("blk00000.dat", {chain.blocks().begin() + 3, chain.blocks().end()});
  std::string error = refused();
  EXPECT_EQ(error,
            fmt::format("the blocks in blocks do not begin at the genesis block of regtest: block "
                        "{} (blocks/blk00000.dat, byte 0) builds on {}, which is missing; put the "
                        "file that holds it into the folder",
                        chain.hash(3).text(), chain.hash(2).text()));
  EXPECT_TRUE(disk.list(kLedger).error().kind == ErrorKind::machine);  // not even a folder
}

TEST_F(IngestRefusedTest, files_that_do_not_reach_down_to_the_ledger__name_the_missing_hash) {
  std::vector<Tx> mined;
  RegtestChain chain = ten_blocks(mined);
  put_blocks("blk00000.dat", {chain.blocks().begin(), chain.blocks().begin() + 3});
  ingested();
  put_blocks("blk00000.dat", {chain.blocks().begin() + 4, chain.blocks().end()});
  std::string error = refused();
  EXPECT_TRUE(has(error, "nor where the ledger ends")) << error;
  EXPECT_TRUE(has(error, "builds on " + chain.hash(3).text() + ", which is missing")) << error;
}

TEST_F(IngestRefusedTest, another_chain_s_ledger__is_refused_before_anything) {
  std::vector<Tx> mined;
  put_blocks("blk00000.dat", ten_blocks(mined).blocks());
  ingested();
  auto genesis = shared_data("two-files-and-damaged/blk00000.dat");
  if (!genesis) GTEST_SKIP() << "the shared data is absent";
  network = "main";
  put("blk00000.dat", *genesis);
  std::string error = refused();
  EXPECT_TRUE(has(error, "bitcoin:regtest") && has(error, "bitcoin:main")) << error;
}

TEST_F(IngestRefusedTest, no_folder__is_refused_and_no_ledger_begun) {
  std::string error = refused();
  EXPECT_TRUE(has(error, "blocks: no such folder")) << error;
  EXPECT_FALSE(disk.exists(kLedger));
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
