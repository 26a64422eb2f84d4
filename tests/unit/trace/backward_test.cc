#include "trace/backward.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "support/random_chain.h"
#include "support/rounds.h"
#include "unit/trace/reference_cases.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::ToyChain;
using Lines = std::vector<std::string>;

constexpr MethodKind kInvertible[] = {MethodKind::haircut, MethodKind::fifo, MethodKind::lifo};

// The example of backward_walk.cc: t spends a:0 and b:0, and b paid a service.
constexpr const char* kExample = R"(
block
  mine a: 15
  tx other: a:0 -> 15
block
  mine c: 15
block
  mine d: 5
  tx b: d:0 -> 5@shop
  tx t: c:0 b:0 -> 10 10
block
  tx after: t:0 t:1 -> 20
)";

Trace back(const ToyChain& chain, std::string_view seeds, MethodKind method,
           std::string_view services = "", const Options& options = {}) {
  auto trace = run_back(chain.ledger(), test::seeds_of(chain, seeds), method,
                        test::stops_of(chain, services), options);
  if (!trace) throw std::runtime_error(trace.error().message);
  return std::move(*trace);
}

Lines lines_back(const ToyChain& chain, std::string_view seeds, MethodKind method,
                 std::string_view services = "", const Options& options = {}) {
  return test::lines_of_trace(chain, back(chain, seeds, method, services, options));
}

TEST(Backward, the_worked_example__inputs_are_asked_in_proportion_until_service_and_coinbase) {
  ToyChain chain(kExample);
  EXPECT_EQ(lines_back(chain, "t:1", MethodKind::haircut, "shop=Shop"),
            (Lines{"seed t:1 claimed 10 effective 10 label 1", "service Shop b:0 2 hops 1 label 1",
                   "mined c:0 8 hops 1 label 1"}));
  EXPECT_EQ(lines_back(chain, "t:1", MethodKind::fifo, "shop=Shop"),
            (Lines{"seed t:1 claimed 10 effective 10 label 1", "service Shop b:0 5 hops 1 label 1",
                   "mined c:0 5 hops 1 label 1"}));
  EXPECT_EQ(lines_back(chain, "t:1", MethodKind::lifo, "shop=Shop"),
            (Lines{"seed t:1 claimed 10 effective 10 label 1", "mined c:0 10 hops 1 label 1"}));
}

TEST(Backward, what_is_not_an_ancestor__is_never_touched) {
  ToyChain chain(kExample);
  Trace trace = back(chain, "t:1", MethodKind::haircut);
  EXPECT_EQ(trace.transactions_touched, 2);  // t and b; the coinbases are ends
  EXPECT_EQ(trace.coins_touched, 4);
  EXPECT_EQ(trace.direction, Direction::backward);
  EXPECT_EQ(trace.total, 10);
}

TEST(Backward, a_part_of_a_coin__only_its_units_are_asked_about) {
  ToyChain chain(kExample);
  EXPECT_EQ(lines_back(chain, "t:0[8,10) t:1[0,6)=2", MethodKind::fifo),
            (Lines{"seed t:0 claimed 2 effective 2 label 1",
                   "seed t:1 claimed 6 effective 6 label 2", "mined c:0 2 hops 1 label 1",
                   "mined c:0 5 hops 1 label 2", "mined d:0 1 hops 2 label 2"}));
}

TEST(Backward, a_seed_among_another_seed_s_ancestors__keeps_what_the_other_left) {
  ToyChain chain(kExample);
  EXPECT_EQ(
      lines_back(chain, "b:0=2 t:1", MethodKind::fifo),
      (Lines{"seed b:0 claimed 5 effective 0 label 2", "seed t:1 claimed 10 effective 10 label 1",
             "mined c:0 5 hops 1 label 1", "mined d:0 5 hops 2 label 1"}));
}

TEST(Backward, a_seed_at_a_service_or_a_coinbase_s_own__begins_there_all_the_same) {
  ToyChain chain(kExample);
  EXPECT_EQ(
      lines_back(chain, "b:0 c:0", MethodKind::haircut, "shop=Shop"),
      (Lines{"seed c:0 claimed 15 effective 15 label 1", "seed b:0 claimed 5 effective 5 label 1",
             "mined c:0 15 hops 0 label 1", "mined d:0 5 hops 1 label 1"}));
}

TEST(Backward, cuts_end_it_by_amount_hops_and_height) {
  ToyChain chain(kExample);
  Options least;
  least.cuts.min_amount = 3;
  EXPECT_EQ(lines_back(chain, "t:1", MethodKind::haircut, "", least).at(1),
            "cut b:0 2 hops 1 label 1");
  Options near;
  near.cuts.max_hops = 1;
  EXPECT_EQ(lines_back(chain, "t:1", MethodKind::haircut, "", near).at(1),
            "cut d:0 2 hops 2 label 1");
  EXPECT_EQ(back(chain, "after:0", MethodKind::haircut, "", near).destinations.at(0).kind,
            DestinationKind::cut);
  Options late;
  late.cuts.until = BlockHeight(2);
  EXPECT_EQ(lines_back(chain, "t:1", MethodKind::haircut, "", late).at(1),
            "cut c:0 8 hops 1 label 1");
}

TEST(Backward, a_limit_in_time_above_a_seed__is_refused_with_both_heights) {
  ToyChain chain(kExample);
  Options options;
  options.cuts.until = BlockHeight(3);
  auto trace =
      run_back(chain.ledger(), test::seeds_of(chain, "t:1"), MethodKind::fifo, {}, options);
  ASSERT_FALSE(trace.has_value());
  EXPECT_EQ(trace.error().kind, ErrorKind::bad_input);
  EXPECT_NE(trace.error().message.find("made at height 2, before the height 3"), std::string::npos)
      << trace.error().message;
}

TEST(Backward, methods_without_an_inverse__are_refused_and_those_with_one_named) {
  ToyChain chain(kExample);
  for (MethodKind method :
       {MethodKind::poison, MethodKind::tiho, MethodKind::tilo, MethodKind::seniority}) {
    auto trace = run_back(chain.ledger(), test::seeds_of(chain, "t:1"), method, {});
    ASSERT_FALSE(trace.has_value());
    EXPECT_EQ(trace.error().kind, ErrorKind::usage);
    EXPECT_TRUE(trace.error().message.starts_with(name_of(method)));
    EXPECT_NE(trace.error().message.find("use haircut, fifo or lifo"), std::string::npos);
    EXPECT_FALSE(has_inverse(method));
  }
}

TEST(Backward, an_interrupted_trace__says_so_and_still_balances) {
  ToyChain chain(kExample);
  std::atomic<bool> stop = true;
  Options options;
  options.interrupt = &stop;
  Trace trace = back(chain, "after:0 b:0=2", MethodKind::fifo, "", options);
  EXPECT_TRUE(trace.interrupted);
  EXPECT_EQ(trace.total, trace.effective);
  ASSERT_EQ(trace.destinations.size(), 1);
  EXPECT_EQ(trace.destinations[0].kind, DestinationKind::cut);
}

TEST(Backward, parcels__carry_into_each_coin_what_it_is_asked_for) {
  ToyChain chain(kExample);
  Options options;
  options.parcels = true;
  Trace trace = back(chain, "after:0", MethodKind::haircut, "", options);
  Amount into_c = 0;
  std::set<std::optional<CoinId>> from;
  for (const Parcel& parcel : trace.parcels) {
    ASSERT_TRUE(parcel.to.has_value());
    if (*parcel.to != chain.coin("c:0")) continue;
    into_c += parcel.amount;
    EXPECT_EQ(parcel.transaction, chain.transaction("t"));
    from.insert(parcel.from);
    EXPECT_EQ(parcel.hop, 2);
  }
  EXPECT_EQ(into_c, 15);
  EXPECT_EQ(from, (std::set<std::optional<CoinId>>{chain.coin("t:0"), chain.coin("t:1")}));
}

TEST(Backward, fees_that_flow_to_miners__lead_from_a_coinbase_to_those_who_paid) {
  ToyChain chain(R"(
block
  mine a: 5000000000
block
  mine b: 5000000000 1000
  tx t: a:0 -> 4999999000
)",
                 "bitcoin:regtest");
  Options miner;
  miner.fees = FeeRule::miner;
  EXPECT_EQ(
      lines_back(chain, "b:1", MethodKind::fifo, "", miner),
      (Lines{"seed b:1 claimed 1000 effective 1000 label 1", "mined a:0 1000 hops 2 label 1"}));
  EXPECT_EQ(lines_back(chain, "b:1", MethodKind::lifo, "", miner).at(1),
            "mined b:1 1000 hops 0 label 1");
  EXPECT_EQ(lines_back(chain, "b:1", MethodKind::fifo).at(1), "mined b:1 1000 hops 0 label 1");
}

// ---- forward and backward agree -----------------------------------------------------------------

Amount carried_into(const Trace& trace, CoinId coin) {
  Amount sum = 0;
  for (const Parcel& parcel : trace.parcels) sum += parcel.to == coin ? parcel.amount : 0;
  return sum;
}

// Transactions that both passed.
std::size_t on_the_way(const Trace& one, const Trace& other) {
  std::set<TxId> passed;
  std::set<TxId> both;
  for (const Parcel& parcel : one.parcels) passed.insert(parcel.transaction);
  for (const Parcel& parcel : other.parcels) {
    if (passed.contains(parcel.transaction)) both.insert(parcel.transaction);
  }
  return both.size();
}

// Calls check(amount of the seed in the coin, amount of the coin in the seed, transactions between)
// for many pairs of coins.
template <typename Check>
std::size_t each_pair(MethodKind method, Check check) {
  std::size_t pairs = 0;
  Options options;
  options.parcels = true;
  for (std::uint64_t number = 0; number < test::rounds(60); ++number) {
    ToyChain chain(test::random_chain(number).text);
    test::Random random(number);
    for (int tries = 0; tries < 4; ++tries) {
      CoinId from(random.below(chain.ledger().counts().coins));
      if (chain.ledger().value(from) == 0) continue;
      std::vector<Seed> seeds = {{from, 0, chain.ledger().value(from)}};
      auto there = run(chain.ledger(), seeds, method, {}, options);
      EXPECT_TRUE(there.has_value());
      for (std::size_t i = 0; i < there->parcels.size(); i += 1 + random.below(6)) {
        if (!there->parcels[i].to) continue;
        CoinId to = *there->parcels[i].to;
        std::vector<Seed> ends = {{to, 0, chain.ledger().value(to)}};
        auto back = run_back(chain.ledger(), ends, method, {}, options);
        EXPECT_TRUE(back.has_value());
        check(carried_into(*there, to), carried_into(*back, from), on_the_way(*there, *back));
        ++pairs;
      }
    }
  }
  return pairs;
}

TEST(Backward, fifo_and_lifo__find_in_the_seed_exactly_what_forward_brought_from_it) {
  for (MethodKind method : {MethodKind::fifo, MethodKind::lifo}) {
    std::size_t pairs = each_pair(method, [](Amount there, Amount back, std::size_t) {
      EXPECT_EQ(there, back);
      EXPECT_GT(there, 0);
    });
    EXPECT_GT(pairs, test::rounds(500));
  }
}

TEST(Backward, haircut__finds_it_within_one_unit_for_each_transaction_on_the_way) {
  std::size_t pairs =
      each_pair(MethodKind::haircut, [](Amount there, Amount back, std::size_t way) {
        EXPECT_LE(std::max(there, back) - std::min(there, back), way);
      });
  EXPECT_GT(pairs, test::rounds(500));
}

TEST(Backward, seeds_in_another_order__give_the_same_trace) {
  for (std::uint64_t number = 0; number < 40; ++number) {
    auto random_chain = test::random_chain(number);
    ToyChain chain(random_chain.text);
    test::Random random(number);
    std::vector<Seed> seeds = test::random_seeds(chain, random);
    for (MethodKind method : kInvertible) {
      auto stops = test::stops_of(chain, random_chain.services);
      auto first = run_back(chain.ledger(), seeds, method, stops);
      std::ranges::reverse(seeds);
      auto second = run_back(chain.ledger(), seeds, method, stops);
      ASSERT_TRUE(first.has_value() && second.has_value());
      EXPECT_EQ(test::lines_of_trace(chain, *first), test::lines_of_trace(chain, *second));
    }
  }
}

}  // namespace
}  // namespace tracehound::trace
