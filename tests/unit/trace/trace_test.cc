#include "trace/trace.h"

#include <gtest/gtest.h>

#include <set>

#include "support/random_blocks.h"
#include "support/random_chain.h"
#include "support/rounds.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::ToyChain;
using test::trace_of;

constexpr MethodKind kMethods[] = {MethodKind::poison, MethodKind::haircut, MethodKind::fifo};

Amount lying_in(const Trace& trace, Label label) {
  Amount sum = 0;
  for (const Destination& destination : trace.destinations) {
    if (destination.kind == DestinationKind::fees) {
      for (const LabelAmount& entry : destination.labels) {
        sum += entry.label == label ? entry.amount : 0;
      }
    }
    for (const Landing& landing : destination.coins) {
      sum += landing.label == label ? landing.amount : 0;
    }
  }
  return sum;
}

// Three whole coins of a random chain, labels 1, 1 and 2.
std::string some_seeds(const ToyChain& chain, std::uint64_t number) {
  std::string seeds;
  std::set<CoinId> chosen;
  test::Random random(number);
  while (chosen.size() < 3) {
    CoinId coin(random.below(chain.ledger().counts().coins));
    std::string name = chain.coin_name(coin);
    if (chain.ledger().value(coin) == 0 || chain.coin(name) != coin) continue;
    if (!chosen.insert(coin).second) continue;
    seeds += name + (chosen.size() == 3 ? "=2 " : " ");
  }
  return seeds;
}

TEST(Trace, books_balance_per_label__on_200_random_chains) {
  for (std::uint64_t number = 1000; number < 1000 + test::rounds(200); ++number) {
    test::RandomChain random = test::random_chain(number);
    ToyChain chain(random.text);
    std::string seeds = some_seeds(chain, number);
    for (MethodKind method : {MethodKind::haircut, MethodKind::fifo}) {
      Trace trace = trace_of(chain, seeds, method, random.services);
      for (Label label : {Label(1), Label(2)}) {
        Amount seeded = 0;
        for (const SeedCoin& seed : trace.seeds) {
          seeded += seed.label == label ? seed.amount : 0;
        }
        EXPECT_EQ(lying_in(trace, label), seeded) << "chain " << number;
      }
      EXPECT_EQ(trace.total, trace.effective);
      EXPECT_LE(trace.effective, trace.claimed);
    }
  }
}

std::set<CoinId> reached(const Trace& trace) {
  std::set<CoinId> coins;
  for (const Destination& destination : trace.destinations) {
    for (const Landing& landing : destination.coins) coins.insert(landing.coin);
  }
  return coins;
}

TEST(Trace, poison_reaches_every_coin_that_haircut_and_fifo_reach) {
  for (std::uint64_t number = 2000; number < 2000 + test::rounds(100); ++number) {
    test::RandomChain random = test::random_chain(number);
    ToyChain chain(random.text);
    std::string seeds = some_seeds(chain, number);
    std::set<CoinId> poisoned = reached(trace_of(chain, seeds, MethodKind::poison));
    for (MethodKind method : {MethodKind::haircut, MethodKind::fifo}) {
      for (CoinId coin : reached(trace_of(chain, seeds, method))) {
        EXPECT_TRUE(poisoned.contains(coin)) << chain.coin_name(coin) << " on chain " << number;
      }
    }
  }
}

TEST(Trace, order_of_seeds__does_not_matter) {
  for (std::uint64_t number = 3000; number < 3040; ++number) {
    ToyChain chain(test::random_chain(number).text);
    std::vector<Seed> seeds = seeds_of(chain, some_seeds(chain, number));
    std::vector<Seed> reversed(seeds.rbegin(), seeds.rend());
    for (MethodKind method : kMethods) {
      auto one = run(chain.ledger(), seeds, method, Stops());
      auto other = run(chain.ledger(), reversed, method, Stops());
      EXPECT_EQ(lines_of_trace(chain, *one), lines_of_trace(chain, *other));
    }
  }
}

const char* kTheft = R"(
block
  mine a: 100 60
block
  tx split: a:0 -> 60 40
  tx left: split:0 -> 58
  tx join: a:1 left:0 split:1 -> 65@shop 85
)";

TEST(Trace, parcels__one_for_each_tainted_input_of_each_tainted_output_and_of_the_fee) {
  ToyChain chain(kTheft);
  Trace trace = trace_of(chain, "a:0", MethodKind::fifo, "shop=Shop", {.parcels = true});
  std::vector<std::string> lines;
  for (const Parcel& parcel : trace.parcels) {
    lines.push_back(chain.transaction_name(parcel.transaction) + " " +
                    test::parcel_ends(chain, parcel) + " " + std::to_string(parcel.amount) +
                    " hop " + std::to_string(parcel.hop));
  }
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "split a:0 split:0 60 hop 1",
                       "split a:0 split:1 40 hop 1",
                       "left split:0 left:0 58 hop 2",
                       "left split:0 left:fee 2 hop 2",
                       // split:1 is nearer to the seed than left:0, so the hop is 2.
                       "join left:0 join:0 5 hop 2",
                       "join left:0 join:1 53 hop 2",
                       "join split:1 join:1 32 hop 2",
                       "join split:1 join:fee 8 hop 2",
                   }));
  EXPECT_EQ(trace.total, 100U);
}

TEST(Trace, parcels_into_every_coin__sum_to_its_taint) {
  for (std::uint64_t number = 4000; number < 4040; ++number) {
    test::RandomChain random = test::random_chain(number);
    ToyChain chain(random.text);
    Trace trace = trace_of(chain, "first:0 first:1=2 first:3", MethodKind::haircut, random.services,
                           {.parcels = true});
    std::map<std::pair<std::optional<CoinId>, Label>, Amount> brought;
    for (const Parcel& parcel : trace.parcels) brought[{parcel.to, parcel.label}] += parcel.amount;
    for (const Destination& destination : trace.destinations) {
      for (const Landing& landing : destination.coins) {
        if (landing.hops == 0) continue;  // a seed coin
        EXPECT_EQ((brought[{landing.coin, landing.label}]), landing.amount);
      }
      if (destination.kind != DestinationKind::fees) continue;
      for (const LabelAmount& entry : destination.labels) {
        EXPECT_EQ((brought[{std::nullopt, entry.label}]), entry.amount);
      }
    }
  }
}

TEST(Trace, parcels_are_kept_only_when_asked_for) {
  ToyChain chain(kTheft);
  EXPECT_TRUE(trace_of(chain, "a:0", MethodKind::fifo).parcels.empty());
}

TEST(Trace, poison__has_no_sums) {
  ToyChain chain(kTheft);
  Trace trace = trace_of(chain, "a:0", MethodKind::poison);
  EXPECT_FALSE(trace.conserves);
  EXPECT_EQ(trace.total, 0U);
  for (const Destination& destination : trace.destinations) {
    EXPECT_EQ(destination.amount, 0U);
    EXPECT_TRUE(destination.labels.empty());
  }
}

TEST(Trace, two_coinbases_of_one_txid__the_earlier_coin_is_burned) {
  ToyChain chain("block\n mine twin: 40\nblock\n mine twin: 40\nblock\n tx t: twin:0 -> 40\n");
  // TXID:VOUT means the later one, so the earlier is named by its number.
  Seed earlier{CoinId(0), 0, 40};
  for (MethodKind method : kMethods) {
    auto trace = run(chain.ledger(), {&earlier, 1}, method, Stops());
    ASSERT_TRUE(trace.has_value()) << trace.error().message;
    EXPECT_EQ(lines_of_trace(chain, *trace),
              (std::vector<std::string>{"seed twin:0 claimed 40 effective 40 label 1",
                                        "burned twin:0 40 hops 0 label 1"}));
    EXPECT_EQ(trace->transactions_touched, 0U);
  }
}

TEST(Trace, an_unbalanced_trace__is_an_error_that_names_label_and_figures) {
  ToyChain chain(kTheft);
  Trace trace = trace_of(chain, "a:0", MethodKind::haircut, "", {.label_names = {"heist"}});
  ASSERT_TRUE(check_balance(trace).has_value());
  trace.destinations[0].labels[0].amount -= 1;
  Status status = check_balance(trace);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::machine);
  EXPECT_EQ(status.error().message,
            "the haircut trace does not balance: of label heist, 100 units were stolen and 99 were "
            "found; this is a bug in tracehound, report it with the ledger's tip and the seeds");
  trace.destinations[0].labels[0] = {Label(2), 1};
  EXPECT_FALSE(check_balance(trace).has_value()) << "units of a label nobody stole";
}

}  // namespace
}  // namespace tracehound::trace
