#include "clusters/change_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <set>

#include "ledger/writer.h"
#include "shaped_chain.h"
#include "support/random_blocks.h"
#include "support/toy_chain.h"

namespace tracehound::clusters {
namespace {

using ledger::ScriptKind;
using test::ToyChain;

OutputSet of(ChangeRule rule, const ToyChain& chain, std::string_view tx) {
  return candidates(rule, chain.ledger(), chain.transaction(tx));
}
OutputSet of(ChangeRule rule, const ShapedChain& chain, std::uint32_t tx) {
  return candidates(rule, chain.ledger(), TxId(tx));
}

TEST(OutputSets, union_intersection_difference_unique) {
  EXPECT_EQ(unite({0, 2}, {1, 2}), (OutputSet{0, 1, 2}));
  EXPECT_EQ(intersect({0, 2}, {1, 2}), (OutputSet{2}));
  EXPECT_EQ(subtract({0, 2}, {1, 2}), (OutputSet{0}));
  EXPECT_EQ(unique({4}), 4U);
  EXPECT_FALSE(unique({}));
  EXPECT_FALSE(unique({0, 1}));
}

TEST(ChangeRules, names__there_and_back) {
  for (std::size_t i = 0; i < kChangeRules; ++i) {
    auto rule = static_cast<ChangeRule>(i);
    EXPECT_EQ(change_rule_named(name_of(rule)), rule);
  }
  EXPECT_FALSE(change_rule_named("guess"));
}

TEST(ChangeRules, a_coinbase__has_no_change) {
  ToyChain chain("block\n mine c: 3000 2000\n");
  for (std::size_t i = 0; i < kChangeRules; ++i) {
    EXPECT_EQ(of(static_cast<ChangeRule>(i), chain, "c"), OutputSet{}) << i;
  }
}

TEST(ChangeRules, peeling_chain__one_in_two_out_beside_another_such) {
  ToyChain chain(
      "block\n mine c: 5000\n"
      "block\n tx a: c:0 -> 1000@x 4000\n tx b: a:1 -> 500@y 3500\n tx d: b:1 -> 3500\n"
      " tx e: a:0 -> 400 300 300\n");
  // d is no such transaction, so of b's outputs the unspent one is left; of a's the one that b
  // spends.
  EXPECT_EQ(of(ChangeRule::peeling_chain, chain, "a"), (OutputSet{1}));
  EXPECT_EQ(of(ChangeRule::peeling_chain, chain, "b"), (OutputSet{0}));
  EXPECT_EQ(of(ChangeRule::peeling_chain, chain, "e"), OutputSet{});
  ToyChain lonely("block\n mine c: 5000\nblock\n tx a: c:0 -> 1000 4000\n tx d: a:0 a:1 -> 5000\n");
  EXPECT_EQ(of(ChangeRule::peeling_chain, lonely, "a"), OutputSet{});
}

TEST(ChangeRules, power_of_ten__six_zeros_are_ruled_out) {
  ToyChain chain(
      "block\n mine c: 9000000\n"
      "block\n tx a: c:0 -> 1000000 2100000 3000000 999999 0!\n");
  EXPECT_EQ(of(ChangeRule::power_of_ten, chain, "a"), (OutputSet{1, 3}));
}

TEST(ChangeRules, optimal_change__strictly_below_the_smallest_input) {
  ToyChain chain("block\n mine c: 300 200\nblock\n tx a: c:0 c:1 -> 301 199\n");
  EXPECT_EQ(of(ChangeRule::optimal_change, chain, "a"), (OutputSet{1}));
  ToyChain equal("block\n mine c: 300 200\nblock\n tx a: c:0 c:1 -> 200 299\n");
  EXPECT_EQ(of(ChangeRule::optimal_change, equal, "a"), OutputSet{});
}

TEST(ChangeRules, address_type__all_inputs_of_one_kind_or_no_answer) {
  ShapedTransaction mint{.in = {}, .out = {{100, 1}, {100, 2}, {100, 3, ScriptKind::pubkey_hash}}};
  ShapedTransaction one{.in = {{0, 0}, {0, 1}},
                        .out = {{50, 4, ScriptKind::script_hash}, {50, 5}, {50, 6}}};
  ShapedTransaction mixed{.in = {{2, 1}, {0, 2}}, .out = {{60, 7}, {60, 8}}};
  ShapedChain chain({{mint}, {{.in = {}, .out = {{1, 9}}}, one, mixed}});
  EXPECT_EQ(of(ChangeRule::address_type, chain, 2), (OutputSet{1, 2}));
  EXPECT_EQ(of(ChangeRule::address_type, chain, 3), OutputSet{});
}

TEST(ChangeRules, locktime__unspent_or_spent_with_the_like) {
  constexpr std::uint32_t kLocked = 400 | ledger::shape::kLocktime;
  ShapedTransaction mint{.in = {}, .out = {{100, 1}, {100, 2}}};
  ShapedTransaction a{.in = {{0, 0}}, .out = {{30, 3}, {30, 4}, {30, 5}}, .shape = kLocked};
  ShapedTransaction like{.in = {{2, 0}}, .out = {{30, 6}}, .shape = kLocked};
  ShapedTransaction unlike{.in = {{2, 1}}, .out = {{30, 7}}};
  ShapedChain chain({{mint}, {{.in = {}, .out = {{1, 9}}}, a, like, unlike}});
  EXPECT_EQ(of(ChangeRule::locktime, chain, 2), (OutputSet{0, 2}));
}

TEST(ChangeRules, address_reuse__paid_back_to_an_input) {
  ToyChain chain(
      "block\n mine c: 5000@alice 500@alice2\n"
      "block\n tx a: c:0 c:1 -> 1000@bob 4000@alice2\n");
  EXPECT_EQ(of(ChangeRule::address_reuse, chain, "a"), (OutputSet{1}));
}

TEST(ChangeRules, client_change__first_seen_in_this_very_transaction) {
  ToyChain chain(
      "block\n mine c: 5000@alice\n"
      "block\n tx a: c:0 -> 1000@bob 2000@carol 1500@alice\n"
      " tx b: a:1 -> 500@bob 700@dave 700@dave\n");
  EXPECT_EQ(of(ChangeRule::client_change, chain, "a"), (OutputSet{0, 1}));
  EXPECT_EQ(of(ChangeRule::client_change, chain, "b"), (OutputSet{1, 2}));
}

TEST(ChangeRules, legacy__one_output_both_fresh_and_small) {
  ToyChain chain(
      "block\n mine c: 5000@alice 100@bob\n"
      "block\n tx a: c:0 -> 1000@bob 3900@new\n tx b: a:1 -> 1000@x 2900@y\n"
      " tx d: b:0 -> 990\n");
  EXPECT_EQ(of(ChangeRule::legacy, chain, "a"), (OutputSet{1}));
  EXPECT_EQ(of(ChangeRule::legacy, chain, "b"), OutputSet{});  // two are
  EXPECT_EQ(of(ChangeRule::legacy, chain, "d"), OutputSet{});  // one output only
}

TEST(ChangeRules, fixed_fee__unspent_or_spent_at_the_same_whole_rate) {
  // 400 weight units are 100 virtual bytes: a fee of 100 is 1000 for 1000 of them.
  ShapedTransaction mint{.in = {}, .out = {{1000, 1}}};
  ShapedTransaction a{.in = {{0, 0}}, .out = {{300, 3}, {300, 4}, {300, 5}}};
  ShapedTransaction same{.in = {{2, 0}}, .out = {{200, 6}}};
  ShapedTransaction other{.in = {{2, 1}}, .out = {{201, 7}}};
  ShapedChain chain({{mint}, {{.in = {}, .out = {{1, 9}}}, a, same, other}});
  EXPECT_EQ(of(ChangeRule::fixed_fee, chain, 2), (OutputSet{0, 2}));
}

TEST(ChangeRules, spent_and_none) {
  ToyChain chain("block\n mine c: 50\nblock\n tx a: c:0 -> 20 30\n tx b: a:1 -> 30\n");
  EXPECT_EQ(of(ChangeRule::spent, chain, "a"), (OutputSet{1}));
  EXPECT_EQ(of(ChangeRule::none, chain, "a"), OutputSet{});
}

// One input of 100,000 and a payment and a change as given; what the one-time rule says.
OutputSet one_time(Amount change, std::uint32_t change_address, ScriptKind kind,
                   bool used_again = false) {
  ShapedTransaction mint{.in = {}, .out = {{100'000, 1}, {5'000, 2}}};
  ShapedTransaction a{.in = {{0, 0}}, .out = {{40'000, 3}, {change, change_address, kind}}};
  ShapedTransaction later{.in = {{0, 1}}, .out = {{4'000, used_again ? change_address : 4}}};
  ShapedChain chain({{mint}, {{.in = {}, .out = {{1, 9}}}, a, later}});
  return of(ChangeRule::one_time, chain, 2);
}

TEST(ChangeRules, one_time__each_condition_decides) {
  constexpr ScriptKind kKey = ScriptKind::witness_pubkey_hash;
  EXPECT_EQ(one_time(59'001, 5, kKey), (OutputSet{1}));
  EXPECT_EQ(one_time(59'000, 5, kKey), OutputSet{});                     // a multiple of 1000
  EXPECT_EQ(one_time(59'001, 5, ScriptKind::pubkey_hash), OutputSet{});  // another kind
  EXPECT_EQ(one_time(59'001, 2, kKey), OutputSet{});                     // seen before
  EXPECT_EQ(one_time(59'001, 5, kKey, true), OutputSet{});               // used again
}

TEST(ChangeRules, one_time__two_of_them_are_none) {
  ShapedTransaction mint{.in = {}, .out = {{100'000, 1}}};
  ShapedTransaction a{.in = {{0, 0}}, .out = {{40'001, 3}, {59'001, 4}}};
  ShapedChain chain({{mint}, {{.in = {}, .out = {{1, 9}}}, a}});
  EXPECT_EQ(of(ChangeRule::one_time, chain, 2), OutputSet{});
}

TEST(FreshAddresses, random_chains_in_any_order__the_same_as_the_address_s_first_coin) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    test::FaultyFileSystem disk;
    auto writer = ledger::Writer::open(disk, "ledger", "toy:test");
    ASSERT_TRUE(writer.has_value());
    test::BlockMaker maker(seed);
    for (int block = 0; block < 8; ++block) {
      ASSERT_TRUE(writer->append(maker.random_block(6)).has_value());
    }
    ASSERT_TRUE(writer->commit().has_value());
    auto ledger = ledger::Ledger::open(disk, "ledger");
    ASSERT_TRUE(ledger.has_value());
    FreshAddresses fresh(*ledger);
    test::Random random(seed);
    auto transactions = static_cast<std::uint32_t>(ledger->counts().transactions);
    for (std::uint32_t step = 0; step < 2 * transactions; ++step) {
      TxId tx(step < transactions ? step : static_cast<std::uint32_t>(random.below(transactions)));
      for (CoinId coin : ledger->outputs(tx)) {
        AddressId address = ledger->address(coin);
        CoinId first = ledger->coins_of(address, 0, 1).front();
        EXPECT_EQ(fresh.is_fresh(tx, address), ledger->outputs(tx).contains(first));
      }
    }
  }
}

TEST(ChangeOf, the_output_that_rules_leave__with_their_names) {
  ToyChain chain(
      "block\n mine c: 5000@alice 100@bob\n"
      "block\n tx a: c:0 -> 1000@bob 3900@alice\n tx b: a:1 -> 700@bob 3100@new\n");
  auto reuse = change_of(chain.ledger(), chain.transaction("a"));
  ASSERT_TRUE(reuse);
  EXPECT_EQ(reuse->output, 1U);
  EXPECT_EQ(reuse->coin, chain.coin("a:1"));
  EXPECT_EQ(reuse->rules, (std::vector{ChangeRule::address_reuse}));
  EXPECT_EQ(reuse->confidence, 95);
  RuleSet rules{{ChangeRule::client_change, ChangeRule::legacy}};
  auto fresh = change_of(chain.ledger(), chain.transaction("b"), rules);
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->output, 1U);
  EXPECT_EQ(fresh->rules, rules.rules);
  EXPECT_EQ(fresh->confidence, confidence_of(ChangeRule::legacy));  // the surer one's
}

TEST(ChangeOf, rules_that_disagree__the_surer_one) {
  ToyChain chain(
      "block\n mine c: 5000@alice 100@bob\n"
      "block\n tx a: c:0 -> 1000@new 3900@alice\n");
  TxId tx = chain.transaction("a");
  RuleSet both{{ChangeRule::client_change, ChangeRule::address_reuse}};
  auto guess = change_of(chain.ledger(), tx, both);
  ASSERT_TRUE(guess);
  EXPECT_EQ(guess->output, 1U);
  EXPECT_EQ(guess->rules, (std::vector{ChangeRule::address_reuse}));
  EXPECT_EQ(guess->confidence, confidence_of(ChangeRule::address_reuse));
  EXPECT_EQ(change_of(chain.ledger(), tx, {{ChangeRule::client_change}})->output, 0U);
  EXPECT_FALSE(change_of(chain.ledger(), tx, {{}}));
}

TEST(ChangeOf, rules_as_sure_as_one_another_disagree__no_guess) {
  // No multiple of 10^6 is one output alone, of the inputs' kind the other: equally sure.
  ShapedTransaction mint{.in = {}, .out = {{2'000'000, 1}, {10, 2}}};
  ShapedTransaction a{.in = {{0, 0}}, .out = {{300, 3, ScriptKind::script_hash}, {1'000'000, 2}}};
  ShapedChain chain({{mint}, {{.in = {}, .out = {{1, 9}}}, a}});
  RuleSet both{{ChangeRule::power_of_ten, ChangeRule::address_type}};
  ASSERT_EQ(confidence_of(ChangeRule::power_of_ten), confidence_of(ChangeRule::address_type));
  EXPECT_FALSE(change_of(chain.ledger(), TxId(2), both));
}

TEST(ChangeOf, a_coinjoin__no_guess) {
  ShapedTransaction mint{.in = {}, .out = {}};
  ShapedTransaction mix{.in = {}, .out = {}};
  for (std::uint32_t i = 0; i < 5; ++i) {
    mint.out.push_back({i < 3 ? 1'000'000U : 1'005'000U, i});
    mix.in.push_back({0, i});
    mix.out.push_back({1'000'000, 10 + i});
  }
  mix.out[4].address = 20;
  ShapedChain chain({{mint}, {{.in = {}, .out = {{1, 9}}}, mix}});
  EXPECT_FALSE(change_of(chain.ledger(), TxId(2), {{ChangeRule::client_change}}));
}

// The last of "least / median / most", as how many guesses of a hundred were right.
int right_in_worst(const std::string& spread) {
  auto slash = spread.rfind('/');
  EXPECT_NE(slash, std::string::npos) << spread;
  return static_cast<int>(std::floor(100.0 - std::stod(spread.substr(slash + 1)) + 1e-9));
}

// docs/accuracy.md, "| rule | guesses | wrong | least / median / most | ..." and "| confidence |
// ...", which is of the rules that `show tx` goes by: the printed confidence is what was right in
// the worst world of both, rounded down, and 95 at most.
TEST(ChangeConfidence, each_rules__is_what_the_document_measured) {
  std::ifstream document(TRACEHOUND_ROOT "/docs/accuracy.md");
  std::map<ChangeRule, int> alone;
  std::map<int, int> left;  // by confidence
  for (std::string line; std::getline(document, line);) {
    std::istringstream cells(line);
    std::string bar;
    std::string name;
    if (!(cells >> bar >> name) || bar != "|") continue;
    auto rule = change_rule_named(name);
    bool decided = line.starts_with("| " + name + " of 100 |");
    if (!rule && !decided) continue;
    std::vector<std::string> parts;
    for (std::string cell; std::getline(cells, cell, '|');) parts.push_back(cell);
    ASSERT_GE(parts.size(), 4U) << line;
    if (rule) alone[*rule] = right_in_worst(parts[3]);
    if (decided) left[std::stoi(name)] = right_in_worst(parts[3]);
  }
  EXPECT_EQ(alone.size(), kChangeRules - 1);  // all but `none`, which guesses nothing
  EXPECT_EQ(left.size(), shown_rules().rules.size());
  for (const auto& [rule, right] : alone) {
    int expected = std::min(95, right);
    if (std::ranges::find(shown_rules().rules, rule) != shown_rules().rules.end()) {
      ASSERT_TRUE(left.contains(confidence_of(rule))) << name_of(rule);
      expected = std::min(expected, left.at(confidence_of(rule)));
    }
    EXPECT_EQ(confidence_of(rule), expected) << name_of(rule);
  }
}

}  // namespace
}  // namespace tracehound::clusters
