#include "ledger/ledger.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ledger/check.h"
#include "ledger/writer.h"
#include "support/faulty_file_system.h"
#include "support/random_blocks.h"
#include "support/rounds.h"

namespace tracehound::ledger {
namespace {

using test::BlockMaker;
using test::FaultyFileSystem;
using Spend = BlockMaker::Spend;

constexpr const char* kFolder = "ledger";
constexpr const char* kChain = "bitcoin:test";

Writer open_writer(FileSystem& disk) {
  auto writer = Writer::open(disk, kFolder, kChain);
  EXPECT_TRUE(writer.has_value()) << writer.error().message;
  return std::move(*writer);
}

void write_blocks(FileSystem& disk, const std::vector<BlockRows>& blocks,
                  std::size_t blocks_a_commit = 1000) {
  Writer writer = open_writer(disk);
  std::size_t pending = 0;
  for (const BlockRows& block : blocks) {
    auto status = writer.append(block);
    ASSERT_TRUE(status.has_value()) << status.error().message;
    if (++pending % blocks_a_commit == 0) {
      ASSERT_TRUE(writer.commit().has_value());
    }
  }
  ASSERT_TRUE(writer.commit().has_value());
}

Ledger open_ledger(FileSystem& disk) {
  auto ledger = Ledger::open(disk, kFolder);
  EXPECT_TRUE(ledger.has_value()) << ledger.error().message;
  return std::move(*ledger);
}

void expect_clean(const Ledger& ledger) {
  CheckReport report = check_ledger(ledger);
  EXPECT_TRUE(report.clean()) << report.findings.front();
}

// What belongs to processes and not to the ledger (side_files.h).
bool is_side_file(const std::string& path) {
  for (const char* name : {"/lock", "/readers", "/rewinds", "/writing"}) {
    if (path == std::string(kFolder) + name) return true;
  }
  return false;
}

// Names what differs instead of printing whole disks.
void expect_same_bytes(const std::map<std::string, Bytes>& expected, const FaultyFileSystem& found,
                       const std::string& where = "") {
  auto contents = found.contents();
  for (const auto& [path, bytes] : expected) {
    if (is_side_file(path)) continue;
    EXPECT_TRUE(contents.contains(path)) << path << " is missing, " << where;
    EXPECT_TRUE(!contents.contains(path) || contents[path] == bytes)
        << path << " differs, " << where;
  }
  for (const auto& [path, bytes] : contents) {
    EXPECT_TRUE(is_side_file(path) || expected.contains(path))
        << path << " should not be there, " << where;
  }
}

std::vector<BlockRows> random_chain(std::uint64_t seed, std::size_t blocks) {
  BlockMaker maker(seed);
  std::vector<BlockRows> chain;
  for (std::size_t i = 0; i < blocks; ++i) chain.push_back(maker.random_block(i % 7));
  return chain;
}

TEST(Ledger, what_was_appended__is_read_back) {
  FaultyFileSystem disk;
  BlockMaker maker(1);
  BlockRows genesis = maker.make({}, {50, 7});
  Outpoint mined{genesis.transactions[0].txid, 0};
  BlockRows second = maker.make({Spend{{mined}, {{30, 8}, {15, 7}}}}, {50, 9});
  write_blocks(disk, {genesis, second});

  Ledger ledger = open_ledger(disk);
  expect_clean(ledger);
  EXPECT_EQ(ledger.chain(), kChain);
  EXPECT_EQ(ledger.counts(), (Counts{2, 3, 1, 4, 3, 60, 0}));
  EXPECT_EQ(ledger.tip(), BlockHeight(1));
  EXPECT_EQ(ledger.block_hash(BlockHeight(0)), genesis.hash);
  EXPECT_EQ(ledger.block_hash(BlockHeight(1)), second.hash);
  EXPECT_EQ(ledger.find_block(genesis.hash), BlockHeight(0));
  EXPECT_EQ(ledger.find_block(second.hash), BlockHeight(1));
  EXPECT_EQ(ledger.find_block(Hash256{}), std::nullopt);

  CoinId coin = ledger.find_coin(mined).value();
  TxId payment = ledger.spender(coin).value();
  EXPECT_EQ(ledger.txid(payment), second.transactions[1].txid);
  EXPECT_EQ(ledger.height(payment), BlockHeight(1));
  EXPECT_TRUE(ledger.is_coinbase(ledger.creator(coin)));
  EXPECT_FALSE(ledger.is_coinbase(payment));
  EXPECT_EQ(ledger.input_count(payment), 1U);
  EXPECT_EQ(ledger.input(payment, 0), coin);
  EXPECT_EQ(ledger.outputs(payment).size(), 2U);
  EXPECT_FALSE(ledger.is_replaced(coin));
  CoinId change = CoinId(ledger.outputs(payment).first.number() + 1);
  EXPECT_EQ(ledger.value(change), 15U);
  EXPECT_EQ(ledger.address(change), ledger.address(coin));
  EXPECT_EQ(ledger.spender(change), std::nullopt);
  EXPECT_EQ(ledger.coins_of(ledger.address(coin)), (std::vector{coin, change}));
  EXPECT_EQ(ledger.outpoint(change), (Outpoint{second.transactions[1].txid, 1}));
  EXPECT_EQ(ledger.find_coin({second.transactions[1].txid, 2}), std::nullopt);
  AddressId address = ledger.address(coin);
  EXPECT_EQ(ledger.find_address(ledger.address_kind(address), ledger.address_payload(address)),
            address);
}

TEST(Ledger, one_go_and_many_pieces__give_the_same_bytes) {
  std::vector<BlockRows> chain = random_chain(2, 60);
  FaultyFileSystem whole;
  write_blocks(whole, chain);
  for (std::size_t piece : {1, 7, 59}) {
    FaultyFileSystem pieces;
    write_blocks(pieces, chain, piece);
    expect_same_bytes(whole.contents(), pieces, std::to_string(piece));
  }
}

// Coinbases that repeat a txid while the first's coin is unspent, and after it was spent; and a
// spend from the later one that repeats the spend from the first.
std::vector<BlockRows> chain_with_repeats(std::uint64_t seed) {
  BlockMaker maker(seed);
  std::vector<BlockRows> chain;
  auto filler = [&](int blocks) {
    for (int i = 0; i < blocks; ++i) chain.push_back(maker.random_block(6));
  };
  chain.push_back(maker.make({}, {50, 1}));
  Hash256 unspent = chain.back().transactions[0].txid;
  maker.leave_alone(unspent);
  chain.push_back(maker.make({}, {60, 2}));
  Hash256 spent = chain.back().transactions[0].txid;
  chain.push_back(maker.make({Spend{{{spent, 0}}, {{30, 3}, {25, 4}}}}));
  Hash256 spend = chain.back().transactions[1].txid;
  chain.push_back(maker.make({Spend{{{spend, 1}}, {{25, 9}}}}));
  maker.leave_alone(spend);
  filler(20);
  maker.repeat_coinbase(unspent);
  chain.push_back(maker.make({}, {50, 1}));
  maker.repeat_coinbase(spent);
  chain.push_back(maker.make({}, {60, 2}));
  maker.repeat_spend(spend);
  chain.push_back(maker.make({Spend{{{spent, 0}}, {{30, 3}, {25, 4}}}}));
  filler(20);
  return chain;
}

TEST(Ledger, however_little_memory_the_tables_have__the_bytes_are_the_same) {
  for (std::uint64_t seed : {31, 32, 33}) {
    std::vector<BlockRows> chain = chain_with_repeats(seed);
    FaultyFileSystem roomy;
    write_blocks(roomy, chain);
    expect_clean(open_ledger(roomy));
    EXPECT_EQ(open_ledger(roomy).counts().repeats, 3U);
    for (std::uint64_t bytes : {2'000, 4'000, 8'000}) {
      FaultyFileSystem tight;
      std::uint64_t lookups = 0;
      for (std::size_t first = 0; first < chain.size(); first += 17) {  // opened again and again
        auto writer = Writer::open(tight, kFolder, kChain, {.table_bytes = bytes});
        ASSERT_TRUE(writer.has_value()) << writer.error().message;
        for (std::size_t i = first; i < std::min(chain.size(), first + 17); ++i) {
          auto status = writer->append(chain[i]);
          ASSERT_TRUE(status.has_value()) << status.error().message;
          if (i % 5 == 0) {
            ASSERT_TRUE(writer->begin_commit().has_value());
          }
        }
        ASSERT_TRUE(writer->commit().has_value());
        lookups += writer->disk_lookups();
      }
      EXPECT_GT(lookups, 0U) << "nothing was ever forgotten: the test shows nothing";
      expect_same_bytes(roomy.contents(), tight, std::to_string(bytes));
    }
  }
}

TEST(Ledger, however_little_memory__a_coin_is_not_spent_twice) {
  BlockMaker maker(41);
  std::vector<BlockRows> chain = {maker.make({}, {50, 1})};
  Outpoint old{chain[0].transactions[0].txid, 0};
  for (int i = 0; i < 30; ++i) chain.push_back(maker.random_block(0));
  chain.push_back(maker.make({Spend{{old}, {{50, 2}}}}));
  BlockMaker again = maker;
  BlockRows next_block = maker.make({Spend{{old}, {{50, 3}}}});
  BlockRows same_block = again.make({Spend{{old}, {{50, 3}}}, Spend{{old}, {{50, 4}}}});
  for (bool commit_between : {false, true}) {
    for (const BlockRows& second : {next_block, same_block}) {
      FaultyFileSystem disk;
      auto writer = Writer::open(disk, kFolder, kChain, {.table_bytes = 2'000});
      ASSERT_TRUE(writer.has_value());
      for (const BlockRows& block : chain) ASSERT_TRUE(writer->append(block).has_value());
      EXPECT_GT(writer->disk_lookups(), 0U);
      if (commit_between) {
        ASSERT_TRUE(writer->commit().has_value());
      }
      auto status = writer->append(second);
      ASSERT_FALSE(status.has_value());
      EXPECT_NE(status.error().message.find("already spent"), std::string::npos)
          << status.error().message;
    }
  }
}

TEST(Ledger, blocks_appended_while_a_commit_is_written__are_in_the_next_one) {
  std::vector<BlockRows> chain = random_chain(51, 80);
  FaultyFileSystem whole;
  write_blocks(whole, chain);
  FaultyFileSystem overlapped;
  {
    Writer writer = open_writer(overlapped);
    for (const BlockRows& block : chain) {
      ASSERT_TRUE(writer.append(block).has_value());
      ASSERT_TRUE(writer.begin_commit().has_value());
    }
    ASSERT_TRUE(writer.commit().has_value());
  }
  expect_same_bytes(whole.contents(), overlapped);
}

TEST(Ledger, a_begun_commit_that_fails__is_told_at_the_next_call_and_leaves_the_last_commit) {
  std::vector<BlockRows> chain = random_chain(52, 20);
  FaultyFileSystem disk;
  write_blocks(disk, {chain.begin(), chain.begin() + 10});
  auto before = disk.contents();
  {
    Writer writer = open_writer(disk);
    for (std::size_t i = 10; i < 15; ++i) ASSERT_TRUE(writer.append(chain[i]).has_value());
    disk.fail(FaultyFileSystem::Call::sync, 3);
    ASSERT_TRUE(writer.begin_commit().has_value());
    EXPECT_FALSE(writer.commit().has_value());
    EXPECT_EQ(writer.counts().blocks, 10U);
    ASSERT_TRUE(writer.append(chain[10]).has_value());
  }
  expect_same_bytes(before, disk);
}

TEST(Ledger, an_addresss_totals__are_the_sums_over_its_coins) {
  FaultyFileSystem disk;
  std::vector<BlockRows> chain = chain_with_repeats(61);
  write_blocks(disk, chain, 9);
  Ledger ledger = open_ledger(disk);
  std::uint64_t replaced = 0;
  for (std::uint32_t row = 0; row < ledger.counts().addresses; ++row) {
    AddressId address(row);
    AddressTotals totals = ledger.totals(address);
    AddressTotals expected;
    for (CoinId coin : ledger.coins_of(address)) {
      ++expected.coins;
      expected.received += ledger.value(coin);
      bool gone = ledger.is_replaced(coin);
      bool spent = !gone && ledger.spender(coin).has_value();
      expected.replaced_coins += gone ? 1 : 0;
      expected.replaced += gone ? ledger.value(coin) : 0;
      expected.spent_coins += spent ? 1 : 0;
      expected.spent += spent ? ledger.value(coin) : 0;
    }
    EXPECT_EQ(totals, expected) << row;
    replaced += totals.replaced_coins;
    std::vector<CoinId> paged;
    for (std::uint64_t first = 0; first < totals.coins; first += 3) {
      auto page = ledger.coins_of(address, first, 3);
      paged.insert(paged.end(), page.begin(), page.end());
    }
    EXPECT_EQ(paged, ledger.coins_of(address));
  }
  EXPECT_EQ(replaced, 2U);
}

TEST(Ledger, a_block__is_found_by_its_time) {
  FaultyFileSystem disk;
  std::vector<BlockRows> chain = random_chain(63, 40);
  write_blocks(disk, chain);
  Ledger ledger = open_ledger(disk);
  std::uint32_t first = ledger.block_time(BlockHeight(0));
  EXPECT_EQ(ledger.block_at(first - 1), std::nullopt);
  for (std::uint32_t height = 0; height < 40; ++height) {
    std::uint32_t time = ledger.block_time(BlockHeight(height));
    EXPECT_EQ(ledger.block_at(time), BlockHeight(height));
    EXPECT_EQ(ledger.block_at(time + 1), BlockHeight(height));
  }
}

TEST(Ledger, a_snapshot__is_told_when_its_rows_were_taken_back_and_never_shrinks_under_it) {
  std::vector<BlockRows> chain = random_chain(64, 20);
  FaultyFileSystem disk;
  write_blocks(disk, chain);
  Ledger snapshot = open_ledger(disk);
  {
    Writer writer = open_writer(disk);
    EXPECT_TRUE(snapshot.still_holds(disk).value());
    ASSERT_TRUE(writer.rewind(5).has_value());
  }
  EXPECT_FALSE(snapshot.still_holds(disk).value());
  // Its last rows can still be touched: the files were not cut.
  EXPECT_EQ(snapshot.txid(TxId(static_cast<std::uint32_t>(snapshot.counts().transactions - 1))),
            chain.back().transactions.back().txid);
  Ledger now = open_ledger(disk);
  EXPECT_EQ(now.counts().blocks, 5U);
  EXPECT_TRUE(now.still_holds(disk).value());
}

TEST(Ledger, an_opening_that_appends_nothing__changes_nothing) {
  FaultyFileSystem disk;
  write_blocks(disk, random_chain(3, 10));
  auto before = disk.contents();
  {
    Writer writer = open_writer(disk);
    ASSERT_TRUE(writer.commit().has_value());
  }
  expect_same_bytes(before, disk);
}

TEST(Ledger, rewind_past_a_spend__coin_is_unspent_again) {
  FaultyFileSystem disk;
  BlockMaker maker(4);
  BlockRows genesis = maker.make({}, {50, 1});
  Outpoint mined{genesis.transactions[0].txid, 0};
  BlockRows second = maker.make({Spend{{mined}, {{50, 2}}}});
  write_blocks(disk, {genesis, second});
  {
    Writer writer = open_writer(disk);
    ASSERT_TRUE(writer.rewind(1).has_value());
    EXPECT_EQ(writer.tip_hash(), genesis.hash);
  }
  Ledger ledger = open_ledger(disk);
  expect_clean(ledger);
  EXPECT_EQ(ledger.spender(ledger.find_coin(mined).value()), std::nullopt);
}

TEST(Ledger, rewind__equals_never_happened) {
  std::vector<BlockRows> chain = random_chain(5, 30);
  for (std::size_t kept = 1; kept <= chain.size(); ++kept) {
    FaultyFileSystem shorter;
    write_blocks(shorter, {chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(kept)});
    FaultyFileSystem rewound;
    write_blocks(rewound, chain, 4);
    {
      Writer writer = open_writer(rewound);
      ASSERT_TRUE(writer.rewind(kept).has_value());
    }
    expect_same_bytes(shorter.contents(), rewound, std::to_string(kept));
  }
}

TEST(Ledger, rewind_to_nothing__leaves_no_ledger_and_room_for_another) {
  FaultyFileSystem disk;
  write_blocks(disk, random_chain(6, 5));
  {
    Writer writer = open_writer(disk);
    ASSERT_TRUE(writer.rewind(0).has_value());
    EXPECT_EQ(writer.tip_hash(), std::nullopt);
  }
  EXPECT_FALSE(Ledger::open(disk, kFolder).has_value());
  std::vector<BlockRows> other = random_chain(7, 5);
  write_blocks(disk, other);
  FaultyFileSystem fresh;
  write_blocks(fresh, other);
  expect_same_bytes(fresh.contents(), disk);
}

// The stale spenders of the branch that was left must not come true on the branch that follows.
TEST(Ledger, reorganised_onto_another_branch__equals_that_branch_alone) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    BlockMaker trunk(100 + seed);
    std::vector<BlockRows> common;
    for (int i = 0; i < 10; ++i) common.push_back(trunk.random_block(5));
    BlockMaker left = trunk;
    BlockMaker right = trunk;
    right.make({}, {1, 39});  // steps the right branch's chance apart from the left's
    BlockMaker other = trunk;
    std::vector<BlockRows> left_chain = common;
    std::vector<BlockRows> right_chain = common;
    for (int i = 0; i < 6; ++i) left_chain.push_back(left.random_block(6));
    right_chain.push_back(other.make({}, {1, 39}));
    for (int i = 0; i < 9; ++i) right_chain.push_back(other.random_block(6));

    FaultyFileSystem disk;
    write_blocks(disk, left_chain, 3);
    {
      Writer writer = open_writer(disk);
      ASSERT_TRUE(writer.rewind(common.size()).has_value());
      for (std::size_t i = common.size(); i < right_chain.size(); ++i) {
        ASSERT_TRUE(writer.append(right_chain[i]).has_value());
      }
      ASSERT_TRUE(writer.commit().has_value());
    }
    FaultyFileSystem alone;
    write_blocks(alone, right_chain);
    expect_same_bytes(alone.contents(), disk, std::to_string(seed));
    expect_clean(open_ledger(disk));
  }
}

TEST(Ledger, two_coinbases_of_one_txid__the_later_replaces_the_earlier_and_both_are_visible) {
  FaultyFileSystem disk;
  BlockMaker maker(8);
  BlockRows first = maker.make({}, {50, 1});
  Hash256 txid = first.transactions[0].txid;
  maker.repeat_coinbase(txid);
  BlockRows second = maker.make({}, {50, 1});
  BlockRows third = maker.make({Spend{{{txid, 0}}, {{50, 2}}}});
  write_blocks(disk, {first, second, third});

  Ledger ledger = open_ledger(disk);
  expect_clean(ledger);
  auto both = ledger.find_transactions(txid);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(ledger.height(both[0]), BlockHeight(0));
  EXPECT_EQ(ledger.height(both[1]), BlockHeight(1));
  CoinId replaced = ledger.outputs(both[0]).first;
  CoinId standing = ledger.outputs(both[1]).first;
  EXPECT_TRUE(ledger.is_replaced(replaced));
  EXPECT_EQ(ledger.spender(replaced), both[1]);
  EXPECT_FALSE(ledger.is_replaced(standing));
  EXPECT_EQ(ledger.find_coin({txid, 0}), standing);
  EXPECT_TRUE(ledger.spender(standing).has_value());
}

struct Refusal {
  const char* name;
  std::vector<Spend> spends;
  const char* says;
};

TEST(Ledger, a_block_that_cannot_be__is_refused_by_name_and_nothing_is_written) {
  BlockMaker maker(9);
  BlockRows genesis = maker.make({}, {50, 1});
  Outpoint mined{genesis.transactions[0].txid, 0};
  Outpoint unknown{Hash256::from_text(std::string(64, 'a')).value(), 3};
  const Refusal refusals[] = {
      {"twice in one block",
       {Spend{{mined}, {{50, 2}}}, Spend{{mined}, {{50, 3}}}},
       "already spent"},
      {"twice in one transaction", {Spend{{mined, mined}, {{50, 2}}}}, "already spent"},
      {"unknown coin", {Spend{{unknown}, {{1, 2}}}}, "which no block has created"},
      {"no such output", {Spend{{{mined.txid, 1}}, {{1, 2}}}}, "has only 1 output"},
      {"overspend", {Spend{{mined}, {{50, 2}, {1, 3}}}}, "pays out 51 and takes in 50"},
  };
  for (const Refusal& refusal : refusals) {
    FaultyFileSystem disk;
    write_blocks(disk, {genesis});
    auto before = disk.contents();
    {
      Writer writer = open_writer(disk);
      BlockMaker branch = maker;
      auto status = writer.append(branch.make(refusal.spends));
      ASSERT_FALSE(status.has_value()) << refusal.name;
      EXPECT_EQ(status.error().kind, ErrorKind::bad_input);
      EXPECT_NE(status.error().message.find(refusal.says), std::string::npos)
          << status.error().message;
      // The writer is at the last commit and takes a right block.
      BlockMaker right = maker;
      EXPECT_TRUE(writer.append(right.make({Spend{{mined}, {{50, 2}}}})).has_value());
    }
    expect_same_bytes(before, disk, refusal.name);
  }
}

TEST(Ledger, a_coinbase__pays_out_the_subsidy_and_the_fees_at_most) {
  BlockMaker maker(9);
  BlockRows genesis = maker.make({}, {50, 1});
  Spend with_fee{{{genesis.transactions[0].txid, 0}}, {{43, 2}}};
  BlockMaker branch = maker;
  BlockRows right = maker.make({with_fee}, {5'000'000'007, 3});
  BlockRows wrong = branch.make({with_fee}, {5'000'000'008, 3});
  FaultyFileSystem disk;
  write_blocks(disk, {genesis});
  Writer writer = open_writer(disk);
  auto refused = writer.append(wrong);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::bad_input);
  EXPECT_NE(refused.error().message.find("the coinbase pays out 5000000008, the subsidy is "
                                         "5000000000 and the fees are 7"),
            std::string::npos)
      << refused.error().message;
  EXPECT_TRUE(writer.append(right).has_value());

  FaultyFileSystem other;
  auto unknown = Writer::open(other, kFolder, "toy:chain");
  ASSERT_TRUE(unknown.has_value());
  ASSERT_TRUE(unknown->append(genesis).has_value());
  EXPECT_TRUE(unknown->append(wrong).has_value()) << "no schedule is known for this chain";
}

TEST(Ledger, a_block_that_does_not_build_on_the_tip__is_refused) {
  FaultyFileSystem disk;
  std::vector<BlockRows> chain = random_chain(10, 3);
  Writer writer = open_writer(disk);
  ASSERT_TRUE(writer.append(chain[0]).has_value());
  auto status = writer.append(chain[2]);
  ASSERT_FALSE(status.has_value());
  EXPECT_NE(status.error().message.find(chain[1].hash.text()), std::string::npos);
}

TEST(Ledger, a_second_writer__is_refused_with_the_first_ones_process) {
  std::string folder = ::testing::TempDir() + "second_writer";
  auto first = Writer::open(posix_files(), folder, kChain);
  ASSERT_TRUE(first.has_value());
  auto second = Writer::open(posix_files(), folder, kChain);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::machine);
  EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos)
      << second.error().message;
}

TEST(Ledger, another_chains_ledger__is_refused_untouched) {
  FaultyFileSystem disk;
  write_blocks(disk, random_chain(11, 2));
  auto before = disk.contents();
  auto writer = Writer::open(disk, kFolder, "litecoin:main");
  ASSERT_FALSE(writer.has_value());
  EXPECT_NE(writer.error().message.find("holds bitcoin:test"), std::string::npos);
  expect_same_bytes(before, disk);
}

TEST(Ledger, an_open_snapshot__does_not_change_while_the_writer_goes_on) {
  FaultyFileSystem disk;
  BlockMaker maker(12);
  BlockRows genesis = maker.make({}, {50, 1});
  Outpoint mined{genesis.transactions[0].txid, 0};
  write_blocks(disk, {genesis});
  Ledger before = open_ledger(disk);
  write_blocks(disk, {maker.make({Spend{{mined}, {{50, 2}}}})});
  EXPECT_EQ(before.counts().blocks, 1U);
  EXPECT_EQ(before.spender(before.find_coin(mined).value()), std::nullopt);
  expect_clean(before);
  Ledger after = open_ledger(disk);
  EXPECT_TRUE(after.spender(after.find_coin(mined).value()).has_value());
}

// Power is lost at every single change the disk sees, in each of several ways.
TEST(Ledger, power_lost_at_any_moment__a_committed_ledger_is_found_and_goes_on_to_the_same_bytes) {
  std::vector<BlockRows> chain = random_chain(13, 12);
  FaultyFileSystem whole;
  write_blocks(whole, chain);
  for (std::uint64_t changes = 0;; ++changes) {
    bool finished = false;
    for (std::uint64_t seed = 0; seed < test::rounds(4); ++seed) {
      FaultyFileSystem disk;
      disk.lose_power_after(changes);
      {
        auto writer = Writer::open(disk, kFolder, kChain);
        std::size_t appended = 0;
        while (writer && appended < chain.size()) {
          if (!writer->append(chain[appended++])) break;
          if (appended % 3 == 0 && !writer->commit()) break;
        }
      }
      finished = disk.powered();
      disk.restart(seed);
      std::size_t known = 0;
      if (disk.exists(manifest_path(kFolder))) {
        Ledger ledger = open_ledger(disk);
        expect_clean(ledger);
        known = ledger.counts().blocks;
        ASSERT_EQ(known % 3, 0U);
        EXPECT_EQ(ledger.manifest().tip_hash, chain[known - 1].hash);
      }
      write_blocks(disk, {chain.begin() + static_cast<std::ptrdiff_t>(known), chain.end()}, 5);
      expect_same_bytes(whole.contents(), disk, fmt::format("{} changes, seed {}", changes, seed));
    }
    if (finished) break;
  }
}

TEST(Ledger, power_lost_in_a_rewind__the_long_or_the_short_ledger_is_found) {
  std::vector<BlockRows> chain = random_chain(14, 12);
  for (std::uint64_t changes = 0;; ++changes) {
    FaultyFileSystem disk;
    write_blocks(disk, chain);
    disk.lose_power_after(changes);
    {
      auto writer = Writer::open(disk, kFolder, kChain);
      if (writer) (void)writer->rewind(5);
    }
    bool finished = disk.powered();
    disk.restart(changes + 2);
    Ledger ledger = open_ledger(disk);
    expect_clean(ledger);
    EXPECT_TRUE(ledger.counts().blocks == 5 || ledger.counts().blocks == 12);
    if (finished) {
      EXPECT_EQ(ledger.counts().blocks, 5U);
      break;
    }
  }
}

TEST(Ledger, any_call_that_fails__leaves_the_ledger_at_a_commit_and_the_next_try_succeeds) {
  std::vector<BlockRows> chain = random_chain(15, 9);
  FaultyFileSystem whole;
  write_blocks(whole, chain);
  using Call = FaultyFileSystem::Call;
  for (Call call : {Call::open_write, Call::write, Call::sync, Call::rename, Call::sync_folder}) {
    for (std::uint64_t nth = 1;; ++nth) {
      FaultyFileSystem disk;
      write_blocks(disk, {chain.begin(), chain.begin() + 4});
      std::uint64_t before = disk.count(call);
      disk.fail(call, nth);
      bool failed = false;
      {
        auto writer = Writer::open(disk, kFolder, kChain);
        for (std::size_t i = 4; writer && i < chain.size(); ++i) {
          ASSERT_TRUE(writer->append(chain[i]).has_value());
        }
        Status status = writer ? writer->commit() : std::unexpected(writer.error());
        failed = !status.has_value();
        EXPECT_TRUE(!failed || status.error().kind == ErrorKind::machine);
      }
      bool reached = disk.count(call) - before >= nth;
      disk.mend();
      Ledger ledger = open_ledger(disk);
      expect_clean(ledger);
      std::size_t known = ledger.counts().blocks;
      EXPECT_TRUE(known == 4 || known == 9);
      write_blocks(disk, {chain.begin() + static_cast<std::ptrdiff_t>(known), chain.end()});
      expect_same_bytes(whole.contents(), disk);
      EXPECT_EQ(failed, reached);
      if (!reached) break;
    }
  }
}

// Every byte of a small ledger (every eighth under a sanitizer), turned over: opening refuses it or
// the check names it.
TEST(Ledger, a_flipped_byte_anywhere__is_found) {
  FaultyFileSystem disk;
  write_blocks(disk, random_chain(16, 6));
  auto contents = disk.contents();
  constexpr std::size_t kStep = 1000 / test::rounds(1000);
  std::uint64_t flips = 0;
  for (const auto& [path, bytes] : contents) {
    for (std::size_t at = flips % kStep; at < bytes.size(); at += kStep) {
      bool unspent = path.ends_with("coin.spender") &&
                     load_le<std::uint32_t>(bytes.data() + at / 4 * 4) == kNoTx;
      if (unspent) continue;  // any number past the end says the same: no spender
      FaultyFileSystem broken;
      for (const auto& [name, original] : contents) {
        ASSERT_TRUE(broken.make_folder(folder_of(name)).has_value());
        auto file = broken.open_write(name);
        Bytes changed = original;
        if (name == path) changed[at] ^= 0x41;
        ASSERT_TRUE((*file)->append(changed).has_value());
      }
      auto ledger = Ledger::open(broken, kFolder);
      if (ledger) {
        EXPECT_FALSE(check_ledger(*ledger).clean()) << path << " byte " << at;
      }
      ++flips;
    }
  }
  EXPECT_GT(flips, 1000U / kStep);
}

TEST(Ledger, a_column_cut_short__is_refused_by_name) {
  FaultyFileSystem disk;
  write_blocks(disk, random_chain(17, 4));
  auto file = disk.open_write("ledger/columns/coin.value");
  ASSERT_TRUE((*file)->truncate(8).has_value());
  auto ledger = Ledger::open(disk, kFolder);
  ASSERT_FALSE(ledger.has_value());
  EXPECT_EQ(ledger.error().kind, ErrorKind::machine);
  EXPECT_NE(ledger.error().message.find("coin.value has 8 bytes"), std::string::npos)
      << ledger.error().message;
}

}  // namespace
}  // namespace tracehound::ledger
