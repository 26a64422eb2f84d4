#include "trace/accounts/method.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace tracehound::trace::accounts {
namespace {

constexpr Label kA{1};
constexpr Label kB{2};

Units balance_of(std::vector<Piece> line, bool ordered) {
  Units units;
  for (const Piece& piece : line) {
    units.value += piece.length;
    if (piece.label != kClean) add_label(units.labels, piece.label, 1, piece.length);
  }
  if (ordered) units.line.assign(line);
  return units;
}
U256 n(std::uint64_t number) { return U256(number); }

// What of label A goes when 70 of 100 units go, of which 60 came in first and are A's.
std::uint64_t taken_of_sixty(MethodKind method) {
  Divider divider(method);
  Units balance = balance_of({{n(60), kA}, {n(40), kClean}}, divider.ordered());
  Units taken;
  divider.take(balance, n(70), taken);
  EXPECT_EQ(balance.value, n(30));
  const U256* amount = amount_of(taken.labels, kA);
  return amount ? amount->low() : 0;
}

TEST(account_methods, seventy_of_a_hundred_go__each_method_takes_its_share_of_sixty) {
  std::map<MethodKind, std::uint64_t> expected = {
      {MethodKind::poison, 70},    {MethodKind::haircut, 42},     {MethodKind::fifo, 60},
      {MethodKind::lifo, 30},      {MethodKind::tiho, 60},        {MethodKind::tilo, 30},
      {MethodKind::seniority, 60}, {MethodKind::taint_first, 60}, {MethodKind::clean_first, 30}};
  for (auto [method, amount] : expected) {
    EXPECT_EQ(taken_of_sixty(method), amount) << name_of(method);
  }
}

TEST(account_methods, haircut_of_a_tie__the_unit_goes_out) {
  Divider haircut(MethodKind::haircut);
  Units balance = balance_of({{n(1), kA}, {n(1), kClean}}, false);
  Units taken;
  haircut.take(balance, n(1), taken);
  EXPECT_EQ(*amount_of(taken.labels, kA), n(1));
  EXPECT_TRUE(balance.clean());
}

TEST(account_methods, haircut_of_two_labels__each_sum_is_exact_and_no_output_overflows) {
  Divider haircut(MethodKind::haircut);
  Units balance = balance_of({{n(5), kA}, {n(5), kB}}, false);
  Units taken;
  haircut.take(balance, n(3), taken);
  // A: exact 1.5 and 3.5, a tie, to what goes; B: 5 over the room left, 1 and 4.
  EXPECT_EQ(*amount_of(taken.labels, kA), n(2));
  EXPECT_EQ(*amount_of(taken.labels, kB), n(1));
  EXPECT_EQ(*amount_of(balance.labels, kA), n(3));
  EXPECT_EQ(*amount_of(balance.labels, kB), n(4));
}

TEST(account_methods, haircut_of_the_largest_numbers__is_exact) {
  Divider haircut(MethodKind::haircut);
  Units balance;
  balance.value = kU256Max;
  balance.labels = {{kA, 0, kU256Max - n(1)}};
  Units taken;
  haircut.take(balance, kU256Max - n(2), taken);
  EXPECT_EQ(*amount_of(taken.labels, kA) + *amount_of(balance.labels, kA), kU256Max - n(1));
  EXPECT_LE(*amount_of(balance.labels, kA), balance.value);
}

TEST(account_methods, any_balance__taint_first_takes_most_and_clean_first_least) {
  for (std::uint64_t tainted = 0; tainted <= 12; ++tainted) {
    for (std::uint64_t amount = 1; amount <= 12; ++amount) {
      std::map<MethodKind, std::uint64_t> got;
      for (std::size_t k = 0; k < kMethodKinds; ++k) {
        Divider divider(static_cast<MethodKind>(k));
        Units balance = balance_of({{n(3), kClean}, {n(tainted), kA}, {n(4), kClean}},
                                   divider.ordered() && tainted > 0);
        Units taken;
        if (n(amount) > balance.value) continue;
        divider.take(balance, n(amount), taken);
        const U256* of_a = amount_of(taken.labels, kA);
        got[divider.method()] = of_a ? of_a->low() : 0;
      }
      for (auto [method, units] : got) {
        if (!conserves(method)) continue;
        EXPECT_LE(units, got[MethodKind::taint_first]) << name_of(method);
        EXPECT_GE(units, got[MethodKind::clean_first]) << name_of(method);
        EXPECT_LE(units, got[MethodKind::poison]);
      }
    }
  }
}

TEST(account_methods, rescale__ends_move_in_proportion_and_sums_are_whole) {
  Units units = balance_of({{n(1), kA}, {n(1), kClean}, {n(1), kB}}, true);
  Units scaled;
  rescale(MethodKind::fifo, units, n(10), scaled);
  EXPECT_EQ(*amount_of(scaled.labels, kA), n(3));
  EXPECT_EQ(*amount_of(scaled.labels, kB), n(4));
  EXPECT_EQ(scaled.line.pieces().size(), 3U);
}

TEST(account_methods, parts__sum_to_the_whole) {
  std::vector<U256> weights = {n(1), n(1), n(1)};
  auto parts = parts_of(n(10), weights);
  EXPECT_EQ(parts, (std::vector<U256>{n(3), n(3), n(4)}));
}

}  // namespace
}  // namespace tracehound::trace::accounts
