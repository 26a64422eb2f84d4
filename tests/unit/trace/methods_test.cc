#include <gtest/gtest.h>

#include <random>

#include <algorithm>
#include <numeric>

#include "support/random_blocks.h"
#include "trace/largest_remainder.h"
#include "trace/method.h"
#include "trace/ratio.h"

namespace tracehound::trace {
namespace {

using Runs = std::vector<Run>;  // testing::Test::Run hides the name inside tests
using test::Random;

constexpr Label kOne{1};
constexpr Label kTwo{2};

struct Coin {
  Amount value;
  Runs runs;
};
Coin clean(Amount value) { return {value, {}}; }
Coin tainted(Amount value, Label label = kOne) { return {value, {{value, label, 0}}}; }

// What each output, and last the fee, gets: its runs.
std::vector<Runs> divide_amounts(AmountMethod& method, const std::vector<InputTaint>& inputs,
                                 const std::vector<Amount>& outputs, Amount total) {
  LabelSums entering;
  for (const InputTaint& input : inputs) {
    for (const Run& run : input.runs) entering.add(run.label, run.length);
  }
  std::vector<Runs> lists(outputs.size());
  if (entering.all().empty()) return lists;
  std::vector<Amount> shares(entering.all().size() * outputs.size(), 999);
  method.divide({entering.all(), outputs, total}, shares);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    Label label = entering.all()[i / outputs.size()].label;
    append_run(lists[i % outputs.size()], 0, shares[i], label);
  }
  return lists;
}

std::vector<Runs> divide_runs(RunMethod& method, const std::vector<InputTaint>& inputs,
                              const std::vector<Amount>& outputs) {
  Division division;
  method.divide({inputs, outputs}, division);
  EXPECT_EQ(division.outputs(), outputs.size());
  std::vector<Runs> lists;
  for (std::size_t i = 0; i < division.outputs(); ++i) {
    auto runs = division.of(i);
    lists.emplace_back(runs.begin(), runs.end());
  }
  return lists;
}

std::vector<Runs> divide(MethodKind kind, const std::vector<Coin>& coins,
                         std::vector<Amount> outputs) {
  std::vector<InputTaint> inputs;
  Amount total = 0;
  for (const Coin& coin : coins) {
    inputs.push_back({coin.value, coin.runs});
    total += coin.value;
  }
  outputs.push_back(total - std::accumulate(outputs.begin(), outputs.end(), Amount{0}));
  Method method = make_method(kind);
  return method.ordered() ? divide_runs(*method.runs, inputs, outputs)
                          : divide_amounts(*method.amounts, inputs, outputs, total);
}

Amount amount_in(const Runs& runs, Label label) {
  Amount sum = 0;
  for (const Run& run : runs) sum += run.label == label ? run.length : 0;
  return sum;
}

std::vector<Amount> amounts(const std::vector<Runs>& lists, Label label = kOne) {
  std::vector<Amount> sums;
  for (const auto& runs : lists) sums.push_back(amount_in(runs, label));
  return sums;
}

using Amounts = std::vector<Amount>;

TEST(Methods, worked_vector__three_tainted_seven_clean) {
  std::vector<Coin> coins = {tainted(30), clean(70)};
  EXPECT_EQ(amounts(divide(MethodKind::poison, coins, {50, 45})), Amounts({50, 45, 5}));
  EXPECT_EQ(amounts(divide(MethodKind::haircut, coins, {50, 45})), Amounts({15, 14, 1}));
  EXPECT_EQ(amounts(divide(MethodKind::fifo, coins, {50, 45})), Amounts({30, 0, 0}));
  EXPECT_EQ(amounts(divide(MethodKind::lifo, coins, {50, 45})), Amounts({0, 25, 5}));
  EXPECT_EQ(amounts(divide(MethodKind::tiho, coins, {50, 45})), Amounts({30, 0, 0}));
  EXPECT_EQ(amounts(divide(MethodKind::tilo, coins, {50, 45})), Amounts({0, 30, 0}));
  EXPECT_EQ(amounts(divide(MethodKind::seniority, coins, {50, 45})), Amounts({30, 0, 0}));
}

TEST(Methods, worked_vector__two_clean_three_tainted_five_clean) {
  std::vector<Coin> coins = {clean(4), tainted(6), clean(10)};
  EXPECT_EQ(amounts(divide(MethodKind::poison, coins, {2, 6, 11})), Amounts({2, 6, 11, 1}));
  EXPECT_EQ(amounts(divide(MethodKind::haircut, coins, {2, 6, 11})), Amounts({1, 2, 3, 0}));
  EXPECT_EQ(amounts(divide(MethodKind::fifo, coins, {2, 6, 11})), Amounts({0, 4, 2, 0}));
  EXPECT_EQ(amounts(divide(MethodKind::lifo, coins, {2, 6, 11})), Amounts({0, 0, 6, 0}));
  EXPECT_EQ(amounts(divide(MethodKind::tiho, coins, {2, 6, 11})), Amounts({0, 0, 6, 0}));
  EXPECT_EQ(amounts(divide(MethodKind::tilo, coins, {2, 6, 11})), Amounts({2, 4, 0, 0}));
  EXPECT_EQ(amounts(divide(MethodKind::seniority, coins, {2, 6, 11})), Amounts({2, 4, 0, 0}));
}

TEST(Methods, fifo__outputs_keep_the_order_of_units) {
  std::vector<Coin> coins = {clean(4), {6, {{1, kOne, 0}, {2, kClean, 0}, {1, kTwo, 0}}}};
  auto lists = divide(MethodKind::fifo, coins, {6, 3});
  // The line: 4 clean, 1 of label 1, 2 clean, 1 of label 2, 2 clean. The first output takes six.
  EXPECT_EQ(lists[0], (Runs{{4, kClean, 0}, {1, kOne, 0}}));
  EXPECT_EQ(lists[1], (Runs{{1, kClean, 0}, {1, kTwo, 0}}));
  EXPECT_TRUE(lists[2].empty());
}

TEST(Methods, lifo__outputs_take_the_line_from_its_far_end) {
  std::vector<Coin> coins = {clean(4), {6, {{1, kOne, 0}, {2, kClean, 0}, {1, kTwo, 0}}}};
  auto lists = divide(MethodKind::lifo, coins, {6, 3});
  // Backwards: 2 clean, 1 of label 2, 2 clean, 1 of label 1, 4 clean. The first output takes six.
  EXPECT_EQ(lists[0], (Runs{{2, kClean, 0}, {1, kTwo, 0}, {2, kClean, 0}, {1, kOne, 0}}));
  EXPECT_TRUE(lists[1].empty());
  EXPECT_TRUE(lists[2].empty());
}

TEST(Methods, tiho_and_tilo__fill_equal_outputs_by_index_and_the_fee_last) {
  std::vector<Coin> coins = {tainted(12), clean(20)};
  EXPECT_EQ(amounts(divide(MethodKind::tiho, coins, {5, 9, 5, 9})), Amounts({0, 9, 0, 3, 0}));
  EXPECT_EQ(amounts(divide(MethodKind::tilo, coins, {5, 9, 5, 9})), Amounts({5, 2, 5, 0, 0}));
  // The fee of 24 is larger than any output and still the last.
  EXPECT_EQ(amounts(divide(MethodKind::tiho, coins, {3, 5})), Amounts({3, 5, 4}));
}

TEST(Methods, tiho_tilo_seniority__labels_fill_in_ascending_order) {
  std::vector<Coin> coins = {tainted(4, kTwo), tainted(3, kOne), clean(3)};
  auto lists = divide(MethodKind::tiho, coins, {2, 5});
  EXPECT_EQ(amounts(lists, kOne), Amounts({0, 3, 0}));
  EXPECT_EQ(amounts(lists, kTwo), Amounts({2, 2, 0}));
  lists = divide(MethodKind::tilo, coins, {2, 5});
  EXPECT_EQ(amounts(lists, kOne), Amounts({2, 1, 0}));
  EXPECT_EQ(amounts(lists, kTwo), Amounts({0, 4, 0}));
  lists = divide(MethodKind::seniority, coins, {5, 2});
  EXPECT_EQ(amounts(lists, kOne), Amounts({3, 0, 0}));
  EXPECT_EQ(amounts(lists, kTwo), Amounts({2, 2, 0}));
}

TEST(Methods, fifo__equal_neighbours_from_two_inputs_merge) {
  auto lists = divide(MethodKind::fifo, {tainted(3), tainted(4), clean(1), clean(2)}, {9});
  EXPECT_EQ(lists[0], (Runs{{7, kOne, 0}}));
  EXPECT_TRUE(lists[1].empty());
}

TEST(Methods, fifo__one_tainted_coin_through_two_outputs_and_the_fee) {
  auto lists = divide(MethodKind::fifo, {tainted(10)}, {4, 5});
  EXPECT_EQ(amounts(lists), Amounts({4, 5, 1}));
}

TEST(Methods, haircut__second_label_is_divided_over_the_room_the_first_left) {
  std::vector<Coin> coins = {tainted(5, kTwo), tainted(5, kOne)};
  auto lists = divide(MethodKind::haircut, coins, {3, 7});
  EXPECT_EQ(amounts(lists, kOne), Amounts({2, 3, 0}));
  EXPECT_EQ(amounts(lists, kTwo), Amounts({1, 4, 0}));
  EXPECT_EQ(lists[0], (Runs{{2, kOne, 0}, {1, kTwo, 0}}));
}

TEST(Methods, haircut__products_beyond_64_bits_stay_exact) {
  Amount huge = Amount{1} << 62;
  auto lists = divide(MethodKind::haircut, {tainted(huge - 1), clean(huge + 1)}, {huge, huge});
  // Exact shares are (2^62 - 1) / 2 each: one unit is missing and goes to the lower index.
  EXPECT_EQ(amounts(lists), Amounts({huge / 2, huge / 2 - 1, 0}));
}

TEST(Methods, poison__each_label_taints_whole_and_worthless_outputs_carry_none) {
  auto lists = divide(MethodKind::poison, {tainted(1, kTwo), tainted(9, kOne)}, {6, 0});
  EXPECT_EQ(lists[0], (Runs{{6, kOne, 0}, {6, kTwo, 0}}));
  EXPECT_TRUE(lists[1].empty());
  EXPECT_EQ(lists[2], (Runs{{4, kOne, 0}, {4, kTwo, 0}}));
}

TEST(Methods, names__there_and_back) {
  for (std::size_t i = 0; i < kCoinMethodKinds; ++i) {
    auto kind = static_cast<MethodKind>(i);
    EXPECT_EQ(method_named(name_of(kind)), kind);
    EXPECT_EQ(make_method(kind).kind, kind);
  }
  EXPECT_EQ(method_named("fiFo"), std::nullopt);
}

TEST(Ratio, multiplies_as_the_machine_does__at_every_width) {
  __extension__ using Wide = unsigned __int128;
  Random random(19);
  for (int round = 0; round < 20000; ++round) {
    Amount below = std::max<Amount>(1, random.below(~Amount{0}) >> random.below(64));
    if (round % 5 == 0) below = ~Amount{0} - random.below(4);
    Amount above = round % 3 == 0 ? below - 1 : random.below(below);
    Amount by = round % 7 == 0 ? below : random.below(below) >> random.below(64);
    auto found = Ratio(above, below).of(by);
    EXPECT_EQ(found.whole, static_cast<Amount>(Wide{above} * by / below));
    EXPECT_EQ(found.left, static_cast<Amount>(Wide{above} * by % below));
  }
}

TEST(LargestRemainder, many_missing_units__as_few) {
  // 40 weights of 3 and one of 380: with 41 of 500 to give, exact shares are 0.246 and 31.16.
  std::vector<Amount> weights(41, 3);
  weights[20] = 380;
  std::vector<Amount> shares(41);
  LargestRemainder().divide(41, 500, weights, shares);
  Amounts expected(41, 0);
  for (std::size_t i = 0; i < 10; ++i) expected[i] = 1;
  expected[20] = 31;
  EXPECT_EQ(shares, expected);
}

TEST(LargestRemainder, three_weights__as_with_a_fourth_of_nothing) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20'000; ++round) {
    // Small numbers have equal remainders, large ones products of 128 bits.
    unsigned shift = round % 2 == 0 ? 61 : random() % 64;
    std::vector<Amount> weights = {random() >> shift, random() >> shift, random() >> shift};
    if (shift < 2) weights = {weights[0] / 3, weights[1] / 3, weights[2] / 3};
    Amount total = weights[0] + weights[1] + weights[2];
    if (total == 0) continue;
    Amount amount = random() % total;
    std::vector<Amount> shares(3);
    LargestRemainder().divide(amount, total, weights, shares);
    weights.push_back(0);
    std::vector<Amount> of_four(4);
    LargestRemainder().divide(amount, total, weights, of_four);
    shares.push_back(0);
    ASSERT_EQ(shares, of_four) << amount << " of " << total << ", round " << round;
  }
}

TEST(LargestRemainder, missing_units_go_to_the_largest_remainders__ties_to_the_lower_index) {
  std::vector<Amount> weights = {1, 1, 1, 1, 6};
  std::vector<Amount> shares(5);
  LargestRemainder().divide(3, 10, weights, shares);
  // Exact: 0.3 four times and 1.8; two units are missing, the first goes to the 0.8.
  EXPECT_EQ(shares, Amounts({1, 0, 0, 0, 2}));
}

// ---- properties over random transactions --------------------------------------------------------

struct Transaction {
  std::vector<Coin> coins;
  std::vector<Amount> outputs;
};

Transaction random_transaction(Random& random, bool ordered) {
  Transaction made;
  Amount total = 0;
  std::uint64_t inputs = 1 + random.below(5);
  for (std::uint64_t i = 0; i < inputs; ++i) {
    Coin coin{random.below(60), {}};
    Amount one = random.below(coin.value + 1);
    Amount two = random.below(coin.value - one + 1);
    if (ordered && random.below(2) == 0) append_run(coin.runs, 0, coin.value - one - two, kClean);
    append_run(coin.runs, 0, one, kOne);
    append_run(coin.runs, 0, two, kTwo);
    trim_clean_end(coin.runs, 0);
    total += coin.value;
    made.coins.push_back(coin);
  }
  for (std::uint64_t i = random.below(6); i > 0; --i) {
    made.outputs.push_back(random.below(total + 1));
    total -= made.outputs.back();
  }
  return made;
}

Amount label_sum(const std::vector<Coin>& coins, Label label) {
  Amount sum = 0;
  for (const Coin& coin : coins) sum += amount_in(coin.runs, label);
  return sum;
}

TEST(MethodProperties, every_label_is_conserved_and_no_output_overfilled) {
  for (std::size_t k = 1; k < kCoinMethodKinds; ++k) {
    auto kind = static_cast<MethodKind>(k);
    bool ordered = kind == MethodKind::fifo || kind == MethodKind::lifo;
    Random random(7);
    for (int round = 0; round < 1000; ++round) {
      Transaction tx = random_transaction(random, ordered);
      auto lists = divide(kind, tx.coins, tx.outputs);
      auto of_one = amounts(lists, kOne);
      auto of_two = amounts(lists, kTwo);
      EXPECT_EQ(std::accumulate(of_one.begin(), of_one.end(), Amount{0}),
                label_sum(tx.coins, kOne));
      EXPECT_EQ(std::accumulate(of_two.begin(), of_two.end(), Amount{0}),
                label_sum(tx.coins, kTwo));
      for (std::size_t i = 0; i < tx.outputs.size(); ++i) {
        EXPECT_LE(of_one[i] + of_two[i], tx.outputs[i]);
      }
    }
  }
}

TEST(MethodProperties, permuting_inputs__changes_only_fifo_and_lifo) {
  Random random(11);
  int changed = 0;
  for (int round = 0; round < 500; ++round) {
    Transaction tx = random_transaction(random, false);
    std::vector<Coin> reversed(tx.coins.rbegin(), tx.coins.rend());
    for (MethodKind kind : {MethodKind::poison, MethodKind::haircut, MethodKind::tiho,
                            MethodKind::tilo, MethodKind::seniority}) {
      EXPECT_EQ(divide(kind, tx.coins, tx.outputs), divide(kind, reversed, tx.outputs));
    }
    for (MethodKind kind : {MethodKind::fifo, MethodKind::lifo}) {
      auto there = divide(kind, tx.coins, tx.outputs);
      changed += there != divide(kind, reversed, tx.outputs) ? 1 : 0;
    }
  }
  EXPECT_GT(changed, 200);
}

TEST(MethodProperties, poison_reaches_whatever_any_method_reaches) {
  Random random(13);
  for (int round = 0; round < 1000; ++round) {
    Transaction tx = random_transaction(random, false);
    auto reach = divide(MethodKind::poison, tx.coins, tx.outputs);
    for (std::size_t k = 1; k < kCoinMethodKinds; ++k) {
      auto kind = static_cast<MethodKind>(k);
      auto lists = divide(kind, tx.coins, tx.outputs);
      for (Label label : {kOne, kTwo}) {
        for (std::size_t i = 0; i < lists.size(); ++i) {
          EXPECT_GE(amount_in(reach[i], label), amount_in(lists[i], label));
        }
      }
    }
  }
}

TEST(MethodProperties, all_tainted_stays_all_tainted_and_clean_stays_clean) {
  Random random(17);
  for (int round = 0; round < 300; ++round) {
    Transaction tx = random_transaction(random, false);
    std::vector<Coin> all;
    std::vector<Coin> none;
    for (const Coin& coin : tx.coins) {
      if (coin.value > 0) all.push_back(tainted(coin.value));
      none.push_back(clean(coin.value));
    }
    if (all.empty()) continue;
    Amounts whole = tx.outputs;
    whole.push_back(amounts(divide(MethodKind::poison, all, tx.outputs)).back());
    for (std::size_t k = 0; k < kCoinMethodKinds; ++k) {
      auto kind = static_cast<MethodKind>(k);
      EXPECT_EQ(amounts(divide(kind, all, tx.outputs)), whole);
      EXPECT_EQ(amounts(divide(kind, none, tx.outputs)), Amounts(whole.size(), 0));
    }
  }
}

}  // namespace
}  // namespace tracehound::trace
