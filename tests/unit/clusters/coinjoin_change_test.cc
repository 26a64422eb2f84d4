// Whose change is which in a CoinJoin.
#include "clusters/coinjoin_change.h"

#include <gtest/gtest.h>

namespace tracehound::clusters {
namespace {

using Pairs = std::vector<CoinJoinChange>;

// Values; each coin is of an address of its own.
std::vector<ViewedCoin> coins(std::initializer_list<Amount> values) {
  std::vector<ViewedCoin> coins;
  for (Amount value : values) {
    coins.push_back(
        {value, static_cast<std::uint32_t>(coins.size()), ledger::ScriptKind::witness_pubkey_hash});
  }
  return coins;
}

Pairs pairs(const std::vector<ViewedCoin>& inputs, const std::vector<ViewedCoin>& outputs,
            Protocol protocol = Protocol::joinmarket) {
  Recognised recognised{.protocol = protocol, .denomination = 1'000'000, .rule = ""};
  return coinjoin_changes({.inputs = inputs, .outputs = outputs}, recognised);
}

TEST(CoinJoinChange, one_coin_each__every_change_finds_its_input) {
  EXPECT_EQ(pairs(coins({1'500'000, 2'300'000, 1'100'000}),
                  coins({1'000'000, 1'299'800, 1'000'000, 99'800, 1'000'000, 499'800})),
            (Pairs{{0, 5}, {1, 1}, {2, 3}}));
}

TEST(CoinJoinChange, a_maker_earns__the_change_is_more_than_what_was_left) {
  EXPECT_EQ(pairs(coins({1'500'000, 2'300'000}), coins({1'000'000, 502'000, 1'000'000, 1'297'000})),
            (Pairs{{0, 1}, {1, 3}}));
}

TEST(CoinJoinChange, two_inputs_as_near__neither_is_told) {
  EXPECT_EQ(pairs(coins({1'500'000, 1'500'500, 3'000'000}),
                  coins({1'000'000, 500'000, 500'400, 1'000'000, 1'000'000, 1'999'900})),
            (Pairs{{2, 5}}));
}

TEST(CoinJoinChange, an_owner_of_two_coins__is_not_solved_for) {
  auto inputs = coins({1'500'000, 600'000, 2'300'000});
  inputs[1].address = inputs[0].address;
  EXPECT_EQ(pairs(inputs, coins({1'000'000, 1'099'900, 1'000'000, 1'299'900})), (Pairs{{2, 3}}));
}

TEST(CoinJoinChange, several_denominations__say_nothing) {
  EXPECT_EQ(pairs(coins({1'500'000}), coins({1'000'000, 499'900}), Protocol::wasabi2), Pairs{});
}

}  // namespace
}  // namespace tracehound::clusters
