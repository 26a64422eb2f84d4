// Parcels: what left each coin and what arrived in each are sums of them, label by label.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "support/random_blocks.h"
#include "support/random_chain.h"
#include "trace/backward.h"
#include "unit/trace/reference_cases.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::Random;
using test::ToyChain;
using Lines = std::vector<std::string>;

const char* kMerge = R"(
block
  mine a: 60 40
block
  tx t: a:0 a:1 -> 70 25          # fee 5
)";

Lines parcels(const ToyChain& chain, std::string_view seeds, MethodKind method) {
  Lines lines;
  Trace trace = test::trace_of(chain, seeds, method, "", {.parcels = true});
  for (const Parcel& parcel : trace.parcels) {
    lines.push_back(test::parcel_ends(chain, parcel) + " " + std::to_string(parcel.amount));
  }
  return lines;
}

TEST(Parcels, fifo__know_which_coin_each_unit_came_from) {
  ToyChain chain(kMerge);
  EXPECT_EQ(parcels(chain, "a:0 a:1", MethodKind::fifo),
            (Lines{"a:0 t:0 60", "a:1 t:0 10", "a:1 t:1 25", "a:1 t:fee 5"}));
  EXPECT_EQ(parcels(chain, "a:0 a:1", MethodKind::lifo),
            (Lines{"a:1 t:0 40", "a:0 t:0 30", "a:0 t:1 25", "a:0 t:fee 5"}));
}

TEST(Parcels, haircut__every_coin_pays_its_share_of_every_output) {
  ToyChain chain(kMerge);
  EXPECT_EQ(parcels(chain, "a:0 a:1", MethodKind::haircut),
            (Lines{"a:0 t:0 42", "a:1 t:0 28", "a:0 t:1 15", "a:1 t:1 10", "a:0 t:fee 3",
                   "a:1 t:fee 2"}));
}

TEST(Parcels, haircut_in_shares_that_are_not_whole__both_sums_are_exact) {
  ToyChain chain("block\n  mine a: 1 1 1\nblock\n  tx t: a:0 a:1 a:2 -> 1 1 1\n");
  EXPECT_EQ(parcels(chain, "a:0 a:1 a:2", MethodKind::haircut),
            (Lines{"a:0 t:0 1", "a:1 t:1 1", "a:2 t:2 1"}));
}

TEST(Parcels, filling_methods__coins_fill_the_outputs_one_after_the_other) {
  ToyChain chain(kMerge);
  EXPECT_EQ(parcels(chain, "a:0 a:1", MethodKind::tilo),
            (Lines{"a:0 t:0 35", "a:1 t:0 35", "a:0 t:1 25", "a:1 t:fee 5"}));
}

// For every end and label: what arrived there and what was seeded equals what left and what rests.
void expect_balanced(const Trace& trace) {
  using End = std::tuple<std::optional<CoinId>, TxId, Label>;
  std::map<End, std::pair<Amount, Amount>> books;  // in, out
  for (const Parcel& parcel : trace.parcels) {
    EXPECT_GT(parcel.amount, 0u);
    books[{parcel.from, parcel.from_fee, parcel.label}].second += parcel.amount;
    books[{parcel.to, parcel.to_fee, parcel.label}].first += parcel.amount;
  }
  for (const SeedCoin& seed : trace.seeds) {
    books[{seed.coin, TxId(), seed.label}].first += seed.amount;
  }
  for (const Destination& destination : trace.destinations) {
    for (const Landing& landing : destination.coins) {
      books[{landing.coin, TxId(), landing.label}].second += landing.amount;
    }
  }
  Amount in_no_coin = 0;
  for (const auto& [end, sums] : books) {
    if (std::get<0>(end)) {
      EXPECT_EQ(sums.first, sums.second) << "coin " << std::get<0>(end)->number();
    } else {
      ASSERT_GE(sums.first, sums.second);
      in_no_coin += sums.first - sums.second;
    }
  }
  Amount coinless = 0;
  for (const Destination& destination : trace.destinations) {
    for (const LabelAmount& sum : destination.coinless) coinless += sum.amount;
  }
  EXPECT_EQ(in_no_coin, coinless);
}

TEST(Parcels, random_chains_by_every_method_both_ways_and_fee_rules__balance_at_every_coin) {
  std::size_t parcels = 0;
  for (std::uint64_t number = 1; number <= 60; ++number) {
    bool miner = number % 2 == 0;
    auto text = miner ? test::random_mined_chain(number) : test::random_chain(number);
    ToyChain chain(text.text, miner ? "bitcoin:regtest" : "toy:test");
    Random random(number);
    std::vector<Seed> seeds = test::random_seeds(chain, random);
    Stops stops = test::stops_of(chain, text.services);
    Options options{.parcels = true, .fees = miner ? FeeRule::miner : FeeRule::sink};
    for (MethodKind method : {MethodKind::haircut, MethodKind::fifo, MethodKind::lifo,
                              MethodKind::tiho, MethodKind::tilo, MethodKind::seniority}) {
      SCOPED_TRACE(fmt::format("chain {}, {}", number, name_of(method)));
      auto trace = run(chain.ledger(), seeds, method, stops, options);
      ASSERT_TRUE(trace.has_value()) << trace.error().message;
      expect_balanced(*trace);
      parcels += trace->parcels.size();
      if (!has_inverse(method)) continue;
      auto back = run_back(chain.ledger(), seeds, method, stops, options);
      ASSERT_TRUE(back.has_value()) << back.error().message;
      expect_balanced(*back);
      parcels += back->parcels.size();
    }
  }
  EXPECT_GT(parcels, 10000u) << "these chains show little";
}

}  // namespace
}  // namespace tracehound::trace
