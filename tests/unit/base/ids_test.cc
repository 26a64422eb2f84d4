#include "base/ids.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>
#include <vector>

namespace tracehound {
namespace {

// Ids of different tables, and plain numbers, must not turn into one another by accident.
static_assert(!std::is_convertible_v<TxId, AddressId>);
static_assert(!std::is_constructible_v<TxId, AddressId>);
static_assert(!std::is_convertible_v<std::uint32_t, TxId>);
static_assert(!std::is_convertible_v<TxId, std::uint32_t>);
static_assert(!std::is_convertible_v<CoinId, std::uint64_t>);
static_assert(!std::equality_comparable_with<TxId, BlockHeight>);
static_assert(!std::equality_comparable_with<TxId, std::uint32_t>);
static_assert(sizeof(TxId) == 4 && sizeof(CoinId) == 8);

TEST(Ids, order_follows_the_number) {
  EXPECT_LT(CoinId(1), CoinId(2));
  EXPECT_EQ(CoinId(1).next(), CoinId(2));
  EXPECT_EQ(TxId(), TxId(0));
  EXPECT_EQ((std::unordered_set<TxId>{TxId(1), TxId(1), TxId(2)}.size()), 2U);
}

TEST(Ids, range_is_half_open_and_iterable) {
  IdRange<TxId> range{TxId(3), TxId(6)};
  std::vector<std::uint32_t> seen;
  for (TxId tx : range) seen.push_back(tx.number());
  EXPECT_EQ(seen, (std::vector<std::uint32_t>{3, 4, 5}));
  EXPECT_EQ(range.size(), 3U);
  EXPECT_TRUE(range.contains(TxId(3)));
  EXPECT_TRUE(range.contains(TxId(5)));
  EXPECT_FALSE(range.contains(TxId(6)));
  EXPECT_FALSE(range.contains(TxId(2)));
  EXPECT_FALSE(range.empty());
}

TEST(Ids, empty_range_is_walked_not_once) {
  IdRange<CoinId> range{CoinId(4), CoinId(4)};
  EXPECT_TRUE(range.empty());
  EXPECT_EQ(range.size(), 0U);
  for (CoinId coin : range) FAIL() << coin.number();
}

}  // namespace
}  // namespace tracehound
