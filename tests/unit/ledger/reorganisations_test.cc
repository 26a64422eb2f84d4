// A ledger that went back and took another branch, over and over, is the ledger of the branch it
// ended on.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

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

constexpr std::size_t kDeepest = 100;

// A chain and, for each height, the maker that can go on from there.
class Tree {
 public:
  explicit Tree(std::uint64_t seed) : makers_{BlockMaker(seed)} {}

  const std::vector<BlockRows>& chain() const { return chain_; }
  void back_to(std::size_t blocks, std::uint64_t seed) {
    chain_.resize(blocks);
    makers_.resize(blocks + 1, makers_.front());
    makers_.back().reseed(seed);
  }
  // Now and then a coinbase repeats the txid of an earlier one (BIP 30).
  void grow(Random& random) {
    BlockMaker maker = makers_.back();
    if (!chain_.empty() && random.below(40) == 0) {
      maker.repeat_coinbase(chain_[random.below(chain_.size())].transactions.front().txid);
    }
    chain_.push_back(maker.random_block(random.below(4)));
    makers_.push_back(std::move(maker));
  }

 private:
  std::vector<BlockRows> chain_;
  std::vector<BlockMaker> makers_;
};

// Some are taken in with a reader open, which keeps the files from being cut.
TEST(Reorganisations, a_thousand_of_any_depth__leave_the_bytes_of_the_final_chain_alone) {
  constexpr std::uint64_t kTimes = test::rounds(1000);
  Random random(71);
  Tree tree(72);
  FaultyFileSystem disk;
  auto writer = Writer::open(disk, kFolder, kChain);
  ASSERT_TRUE(writer.has_value());
  auto grow = [&](std::size_t blocks) {
    while (tree.chain().size() < blocks) {
      tree.grow(random);
      ASSERT_TRUE(writer->append(tree.chain().back()).has_value());
    }
    ASSERT_TRUE(writer->commit().has_value());
  };
  grow(kDeepest + 1);
  std::size_t deep = 0;
  std::size_t repeats = 0;
  std::optional<Ledger> reader;
  for (std::uint64_t time = 0; time < kTimes; ++time) {
    if (random.below(3) == 0) reader.reset();
    if (random.below(3) == 0) {
      auto opened = Ledger::open(disk, kFolder);
      ASSERT_TRUE(opened.has_value()) << opened.error().message;
      reader.emplace(std::move(*opened));
    }
    std::size_t height = tree.chain().size();
    std::size_t depth = 1 + random.below(std::min(kDeepest, height - 1));
    deep += depth > 50 ? 1 : 0;
    tree.back_to(height - depth, random.next());
    ASSERT_TRUE(writer->rewind(height - depth).has_value());
    if (reader) {
      EXPECT_FALSE(reader->still_holds(disk).value());
    }
    grow(kDeepest + 1 + random.below(50));
    if (time % 50 != 49) continue;
    auto now = Ledger::open(disk, kFolder);
    ASSERT_TRUE(now.has_value()) << now.error().message;
    CheckReport report = check_ledger(*now);
    ASSERT_TRUE(report.clean()) << report.findings.front();
    repeats += now->counts().repeats;
    auto differs = difference(contents_of_chain(tree.chain()), disk.contents(), true);
    ASSERT_FALSE(differs.has_value()) << *differs << ", reorganisation " << time;
  }
  EXPECT_GT(deep, kTimes / 5);
  EXPECT_GT(repeats, 0U);
  reader.reset();
  {
    Writer done = std::move(*writer);
  }
  ASSERT_TRUE(Writer::open(disk, kFolder, kChain).has_value());  // nobody reads: it cuts
  auto differs = difference(contents_of_chain(tree.chain()), disk.contents());
  EXPECT_FALSE(differs.has_value()) << *differs;
}

}  // namespace
}  // namespace tracehound::ledger
