// Clusterings by guesses of change, and the unions they refuse.
#include "clusters/constrained.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "clusters/explain.h"
#include "support/toy_chain.h"
#include "unit/clusters/chains.h"

namespace tracehound::clusters {
namespace {

using test::ToyChain;

// Guesses by the names of transactions: which output, and how surely.
class Guesses {
 public:
  explicit Guesses(std::string_view text) : chain_(text) {}

  void guess(const char* transaction, std::uint32_t output, std::uint8_t confidence) {
    guesses_[chain_.transaction(transaction)] = {output, kFirstChangeRule, confidence};
  }
  ChangeUnions unions() {
    Rules rules;
    rules.names.rules.push_back("told");
    rules.find_change = [this](const ledger::Ledger&, TxId tx) -> std::optional<ChangeLink> {
      auto found = guesses_.find(tx);
      if (found == guesses_.end()) return std::nullopt;
      return found->second;
    };
    UnionFind sets(chain_.ledger().counts().addresses);
    auto join = [&](std::span<const Edge> part) {
      for (const Edge& both : part) sets.unite(both.first.number(), both.second.number());
      return true;
    };
    IdRange<TxId> all{TxId(0),
                      TxId(static_cast<std::uint32_t>(chain_.ledger().counts().transactions))};
    for_each_link(chain_.ledger(), all, {}, join);
    return join_by_change(chain_.ledger(), all, rules, sets);
  }
  // "t1:a-c t2:c-s!t1": unions in the order they were tried, then those refused and by what.
  std::string text() {
    ChangeUnions found = unions();
    std::string text;
    auto add = [&](const Edge& edge) {
      text += fmt::format("{}{}:{}-{}", text.empty() ? "" : " ",
                          chain_.transaction_name(edge.transaction),
                          chain_.address_name(edge.first), chain_.address_name(edge.second));
    };
    for (const Edge& edge : found.joined) add(edge);
    for (const Refusal& refusal : found.refused) {
      add(refusal.edge);
      text += "!" + chain_.transaction_name(refusal.against);
    }
    return text;
  }

 private:
  ToyChain chain_;
  std::map<TxId, ChangeLink> guesses_;
};

constexpr const char* kTwoPayments = R"(
block
  mine m: 50@a
block
  tx t1: m:0 -> 20@s 30@c
block
  tx t2: t1:1 -> 10@s 20@u
)";

TEST(ChangeUnions, the_two_sides_of_a_payment__are_not_joined) {
  Guesses chain(kTwoPayments);
  chain.guess("t1", 1, 60);
  chain.guess("t2", 0, 50);
  EXPECT_EQ(chain.text(), "t1:a-c t2:c-s!t1");
}

TEST(ChangeUnions, the_surer_guess__comes_first_wherever_it_stands) {
  Guesses chain(kTwoPayments);
  chain.guess("t1", 1, 50);
  chain.guess("t2", 0, 60);
  EXPECT_EQ(chain.text(), "t2:c-s t1:a-c!t1");
}

TEST(ChangeUnions, guesses_that_agree__are_all_joined) {
  Guesses chain(kTwoPayments);
  chain.guess("t1", 1, 60);
  chain.guess("t2", 1, 60);
  EXPECT_EQ(chain.text(), "t1:a-c t2:c-u");
}

TEST(ChangeUnions, what_a_set_must_not_join__holds_for_all_that_it_becomes) {
  Guesses chain(R"(
block
  mine m: 50@a 50@b
block
  tx t1: m:0 -> 20@s 30@c
  tx t2: m:1 -> 20@v 30@d
block
  tx t3: t1:1 -> 10@w 20@b
  tx t4: t2:1 -> 10@s 20@x
)");
  chain.guess("t1", 1, 90);  // a-c, not s
  chain.guess("t2", 1, 80);  // b-d, not v
  chain.guess("t3", 1, 70);  // c-b, so a, b, c, d; not w
  chain.guess("t4", 0, 60);  // d-s: refused by t1 through all of them
  EXPECT_EQ(chain.text(), "t1:a-c t2:b-d t3:c-b t4:d-s!t1");
}

TEST(ChangeUnions, where_payer_and_paid_spend_together__nothing_is_forbidden) {
  Guesses chain(R"(
block
  mine m: 50@a 50@a
block
  tx t1: m:0 -> 20@s 30@c
block
  tx both: t1:0 m:1 -> 70@z
  tx t2: t1:1 -> 10@s 20@u
)");
  chain.guess("t1", 1, 60);
  chain.guess("t2", 0, 50);
  EXPECT_EQ(chain.text(), "t1:a-c");
}

TEST(ChangeUnions, random_guesses__no_refusal_without_its_reason_and_no_union_against_one) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    ChainMaker maker(seed);
    World world;
    std::vector<ledger::BlockRows> blocks;
    while (blocks.size() < 40) blocks.push_back(maker.next(3));
    world.add(blocks);
    Rules rules;
    rules.names.rules.push_back("random");
    rules.find_change = [seed](const ledger::Ledger& ledger, TxId tx) -> std::optional<ChangeLink> {
      test::Random random(seed * 1'000'000 + tx.number());
      auto output = static_cast<std::uint32_t>(random.below(ledger.outputs(tx).size()));
      return ChangeLink{output, kFirstChangeRule, static_cast<std::uint8_t>(random.below(90))};
    };
    BuildReport report = world.build(rules, "guessed");
    auto ledger = world.open();
    EXPECT_EQ(report.facts.blocks, ledger.counts().blocks);
    auto clustering = Clustering::open(world.disk, ledger, "guessed", rules);
    ASSERT_TRUE(clustering.has_value()) << clustering.error().message;
    expect_sound(*clustering, ledger);
    const Stored& stored = *clustering->stored();
    UnionFind sets(stored.facts().addresses);
    for (std::uint64_t row = 0; row < stored.facts().edges; ++row) {
      Edge edge = stored.edge(row);
      EXPECT_TRUE(sets.unite(edge.first.number(), edge.second.number()));
      bool guessed = row > 0 && stored.edge(row - 1).rule >= kFirstChangeRule;
      EXPECT_TRUE(!guessed || stored.edge(row - 1).confidence >= edge.confidence);
    }
    EXPECT_GT(stored.facts().refused, 0U);
    auto multi_input = slow_clusters(ledger);
    for (std::uint64_t row = 0; row < stored.facts().edges; ++row) {
      Edge edge = stored.edge(row);
      if (edge.rule < kFirstChangeRule) continue;
      auto guess = rules.find_change(ledger, edge.transaction);
      std::uint32_t number = 0;
      std::uint32_t payer = ledger.address(ledger.input(edge.transaction, 0)).number();
      for (CoinId coin : ledger.outputs(edge.transaction)) {
        std::uint32_t paid = ledger.address(coin).number();
        if (number++ == guess->output || multi_input[payer] == multi_input[paid]) continue;
        EXPECT_NE(sets.find(payer), sets.find(paid)) << "seed " << seed;
      }
    }
    auto files = world.files();
    World again;
    again.add(blocks);
    again.build(rules, "guessed");
    EXPECT_EQ(files, again.files());
    EXPECT_TRUE(world.build(rules, "guessed").unchanged);
  }
}

TEST(ChangeUnions, in_a_walk__lead_on_like_co_spends_and_can_be_left_out) {
  ChainMaker maker(4);
  World world;
  std::vector<ledger::BlockRows> blocks;
  while (blocks.size() < 30) blocks.push_back(maker.next(3));
  world.add(blocks);
  Rules rules;
  rules.names.rules.push_back("first");
  rules.find_change = [](const ledger::Ledger&, TxId) {
    return ChangeLink{0, kFirstChangeRule, 50};
  };
  world.build(rules, "guessed");
  auto ledger = world.open();
  auto clustering = Clustering::open(world.disk, ledger, "guessed", rules);
  ASSERT_TRUE(clustering.has_value());
  Links links = change_links(*clustering);
  ASSERT_FALSE(links.of.empty());
  auto expected = clusters_of(*clustering, ledger);
  auto multi_input = slow_clusters(ledger);
  View all;
  View co_spends;
  co_spends.not_rules = {kFirstChangeRule};
  for (std::uint32_t address = 0; address < expected.size(); ++address) {
    std::uint64_t budget = 100'000;
    Walk walk(ledger, {}, links, all, budget);
    walk.go(AddressId(address));
    Walk without(ledger, {}, links, co_spends, budget);
    without.go(AddressId(address));
    for (std::uint32_t other = 0; other < expected.size(); ++other) {
      EXPECT_EQ(walk.reached(AddressId(other)), expected[other] == expected[address]);
      EXPECT_EQ(without.reached(AddressId(other)), multi_input[other] == multi_input[address]);
    }
  }
}

}  // namespace
}  // namespace tracehound::clusters
