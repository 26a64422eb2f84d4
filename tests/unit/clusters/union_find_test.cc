// Sets that are joined by one thread while others ask.
#include "clusters/union_find.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/parallel.h"
#include "support/random_blocks.h"

namespace tracehound::clusters {
namespace {

TEST(UnionFind, sets_joined_in_any_order__are_named_by_their_smallest) {
  UnionFind sets(8);
  EXPECT_TRUE(sets.unite(7, 3));
  EXPECT_TRUE(sets.unite(5, 7));
  EXPECT_FALSE(sets.unite(3, 5));
  EXPECT_TRUE(sets.unite(1, 5));
  std::vector<std::uint32_t> expected = {0, 1, 2, 1, 4, 1, 6, 1};
  EXPECT_TRUE(std::ranges::equal(sets.flatten(), expected));
  UnionFind more(sets.flatten(), 9);
  EXPECT_EQ(more.find(7), 1U);
  EXPECT_EQ(more.find(8), 8U);
}

TEST(UnionFind, over_few_of_many_numbers__says_the_same) {
  SparseUnionFind sets;
  EXPECT_EQ(sets.find(4'000'000'000), 4'000'000'000U);
  EXPECT_TRUE(sets.unite(4'000'000'000, 20));
  EXPECT_TRUE(sets.unite(30, 4'000'000'000));
  EXPECT_FALSE(sets.unite(30, 20));
  EXPECT_EQ(sets.find(30), 20U);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> expected = {
      {20, 20}, {20, 30}, {20, 4'000'000'000}};
  EXPECT_EQ(sets.sets(), expected);
}

TEST(UnionFind, asked_while_sets_are_joined__never_takes_two_sets_for_one) {
  constexpr std::uint32_t kCount = 20'000;
  constexpr std::uint32_t kSets = 7;  // by remainder
  UnionFind sets(kCount);
  std::atomic<bool> joining = true;
  std::atomic<std::uint64_t> wrong = 0;
  std::atomic<std::uint64_t> taken_back = 0;
  auto ask = [&](std::uint64_t seed) {
    test::Random random(seed);
    while (joining) {
      auto one = static_cast<std::uint32_t>(random.below(kCount));
      auto other = static_cast<std::uint32_t>(random.below(kCount));
      if (!sets.are_one(one, other)) continue;
      if (one % kSets != other % kSets) ++wrong;
      if (!sets.are_one(one, other)) ++taken_back;
    }
  };
  {
    Background first([&] { ask(1); });
    Background second([&] { ask(2); });
    test::Random random(3);
    // From the back, so that ways to the root grow long.
    for (std::uint32_t i = kCount - kSets; i-- > 0;) sets.unite(i + kSets, i);
    for (int i = 0; i < 10'000; ++i) {
      auto one = static_cast<std::uint32_t>(random.below(kCount - kSets));
      EXPECT_FALSE(sets.unite(one, one + kSets));
    }
    joining = false;
  }
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(taken_back, 0U);
  auto roots = sets.flatten();
  for (std::uint32_t i = 0; i < kCount; ++i) ASSERT_EQ(roots[i], i % kSets);
}

}  // namespace
}  // namespace tracehound::clusters
