#include "chains/bitcoin/block_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace tracehound::chains::bitcoin {
namespace {

constexpr std::uint32_t kEasy = 0x207F'FFFF;    // 2 hashes a block
constexpr std::uint32_t kHard = 0x2007'FFFF;    // 32
constexpr std::uint32_t kHarder = 0x2003'FFFF;  // 64

Hash256 hash_of(std::uint32_t number) {
  Hash256 hash;
  store_le(hash.bytes.data() + 28, number);
  return hash;
}

FoundBlock block(std::uint32_t hash, std::uint32_t previous, std::uint32_t bits = kEasy,
                 std::uint64_t offset = 8) {
  Header header{};
  header.hash = hash_of(hash);
  header.previous = hash_of(previous);
  header.bits = bits;
  return {header, {0, offset, 200}};
}

std::vector<std::uint32_t> numbers(const BlockTree& tree, const std::vector<BlockNode>& chain) {
  std::vector<std::uint32_t> found;
  for (BlockNode node : chain) {
    found.push_back(load_le<std::uint32_t>(tree.header(node).hash.bytes.data() + 28));
  }
  return found;
}

using Numbers = std::vector<std::uint32_t>;

BlockTree tree_of(const std::vector<FoundBlock>& found, const std::vector<Header>& ledger = {}) {
  return {hash_of(1), ledger, found};
}

// The chain that the blocks make, which must be the same in every order of records.
Numbers best(std::vector<FoundBlock> found) {
  BlockTree tree = tree_of(found);
  Numbers chain = numbers(tree, tree.best_chain(std::nullopt));
  std::mt19937 order(1);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(found.begin(), found.end(), order);
    BlockTree other = tree_of(found);
    EXPECT_EQ(numbers(other, other.best_chain(std::nullopt)), chain);
  }
  return chain;
}

TEST(BlockTree, one_chain__is_the_best) {
  EXPECT_EQ(best({block(1, 0), block(2, 1), block(3, 2)}), (Numbers{1, 2, 3}));
}

TEST(BlockTree, most_work__beats_more_blocks) {
  EXPECT_EQ(best({block(1, 0), block(2, 1), block(3, 2), block(4, 3), block(12, 1, kHard)}),
            (Numbers{1, 12}));
}

TEST(BlockTree, equal_work__smaller_tip_hash_wins) {
  EXPECT_EQ(best({block(1, 0), block(9, 1), block(5, 1), block(7, 1)}), (Numbers{1, 5}));
  // Two hard blocks weigh one of twice the work.
  EXPECT_EQ(best({block(1, 0), block(5, 1, kHard), block(30, 5, kHard), block(20, 1, kHarder)}),
            (Numbers{1, 20}));
}

TEST(BlockTree, equal_work__the_preferred_tip_wins) {
  BlockTree tree = tree_of({block(1, 0), block(9, 1), block(5, 1)});
  EXPECT_EQ(numbers(tree, tree.best_chain(hash_of(9))), (Numbers{1, 9}));
  EXPECT_EQ(numbers(tree, tree.best_chain(hash_of(1))), (Numbers{1, 5}));
  EXPECT_EQ(numbers(tree, tree.best_chain(hash_of(77))), (Numbers{1, 5}));
}

TEST(BlockTree, a_branch_without_its_root__is_unconnected_whatever_its_work) {
  BlockTree tree = tree_of(
      {block(1, 0), block(2, 1), block(22, 21, kHarder), block(23, 22), block(31, 30, kHard)});
  EXPECT_EQ(numbers(tree, tree.best_chain(std::nullopt)), (Numbers{1, 2}));
  EXPECT_EQ(tree.unconnected(), 3U);
  ASSERT_TRUE(tree.loose_end().has_value());
  EXPECT_EQ(tree.loose_end()->missing, hash_of(21));
  EXPECT_EQ(tree.header(tree.loose_end()->first).hash, hash_of(22));
}

TEST(BlockTree, no_genesis_block__nothing_is_connected) {
  BlockTree tree = tree_of({block(2, 1), block(3, 2)});
  EXPECT_TRUE(tree.best_chain(std::nullopt).empty());
  EXPECT_EQ(tree.best_in_files(), std::nullopt);
  EXPECT_EQ(tree.loose_end()->missing, hash_of(1));
}

TEST(BlockTree, a_block_twice__the_first_copy_is_used_then_the_second) {
  BlockTree tree = tree_of({block(1, 0), block(2, 1, kEasy, 500), block(2, 1, kEasy, 900)});
  EXPECT_EQ(tree.duplicates(), 1U);
  BlockNode twice = *tree.find(hash_of(2));
  EXPECT_EQ(tree.place(twice)->offset, 500U);
  tree.drop_copy(twice);
  EXPECT_EQ(tree.place(twice)->offset, 900U);
  EXPECT_EQ(tree.best_chain(std::nullopt).size(), 2U);
  tree.drop_copy(twice);
  EXPECT_EQ(tree.place(twice), std::nullopt);
  EXPECT_EQ(tree.best_chain(std::nullopt).size(), 1U);
}

TEST(BlockTree, a_damaged_block__takes_what_builds_on_it_along) {
  BlockTree tree =
      tree_of({block(1, 0), block(2, 1), block(3, 2), block(4, 3), block(12, 1), block(13, 12)});
  EXPECT_EQ(numbers(tree, tree.best_chain(std::nullopt)), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(tree.side_blocks(tree.best_chain(std::nullopt)), 2U);
  tree.drop_copy(*tree.find(hash_of(3)));
  EXPECT_EQ(numbers(tree, tree.best_chain(std::nullopt)), (Numbers{1, 12, 13}));
  EXPECT_EQ(tree.unconnected(), 1U);
  EXPECT_EQ(tree.loose_end()->missing, hash_of(3));
}

TEST(BlockTree, the_ledger_s_blocks__hold_up_files_that_begin_later) {
  std::vector<Header> ledger = {block(1, 0).header, block(2, 1).header, block(3, 2).header};
  BlockTree tree = tree_of({block(3, 2), block(4, 3)}, ledger);
  EXPECT_EQ(numbers(tree, tree.best_chain(hash_of(3))), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(tree.header(*tree.best_in_files()).hash, hash_of(4));
  EXPECT_EQ(tree.side_blocks(tree.best_chain(hash_of(3))), 0U);
  EXPECT_EQ(tree.duplicates(), 0U);
  tree.leave_ledger({*tree.find(hash_of(2)), *tree.find(hash_of(3))});
  EXPECT_EQ(numbers(tree, tree.best_chain(std::nullopt)), (Numbers{1}));
  EXPECT_EQ(tree.loose_end()->missing, hash_of(2));
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
