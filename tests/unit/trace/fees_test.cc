// Fees that flow on into their block's coinbase, by hand-computed figures.
#include <gtest/gtest.h>

#include "trace/trace.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::ToyChain;
using Lines = std::vector<std::string>;

// Block 1 pays three fees: u's 2 are clean, t's 5 and v's 3 tainted. Its coinbase takes in
// [1060 clean][2 clean][5][3] and claims all but 7.
const char* kMined = R"(
block
  mine a: 100 60
block
  mine c: 1003 60
  tx u: a:1 -> 58
  tx t: a:0 -> 60 35
  tx v: t:0 -> 57@shop
block
  tx w: c:0 c:1 -> 1063
)";

Options to_miner(Amount subsidy = 1060) {
  Options options;
  options.fees = FeeRule::miner;
  options.subsidy = subsidy;
  return options;
}

Lines lines(const ToyChain& chain, MethodKind method, std::string_view seeds = "a:0") {
  Trace trace = test::trace_of(chain, seeds, method, "shop=Shop", to_miner());
  Lines found = test::lines_of_trace(chain, trace);
  for (const Destination& destination : trace.destinations) {
    if (destination.kind != DestinationKind::burned) continue;
    for (const LabelAmount& entry : destination.coinless) {
      found.push_back("unclaimed " + std::to_string(entry.amount));
    }
  }
  std::erase_if(found, [](const std::string& line) { return line.starts_with("seed"); });
  return found;
}

TEST(MinerFees, fifo__tainted_fees_lie_behind_subsidy_and_clean_fees) {
  ToyChain chain(kMined);
  EXPECT_EQ(lines(chain, MethodKind::fifo),
            (Lines{"held t:1 35 hops 1 label 1", "held w:0 1 hops 3 label 1",
                   "service Shop v:0 57 hops 2 label 1", "unclaimed 7"}));
}

TEST(MinerFees, lifo__tainted_fees_come_out_first) {
  ToyChain chain(kMined);
  EXPECT_EQ(lines(chain, MethodKind::lifo),
            (Lines{"held t:1 35 hops 1 label 1", "held w:0 8 hops 3 label 1",
                   "service Shop v:0 57 hops 2 label 1"}));
}

TEST(MinerFees, haircut__shares_over_outputs_and_what_is_unclaimed) {
  // Exact: 8 * 1003 / 1070 = 7.499, 8 * 60 / 1070 = 0.449, 8 * 7 / 1070 = 0.052.
  ToyChain chain(kMined);
  EXPECT_EQ(lines(chain, MethodKind::haircut),
            (Lines{"held t:1 35 hops 1 label 1", "held w:0 8 hops 3 label 1",
                   "service Shop v:0 57 hops 2 label 1"}));
}

TEST(MinerFees, every_fee_but_those_of_unconfirmed_transactions__ends_in_no_fees) {
  ToyChain chain(std::string(kMined) + "mempool\n  tx x: w:0 -> 1000\n");
  Trace trace = test::trace_of(chain, "a:0", MethodKind::tiho, "shop=Shop", to_miner());
  // x's 63 are clean under tiho: all 8 tainted units of w:0 go into x:0.
  for (const Destination& destination : trace.destinations) {
    EXPECT_NE(destination.kind, DestinationKind::fees);
  }
  trace = test::trace_of(chain, "a:0", MethodKind::fifo, "shop=Shop", to_miner());
  // Fifo has its one unit at the end of w:0, which x pays as its fee.
  ASSERT_EQ(trace.destinations.back().kind, DestinationKind::fees);
  EXPECT_EQ(trace.destinations.back().amount, 1U);
  EXPECT_EQ(trace.unconfirmed.fees, 1U);
  EXPECT_EQ(trace.total, 100U);
}

TEST(MinerFees, a_seed_in_the_coinbase__begins_beside_the_fees_that_arrive_there) {
  ToyChain chain(kMined);
  Trace trace = test::trace_of(chain, "c:0=2 a:0=1", MethodKind::tiho, "shop=Shop", to_miner());
  ASSERT_EQ(trace.seeds.size(), 2U);
  EXPECT_EQ(trace.seeds[1].claimed, 1003U);
  EXPECT_EQ(trace.seeds[1].amount, 995U) << "8 units came in as fees of the first theft";
  EXPECT_EQ(trace.total, 1095U);
  trace = test::trace_of(chain, "c:0=2", MethodKind::tiho, "shop=Shop", to_miner());
  EXPECT_EQ(trace.seeds[0].amount, 1003U) << "no fee arrives";
}

TEST(MinerFees, parcels__go_from_the_payer_s_coin_into_the_fee_and_out_of_it_into_the_coinbase) {
  ToyChain chain(kMined);
  Options options = to_miner();
  options.parcels = true;
  Trace trace = test::trace_of(chain, "a:0", MethodKind::fifo, "shop=Shop", options);
  Lines found;
  for (const Parcel& parcel : trace.parcels) {
    found.push_back(chain.transaction_name(parcel.transaction) + " " +
                    test::parcel_ends(chain, parcel) + " " + std::to_string(parcel.amount) +
                    " hop " + std::to_string(parcel.hop));
  }
  EXPECT_EQ(found, (Lines{"t a:0 t:0 60 hop 1", "t a:0 t:1 35 hop 1", "t a:0 t:fee 5 hop 1",
                          "v t:0 v:0 57 hop 2", "v t:0 v:fee 3 hop 2", "c t:fee c:1 1 hop 2",
                          "c t:fee c:fee 4 hop 2", "c v:fee c:fee 3 hop 2", "w c:1 w:0 1 hop 3"}));
}

TEST(MinerFees, poison__reaches_all_that_the_miner_made) {
  ToyChain chain(kMined);
  Lines found = lines(chain, MethodKind::poison);
  EXPECT_EQ(found, (Lines{"held t:1 35 hops 1 label 1", "held w:0 1063 hops 3 label 1",
                          "service Shop v:0 57 hops 2 label 1"}));
}

TEST(MinerFees, a_coinbase_above_subsidy_and_fees__is_an_error_that_names_the_block) {
  ToyChain chain(kMined);
  auto seeds = test::seeds_of(chain, "a:0");
  auto trace = run(chain.ledger(), seeds, MethodKind::fifo, Stops(), to_miner(1052));
  ASSERT_FALSE(trace.has_value());
  EXPECT_EQ(trace.error().kind, ErrorKind::bad_input);
  EXPECT_TRUE(trace.error().message.starts_with("the coinbase of block 1 pays out more"))
      << trace.error().message;
  EXPECT_TRUE(run(chain.ledger(), seeds, MethodKind::fifo, Stops(), to_miner(1053)).has_value());
}

TEST(MinerFees, a_chain_without_a_schedule__is_refused) {
  ToyChain chain(kMined);
  Options options;
  options.fees = FeeRule::miner;
  auto trace =
      run(chain.ledger(), test::seeds_of(chain, "a:0"), MethodKind::fifo, Stops(), options);
  ASSERT_FALSE(trace.has_value());
  EXPECT_EQ(trace.error().kind, ErrorKind::bad_input);
}

TEST(MinerFees, a_coinbase_coin_spent_in_its_own_block__contradicts_itself) {
  ToyChain chain(
      "block\n mine a: 100\nblock\n mine c: 1000\n tx t: a:0 -> 95\n tx x: c:0 -> 1000\n");
  auto trace = run(chain.ledger(), test::seeds_of(chain, "a:0"), MethodKind::haircut, Stops(),
                   to_miner(1000));
  ASSERT_FALSE(trace.has_value());
  EXPECT_EQ(trace.error().kind, ErrorKind::machine);
}

}  // namespace
}  // namespace tracehound::trace
