#include "base/parallel.h"

#include <gtest/gtest.h>

#include <vector>

namespace tracehound {
namespace {

TEST(Parallel, every_index_is_visited_once_whatever_the_threads) {
  for (unsigned threads : {1U, 2U, 8U, 0U}) {
    ThreadLimit limit(threads);
    for (std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{10'000}}) {
      std::vector<int> visits(count);
      parallel_for(count, [&](std::size_t i) { ++visits[i]; });
      EXPECT_EQ(visits, std::vector<int>(count, 1));
    }
  }
}

// Numbers out of a source that has `all`, doubled side by side, taken until there are `wanted`.
std::vector<int> doubled(int all, std::size_t wanted, std::size_t window) {
  std::vector<int> slots(window);
  std::vector<int> taken;
  int next = 0;
  auto begin = [&](std::size_t i) {
    if (next == all) return false;
    slots[i % window] = next++;
    return true;
  };
  auto make = [&](std::size_t i) { slots[i % window] *= 2; };
  pipeline(begin, window, make, [&](std::size_t i) {
    taken.push_back(slots[i % window]);
    return taken.size() < wanted;
  });
  return taken;
}

TEST(Parallel, things_that_come_one_at_a_time_are_taken_in_their_order_until_enough_or_the_end) {
  constexpr int kAll = 1000;
  for (unsigned threads : {1U, 2U, 8U, 0U}) {
    ThreadLimit limit(threads);
    for (std::size_t window : {1UL, 3UL, 16UL}) {
      for (std::size_t wanted : {std::size_t{1}, std::size_t{500}, std::size_t{kAll + 1}}) {
        std::vector<int> expected;
        for (int i = 0; i < kAll && expected.size() < wanted; ++i) expected.push_back(2 * i);
        EXPECT_EQ(doubled(kAll, wanted, window), expected) << window;
      }
    }
    EXPECT_TRUE(doubled(0, 1, 3).empty());
  }
}

}  // namespace
}  // namespace tracehound
