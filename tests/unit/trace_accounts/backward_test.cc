#include "trace/accounts/backward.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>

#include "support/random_blocks.h"
#include "support/rounds.h"
#include "support/toy_events.h"

namespace tracehound::trace::accounts {
namespace {

constexpr AccountId kVictim{0}, kThief{1}, kPool{2}, kFund{3}, kShop{4}, kOther{5};
constexpr AssetId kCoin{0}, kGold{1};
constexpr Label kA{1};
constexpr Label kB{2};
constexpr MethodKind kInvertible[] = {MethodKind::haircut, MethodKind::fifo, MethodKind::lifo};

U256 n(std::uint64_t number) { return U256(number); }

Seed whole(const ToyEvents& events, TransferId transfer, Label label = kA,
           SeedSide side = SeedSide::transfer) {
  return {transfer, n(0), events.row(transfer).amount, label, side};
}

Trace back(const ToyEvents& events, std::vector<Seed> seeds, MethodKind method,
           const Stops& stops = {}, const Options& options = {}) {
  auto traces = run_back(events, seeds, std::span(&method, 1), stops, options);
  EXPECT_TRUE(traces.has_value()) << traces.error().message;
  return std::move(traces->front());
}

// "KIND ACCOUNT/ASSET" (or /ASSET of nobody) with the amount, over all labels.
using Ends = std::map<std::string, std::uint64_t>;
Ends ends(const Trace& trace) {
  Ends found;
  for (const Destination& destination : trace.destinations) {
    for (const Landing& landing : destination.landings) {
      AccountId account = landing.holder.account;
      found[std::string(name_of(destination.kind)) + " " +
            (account == kNobody ? "" : std::to_string(account.number())) + "/" +
            std::to_string(landing.holder.asset.number())] += landing.amount.low();
    }
  }
  return found;
}

// The example of backward_walk.cc.
struct Example {
  ToyEvents events;
  TransferId theft, funding, payment;
  Example() {
    events.add_transaction();
    theft = events.add_row(kVictim, kThief, kCoin, n(60));
    events.add_transaction();
    funding = events.add_row(kFund, kThief, kCoin, n(40));
    events.add_transaction();
    payment = events.add_row(kThief, kShop, kCoin, n(70));
  }
};

TEST(account_backward, the_worked_example__each_method_says_who_paid_into_the_balance) {
  Example example;
  std::vector<Seed> seeds = {whole(example.events, example.payment)};
  EXPECT_EQ(ends(back(example.events, seeds, MethodKind::fifo)),
            (Ends{{"held 0/0", 60}, {"held 3/0", 10}}));
  EXPECT_EQ(ends(back(example.events, seeds, MethodKind::lifo)),
            (Ends{{"held 0/0", 30}, {"held 3/0", 40}}));
  EXPECT_EQ(ends(back(example.events, seeds, MethodKind::haircut)),
            (Ends{{"held 0/0", 42}, {"held 3/0", 28}}));
}

TEST(account_backward, what_was_there_before_all_that_is_known__says_so) {
  Example example;
  Trace found = back(example.events, {whole(example.events, example.payment)}, MethodKind::haircut);
  ASSERT_EQ(found.destinations.size(), 1U);
  for (const Landing& landing : found.destinations[0].landings) {
    EXPECT_TRUE(landing.unknown_opening);
    EXPECT_TRUE(landing.tx.has_value());
    EXPECT_EQ(landing.hops, 2U);
  }
  EXPECT_EQ(found.assets.front().unknown_holders, 2U);
}

TEST(account_backward, a_service_and_a_mint_are_origins_and_through_goes_on) {
  ToyEvents events;
  events.add_transaction();
  events.add_row(kNobody, kFund, kGold, n(10));
  events.add_transaction();
  events.add_row(kFund, kShop, kGold, n(10));
  events.add_transaction();
  TransferId last = events.add_row(kShop, kOther, kGold, n(10));
  Stops stops(std::vector<Service>{{"shop", "exchange"}});
  stops.add(kShop, {DestinationKind::service, 0});
  for (MethodKind method : kInvertible) {
    EXPECT_EQ(ends(back(events, {whole(events, last)}, method, stops)),
              (Ends{{"service 4/1", 10}}));
    // What the service itself sent is asked about where it lies.
    EXPECT_EQ(ends(back(events, {whole(events, last, kA, SeedSide::sent)}, method, stops)),
              (Ends{{"mined /1", 10}}));
  }
  stops.go_through(kShop);
  EXPECT_EQ(ends(back(events, {whole(events, last)}, MethodKind::fifo, stops)),
            (Ends{{"mined /1", 10}}));
}

TEST(account_backward, a_swap__leads_to_the_asset_that_was_paid_and_not_into_the_pool) {
  ToyEvents events;
  events.add_transaction();
  events.add_row(kVictim, kThief, kCoin, n(10));
  events.add_transaction(kThief);
  events.add_row(kThief, kPool, kCoin, n(10));
  events.add_row(kPool, kThief, kGold, n(3'000));
  events.add_transaction();
  TransferId last = events.add_row(kThief, kShop, kGold, n(1'200));
  for (MethodKind method : kInvertible) {
    Trace found = back(events, {whole(events, last)}, method, {}, {.parcels = true});
    EXPECT_EQ(ends(found), (Ends{{"held 0/0", 4}})) << name_of(method);
    EXPECT_EQ(books_of(found, kGold)->swapped_out.total(), n(1'200));
    EXPECT_EQ(books_of(found, kCoin)->swapped_in.total(), n(4));
    ASSERT_EQ(found.parcels.size(), 3U);
    const Parcel& swap = found.parcels[1];
    EXPECT_EQ(swap.kind, ParcelKind::swap);
    EXPECT_EQ(swap.from, (HolderId{kThief, kGold}));
    EXPECT_EQ(swap.to, (HolderId{kThief, kCoin}));
    EXPECT_EQ(swap.paid, n(1'200));
    EXPECT_EQ(swap.amount, n(4));
  }
  EXPECT_EQ(ends(back(events, {whole(events, last)}, MethodKind::fifo, {}, {.swaps = false})),
            (Ends{{"held 2/1", 1'200}}));
}

TEST(account_backward, a_fee__took_the_oldest_units_or_the_newest) {
  ToyEvents events;
  events.add_transaction();
  events.add_row(kVictim, kThief, kCoin, n(10));
  events.add_transaction(kThief, n(4));
  events.add_row(kFund, kThief, kCoin, n(10));
  events.add_transaction();
  TransferId last = events.add_row(kThief, kShop, kCoin, n(16));
  EXPECT_EQ(ends(back(events, {whole(events, last)}, MethodKind::fifo)),
            (Ends{{"held 0/0", 6}, {"held 3/0", 10}}));
  EXPECT_EQ(ends(back(events, {whole(events, last)}, MethodKind::lifo)),
            (Ends{{"held 0/0", 10}, {"held 3/0", 6}}));
  EXPECT_EQ(ends(back(events, {whole(events, last)}, MethodKind::haircut)),
            (Ends{{"held 0/0", 8}, {"held 3/0", 8}}));
}

TEST(account_backward, self_transfer_and_cycle__lead_nowhere_else) {
  ToyEvents events;
  events.add_transaction();
  events.add_row(kVictim, kThief, kCoin, n(10));
  events.add_transaction();
  events.add_row(kThief, kThief, kCoin, n(10));
  events.add_transaction();
  events.add_row(kThief, kFund, kCoin, n(10));
  events.add_row(kFund, kOther, kCoin, n(10));
  events.add_row(kOther, kThief, kCoin, n(10));
  TransferId last = events.add_row(kThief, kShop, kCoin, n(10));
  for (MethodKind method : kInvertible) {
    EXPECT_EQ(ends(back(events, {whole(events, last)}, method)), (Ends{{"held 0/0", 10}}));
  }
}

TEST(account_backward, a_seed_on_the_way_back_from_another__keeps_what_the_other_left) {
  Example example;
  std::vector<Seed> seeds = {whole(example.events, example.theft, kB),
                             whole(example.events, example.payment, kA)};
  Trace found = back(example.events, seeds, MethodKind::lifo);
  EXPECT_EQ(found.seeds[0].effective, n(30));
  EXPECT_EQ(found.seeds[1].effective, n(70));
  EXPECT_EQ(books_of(found, kCoin)->claimed, n(130));
  EXPECT_EQ(found.destinations.front().labels.of(kA), n(70));
  EXPECT_EQ(found.destinations.front().labels.of(kB), n(30));
}

TEST(account_backward, a_holding__is_what_the_balance_comes_to_at_the_end) {
  Example example;
  std::vector<Holding> holdings = {{{kThief, kCoin}, kA}, {{kOther, kCoin}, kA}};
  auto of = [&](MethodKind method, const Options& options) {
    auto traces = run_back(example.events, {}, std::span(&method, 1), {}, options, holdings);
    EXPECT_TRUE(traces.has_value()) << traces.error().message;
    return std::move(traces->front());
  };
  Trace found = of(MethodKind::fifo, {});
  EXPECT_EQ(ends(found), (Ends{{"held 3/0", 30}}));
  ASSERT_EQ(found.holdings.size(), 1U);  // nobody has sent the other anything
  EXPECT_EQ(found.holdings[0].balance, n(30));
  EXPECT_EQ(found.holdings[0].effective, n(30));
  EXPECT_EQ(ends(of(MethodKind::lifo, {})), (Ends{{"held 0/0", 30}}));
  EXPECT_EQ(ends(of(MethodKind::haircut, {})), (Ends{{"held 0/0", 18}, {"held 3/0", 12}}));
  EXPECT_EQ(ends(of(MethodKind::fifo, {.end = TxId(1)})), (Ends{{"held 0/0", 60}}));
}

TEST(account_backward, cuts__end_it_by_amount_hops_and_time) {
  Example example;
  std::vector<Seed> seeds = {whole(example.events, example.payment)};
  Options least;
  least.cuts.min_amount = n(20);
  EXPECT_EQ(ends(back(example.events, seeds, MethodKind::fifo, {}, least)),
            (Ends{{"held 0/0", 60}, {"cut 3/0", 10}}));
  Options near;
  near.cuts.max_hops = 1;
  EXPECT_EQ(ends(back(example.events, seeds, MethodKind::fifo, {}, near)),
            (Ends{{"cut 0/0", 60}, {"cut 3/0", 10}}));
  Options late;
  late.cuts.until = TxId(1);
  Trace found = back(example.events, seeds, MethodKind::fifo, {}, late);
  EXPECT_EQ(ends(found), (Ends{{"held 3/0", 10}, {"cut 1/0", 60}}));
  const Landing& rest = found.destinations.back().landings.front();
  EXPECT_FALSE(rest.tx.has_value());
  EXPECT_EQ(rest.balance, n(60));
}

TEST(account_backward, a_limit_in_time_after_a_seed__is_refused) {
  Example example;
  std::vector<Seed> seeds = {whole(example.events, example.theft)};
  Options options;
  options.cuts.until = TxId(1);
  auto traces = run_back(example.events, seeds, kInvertible, {}, options);
  ASSERT_FALSE(traces.has_value());
  EXPECT_EQ(traces.error().kind, ErrorKind::bad_input);
  EXPECT_NE(traces.error().message.find("end it earlier"), std::string::npos);
}

TEST(account_backward, seeds_that_are_all_after_the_end__are_refused) {
  Example example;
  std::vector<Seed> seeds = {whole(example.events, example.payment)};
  auto traces = run_back(example.events, seeds, kInvertible, {}, {.end = TxId(2)});
  ASSERT_FALSE(traces.has_value());
  EXPECT_EQ(traces.error().kind, ErrorKind::bad_input);
  EXPECT_NE(traces.error().message.find("go further"), std::string::npos);
}

TEST(account_backward, methods_without_an_inverse_and_bad_seeds__are_refused) {
  Example example;
  std::vector<Seed> seeds = {whole(example.events, example.payment)};
  for (MethodKind method : {MethodKind::poison, MethodKind::tiho, MethodKind::taint_first}) {
    auto traces = run_back(example.events, seeds, std::span(&method, 1), {});
    ASSERT_FALSE(traces.has_value());
    EXPECT_EQ(traces.error().kind, ErrorKind::usage);
    EXPECT_NE(traces.error().message.find("use haircut, fifo or lifo"), std::string::npos);
  }
  seeds[0].end = n(71);
  EXPECT_FALSE(run_back(example.events, seeds, kInvertible, {}).has_value());
  EXPECT_FALSE(run_back(example.events, {}, kInvertible, {}).has_value());
}

TEST(account_backward, a_token_that_lies__is_refused_where_a_balance_leaves_256_bits) {
  ToyEvents events;
  for (int i = 0; i < 2; ++i) {
    events.add_transaction();
    events.add_row(kOther, kThief, kGold, kU256Max);
  }
  events.add_transaction();
  TransferId last = events.add_row(kThief, kShop, kGold, n(5));
  std::vector<Seed> seeds = {whole(events, last)};
  auto traces = run_back(events, seeds, kInvertible, {});
  ASSERT_FALSE(traces.has_value());
  EXPECT_EQ(traces.error().kind, ErrorKind::bad_input);
  EXPECT_NE(traces.error().message.find("more than 256 bits"), std::string::npos);
}

TEST(account_backward, an_interrupted_trace__says_so_and_still_balances) {
  ToyEvents events;
  TransferId last{0};
  for (int i = 0; i < 3'000; ++i) {
    events.add_transaction();
    last = events.add_row(AccountId(static_cast<std::uint32_t>(i % 5)),
                          AccountId(static_cast<std::uint32_t>((i + 1) % 5)), kCoin, n(7));
  }
  std::atomic<bool> stop = true;
  Options options;
  options.interrupt = &stop;
  Trace found = back(events, {whole(events, last)}, MethodKind::fifo, {}, options);
  EXPECT_TRUE(found.interrupted);
  ASSERT_EQ(found.destinations.size(), 1U);
  EXPECT_EQ(found.destinations[0].kind, DestinationKind::cut);
  EXPECT_EQ(found.destinations[0].amount, n(7));
}

// ---- forward and backward agree -----------------------------------------------------------------

// Transfers of one asset, to oneself, in cycles, out of nothing and into it, with fees; and swaps,
// one to one. What whole units cannot part exactly is left to haircut.
class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : random_(seed) {
    scale_ = seed % 2 == 0 ? 30 : 1'000'000'000'000;
    for (int i = 0; i < 24; ++i) add_transaction();
  }
  const ToyEvents& events() const { return events_; }
  // Of transactions that are replayed, all that move something.
  const std::vector<TransferId>& transfers() const { return transfers_; }

 private:
  AccountId account() { return AccountId(static_cast<std::uint32_t>(random_.below(6))); }
  AccountId anybody() { return random_.below(12) == 0 ? kNobody : account(); }
  U256 amount() { return n(random_.below(scale_) + (random_.below(20) == 0 ? 0 : 1)); }

  void add_transaction() {
    events_.add_transaction(account(), random_.below(2) == 0 ? n(0) : n(random_.below(scale_ / 6)));
    AssetId asset(static_cast<std::uint32_t>(random_.below(2)));
    if (random_.below(4) == 0) {
      AccountId pool(static_cast<std::uint32_t>(6 + random_.below(2)));
      U256 swapped = n(random_.below(scale_) + 1);
      events_.add_row(account(), pool, asset, swapped);
      events_.add_row(pool, account(), AssetId(1 - asset.number()), swapped);
      return;
    }
    for (std::uint64_t rows = 1 + random_.below(4); rows > 0; --rows) {
      TransferId row = events_.add_row(anybody(), anybody(), asset, amount());
      Movement move = events_.row(row);
      if (move.from != move.to && !move.amount.is_zero()) transfers_.push_back(row);
    }
  }

  test::Random random_;
  ToyEvents events_{8, 2};
  std::vector<TransferId> transfers_;
  std::uint64_t scale_ = 0;
};

// What of a trace's units each transfer carried.
std::map<TransferId, U256> carried(const Trace& trace) {
  std::map<TransferId, U256> sums;
  for (const Parcel& parcel : trace.parcels) {
    if (parcel.transfer) sums[*parcel.transfer] += parcel.amount;
  }
  return sums;
}

// Calls check(units of the first in the second, of the second from the first, movements from the
// one to the other) for all pairs of transfers of which the first brings anything into the second,
// or the second finds anything in the first.
template <typename Check>
std::uint64_t each_pair(MethodKind method, Check check) {
  std::uint64_t pairs = 0;
  for (std::uint64_t number = 0; number < test::rounds(120); ++number) {
    RandomWorld world(number);
    const ToyEvents& events = world.events();
    std::map<TransferId, std::map<TransferId, U256>> forward;
    std::map<TransferId, std::map<TransferId, U256>> backward;
    for (TransferId seed : world.transfers()) {
      std::vector<Seed> seeds = {whole(events, seed)};
      Options options;
      options.parcels = true;
      auto there = run(events, seeds, std::span(&method, 1), {}, options);
      EXPECT_TRUE(there.has_value());
      forward[seed] = carried(there->front());
      backward[seed] = carried(back(events, seeds, method, {}, options));
    }
    for (TransferId from : world.transfers()) {
      for (TransferId to : world.transfers()) {
        if (to <= from) continue;
        U256 brought = forward[from][to];
        U256 found = backward[to][from];
        if (brought.is_zero() && found.is_zero()) continue;
        std::uint64_t rows = to.number() - from.number() + 1;
        std::uint64_t fees =
            events.transaction_of(to).number() - events.transaction_of(from).number();
        check(brought, found, rows + fees);
        ++pairs;
      }
    }
  }
  return pairs;
}

TEST(account_backward, fifo_and_lifo__find_in_a_transfer_exactly_what_forward_brought_from_it) {
  for (MethodKind method : {MethodKind::fifo, MethodKind::lifo}) {
    std::uint64_t pairs = each_pair(
        method, [](const U256& brought, const U256& found, auto) { ASSERT_EQ(brought, found); });
    EXPECT_GT(pairs, test::rounds(4'000));
  }
}

// Forward, a movement parts a giver's taint and rounds by less than a unit; backward it parts what
// a taker was asked for, and what a giver's opening balance was; a swap divides on both sides. Less
// than three units for each movement, and no later division makes more of them.
TEST(account_backward, haircut__finds_it_within_three_units_for_each_movement_between) {
  std::uint64_t pairs = each_pair(
      MethodKind::haircut, [](const U256& brought, const U256& found, std::uint64_t movements) {
        U256 apart = std::max(brought, found) - std::min(brought, found);
        ASSERT_LT(apart, n(3 * movements));
      });
  EXPECT_GT(pairs, test::rounds(4'000));
}

}  // namespace
}  // namespace tracehound::trace::accounts
