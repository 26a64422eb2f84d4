#include "ledger/accounts/tx_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace tracehound::ledger::accounts {
namespace {

TEST(tx_table, keys_alike_or_not__each_is_found_until_it_is_forgotten) {
  std::mt19937_64 engine(5);
  // Bits in which keys differ: all, few of both halves, the half alone that the table does not
  // keep.
  for (std::uint64_t bits : {~0ULL, 0xFF00'0000'0000'00FFULL, 0xFFFF'FFFFULL}) {
    TxTable table;
    std::vector<std::uint64_t> keys;
    auto holds = [&](std::uint64_t key) {
      return table.contains(key, [&](TxId id) { return keys[id.number()] == key; });
    };
    while (keys.size() < 1000) {
      std::uint64_t key = engine() & bits;
      bool known = std::ranges::find(keys, key) != keys.end();
      ASSERT_EQ(holds(key), known);
      if (known) continue;
      keys.push_back(key);
      table.insert(key, TxId(static_cast<std::uint32_t>(keys.size() - 1)));
    }
    for (std::uint64_t key : keys) EXPECT_TRUE(holds(key));
    EXPECT_EQ(table.size(), 1000);
    EXPECT_TRUE(table.has_room(8 * (2048 + 1024)));
    EXPECT_FALSE(table.has_room(8 * 2048 - 1));
    table.forget_before(TxId(990));
    EXPECT_EQ(table.size(), 10);
    EXPECT_TRUE(table.has_room(8 * (16 + 8)));
    for (std::size_t i = 0; i < keys.size(); ++i) EXPECT_EQ(holds(keys[i]), i >= 990);
  }
}

}  // namespace
}  // namespace tracehound::ledger::accounts
