// Several methods in one pass, and passes in pieces: both give what one method in one go gives.
#include <gtest/gtest.h>

#include "support/random_chain.h"
#include "support/rounds.h"
#include "trace/waiting.h"
#include "unit/trace/reference_cases.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::Random;
using test::ToyChain;
using Lines = std::vector<std::string>;
using Runs = std::vector<Run>;  // testing::Test::Run hides the name inside tests

constexpr MethodKind kMethods[] = {MethodKind::poison,   MethodKind::haircut, MethodKind::fifo,
                                   MethodKind::lifo,     MethodKind::tiho,    MethodKind::tilo,
                                   MethodKind::seniority};

// All of a trace that can be compared.
Lines whole(const ToyChain& chain, const Trace& trace) {
  Lines lines = test::lines_of_trace(chain, trace);
  for (const Destination& destination : trace.destinations) {
    for (const LabelAmount& entry : destination.coinless) {
      lines.push_back("coinless " + std::to_string(entry.amount) + " label " +
                      std::to_string(entry.label.number()));
    }
  }
  for (const Parcel& parcel : trace.parcels) {
    lines.push_back(chain.transaction_name(parcel.transaction) + " " +
                    test::parcel_ends(chain, parcel) + " " + std::to_string(parcel.amount) +
                    " label " + std::to_string(parcel.label.number()) + " hop " +
                    std::to_string(parcel.hop));
  }
  lines.push_back("touched " + std::to_string(trace.transactions_touched) + " " +
                  std::to_string(trace.coins_touched));
  return lines;
}

// A random chain, with seeds, stops and options of every kind.
struct World {
  explicit World(std::uint64_t number)
      : random_chain(test::random_mined_chain(number)),
        chain(random_chain.text, "bitcoin:regtest"),
        stops(test::stops_of(chain, random_chain.services)) {
    Random random(number);
    seeds = test::random_seeds(chain, random);
    options.parcels = true;
    options.fees = number % 2 == 0 ? FeeRule::sink : FeeRule::miner;
    if (number % 5 == 0) options.cuts.min_amount = 3;
    if (number % 7 == 0) options.cuts.max_hops = 4;
  }

  test::RandomChain random_chain;
  ToyChain chain;
  Stops stops;
  std::vector<Seed> seeds;
  Options options;
};

TEST(Lanes, all_methods_in_one_pass__equal_each_alone) {
  for (std::uint64_t number = 0; number < test::rounds(60); ++number) {
    World world(number);
    auto together = run(world.chain.ledger(), world.seeds, kMethods, world.stops, world.options);
    ASSERT_TRUE(together.has_value()) << together.error().message;
    ASSERT_EQ(together->size(), std::size(kMethods));
    for (const Trace& trace : *together) {
      auto alone = run(world.chain.ledger(), world.seeds, trace.method, world.stops, world.options);
      ASSERT_TRUE(alone.has_value()) << alone.error().message;
      EXPECT_EQ(whole(world.chain, trace), whole(world.chain, *alone))
          << name_of(trace.method) << " on chain " << number;
    }
  }
}

TEST(Lanes, traces_come_in_the_order_asked_and_no_method_twice) {
  ToyChain chain("block\n mine a: 30 70\nblock\n tx t: a:0 a:1 -> 50 45\n");
  auto seeds = test::seeds_of(chain, "a:0");
  MethodKind turned[] = {MethodKind::tilo, MethodKind::fifo};
  auto traces = run(chain.ledger(), seeds, turned, Stops());
  ASSERT_TRUE(traces.has_value());
  EXPECT_EQ((*traces)[0].method, MethodKind::tilo);
  EXPECT_EQ((*traces)[1].method, MethodKind::fifo);
  MethodKind twice[] = {MethodKind::fifo, MethodKind::tilo, MethodKind::fifo};
  auto refused = run(chain.ledger(), seeds, twice, Stops());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_FALSE(run(chain.ledger(), seeds, std::span<const MethodKind>(), Stops()).has_value());
}

TEST(Lanes, ranges__least_and_most_over_the_conserving_methods) {
  ToyChain chain("block\n mine a: 30 70\nblock\n tx t: a:0 a:1 -> 50@shop 45\n");
  auto traces = run(chain.ledger(), test::seeds_of(chain, "a:0"), kMethods,
                    test::stops_of(chain, "shop=Shop"));
  ASSERT_TRUE(traces.has_value());
  // haircut 15, 14, 1; fifo, tiho and seniority 30, 0, 0; lifo 0, 25, 5; tilo 0, 30, 0.
  EXPECT_EQ(ranges(*traces), (std::vector<Range>{{DestinationKind::held, std::nullopt, 0, 30},
                                                 {DestinationKind::service, 0, 0, 30},
                                                 {DestinationKind::fees, std::nullopt, 0, 5}}));
  EXPECT_TRUE(ranges(std::span(*traces).first(1)).empty()) << "poison has no sums";
}

TEST(Lanes, waiting_runs__come_back_whatever_their_number_and_labels) {
  Random random(5);
  WaitingRuns store;
  for (int round = 0; round < 3000; ++round) {
    std::array<Runs, kMostLanes> lists;
    LaneRuns given;
    for (std::size_t lane = 0; lane < kMostLanes; ++lane) {
      if (random.below(3) != 0 && lane != round % kMostLanes) continue;
      for (std::uint64_t runs = 1 + random.below(2) * random.below(6); runs > 0; --runs) {
        auto label = static_cast<std::uint32_t>(1 + random.below(random.below(9) ? 3 : 1U << 31));
        lists[lane].push_back({1 + random.below(90), Label(label), 4'000'000'000U});
      }
      given.set(lane, lists[lane]);
    }
    CoinId last((std::uint64_t{1} << 40) - 1);
    Waiting waiting(7, last, 90, store.put(given, 90));
    EXPECT_EQ(waiting.key(), 7U);
    EXPECT_EQ(waiting.value(), 90U);
    EXPECT_EQ(waiting.kind(), WaitingKind::coin);
    EXPECT_EQ(waiting.coin(), last);
    LaneRuns shown;
    store.show(waiting, shown);
    EXPECT_EQ(shown.lanes(), given.lanes());
    for (std::size_t lane = 0; lane < kMostLanes; ++lane) {
      EXPECT_TRUE(std::ranges::equal(shown.get(lane), lists[lane]));
    }
    store.remove(waiting);
  }
  EXPECT_LT(store.bytes(), 100'000U) << "memory is used again";
}

TEST(Lanes, waiting_runs_of_one_run_each__come_back_and_are_stored_if_they_are_not_alike) {
  constexpr Amount kValue = 90;
  auto comes_back = [](WaitingRuns& store, const PackedRuns& packed, const Runs& each) {
    Waiting waiting(7, CoinId(5), kValue, packed);
    LaneRuns shown;
    store.show(waiting, shown);
    return waiting.kind() == WaitingKind::coin && waiting.coin() == CoinId(5) &&
           shown.lanes() == packed.lanes && std::ranges::equal(shown.all(), each) &&
           shown.lists() == each.size();
  };
  auto put = [](WaitingRuns& store, LaneSet lanes, const Runs& each) {
    LaneRuns runs;
    auto next = each.begin();
    for_each_lane(lanes, [&](std::size_t lane) { runs.set(lane, std::span(next++, 1)); });
    return store.put(runs, kValue);
  };
  Runs::value_type whole{kValue, Label(508), 3};
  Runs::value_type part{7, Label(508), 3};
  WaitingRuns unused;
  PackedRuns alike{0b101'0110, 0b100'0010, 508, 3, 7};
  EXPECT_TRUE(comes_back(unused, alike, {whole, part, part, whole}));
  EXPECT_TRUE(comes_back(unused, put(unused, 0b101'0110, {whole, part, part, whole}),
                         {whole, part, part, whole}));
  EXPECT_TRUE(comes_back(unused, put(unused, 0b100'0000, {part}), {part}));
  EXPECT_FALSE(unused.any());
  for (const Runs& each : {Runs{{7, Label(509), 3}}, Runs{part, {8, Label(508), 3}},
                           Runs{part, {7, Label(508), 4}, whole}}) {
    WaitingRuns store;
    auto lanes = static_cast<LaneSet>(0b1110 & ((1U << (each.size() + 1)) - 1));
    EXPECT_TRUE(comes_back(store, put(store, lanes, each), each));
    EXPECT_TRUE(store.any());
  }
}

// ---- in pieces ----------------------------------------------------------------------------------

TEST(Resume, traces_in_pieces__equal_the_trace_in_one_go) {
  for (std::uint64_t number = 0; number < test::rounds(60); ++number) {
    World world(number);
    const ledger::Ledger& ledger = world.chain.ledger();
    auto at_once = run(ledger, world.seeds, kMethods, world.stops, world.options);
    ASSERT_TRUE(at_once.has_value()) << at_once.error().message;
    Bytes state;
    std::uint32_t first =
        ledger.height(ledger.creator(std::ranges::min(world.seeds).coin)).number();
    Options options = world.options;
    for (std::uint32_t height = first; height <= ledger.tip().number(); height += 1 + number % 4) {
      options.as_of = BlockHeight(height);
      auto part = run_on(ledger, world.seeds, kMethods, world.stops, options, state);
      ASSERT_TRUE(part.has_value()) << part.error().message;
      auto as_of = run(ledger, world.seeds, kMethods, world.stops, options);
      for (std::size_t i = 0; i < std::size(kMethods); ++i) {
        EXPECT_EQ(whole(world.chain, part->traces[i]), whole(world.chain, (*as_of)[i]))
            << name_of(kMethods[i]) << " on chain " << number << " at " << height;
      }
      auto again = run_on(ledger, world.seeds, kMethods, world.stops, options, part->state);
      EXPECT_EQ(again->state, part->state) << "nothing new, nothing changed";
      state = part->state;
    }
    auto end = run_on(ledger, world.seeds, kMethods, world.stops, world.options, state);
    ASSERT_TRUE(end.has_value()) << end.error().message;
    for (std::size_t i = 0; i < std::size(kMethods); ++i) {
      EXPECT_EQ(whole(world.chain, end->traces[i]), whole(world.chain, (*at_once)[i]));
    }
  }
}

// Why it is refused; empty when it is not.
std::string refusal(const World& world, ByteView state, const Options& options,
                    std::span<const MethodKind> methods = kMethods) {
  auto result = run_on(world.chain.ledger(), world.seeds, methods, world.stops, options, state);
  if (result) return {};
  EXPECT_EQ(result.error().kind, ErrorKind::bad_input);
  return result.error().message;
}

TEST(Resume, another_question__is_refused_by_what_differs) {
  World world(2);
  auto saved = run_on(world.chain.ledger(), world.seeds, kMethods, world.stops, world.options, {});
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  auto says = [](const std::string& text, const char* part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  EXPECT_EQ(refusal(world, saved->state, world.options), "");
  says(refusal(world, saved->state, world.options, std::span(kMethods).first(3)), "other methods");
  Options other = world.options;
  other.cuts.max_hops = 90;
  says(refusal(world, saved->state, other), "other cuts");
  other = world.options;
  other.cuts.until = world.chain.ledger().tip();
  EXPECT_EQ(refusal(world, saved->state, other), "") << "it was not reached";
  other = world.options;
  other.fees = FeeRule::miner;
  says(refusal(world, saved->state, other), "another fee rule");
  other = world.options;
  other.as_of = BlockHeight(world.chain.ledger().tip().number() - 1);
  says(refusal(world, saved->state, other), "past the height");
  World elsewhere(4);
  says(refusal(elsewhere, saved->state, elsewhere.options), "the saved trace");
  world.seeds.pop_back();
  if (!world.seeds.empty()) says(refusal(world, saved->state, world.options), "other seeds");
}

TEST(Resume, every_byte_damaged_or_missing__is_refused) {
  World world(3);
  auto saved = run_on(world.chain.ledger(), world.seeds, kMethods, world.stops, world.options, {});
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  for (std::size_t i = 0; i < saved->state.size(); i += 7) {
    Bytes damaged = saved->state;
    damaged[i] ^= 0x40;
    EXPECT_NE(refusal(world, damaged, world.options).find("damaged"), std::string::npos);
    Bytes shorter(saved->state.begin(), saved->state.begin() + static_cast<std::ptrdiff_t>(i));
    if (i == 0) continue;  // no state at all is the seeds
    EXPECT_NE(refusal(world, shorter, world.options).find("damaged"), std::string::npos);
  }
}

// Whatever stands in it, a state ends in an answer or in one sentence that says it is bad input.
TEST(Resume, numbers_made_up_under_a_right_checksum__end_in_a_word) {
  World world(3);
  Options options = world.options;
  options.as_of = BlockHeight(world.chain.ledger().tip().number() / 2);
  const ledger::Ledger& ledger = world.chain.ledger();
  auto saved = run_on(ledger, world.seeds, kMethods, world.stops, options, {});
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  const Bytes& state = saved->state;
  for (std::size_t at = 0; at + 16 <= state.size(); at += test::stride()) {
    for (std::uint64_t number :
         {std::uint64_t{0}, ~std::uint64_t{0}, load_le<std::uint64_t>(&state[at]) + 1}) {
      Bytes made_up(state.begin(), state.end() - sizeof number);
      store_le(made_up.data() + at, number);
      std::uint64_t sum = xxh3(made_up);
      made_up.resize(state.size());
      store_le(made_up.data() + state.size() - sizeof sum, sum);
      auto result = run_on(ledger, world.seeds, kMethods, world.stops, world.options, made_up);
      ASSERT_TRUE(result || result.error().kind == ErrorKind::bad_input)
          << at << ": " << result.error().message;
    }
  }
}

}  // namespace
}  // namespace tracehound::trace
