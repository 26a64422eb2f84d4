#include "clusters/peel.h"

#include <gtest/gtest.h>

#include "shaped_chain.h"
#include "support/toy_chain.h"

namespace tracehound::clusters {
namespace {

using test::ToyChain;

// A rest of 100 that goes down to 80 by payments to a shop, whose address is known; then it lies.
constexpr const char* kChain =
    "block\n mine c: 100@owner 7@shop 50@other\n"
    "block\n tx a: c:0 -> 5@shop 95\n"
    "block\n tx b: a:1 -> 92 3@shop\n tx d: b:0 -> 80 12@shop\n";

std::vector<std::string> names(const ToyChain& chain, const PeelChain& peel) {
  std::vector<std::string> all;
  for (const PeelHop& hop : peel.hops) all.push_back(chain.transaction_name(hop.tx));
  return all;
}

TEST(FindNext, the_only_new_address__goes_on) {
  ToyChain chain(kChain);
  EXPECT_EQ(find_next(chain.ledger(), chain.transaction("a")), chain.coin("a:1"));
  EXPECT_EQ(find_next(chain.ledger(), chain.transaction("b")), chain.coin("b:0"));
  EXPECT_FALSE(find_next(chain.ledger(), chain.transaction("c")));
}

TEST(FindNext, several_new_addresses__the_one_spent_in_the_same_way) {
  constexpr std::uint32_t kOwn = 400 | ledger::shape::kReplaceable;
  ShapedTransaction mint{.in = {}, .out = {{100, 1}, {100, 2}}};
  ShapedTransaction a{.in = {{0, 0}}, .out = {{30, 3}, {30, 4}, {30, 5}}, .shape = kOwn};
  ShapedTransaction like{.in = {{2, 1}}, .out = {{30, 6}}, .shape = kOwn + 8};  // weight apart
  ShapedTransaction unlike{.in = {{2, 0}}, .out = {{30, 7}}};
  ShapedTransaction like_too{.in = {{2, 2}}, .out = {{30, 8}}, .shape = kOwn};
  ShapedBlock first{mint};
  ShapedBlock second{{.in = {}, .out = {{1, 9}}}, a, like, unlike};
  ShapedChain one({first, second});
  EXPECT_EQ(find_next(one.ledger(), TxId(2)), one.coin(2, 1));
  second.push_back(like_too);
  EXPECT_FALSE(find_next(ShapedChain({first, second}).ledger(), TxId(2)));
}

TEST(FindPrevious, the_input_that_its_transaction_went_on_with) {
  ToyChain chain(kChain);
  EXPECT_EQ(find_previous(chain.ledger(), chain.transaction("b")), chain.coin("a:1"));
  EXPECT_FALSE(find_previous(chain.ledger(), chain.transaction("a")));  // mined
}

TEST(Peel, forward__every_hop_and_where_the_rest_lies) {
  ToyChain chain(kChain);
  PeelChain peel = follow_peel(chain.ledger(), chain.transaction("a"));
  EXPECT_EQ(names(chain, peel), (std::vector<std::string>{"a", "b", "d"}));
  EXPECT_EQ(peel.end, PeelEnd::unspent);
  EXPECT_EQ(peel.hops[1].rest, chain.coin("b:0"));
  EXPECT_EQ(peel.hops[1].peeled, chain.coin("b:1"));
  EXPECT_FALSE(peel.hops[1].by_value);
}

TEST(Peel, backward__the_same_hops_down_to_the_coinbase) {
  ToyChain chain(kChain);
  PeelChain peel = follow_peel_back(chain.ledger(), chain.transaction("d"));
  EXPECT_EQ(names(chain, peel), (std::vector<std::string>{"a", "b", "d"}));
  EXPECT_EQ(peel.end, PeelEnd::coinbase);
}

TEST(Peel, backward_from_what_was_paid_away__begins_there) {
  ToyChain chain(std::string(kChain) + "block\n tx s: d:1 -> 4 8@shop\n");
  PeelChain peel = follow_peel_back(chain.ledger(), chain.transaction("s"));
  EXPECT_EQ(names(chain, peel), (std::vector<std::string>{"s"}));
  EXPECT_EQ(peel.end, PeelEnd::peeled);
}

TEST(Peel, three_parts_or_two_owners__ends_by_shape) {
  ToyChain parts(std::string(kChain) + "block\n tx e: d:0 -> 30 30 20\n");
  EXPECT_EQ(follow_peel(parts.ledger(), parts.transaction("a")).end, PeelEnd::shape);
  EXPECT_EQ(follow_peel(parts.ledger(), parts.transaction("a")).hops.size(), 3U);
  ToyChain owners(std::string(kChain) + "block\n tx e: d:0 c:2 -> 70 60@shop\n");
  EXPECT_EQ(follow_peel(owners.ledger(), owners.transaction("a")).end, PeelEnd::shape);
  PeelChain none = follow_peel(owners.ledger(), owners.transaction("e"));
  EXPECT_TRUE(none.hops.empty());
  EXPECT_EQ(none.end, PeelEnd::shape);
}

TEST(Peel, both_parts_new_and_unspent__by_value_or_undecided) {
  ToyChain chain("block\n mine c: 100@owner\nblock\n tx a: c:0 -> 70 30\n");
  TxId tx = chain.transaction("a");
  PeelChain by_value = follow_peel(chain.ledger(), tx);
  ASSERT_EQ(by_value.hops.size(), 1U);
  EXPECT_TRUE(by_value.hops[0].by_value);
  EXPECT_EQ(by_value.hops[0].rest, chain.coin("a:0"));
  EXPECT_EQ(follow_peel(chain.ledger(), tx, {.larger_share = 71}).end, PeelEnd::undecided);
  EXPECT_EQ(follow_peel(chain.ledger(), tx, {.larger_share = 0}).end, PeelEnd::undecided);
}

TEST(Peel, limits__hops_and_pauses) {
  ToyChain chain(kChain);
  TxId tx = chain.transaction("a");
  PeelChain two = follow_peel(chain.ledger(), tx, {.hops_max = 2});
  EXPECT_EQ(two.hops.size(), 2U);
  EXPECT_EQ(two.end, PeelEnd::longest);
  PeelChain quick = follow_peel(chain.ledger(), tx, {.pause_max = 599});  // blocks are 600 apart
  EXPECT_EQ(quick.hops.size(), 1U);
  EXPECT_EQ(quick.end, PeelEnd::pause);
  EXPECT_EQ(follow_peel(chain.ledger(), tx, {.pause_max = 600}).hops.size(), 3U);
  PeelChain back = follow_peel_back(chain.ledger(), chain.transaction("d"), {.pause_max = 599});
  EXPECT_EQ(names(chain, back), (std::vector<std::string>{"b", "d"}));
  EXPECT_EQ(back.end, PeelEnd::pause);
}

TEST(Peel, into_a_coinjoin__ends_there) {
  ShapedTransaction mint{.in = {}, .out = {{2'005'000, 1}, {9, 2}}};
  ShapedTransaction peel{.in = {{0, 0}}, .out = {{1'000'000, 2}, {1'005'000, 10}}};
  ShapedTransaction mix{.in = {{2, 1}}, .out = {{1'000'000, 20}}};
  for (std::uint32_t i = 0; i < 4; ++i) {
    mint.out.push_back({1'000'000, 30 + i});
    mix.in.push_back({0, 2 + i});
    mix.out.push_back({1'000'000, 40 + i});
  }
  ShapedChain chain({{mint}, {{.in = {}, .out = {{1, 9}}}, peel, mix}});
  PeelChain found = follow_peel(chain.ledger(), TxId(2));
  ASSERT_EQ(found.hops.size(), 1U);
  EXPECT_EQ(found.end, PeelEnd::mix);
  EXPECT_EQ(name_of(found.end), "mix");
}

// Two chains: the second begins in the middle of the range and joins the first.
TEST(FindPeels, all_of_a_range__each_transaction_once_and_as_follow_peel_says) {
  ToyChain chain(kChain);
  auto found = find_peels(chain.ledger(), {TxId(0), TxId(6)}, 2);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(names(chain, found[0]), (std::vector<std::string>{"a", "b", "d"}));
  EXPECT_EQ(found[0].end, PeelEnd::unspent);
  EXPECT_TRUE(find_peels(chain.ledger(), {TxId(0), TxId(6)}, 4).empty());
}

TEST(FindPeels, two_rests_spent_together__the_later_chain_ends_where_it_joins) {
  ToyChain chain(
      "block\n mine c: 100@owner 7@shop 60@owner\n"
      "block\n tx a: c:0 -> 5@shop 95@x\n tx e: c:2 -> 50@x 10@shop\n"
      "block\n tx b: a:1 e:0 -> 140 5@shop\n");
  // Only the first payment to x is fresh; the second goes on by its larger share.
  auto found = find_peels(chain.ledger(), {TxId(0), TxId(6)}, 1);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(names(chain, found[0]), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(names(chain, found[1]), (std::vector<std::string>{"e"}));
  EXPECT_EQ(found[1].end, PeelEnd::joined);
  EXPECT_TRUE(found[1].hops[0].by_value);
}

TEST(FindPeels, a_range_or_a_limit_that_cuts__leaves_what_lies_inside) {
  ToyChain chain(kChain);
  auto begun = find_peels(chain.ledger(), {TxId(0), chain.transaction("d")}, 1);
  ASSERT_EQ(begun.size(), 1U);
  EXPECT_EQ(begun[0].hops.size(), 2U);
  EXPECT_EQ(begun[0].end, PeelEnd::longest);
  auto short_ones = find_peels(chain.ledger(), {TxId(0), TxId(6)}, 1, {.hops_max = 2});
  ASSERT_EQ(short_ones.size(), 2U);
  EXPECT_EQ(names(chain, short_ones[1]), (std::vector<std::string>{"d"}));
}

}  // namespace
}  // namespace tracehound::clusters
