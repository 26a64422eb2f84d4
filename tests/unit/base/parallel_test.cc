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

}  // namespace
}  // namespace tracehound
