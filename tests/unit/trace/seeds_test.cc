#include "trace/seeds.h"

#include <gtest/gtest.h>

#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::ToyChain;

constexpr Label kOne{1};
constexpr Label kTwo{2};

const char* kText = R"(
block
  mine c: 10@alice 0@bob 20@carol
)";

std::string error_of(const ToyChain& chain, const std::string& seed) {
  auto resolved = resolve_seed(chain.ledger(), seed);
  return resolved ? "no error" : resolved.error().message;
}

TEST(Seeds, a_coin_by_txid_and_output__is_claimed_whole) {
  ToyChain chain(kText);
  auto seed = resolve_seed(chain.ledger(), chain.seed_text("c:2"), kTwo);
  ASSERT_TRUE(seed.has_value()) << seed.error().message;
  EXPECT_EQ(*seed, (Seed{chain.coin("c:2"), 0, 20, kTwo}));
}

TEST(Seeds, a_range__claims_those_units) {
  ToyChain chain(kText);
  auto seed = resolve_seed(chain.ledger(), chain.seed_text("c:0[3,7)"));
  ASSERT_TRUE(seed.has_value()) << seed.error().message;
  EXPECT_EQ(*seed, (Seed{chain.coin("c:0"), 3, 7, kOne}));
  EXPECT_EQ(seed->claimed(), 4U);
}

TEST(Seeds, bad_text__each_fault_has_its_sentence) {
  ToyChain chain(kText);
  std::string txid = chain.seed_text("c:0").substr(0, 64);
  const std::string form = "; write TXID:VOUT, or TXID:VOUT[a,b) for units a to b-1";
  EXPECT_EQ(error_of(chain, "abc"), "seed 'abc': there is no ':' after the txid" + form);
  EXPECT_EQ(error_of(chain, "abc:0"),
            "seed 'abc:0': 'abc' is not a txid of 64 hexadecimal digits" + form);
  for (std::string output : {"", "x", "-1", "+1", " 1", "1 ", "4294967296", "0x1"}) {
    std::string seed = txid + ":" + output;
    EXPECT_EQ(error_of(chain, seed),
              "seed '" + seed + "': '" + output + "' is not an output number" + form);
  }
  for (std::string range : {"[", "[)", "[1", "[1,2", "[1,2]", "[,2)", "[1,)", "[1;2)", "[-1,2)",
                            "[1,2)x", "[1,2,3)", "[1,99999999999999999999)"}) {
    std::string seed = txid + ":0" + range;
    EXPECT_EQ(error_of(chain, seed), "seed '" + seed + "': '" + range + "' is not a range" + form);
  }
}

TEST(Seeds, what_the_ledger_does_not_have__is_named) {
  ToyChain chain(kText);
  std::string nowhere(64, '1');
  EXPECT_EQ(error_of(chain, nowhere + ":0"),
            "seed '" + nowhere +
                ":0': the ledger has no such transaction up to its tip at height 0; check the txid "
                "or ingest further");
  std::string seed = chain.seed_text("c:3");
  EXPECT_EQ(error_of(chain, seed),
            "seed '" + seed + "': the transaction has 3 outputs; name one of them, :0 to :2");
  seed = chain.seed_text("c:1");
  EXPECT_EQ(error_of(chain, seed),
            "seed '" + seed + "': the coin has no value, so there is nothing to follow");
  seed = chain.seed_text("c:0[4,4)");
  EXPECT_EQ(error_of(chain, seed),
            "seed '" + seed + "': the range [4,4) is empty; its end must be above its start");
  seed = chain.seed_text("c:0[7,3)");
  EXPECT_EQ(error_of(chain, seed),
            "seed '" + seed + "': the range [7,3) is empty; its end must be above its start");
  seed = chain.seed_text("c:0[3,11)");
  EXPECT_EQ(error_of(chain, seed), "seed '" + seed +
                                       "': the range [3,11) goes past the coin's value of 10; end "
                                       "it at 10 or below, or name the whole coin "
                                       "without a range");
}

TEST(Seeds, units_claimed_twice_under_one_label__are_refused) {
  ToyChain chain(kText);
  std::string txid = chain.seed_text("c:0").substr(0, 64);
  std::vector<std::string> twice = {txid + ":0", txid + ":2", txid + ":0"};
  auto seeds = resolve_seeds(chain.ledger(), twice);
  ASSERT_FALSE(seeds.has_value());
  EXPECT_EQ(seeds.error().kind, ErrorKind::bad_input);
  EXPECT_EQ(seeds.error().message, "seed '" + txid + ":0[0,10)': it overlaps " + txid +
                                       ":0[0,10) of the same incident; claim every unit once");
  std::vector<std::string> overlapping = {txid + ":0[4,8)", txid + ":0[0,5)"};
  EXPECT_FALSE(resolve_seeds(chain.ledger(), overlapping).has_value());
  std::vector<std::string> side_by_side = {txid + ":0[5,8)", txid + ":0[0,5)"};
  EXPECT_TRUE(resolve_seeds(chain.ledger(), side_by_side).has_value());
}

TEST(Seeds, the_same_units_under_two_labels__are_no_error) {
  ToyChain chain(kText);
  std::vector<Seed> seeds = {{chain.coin("c:0"), 0, 10, kOne}, {chain.coin("c:0"), 0, 10, kTwo}};
  EXPECT_TRUE(check_seeds(chain.ledger(), seeds).has_value());
}

TEST(Seeds, seeds_made_by_hand__are_checked_too) {
  ToyChain chain(kText);
  CoinId coin = chain.coin("c:0");
  for (const Seed& bad : {Seed{CoinId(3), 0, 1, kOne}, Seed{coin, 0, 10, kClean},
                          Seed{coin, 0, 11, kOne}, Seed{coin, 2, 2, kOne}}) {
    EXPECT_FALSE(check_seeds(chain.ledger(), {&bad, 1}).has_value());
  }
  EXPECT_FALSE(check_seeds(chain.ledger(), {}).has_value());
}

// ---- seeds over taint ---------------------------------------------------------------------------

using Runs = std::vector<Run>;

TEST(LaySeeds, clean_units_become_seed_and_tainted_ones_keep_their_label) {
  Runs arrived = {{2, kClean, 0}, {3, kOne, 5}};  // units 2 to 4 of 10
  std::vector<Seed> seeds = {{CoinId(0), 1, 8, kTwo}};
  SeededCoin ordered = lay_seeds(10, arrived, Arrived::stays, seeds, true);
  EXPECT_EQ(ordered.effective, std::vector<Amount>({4}));
  EXPECT_EQ(ordered.runs, (Runs{{1, kClean, 0}, {1, kTwo, 0}, {3, kOne, 5}, {3, kTwo, 0}}));
}

TEST(LaySeeds, without_an_order_tainted_units_come_first) {
  Runs arrived = {{3, kOne, 5}};
  std::vector<Seed> seeds = {{CoinId(0), 1, 8, kTwo}};
  SeededCoin coin = lay_seeds(10, arrived, Arrived::stays, seeds, false);
  EXPECT_EQ(coin.effective, std::vector<Amount>({5}));
  EXPECT_EQ(coin.runs, (Runs{{3, kOne, 5}, {5, kTwo, 0}}));
}

TEST(LaySeeds, two_labels_claim_the_same_units__the_lower_keeps_them) {
  std::vector<Seed> seeds = {{CoinId(0), 4, 8, kOne}, {CoinId(0), 0, 6, kTwo}};
  SeededCoin coin = lay_seeds(10, {}, Arrived::stays, seeds, true);
  EXPECT_EQ(coin.effective, std::vector<Amount>({4, 4}));
  EXPECT_EQ(coin.runs, (Runs{{4, kTwo, 0}, {4, kOne, 0}}));
}

TEST(LaySeeds, taint_that_was_stopped__leaves_clean_units_no_seed_may_claim) {
  Runs arrived = {{4, kOne, 5}};
  std::vector<Seed> seeds = {{CoinId(0), 0, 10, kTwo}};
  SeededCoin coin = lay_seeds(10, arrived, Arrived::stopped, seeds, true);
  EXPECT_EQ(coin.effective, std::vector<Amount>({6}));
  EXPECT_EQ(coin.runs, (Runs{{4, kClean, 0}, {6, kTwo, 0}}));
}

TEST(LaySeeds, one_label_arrives_and_is_seeded__it_has_the_fewest_hops) {
  Runs arrived = {{4, kOne, 5}};
  std::vector<Seed> seeds = {{CoinId(0), 0, 10, kOne}};
  EXPECT_EQ(lay_seeds(10, arrived, Arrived::stays, seeds, true).runs, (Runs{{10, kOne, 0}}));
  seeds[0].first = 6;
  EXPECT_EQ(lay_seeds(10, arrived, Arrived::stays, seeds, true).runs,
            (Runs{{4, kOne, 0}, {2, kClean, 0}, {4, kOne, 0}}));
  EXPECT_EQ(lay_seeds(10, arrived, Arrived::stays, seeds, false).runs, (Runs{{8, kOne, 0}}));
}

TEST(LaySeeds, poisoned_whole_by_two_labels__nothing_is_left_to_seed) {
  Runs arrived = {{10, kOne, 1}, {10, kTwo, 1}};
  std::vector<Seed> seeds = {{CoinId(0), 0, 10, Label(3)}};
  SeededCoin coin = lay_seeds(10, arrived, Arrived::stays, seeds, false);
  EXPECT_EQ(coin.effective, std::vector<Amount>({0}));
  EXPECT_EQ(coin.runs, arrived);
}

}  // namespace
}  // namespace tracehound::trace
