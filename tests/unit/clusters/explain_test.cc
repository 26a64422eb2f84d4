// Why two addresses are one, and what is left without some of the evidence.
#include "clusters/explain.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/toy_chain.h"
#include "unit/clusters/chains.h"

namespace tracehound::clusters {
namespace {

using test::ToyChain;

// a-b by t1, b-c by t2, c-d by t3, a-c by t4; x and y spend together in `mix`, and so do d and x.
constexpr const char* kChain = R"(
block
  mine m: 10@a 10@b 10@b 10@c 10@c 10@d 10@a 10@c 10@d 10@x 10@x 10@y
block
  tx t1: m:0 m:1 -> 20@z
  tx t2: m:2 m:3 -> 20@z
block
  tx t3: m:4 m:5 -> 20@z
block
  tx t4: m:6 m:7 -> 20@z
  tx mix: m:8 m:9 -> 20@z
  tx last: m:10 m:11 -> 20@z
)";

class Explain : public ::testing::Test {
 protected:
  JoinsNobody but_mix() {
    return [mix = chain.transaction("mix")](const ledger::Ledger&, TxId tx) { return tx == mix; };
  }
  // "t1 t2": the transactions that lead from one address to the other; "-" if nothing does.
  std::string why(const char* from, const char* to, const View& view = {}) {
    std::uint64_t budget = 1000;
    Links links;
    Walk walk(chain.ledger(), but_mix(), links, view, budget);
    walk.go(chain.address(from), chain.address(to));
    EXPECT_TRUE(walk.complete());
    if (!walk.reached(chain.address(to))) return "-";
    std::string text;
    AddressId at = chain.address(from);
    for (const Edge& edge : walk.path(chain.address(to))) {
      EXPECT_EQ(edge.first, at);
      at = edge.second;
      text += (text.empty() ? "" : " ") + chain.transaction_name(edge.transaction);
    }
    EXPECT_EQ(at, chain.address(to));
    return text;
  }
  // "abc d": what {a, b, c, d} falls into, a's piece first.
  std::string pieces(const View& view, std::uint64_t budget = 1000) {
    std::vector<AddressId> members;
    for (const char* name : {"a", "b", "c", "d"}) members.push_back(chain.address(name));
    std::ranges::sort(members);
    auto found = pieces_of(chain.ledger(), but_mix(), {}, view, members.front(), members, budget);
    complete = found.complete;
    std::string text;
    for (const auto& piece : found.pieces) {
      text += text.empty() ? "" : " ";
      for (AddressId address : piece) text += chain.address_name(address);
    }
    return text;
  }

  ToyChain chain{kChain};
  bool complete = true;
};

TEST_F(Explain, two_addresses_of_one_transaction__that_transaction) {
  EXPECT_EQ(why("a", "b"), "t1");
  EXPECT_EQ(why("b", "a"), "t1");
  EXPECT_EQ(why("x", "y"), "last");
}

TEST_F(Explain, addresses_far_apart__the_shortest_chain_of_transactions) {
  EXPECT_EQ(why("a", "d"), "t4 t3");
  EXPECT_EQ(why("d", "b"), "t3 t2");
}

TEST_F(Explain, the_same_address_twice__no_transaction_is_needed) { EXPECT_EQ(why("a", "a"), ""); }

TEST_F(Explain, a_coinjoin__joins_nobody) { EXPECT_EQ(why("a", "x"), "-"); }

TEST_F(Explain, as_of_a_block__later_transactions_do_not_count) {
  View view;
  view.before = chain.transaction("t4");
  EXPECT_EQ(why("a", "d", view), "t1 t2 t3");
  view.before = chain.transaction("t3");
  EXPECT_EQ(why("a", "d", view), "-");
}

TEST_F(Explain, without_a_transaction__what_joins_a_second_time_still_holds) {
  View view;
  EXPECT_EQ(pieces(view), "abcd");
  view.without = {chain.transaction("t1")};
  EXPECT_EQ(pieces(view), "abcd");
  view.without = {chain.transaction("t3")};
  EXPECT_EQ(pieces(view), "abc d");
  view.without = {chain.transaction("t1"), chain.transaction("t4")};
  EXPECT_EQ(pieces(view), "a bcd");
}

TEST_F(Explain, without_the_rule__everyone_is_alone) {
  View view;
  view.not_rules = {kMultiInput};
  EXPECT_EQ(pieces(view), "a b c d");
}

TEST_F(Explain, without_an_address__the_others_of_its_transactions_stay_joined) {
  View view;
  view.absent = {chain.address("c")};
  EXPECT_EQ(pieces(view), "ab c d");
}

TEST_F(Explain, more_to_look_at_than_the_budget_allows__is_said) {
  EXPECT_EQ(pieces({}, 4), "abcd");
  EXPECT_FALSE(complete);
  pieces({}, 2);
  EXPECT_FALSE(complete);
  pieces({}, 5);
  EXPECT_TRUE(complete);
}

// The walk from every address finds its cluster, on chains of all shapes.
TEST(Walks, over_random_chains__find_the_clusters_that_the_columns_give) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    ChainMaker maker(seed);
    World world;
    std::vector<ledger::BlockRows> blocks;
    while (blocks.size() < 30) blocks.push_back(maker.next(4));
    world.add(blocks);
    auto ledger = world.open();
    auto expected = slow_clusters(ledger);
    for (std::uint32_t address = 0; address < expected.size(); address += 3) {
      std::uint64_t budget = 100'000;
      Links links;
      View view;
      Walk walk(ledger, {}, links, view, budget);
      walk.go(AddressId(address));
      for (std::uint32_t other = 0; other < expected.size(); ++other) {
        EXPECT_EQ(walk.reached(AddressId(other)), expected[other] == expected[address]);
      }
    }
  }
}

// Address 13 is a script's hash, around a witness script's hash, around a multisig
// (support/random_blocks.h); two of its coins are spent, one after the other.
TEST(ExplainWrappers, each_spend_shows_them__the_first_is_named_and_the_next_still_holds) {
  test::BlockMaker maker(1);
  World world;
  std::vector<ledger::BlockRows> blocks{maker.make({}, {50, 13}), maker.make({}, {50, 13})};
  for (int i : {0, 1}) {
    ledger::Outpoint coin{blocks[static_cast<std::size_t>(i)].transactions[0].txid, 0};
    blocks.push_back(maker.make({{.inputs = {coin}, .outputs = {{50, 1}}}}));
  }
  world.add(blocks);
  auto ledger = world.open();
  TxId first = ledger.transactions(BlockHeight(2)).first.next();
  TxId second = ledger.transactions(BlockHeight(3)).first.next();
  AddressId outside = ledger.wrapper(0).address;
  AddressId multisig = ledger.wrapper(1).wraps;
  ASSERT_EQ(ledger.counts().wrappers, 2U);
  auto path = [&](const View& view) {
    Links none;
    std::uint64_t budget = 1000;
    Walk walk(ledger, {}, none, view, budget);
    walk.go(multisig, outside);
    return walk.reached(outside) ? walk.path(outside) : std::vector<Edge>{};
  };
  auto edges = path({});
  ASSERT_EQ(edges.size(), 2U);
  EXPECT_EQ(edges[0].first, multisig);
  for (const Edge& edge : edges) {
    EXPECT_EQ(edge.rule, kWrapper);
    EXPECT_EQ(edge.confidence, kWrapperConfidence);
    EXPECT_EQ(edge.transaction, first);
  }
  View without;
  without.without = {first};
  ASSERT_EQ(path(without).size(), 2U);
  EXPECT_EQ(path(without)[0].transaction, second);
  without.without.insert(second);
  EXPECT_TRUE(path(without).empty());
  View before;
  before.before = first;
  EXPECT_TRUE(path(before).empty());
  View no_rule;
  no_rule.not_rules = {kWrapper};
  EXPECT_TRUE(path(no_rule).empty());
}

}  // namespace
}  // namespace tracehound::clusters
