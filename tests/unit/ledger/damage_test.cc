// A writer on a ledger whose bytes were changed ends with one sentence: an error, or the word of a
// damaged row (docs/decisions/0004). It never runs wild, and never makes the damage worse.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/check.h"
#include "ledger/ledger.h"
#include "ledger/writer.h"
#include "support/random_blocks.h"
#include "support/rounds.h"
#include "unit/ledger/disks.h"

namespace tracehound::ledger {
namespace {

using test::BlockMaker;
using test::FaultyFileSystem;
using test::Random;

void put_contents(FaultyFileSystem& disk, const DiskContents& contents) {
  for (const auto& [path, bytes] : contents) {
    ASSERT_TRUE(disk.make_folder(folder_of(path)).has_value());
    auto file = disk.open_write(path);
    ASSERT_TRUE(file.has_value() && (*file)->append(bytes).has_value());
    ASSERT_TRUE((*file)->sync().has_value());
  }
}

struct Chain {
  std::vector<BlockRows> blocks;
  BlockMaker maker;

  explicit Chain(std::uint64_t seed) : maker(seed) {
    for (int i = 0; i < 8; ++i) {
      if (i == 5) maker.repeat_coinbase(blocks[2].transactions.front().txid);
      blocks.push_back(maker.random_block(3));
    }
  }
};

// What the program does with a ledger: everything a writer can be asked for.
void use_writer(FileSystem& disk, const std::vector<BlockRows>& next, std::uint64_t table_bytes) {
  auto writer = Writer::open(disk, kFolder, kChain, {.table_bytes = table_bytes});
  if (!writer) return;
  for (const BlockRows& block : next) {
    if (!writer->append(block)) break;
  }
  if (writer->commit() && writer->committed().blocks > 3) (void)writer->rewind(3);
}

TEST(Damage, any_bytes_changed__a_writer_ends_with_a_sentence) {
  Chain chain(81);
  DiskContents contents = contents_of_chain(chain.blocks);
  std::vector<BlockRows> next;
  for (int i = 0; i < 3; ++i) next.push_back(chain.maker.random_block(4));
  Random random(82);
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : contents) {
    if (!bytes.empty()) paths.push_back(path);
  }
  std::uint64_t damaged_rows = 0;
  constexpr std::uint64_t kTimes = test::rounds(1500);
  for (std::uint64_t time = 0; time < kTimes; ++time) {
    DiskContents changed = contents;
    for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
      Bytes& bytes = changed[paths[random.below(paths.size())]];
      auto byte = static_cast<Byte>(random.below(3) == 0 ? 0xFF : random.next());
      std::uint64_t at = random.below(bytes.size());
      for (std::uint64_t end = std::min(bytes.size(), at + 1 + random.below(8)); at < end; ++at) {
        bytes[at] = byte;
      }
    }
    pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      if (std::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(2);
      FaultyFileSystem disk;
      put_contents(disk, changed);
      try {
        use_writer(disk, next, random.below(2) == 0 ? 2'000 : 1U << 20);
      } catch (...) {
        ::_exit(3);
      }
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status) << ", time " << time;
    ASSERT_TRUE(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 4) << WEXITSTATUS(status);
    damaged_rows += WEXITSTATUS(status) == 4 ? 1 : 0;
  }
  EXPECT_GT(damaged_rows, kTimes / 30);
}

TEST(Damage, a_manifest_of_impossible_counts__is_refused_whoever_made_its_checksum) {
  Chain chain(83);
  DiskContents contents = contents_of_chain(chain.blocks);
  FaultyFileSystem disk;
  put_contents(disk, contents);
  auto manifest = read_manifest(disk, kFolder);
  ASSERT_TRUE(manifest.has_value());
  std::uint64_t Counts::* numbers[] = {
      &Counts::blocks,    &Counts::transactions,  &Counts::inputs,  &Counts::coins,
      &Counts::addresses, &Counts::payload_bytes, &Counts::repeats, &Counts::wrappers};
  for (auto number : numbers) {
    for (std::uint64_t value :
         {~std::uint64_t{0}, std::uint64_t{1} << 63, std::uint64_t{1} << 41}) {
      Manifest forged = *manifest;
      forged.counts.*number = value;
      ASSERT_TRUE(replace_file(disk, manifest_path(kFolder), manifest_text(forged)).has_value());
      auto reader = Ledger::open(disk, kFolder);
      ASSERT_FALSE(reader.has_value());
      EXPECT_NE(reader.error().message.find("is damaged"), std::string::npos);
      EXPECT_FALSE(Writer::open(disk, kFolder, kChain).has_value());
    }
  }
}

// Merging a run that has lost a row would make a ledger that cannot be opened.
TEST(Damage, a_damaged_run__is_not_merged_into_the_next_commit) {
  Chain chain(84);
  FaultyFileSystem disk;
  DiskContents contents = contents_of_chain(chain.blocks);
  for (auto& [path, bytes] : contents) {
    if (path.find("address_coin") != std::string::npos) bytes[4] = 0xEE;  // the first entry's row
  }
  put_contents(disk, contents);
  {
    auto writer = Writer::open(disk, kFolder, kChain);
    ASSERT_TRUE(writer.has_value());
    ASSERT_TRUE(writer->append(chain.maker.random_block(2)).has_value());
    auto status = writer->commit();
    ASSERT_FALSE(status.has_value());
    EXPECT_NE(status.error().message.find("address_coin"), std::string::npos);
  }
  EXPECT_FALSE(difference(contents, disk.contents()).has_value());
}

// Copied by hand after a kill, without the files that processes leave for one another: what the
// killed writer left in the spender column must not come true.
TEST(Damage, a_copy_without_side_files__is_looked_through_by_its_first_writer) {
  Chain chain(85);
  DiskContents contents = contents_of_chain(chain.blocks);
  for (auto& [path, bytes] : contents) {
    if (!path.ends_with("coin.spender")) continue;
    for (std::size_t at = 0; at < bytes.size(); at += 4) {
      if (load_le<std::uint32_t>(bytes.data() + at) == kNoTx) store_le(bytes.data() + at, 40U);
    }
  }
  for (const char* name : {"lock", "readers"}) contents.erase(std::string(kFolder) + "/" + name);
  FaultyFileSystem disk;
  put_contents(disk, contents);
  for (int i = 0; i < 12; ++i) chain.blocks.push_back(chain.maker.random_block(1));
  {
    auto writer = Writer::open(disk, kFolder, kChain);
    ASSERT_TRUE(writer.has_value());
    for (std::size_t i = 8; i < chain.blocks.size(); ++i) {
      ASSERT_TRUE(writer->append(chain.blocks[i]).has_value());
    }
    ASSERT_TRUE(writer->commit().has_value());
  }
  auto differs = difference(contents_of_chain(chain.blocks), disk.contents());
  EXPECT_FALSE(differs.has_value()) << *differs;
}

}  // namespace
}  // namespace tracehound::ledger
