// Files with damage: whole blocks come in, what is not whole is named, and nothing gets worse.
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>

#include "unit/chains_bitcoin/blocks_folder.h"

namespace tracehound::chains::bitcoin {
namespace {

using test::record;
using test::records;
using test::RegtestChain;

class IngestDamageTest : public BlocksFolder {
 protected:
  static RegtestChain chain_of(std::size_t blocks) {
    RegtestChain chain;
    while (chain.size() < blocks) chain.mine();
    return chain;
  }
  static std::vector<Bytes> first(const std::vector<Bytes>& blocks, std::size_t count) {
    return {blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(count)};
  }
  // Where a block's record begins in a file of all blocks.
  static std::size_t record_start(const std::vector<Bytes>& blocks, std::size_t height) {
    return records(first(blocks, height)).size();
  }
  static Bytes with_flipped_bit(Bytes bytes, std::size_t byte, int bit = 0) {
    bytes[byte] ^= static_cast<Byte>(1 << bit);
    return bytes;
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(IngestDamageTest, a_bit_flipped_anywhere_in_transactions__blocks_before_come_in) {
  RegtestChain chain = chain_of(6);
  LedgerFiles expected = ledger_of(first(chain.blocks(), 3));
  std::size_t start = record_start(chain.blocks(), 3);
  for (std::size_t byte = 80; byte < chain.blocks()[3].size(); ++byte) {
    put("blk00000.dat", with_flipped_bit(records(chain.blocks()), start + 8 + byte, byte % 8));
    for (const auto& [file, bytes] : ledger_files(disk)) ASSERT_TRUE(disk.remove(file).has_value());
    IngestReport report = ingested();
    EXPECT_EQ(report.blocks_added, 3U) << byte;
    EXPECT_EQ(report.scan.records, 5U) << byte;
    EXPECT_EQ(report.scan.unconnected, 2U) << byte;
    EXPECT_EQ(report.scan.missing_block, chain.hash(3)) << byte;
    ASSERT_EQ(report.scan.damaged.size(), 1U) << byte;
    EXPECT_EQ(report.scan.damaged[0].file, "blocks/blk00000.dat");
    EXPECT_EQ(report.scan.damaged[0].offset, start) << byte;
    EXPECT_TRUE(has(report.scan.damaged[0].what, "at height 3")) << report.scan.damaged[0].what;
    expect_ledger(expected);
  }
}

// Real headers: a flipped bit leaves no proof of work.
TEST_F(IngestDamageTest, a_bit_flipped_anywhere_in_a_header__blocks_before_come_in) {
  auto file = shared_data("two-files-and-damaged/blk00000.dat");
  if (!file) GTEST_SKIP() << "the shared data is absent";
  file->resize(293 + 3 * 223);  // blocks 0 to 3
  network = "main";
  put("blk00000.dat", ByteView(*file).first(293 + 223));
  ingested();
  LedgerFiles expected = ledger_files(disk);
  for (std::size_t bit = 0; bit < 80 * 8; ++bit) {
    put("blk00000.dat", with_flipped_bit(*file, 293 + 223 + 8 + bit / 8, bit % 8));
    for (const auto& [name, bytes] : ledger_files(disk)) ASSERT_TRUE(disk.remove(name).has_value());
    IngestReport report = ingested();
    EXPECT_EQ(report.blocks_added, 2U) << bit;
    ASSERT_EQ(report.scan.damaged.size(), 1U) << bit;
    EXPECT_EQ(report.scan.damaged[0].offset, 293U + 223U) << bit;
    EXPECT_EQ(report.scan.unconnected, 1U) << bit;
    expect_ledger(expected);
  }
}

TEST_F(IngestDamageTest, nothing_to_add_because_of_damage__is_refused_and_named) {
  RegtestChain chain = chain_of(6);
  std::size_t start = record_start(chain.blocks(), 3);
  put("blk00000.dat", with_flipped_bit(records(chain.blocks()), start + 8 + 100));
  EXPECT_EQ(ingested().blocks_added, 3U);
  std::string error = refused();
  EXPECT_TRUE(error.starts_with(
      fmt::format("nothing could be added after height 2: blocks/blk00000.dat, byte {}: block {}",
                  start, chain.hash(3).text())))
      << error;
  // Asked for no more than is there, all is well.
  EXPECT_EQ(ingested_to(2).blocks_added, 0U);
  EXPECT_EQ(ingested_to(1).blocks_added, 0U);
}

TEST_F(IngestDamageTest, damage_in_the_last_record__the_next_run_is_refused_and_named) {
  RegtestChain chain = chain_of(4);
  Bytes file = with_flipped_bit(records(chain.blocks()), record_start(chain.blocks(), 3) + 100);
  put("blk00000.dat", file);
  IngestReport report = ingested();
  EXPECT_EQ(report.blocks_added, 3U);
  EXPECT_EQ(report.scan.damaged.size(), 1U);
  EXPECT_TRUE(has(refused(), chain.hash(3).text()));
}

TEST_F(IngestDamageTest, the_first_block_damaged__is_refused_and_leaves_nothing) {
  RegtestChain chain = chain_of(3);
  put("blk00000.dat", with_flipped_bit(records(chain.blocks()), 8 + 150));
  std::string error = refused();
  EXPECT_TRUE(has(error, "do not begin at the genesis block of regtest")) << error;
  EXPECT_TRUE(has(error, "builds on the genesis block " + chain.hash(0).text())) << error;
  EXPECT_TRUE(has(error, "blocks/blk00000.dat, byte 0: ")) << error;
  EXPECT_TRUE(ledger_files(disk).empty());
}

TEST_F(IngestDamageTest, another_copy_of_the_damaged_block__is_used) {
  RegtestChain chain = chain_of(6);
  std::size_t start = record_start(chain.blocks(), 3);
  put("blk00000.dat", with_flipped_bit(records(chain.blocks()), start + 8 + 100));
  put_blocks("blk00001.dat", {chain.blocks()[3]});
  IngestReport report = ingested();
  EXPECT_EQ(report.blocks_added, 6U);
  EXPECT_EQ(report.scan.damaged.size(), 1U);
  EXPECT_EQ(report.scan.unconnected, 0U);
  expect_ledger(ledger_of(chain.blocks()));
}

TEST_F(IngestDamageTest, the_file_repaired__goes_on_to_the_same_bytes) {
  RegtestChain chain = chain_of(6);
  put("blk00000.dat",
      with_flipped_bit(records(chain.blocks()), record_start(chain.blocks(), 3) + 100));
  ingested();
  put_blocks("blk00000.dat", chain.blocks());
  EXPECT_EQ(ingested().blocks_added, 3U);
  expect_ledger(ledger_of(chain.blocks()));
}

TEST_F(IngestDamageTest, the_best_branch_damaged__the_next_best_is_taken) {
  RegtestChain best = chain_of(8);
  RegtestChain second = best.branch(4, 1);
  for (int i = 0; i < 3; ++i) second.mine();
  RegtestChain third = best.branch(4, 2);
  third.mine();
  third.mine();
  Bytes file = with_flipped_bit(records(best.blocks()), record_start(best.blocks(), 5) + 100);
  for (const RegtestChain* side : {&second, &third}) {
    std::vector<Bytes> rest(side->blocks().begin() + 4, side->blocks().end());
    Bytes more = records(rest);
    file.insert(file.end(), more.begin(), more.end());
  }
  put("blk00000.dat", file);
  IngestReport report = ingested();
  EXPECT_EQ(report.tip_hash, second.tip());
  EXPECT_EQ(report.blocks_rewound, 0U);  // none of the ledger's own blocks
  expect_ledger(ledger_of(second.blocks()));
}

TEST_F(IngestDamageTest, a_better_branch_with_damage_before_it_wins__the_ledger_stays) {
  RegtestChain own = chain_of(8);
  put_blocks("blk00000.dat", own.blocks());
  ingested();
  RegtestChain other = own.branch(5, 1);
  for (int i = 0; i < 6; ++i) other.mine();
  for (std::size_t damaged = 5; damaged < 9; ++damaged) {
    std::vector<Bytes> blocks = other.blocks();
    blocks[damaged][90] ^= 1;
    put_blocks("blk00000.dat", blocks);  // and the ledger's own branch is in no file
    LedgerFiles before = ledger_files(disk);
    auto report = ingest();
    EXPECT_TRUE(before == ledger_files(disk)) << damaged;
    // Six whole blocks wait for the damaged one: said as an error, since nothing was added.
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().kind, ErrorKind::bad_input);
    EXPECT_TRUE(has(report.error().message, other.hash(damaged).text()));
  }
  // Once the new branch has more work, damage further up does not keep the ledger back.
  std::vector<Bytes> blocks = other.blocks();
  blocks[9][90] ^= 1;
  put_blocks("blk00000.dat", blocks);
  EXPECT_EQ(ingested().blocks_rewound, 3U);
  expect_ledger(ledger_of(first(other.blocks(), 9)));
}

TEST_F(IngestDamageTest, a_length_that_swallows_the_next_record__only_that_block_is_lost) {
  RegtestChain chain = chain_of(6);
  Bytes file = records(chain.blocks());
  std::size_t start = record_start(chain.blocks(), 2);
  for (std::uint32_t more : {1U, 60U, 300U, 700U, 1U << 20, 1U << 30}) {
    Bytes damaged = file;
    store_le(damaged.data() + start + 4,
             static_cast<std::uint32_t>(chain.blocks()[2].size()) + more);
    put("blk00000.dat", damaged);
    put_blocks("blk00001.dat", {chain.blocks()[2]});
    for (const auto& [name, bytes] : ledger_files(disk)) ASSERT_TRUE(disk.remove(name).has_value());
    IngestReport report = ingested();
    EXPECT_EQ(report.blocks_added, 6U) << more;
    ASSERT_EQ(report.scan.damaged.size(), 1U) << more;
    EXPECT_EQ(report.scan.damaged[0].offset, start) << more;
  }
}

TEST_F(IngestDamageTest, an_unfinished_last_record__comes_in_next_time) {
  RegtestChain chain = chain_of(5);
  Bytes file = records(chain.blocks());
  std::size_t start = record_start(chain.blocks(), 4);
  put("blk00000.dat", ByteView(file).first(file.size() - 50));
  IngestReport report = ingested();
  EXPECT_EQ(report.blocks_added, 4U);
  EXPECT_TRUE(report.scan.damaged.empty());
  ASSERT_EQ(report.scan.unfinished.size(), 1U);
  EXPECT_EQ(report.scan.unfinished[0].offset, start);
  EXPECT_EQ(ingested().blocks_added, 0U);  // still so: nothing new, and no error
  put("blk00000.dat", file);
  EXPECT_EQ(ingested().blocks_added, 1U);
  expect_ledger(ledger_of(chain.blocks()));
}

// One to four changes of a file: bits flipped, bytes taken out, put in, zeroed, a slice copied.
Bytes damage_at_random(Bytes file, std::mt19937& random) {
  auto below = [&](std::size_t limit) { return random() % limit; };
  for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
    auto at = file.begin() + static_cast<std::ptrdiff_t>(below(file.size() - 400));
    auto size = static_cast<std::ptrdiff_t>(1 + below(400));
    switch (below(5)) {
      case 0:
        *at ^= static_cast<Byte>(1U << below(8));
        break;
      case 1:
        file.erase(at, at + size);
        break;
      case 2:
        file.insert(at, static_cast<std::size_t>(size), static_cast<Byte>(random()));
        break;
      case 3:
        std::fill(at, at + size, Byte{0});
        break;
      default:
        Bytes slice(at, at + size);
        file.insert(file.begin() + static_cast<std::ptrdiff_t>(below(file.size())), slice.begin(),
                    slice.end());
    }
  }
  return file;
}

// Real blocks, whose headers cannot be damaged and keep their proof of work: whatever happens to
// the file, the ledger holds the first blocks of the chain and nothing else, and whatever is
// missing was named.
TEST_F(IngestDamageTest, random_damage__never_a_wrong_block_and_never_silence) {
  auto file = shared_data("two-files-and-damaged/blk00000.dat");
  if (!file) GTEST_SKIP() << "the shared data is absent";
  network = "main";
  file->resize(293 + 29 * 223);  // blocks 0 to 29
  put("blk00000.dat", *file);
  ingested();
  std::vector<Hash256> chain;
  ledger::Ledger whole = open();
  for (std::uint32_t i = 0; i < 30; ++i) chain.push_back(whole.block_hash(BlockHeight(i)));

  std::mt19937 random(2009);
  std::set<std::size_t> lengths;
  for (int round = 0; round < 300; ++round) {
    for (const auto& [name, bytes] : ledger_files(disk)) ASSERT_TRUE(disk.remove(name).has_value());
    put("blk00000.dat", damage_at_random(*file, random));
    auto report = ingest();
    if (!report) {
      EXPECT_EQ(report.error().kind, ErrorKind::bad_input) << report.error().message;
      EXPECT_TRUE(ledger_files(disk).empty());
      continue;
    }
    ledger::Ledger ledger = open();
    ASSERT_LE(ledger.counts().blocks, 30U);
    EXPECT_EQ(ledger.block_hash(ledger.tip()), chain[ledger.tip().number()]) << round;
    bool named = !report->scan.damaged.empty() || !report->scan.unfinished.empty() ||
                 report->scan.unconnected > 0;
    // Bytes taken out may be whole records at the end of the file: no trace is left of those.
    EXPECT_TRUE(named || ledger.counts().blocks >= 28) << round;
    lengths.insert(ledger.counts().blocks);
  }
  EXPECT_GT(lengths.size(), 20U);  // it was damaged everywhere
}

// A block whose merkle root is right and whose content is not.
void expect_left_out(const Bytes& bad_transaction, const std::string& sentence) {
  class Folder : public BlocksFolder {
   public:
    void TestBody() override {}
    void run(const Bytes& transaction, const std::string& says) {
      RegtestChain chain = chain_of(3);
      chain.mine_bytes({chain.next_coinbase().bytes(), transaction});
      chain.mine();
      put_blocks("blk00000.dat", chain.blocks());
      IngestReport report = ingested();
      EXPECT_EQ(report.blocks_added, 3U);
      ASSERT_EQ(report.scan.damaged.size(), 1U);
      EXPECT_TRUE(has(report.scan.damaged[0].what, says)) << report.scan.damaged[0].what;
      EXPECT_TRUE(has(refused(), says));
    }
    static RegtestChain chain_of(std::size_t blocks) {
      RegtestChain chain;
      while (chain.size() < blocks) chain.mine();
      return chain;
    }
  };
  Folder folder;
  folder.run(bad_transaction, sentence);
}

TEST(IngestDamage, a_script_length_of_2_to_63__is_named_and_left_out) {
  Bytes transaction = {1, 0, 0, 0, 1};
  transaction.resize(transaction.size() + 36, 0x22);  // an outpoint
  test::put_compact_size(transaction, std::uint64_t{1} << 63);
  transaction.resize(transaction.size() + 60, 0);
  expect_left_out(transaction, "9223372036854775808");
}

TEST(IngestDamage, a_value_above_21_million_coins__is_named_and_left_out) {
  test::Tx transaction = {.in = {{{Hash256{{7}}, 0}}},
                          .out = {{21'000'000 * test::kCoin + 1, test::pay_to(1)}}};
  expect_left_out(transaction.bytes(), "2100000000000001");
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
