// From block files to the ledger when nothing is wrong: any order, any pieces, any branches.
#include "chains/bitcoin/ingest.h"

#include <algorithm>

#include "base/parallel.h"
#include "unit/chains_bitcoin/blocks_folder.h"

namespace tracehound::chains::bitcoin {
namespace {

using test::kCoin;
using test::pay_to;
using test::records;
using test::RegtestChain;
using test::Tx;

class IngestTest : public BlocksFolder {};

// Blocks with spends of several shapes: across blocks, within a block, many to one, one to many.
RegtestChain busy_chain(std::size_t blocks) {
  RegtestChain chain;
  std::vector<Tx> mined;
  while (chain.size() < blocks) {
    std::vector<Tx> spends;
    if (mined.size() >= 3) {
      const Tx& coin = mined[mined.size() - 2];
      auto height = static_cast<std::uint32_t>(chain.size());
      Tx split = {.in = {{coin.outpoint(0)}},
                  .out = {{20 * kCoin, pay_to(1000 + height)}, {29 * kCoin, pay_to(7)}}};
      Tx joined = {.in = {{split.outpoint(0)}, {split.outpoint(1)}},
                   .out = {{49 * kCoin, pay_to(2000 + height % 3)}}};
      spends = {split};
      if (height % 2 == 0) spends.push_back(joined);
      mined.pop_back();
      mined.pop_back();
    }
    mined.push_back(chain.mine(spends));
  }
  return chain;
}

std::vector<Bytes> part(const std::vector<Bytes>& blocks, std::size_t from, std::size_t to) {
  return {blocks.begin() + static_cast<std::ptrdiff_t>(from),
          blocks.begin() + static_cast<std::ptrdiff_t>(to)};
}

TEST_F(IngestTest, a_chain__is_in_the_ledger_block_by_block) {
  RegtestChain chain = busy_chain(20);
  put_blocks("blk00000.dat", chain.blocks());
  IngestReport report = ingested();
  EXPECT_EQ(report.blocks_before, 0U);
  EXPECT_EQ(report.blocks_added, 20U);
  EXPECT_EQ(report.bytes_added, records(chain.blocks()).size());
  EXPECT_EQ(report.scan.records, 20U);
  EXPECT_EQ(report.counts.blocks, 20U);
  EXPECT_EQ(report.tip_hash, chain.tip());
  ledger::Ledger ledger = open();
  for (std::uint32_t height = 0; height < 20; ++height) {
    EXPECT_EQ(ledger.block_hash(BlockHeight(height)), chain.hash(height));
  }
}

TEST_F(IngestTest, files_and_records_in_any_order__same_bytes) {
  RegtestChain chain = busy_chain(24);
  LedgerFiles expected = ledger_of(chain.blocks());
  std::vector<Bytes> backwards(chain.blocks().rbegin(), chain.blocks().rend());
  put_blocks("blk00000.dat", part(backwards, 0, 11));
  put_blocks("blk00001.dat", part(backwards, 11, 12));
  put_blocks("blk00007.dat", part(backwards, 12, 24));
  ingested();
  expect_ledger(expected);
}

TEST_F(IngestTest, in_one_go_or_a_block_at_a_time__same_bytes) {
  RegtestChain chain = busy_chain(24);
  put_blocks("blk00000.dat", chain.blocks());
  for (std::uint32_t height = 0; height < 24; ++height) {
    IngestReport report = ingested_to(height);
    EXPECT_EQ(report.blocks_added, 1U);
    EXPECT_EQ(report.tip_hash, chain.hash(height));
  }
  expect_ledger(ledger_of(chain.blocks()));
}

TEST_F(IngestTest, one_thread_or_two__same_bytes) {
  RegtestChain chain = busy_chain(24);
  put_blocks("blk00000.dat", part(chain.blocks(), 0, 13));
  put_blocks("blk00001.dat", part(chain.blocks(), 13, 24));
  LedgerFiles bytes[2];
  for (unsigned threads : {1U, 2U}) {
    ThreadLimit limit(threads);
    test::FaultyFileSystem fresh;
    for (const auto& [file, content] : disk.contents()) {
      ASSERT_TRUE(fresh.make_folder(folder_of(file)).has_value());
      ASSERT_TRUE(replace_file(fresh, file, content).has_value());
    }
    IngestOptions options{.progress = false, .commit_bytes = 4000};
    ASSERT_TRUE(
        ingest_blocks(fresh, kBlocks, *find_network(network), kLedger, options).has_value());
    bytes[threads - 1] = ledger_files(fresh);
  }
  EXPECT_TRUE(bytes[0] == bytes[1]);
  EXPECT_TRUE(bytes[0] == ledger_of(chain.blocks()));
}

TEST_F(IngestTest, nothing_new__nothing_is_written) {
  put_blocks("blk00000.dat", busy_chain(12).blocks());
  ingested();
  LedgerFiles before = ledger_files(disk);
  using Call = test::FaultyFileSystem::Call;
  auto writes = [&] {
    return disk.count(Call::write) + disk.count(Call::rename) + disk.count(Call::remove);
  };
  std::uint64_t writes_before = writes();
  IngestReport report = ingested();
  EXPECT_EQ(report.blocks_before, 12U);
  EXPECT_EQ(report.blocks_added, 0U);
  EXPECT_EQ(report.bytes_added, 0U);
  EXPECT_EQ(writes(), writes_before);
  EXPECT_TRUE(before == ledger_files(disk));
}

TEST_F(IngestTest, to_a_height__stops_there) {
  RegtestChain chain = busy_chain(12);
  put_blocks("blk00000.dat", chain.blocks());
  EXPECT_EQ(ingested_to(6).tip_hash, chain.hash(6));
  expect_ledger(ledger_of(part(chain.blocks(), 0, 7)));
  EXPECT_EQ(ingested_to(3).blocks_added, 0U);  // never back
  EXPECT_EQ(ingested_to(500).tip_hash, chain.tip());
}

TEST_F(IngestTest, a_folder_that_grows__is_followed) {
  RegtestChain chain = busy_chain(15);
  put_blocks("blk00000.dat", part(chain.blocks(), 0, 9));
  ingested();
  put_blocks("blk00001.dat", part(chain.blocks(), 9, 15));
  IngestReport report = ingested();
  EXPECT_EQ(report.blocks_before, 9U);
  EXPECT_EQ(report.blocks_added, 6U);
  expect_ledger(ledger_of(chain.blocks()));
}

TEST_F(IngestTest, files_below_the_ledger_s_tip_gone__goes_on_from_the_ledger) {
  RegtestChain chain = busy_chain(15);
  put_blocks("blk00000.dat", part(chain.blocks(), 0, 9));
  ingested();
  remove("blk00000.dat");
  put_blocks("blk00001.dat", part(chain.blocks(), 9, 15));
  EXPECT_EQ(ingested().blocks_added, 6U);
  expect_ledger(ledger_of(chain.blocks()));
}

TEST_F(IngestTest, the_same_block_twice__counts_once) {
  RegtestChain chain = busy_chain(9);
  put_blocks("blk00000.dat", chain.blocks());
  put_blocks("blk00001.dat", part(chain.blocks(), 3, 9));
  IngestReport report = ingested();
  EXPECT_EQ(report.scan.duplicates, 6U);
  EXPECT_EQ(report.scan.records, 15U);
  EXPECT_EQ(report.blocks_added, 9U);
  expect_ledger(ledger_of(chain.blocks()));
}

TEST_F(IngestTest, keyed_files__same_bytes) {
  RegtestChain chain = busy_chain(9);
  Bytes key = {1, 2, 3, 4, 5, 6, 7, 8};
  Bytes file = keyed(records(chain.blocks()), key);
  file.resize(file.size() + 4096, 0);
  put("blk00000.dat", file);
  put("xor.dat", key);
  IngestReport report = ingested();
  EXPECT_TRUE(report.scan.damaged.empty() && report.scan.unfinished.empty());
  expect_ledger(ledger_of(chain.blocks()));
}

TEST_F(IngestTest, side_branches_and_orphans__are_counted_and_left_out) {
  RegtestChain chain = busy_chain(12);
  RegtestChain side = chain.branch(8, 1);
  side.mine();
  side.mine();
  RegtestChain far = chain.branch(12, 2);
  for (int i = 0; i < 4; ++i) far.mine();
  std::vector<Bytes> all = chain.blocks();
  all.insert(all.begin(), side.blocks()[9]);
  all.push_back(side.blocks()[8]);
  all.insert(all.begin() + 5, far.blocks()[14]);  // its parents are nowhere
  all.push_back(far.blocks()[15]);
  put_blocks("blk00000.dat", all);
  IngestReport report = ingested();
  EXPECT_EQ(report.scan.side_blocks, 2U);
  EXPECT_EQ(report.scan.unconnected, 2U);
  EXPECT_EQ(report.scan.missing_block, far.hash(13));
  expect_ledger(ledger_of(chain.blocks()));
}

TEST_F(IngestTest, most_work__wins_over_more_blocks) {
  RegtestChain longer = busy_chain(12);
  RegtestChain heavier = longer.branch(5, 1);
  heavier.mine_with(heavier.next_coinbase(), {}, 0x2003'FFFF);  // worth 32 easy blocks
  std::vector<Bytes> all = longer.blocks();
  all.push_back(heavier.blocks()[5]);
  put_blocks("blk00000.dat", all);
  EXPECT_EQ(ingested().tip_hash, heavier.tip());
  expect_ledger(ledger_of(heavier.blocks()));
}

// Both branches spend the same coins differently.
struct Fork {
  RegtestChain old_branch;
  RegtestChain new_branch;
};

Fork fork_with_spends(std::size_t old_blocks, std::size_t new_blocks) {
  RegtestChain root;
  std::vector<Tx> mined;
  for (int i = 0; i < 6; ++i) mined.push_back(root.mine());
  Fork fork{root.branch(root.size(), 1), root.branch(root.size(), 2)};
  auto spend = [&](std::size_t coin, std::uint32_t to) {
    return Tx{.in = {{mined[coin].outpoint(0)}}, .out = {{40 * kCoin, pay_to(to)}}};
  };
  fork.old_branch.mine({spend(0, 101), spend(1, 102), spend(2, 103)});
  fork.new_branch.mine({spend(1, 201)});
  while (fork.old_branch.size() < root.size() + old_blocks) fork.old_branch.mine();
  while (fork.new_branch.size() < root.size() + new_blocks) fork.new_branch.mine();
  return fork;
}

TEST_F(IngestTest, reorganisation__ends_in_the_bytes_of_the_new_branch) {
  Fork fork = fork_with_spends(3, 5);
  put_blocks("blk00000.dat", fork.old_branch.blocks());
  ingested();
  put_blocks("blk00001.dat", part(fork.new_branch.blocks(), 7, 12));
  IngestReport report = ingested();
  EXPECT_EQ(report.blocks_before, 10U);
  EXPECT_EQ(report.blocks_rewound, 3U);
  EXPECT_EQ(report.blocks_added, 5U);
  EXPECT_EQ(report.tip_hash, fork.new_branch.tip());
  EXPECT_EQ(report.scan.side_blocks, 3U);
  EXPECT_FALSE(report.branch_kept);
  expect_ledger(ledger_of(fork.new_branch.blocks()));
  auto ledger = open();
  // The coin that only the old branch spent is unspent again.
  auto coin = ledger.find_coin({fork.old_branch.branch(1, 0).next_coinbase().txid(), 0});
  ASSERT_TRUE(coin.has_value());
  EXPECT_EQ(ledger.spender(*coin), std::nullopt);
}

TEST_F(IngestTest, reorganisation_with_the_old_files_gone__is_followed_too) {
  Fork fork = fork_with_spends(3, 5);
  put_blocks("blk00000.dat", fork.old_branch.blocks());
  ingested();
  put_blocks("blk00000.dat", fork.new_branch.blocks());
  EXPECT_EQ(ingested().blocks_rewound, 3U);
  expect_ledger(ledger_of(fork.new_branch.blocks()));
}

TEST_F(IngestTest, a_folder_with_less_work_than_the_ledger__ledger_is_left_alone) {
  Fork fork = fork_with_spends(5, 3);
  put_blocks("blk00000.dat", fork.old_branch.blocks());
  ingested();
  LedgerFiles before = ledger_files(disk);
  put_blocks("blk00000.dat", fork.new_branch.blocks());
  IngestReport report = ingested();
  EXPECT_TRUE(report.branch_kept);
  EXPECT_EQ(report.blocks_added + report.blocks_rewound, 0U);
  EXPECT_EQ(report.tip_hash, fork.old_branch.tip());
  expect_ledger(before);
}

TEST_F(IngestTest, equal_work__the_ledger_stays_where_it_is) {
  Fork fork = fork_with_spends(4, 4);
  std::vector<Bytes> both = fork.old_branch.blocks();
  both.insert(both.end(), fork.new_branch.blocks().begin() + 7, fork.new_branch.blocks().end());
  put_blocks("blk00000.dat", both);
  Hash256 preferred = ingested().tip_hash;
  bool is_old = preferred == fork.old_branch.tip();
  EXPECT_TRUE(is_old || preferred == fork.new_branch.tip());

  // A ledger on the other branch stays there.
  const RegtestChain& other = is_old ? fork.new_branch : fork.old_branch;
  for (const auto& [file, bytes] : ledger_files(disk)) ASSERT_TRUE(disk.remove(file).has_value());
  put_blocks("blk00000.dat", other.blocks());
  ingested();
  put_blocks("blk00000.dat", both);
  EXPECT_EQ(ingested().tip_hash, other.tip());
  expect_ledger(ledger_of(other.blocks()));
}

TEST_F(IngestTest, reorganisation_that_to_cuts_short__ledger_is_left_alone) {
  Fork fork = fork_with_spends(3, 5);
  put_blocks("blk00000.dat", fork.old_branch.blocks());
  ingested();
  LedgerFiles before = ledger_files(disk);
  put_blocks("blk00001.dat", part(fork.new_branch.blocks(), 7, 12));
  // Up to height 9 the new branch is no more work than the old one.
  EXPECT_TRUE(ingested_to(9).branch_kept);
  expect_ledger(before);
  EXPECT_EQ(ingested_to(10).tip_hash, fork.new_branch.hash(10));
  expect_ledger(ledger_of(part(fork.new_branch.blocks(), 0, 11)));
}

TEST_F(IngestTest, two_coinbases_with_one_txid__the_later_replaces_the_earlier) {
  RegtestChain chain;
  Tx twin = chain.next_coinbase();
  chain.mine_with(twin, {});
  chain.mine();
  chain.mine_with(twin, {});
  Tx spend = {.in = {{twin.outpoint(0)}}, .out = {{50 * kCoin, pay_to(9)}}};
  chain.mine({spend});
  put_blocks("blk00000.dat", chain.blocks());
  ingested();
  auto ledger = open();
  auto twins = ledger.find_transactions(twin.txid());
  ASSERT_EQ(twins.size(), 2U);
  EXPECT_EQ(ledger.height(twins[0]), BlockHeight(1));
  EXPECT_EQ(ledger.height(twins[1]), BlockHeight(3));
  EXPECT_TRUE(ledger.is_replaced(ledger.outputs(twins[0]).first));
  EXPECT_EQ(ledger.spender(ledger.outputs(twins[1]).first), ledger.find_transaction(spend.txid()));
}

// The machine stops at every single change of the disk; the next run goes on and ends in the same
// bytes, whatever the disk kept of what was not synced.
TEST_F(IngestTest, power_lost_at_any_change__next_run_ends_in_the_same_bytes) {
  RegtestChain chain = busy_chain(12);
  LedgerFiles expected = ledger_of(chain.blocks());
  Bytes file = records(chain.blocks());
  for (std::uint64_t seed : {0U, 1U, 5U}) {
    bool finished = false;
    for (std::uint64_t changes = 0; !finished; ++changes) {
      test::FaultyFileSystem fresh;
      ASSERT_TRUE(fresh.make_folder(kBlocks).has_value());
      ASSERT_TRUE(replace_file(fresh, path("blk00000.dat"), file).has_value());
      fresh.lose_power_after(changes);
      IngestOptions options{.progress = false, .commit_bytes = 1500};
      const Network& of = *find_network(network);
      finished = ingest_blocks(fresh, kBlocks, of, kLedger, options).has_value();
      fresh.restart(seed);
      auto again = ingest_blocks(fresh, kBlocks, of, kLedger, options);
      ASSERT_TRUE(again.has_value()) << again.error().message;
      ASSERT_TRUE(ledger_files(fresh) == expected) << "after " << changes << ", seed " << seed;
    }
  }
}

TEST_F(IngestTest, a_full_disk__is_an_error_of_the_machine_and_the_next_run_goes_on) {
  RegtestChain chain = busy_chain(12);
  LedgerFiles expected = ledger_of(chain.blocks());
  put_blocks("blk00000.dat", chain.blocks());
  for (std::uint64_t write = 1;; ++write) {
    for (const auto& [file, bytes] : ledger_files(disk)) ASSERT_TRUE(disk.remove(file).has_value());
    disk.fail(test::FaultyFileSystem::Call::write, write, "No space left on device", true);
    auto report = ingest();
    disk.mend();
    if (report) {
      EXPECT_GT(write, 20U);
      break;
    }
    EXPECT_EQ(report.error().kind, ErrorKind::machine);
    EXPECT_NE(report.error().message.find("No space left"), std::string::npos);
    ingested();
    expect_ledger(expected);
  }
}

TEST_F(IngestTest, two_at_once__the_second_is_refused) {
  put_blocks("blk00000.dat", busy_chain(3).blocks());
  ingested();
  auto writer = ledger::Writer::open(disk, kLedger, "bitcoin:regtest");
  ASSERT_TRUE(writer.has_value());
  auto report = ingest();
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().kind, ErrorKind::machine);
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
