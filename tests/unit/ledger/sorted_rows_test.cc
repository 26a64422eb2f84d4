#include "ledger/sorted_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace tracehound::ledger {
namespace {

using KeysAndRows = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

KeysAndRows sorted_by_us(const std::vector<std::uint64_t>& keys, std::uint64_t first,
                         std::size_t key_width) {
  SortedRows sorted(first, keys.size(), key_width,
                    [&](std::uint64_t row, std::span<std::uint64_t> wanted) {
                      for (std::uint64_t& key : wanted) key = keys[row++ - first];
                    });
  KeysAndRows pairs;
  for (std::size_t i = 0; i < sorted.size(); ++i) pairs.emplace_back(sorted.key(i), sorted.row(i));
  return pairs;
}

KeysAndRows sorted_by_comparing(const std::vector<std::uint64_t>& keys, std::uint64_t first) {
  KeysAndRows pairs;
  for (std::size_t i = 0; i < keys.size(); ++i) pairs.emplace_back(keys[i], first + i);
  std::ranges::sort(pairs);
  return pairs;
}

TEST(SortedRows, keys_of_any_likeness__come_in_order_and_rows_of_one_key_in_theirs) {
  std::mt19937_64 engine(11);
  // What may differ between two keys: all bits, the highest half's or the lowest's alone, few of
  // both, none.
  for (std::uint64_t bits : {~0ULL, ~0ULL << 32, 0xFFFF'FFFFULL, 0x8000'0001'8000'0001ULL, 0ULL}) {
    for (std::size_t count : {0UL, 1UL, 2UL, 63UL, 64UL, 65UL, 5000UL}) {
      std::uint64_t same = engine();
      std::uint64_t first = engine() >> 24;
      std::vector<std::uint64_t> keys(count);
      for (std::uint64_t& key : keys) key = (same & ~bits) | (engine() & bits);
      EXPECT_EQ(sorted_by_us(keys, first, 8), sorted_by_comparing(keys, first)) << bits;
      for (std::uint64_t& key : keys) key >>= 32;
      EXPECT_EQ(sorted_by_us(keys, first, 4), sorted_by_comparing(keys, first)) << bits;
    }
  }
}

}  // namespace
}  // namespace tracehound::ledger
