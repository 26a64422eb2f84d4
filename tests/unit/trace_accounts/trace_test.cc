#include "trace/accounts/trace.h"

#include <gtest/gtest.h>

#include <map>

#include "support/toy_events.h"

namespace tracehound::trace::accounts {
namespace {

constexpr AccountId kVictim{0}, kThief{1}, kPool{2}, kFriend{3}, kRouter{4}, kWrapper{5}, kOther{6};
constexpr AssetId kCoin{0}, kGold{1};
constexpr Label kA{1};
constexpr Label kB{2};

U256 n(std::uint64_t number) { return U256(number); }

Seed whole(const ToyEvents& events, TransferId transfer, Label label = kA) {
  return {transfer, n(0), events.row(transfer).amount, label, SeedSide::transfer};
}

std::vector<MethodKind> all_methods() {
  std::vector<MethodKind> methods;
  for (std::size_t i = 0; i < kMethodKinds; ++i) methods.push_back(static_cast<MethodKind>(i));
  return methods;
}

Trace trace(const ToyEvents& events, std::vector<Seed> seeds, MethodKind method,
            const Stops& stops = {}, const Options& options = {}) {
  auto traces = run(events, seeds, std::span(&method, 1), stops, options);
  EXPECT_TRUE(traces.has_value()) << traces.error().message;
  return std::move(traces->front());
}

// Of what is held at the end, by holder.
std::map<HolderId, U256> held(const Trace& trace) {
  std::map<HolderId, U256> found;
  for (const Destination& destination : trace.destinations) {
    if (destination.kind != DestinationKind::held) continue;
    for (const Landing& landing : destination.landings) found[landing.holder] += landing.amount;
  }
  return found;
}
using Held = std::map<HolderId, U256>;

TEST(account_trace, swap_through_a_pool__taint_crosses_and_the_pool_stays_clean) {
  ToyEvents events;
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kCoin, n(10));
  events.add_transaction(kThief);
  events.add_row(kThief, kRouter, kCoin, n(10));
  events.add_row(kRouter, kPool, kCoin, n(10));
  events.add_row(kPool, kThief, kGold, n(3'000));
  for (MethodKind method : all_methods()) {
    Trace found = trace(events, {whole(events, theft)}, method, {}, {.parcels = true});
    EXPECT_EQ(held(found), (Held{{{kThief, kGold}, n(3'000)}})) << name_of(method);
    ASSERT_EQ(found.parcels.size(), 1U);
    const Parcel& swap = found.parcels[0];
    EXPECT_EQ(swap.kind, ParcelKind::swap);
    EXPECT_EQ(swap.paid, n(10));
    EXPECT_EQ(swap.amount, n(3'000));
  }
}

TEST(account_trace, swaps_off__the_pool_is_tainted) {
  ToyEvents events;
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kCoin, n(10));
  events.add_transaction(kThief);
  events.add_row(kThief, kPool, kCoin, n(10));
  events.add_row(kPool, kThief, kGold, n(3'000));
  Trace found = trace(events, {whole(events, theft)}, MethodKind::fifo, {}, {.swaps = false});
  EXPECT_EQ(held(found), (Held{{{kPool, kCoin}, n(10)}}));
}

TEST(account_trace, a_crumb_is_swapped_and_the_rest_sent_on__the_rest_stays_tainted) {
  ToyEvents events;
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kCoin, n(100));
  events.add_transaction(kThief);
  events.add_row(kThief, kFriend, kCoin, n(99));
  events.add_row(kThief, kPool, kCoin, n(1));
  events.add_row(kPool, kThief, kGold, n(30));
  Trace found = trace(events, {whole(events, theft)}, MethodKind::haircut);
  EXPECT_EQ(held(found), (Held{{{kFriend, kCoin}, n(99)}, {{kThief, kGold}, n(30)}}));
}

TEST(account_trace, a_crumb_comes_back_and_the_rest_goes_to_a_friend__both_are_tainted) {
  ToyEvents events;
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kCoin, n(100));
  events.add_transaction(kThief);
  events.add_row(kThief, kPool, kCoin, n(100));
  events.add_row(kPool, kThief, kGold, n(1));
  events.add_row(kPool, kFriend, kGold, n(99));
  Trace found = trace(events, {whole(events, theft)}, MethodKind::haircut);
  EXPECT_EQ(held(found), (Held{{{kThief, kGold}, n(1)}, {{kFriend, kGold}, n(99)}}));
}

TEST(account_trace, wrapped_coin_made_without_an_account__crosses_one_to_one) {
  ToyEvents events;
  events.set_contract(kGold, kWrapper);
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kCoin, n(50));
  events.add_transaction(kThief);
  events.add_row(kThief, kWrapper, kCoin, n(20));
  events.add_row(kNobody, kThief, kGold, n(20));
  events.add_transaction(kThief);
  events.add_row(kThief, kNobody, kGold, n(5));
  events.add_row(kWrapper, kThief, kCoin, n(5));
  Trace found = trace(events, {whole(events, theft)}, MethodKind::fifo);
  EXPECT_EQ(held(found), (Held{{{kThief, kCoin}, n(35)}, {{kThief, kGold}, n(15)}}));
  EXPECT_EQ(found.swaps, 2U);
}

TEST(account_trace, fee__comes_out_of_the_payers_coin_after_its_transfers) {
  ToyEvents events;
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kCoin, n(10));
  events.add_transaction(kThief, n(2));
  events.add_row(kThief, kFriend, kCoin, n(8));
  Trace found = trace(events, {whole(events, theft)}, MethodKind::lifo);
  EXPECT_EQ(held(found), (Held{{{kFriend, kCoin}, n(8)}}));
  EXPECT_EQ(found.destinations.back().kind, DestinationKind::fees);
  EXPECT_EQ(found.destinations.back().amount, n(2));
}

TEST(account_trace, more_goes_out_than_came_in__what_is_missing_is_older_and_clean) {
  ToyEvents events;
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kCoin, n(10));
  events.add_transaction();
  events.add_row(kThief, kFriend, kCoin, n(25));
  Trace fifo = trace(events, {whole(events, theft)}, MethodKind::fifo);
  EXPECT_EQ(held(fifo), (Held{{{kFriend, kCoin}, n(10)}}));
  EXPECT_EQ(fifo.assets.front().unknown_holders, 1U);
}

TEST(account_trace, self_transfer_and_cycle__move_nothing_for_good) {
  ToyEvents events;
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kCoin, n(10));
  events.add_transaction();
  events.add_row(kThief, kThief, kCoin, n(10));
  events.add_transaction();
  events.add_row(kThief, kFriend, kCoin, n(10));
  events.add_row(kFriend, kOther, kCoin, n(10));
  events.add_row(kOther, kThief, kCoin, n(10));
  for (MethodKind method : all_methods()) {
    EXPECT_EQ(held(trace(events, {whole(events, theft)}, method)), (Held{{{kThief, kCoin}, n(10)}}))
        << name_of(method);
  }
}

TEST(account_trace, a_token_that_lies__balances_beyond_256_bits_stay_on_the_books) {
  ToyEvents events;
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kGold, n(10));
  for (int i = 0; i < 3; ++i) {
    events.add_transaction();
    events.add_row(kOther, kThief, kGold, kU256Max);
  }
  events.add_transaction();
  events.add_row(kThief, kFriend, kGold, kU256Max);
  for (MethodKind method : all_methods()) {
    Trace found = trace(events, {whole(events, theft)}, method);
    if (!found.conserves) continue;
    EXPECT_EQ(found.assets.front().total, n(10)) << name_of(method);
  }
}

TEST(account_trace, a_token_that_lies__more_stolen_than_256_bits_is_refused_by_every_method) {
  for (Label second : {kA, kB}) {
    ToyEvents events;
    events.add_transaction();
    TransferId all = events.add_row(kOther, kThief, kGold, kU256Max);
    events.add_transaction();
    TransferId more = events.add_row(kOther, kThief, kGold, n(1));
    std::vector<Seed> seeds = {whole(events, all, kA), whole(events, more, second)};
    for (MethodKind method : all_methods()) {
      auto traces = run(events, seeds, std::span(&method, 1), {});
      ASSERT_FALSE(traces.has_value()) << name_of(method);
      EXPECT_EQ(traces.error().kind, ErrorKind::bad_input);
      EXPECT_NE(traces.error().message.find("more than 256 bits"), std::string::npos);
    }
  }
}

TEST(account_trace, a_token_that_lies__sums_of_two_labels_beyond_256_bits_are_refused) {
  ToyEvents events;
  events.add_transaction();
  TransferId all = events.add_row(kOther, kThief, kGold, kU256Max);
  events.add_transaction();
  events.add_row(kThief, kFriend, kGold, kU256Max);
  events.add_transaction();
  TransferId more = events.add_row(kOther, kThief, kGold, n(1));
  std::vector<Seed> seeds = {whole(events, all, kA), whole(events, more, kB)};
  for (MethodKind method : all_methods()) {
    auto traces = run(events, seeds, std::span(&method, 1), {});
    ASSERT_FALSE(traces.has_value()) << name_of(method);
    EXPECT_EQ(traces.error().kind, ErrorKind::bad_input);
  }
}

TEST(account_trace, seeds_of_two_labels_overlap__the_first_label_keeps_whatever_their_order) {
  ToyEvents events;
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kCoin, n(10));
  Seed a = whole(events, theft, kA);
  Seed b = whole(events, theft, kB);
  a.end = n(6);
  for (auto seeds : {std::vector{a, b}, std::vector{b, a}}) {
    Trace found = trace(events, seeds, MethodKind::haircut);
    EXPECT_EQ(found.seeds[0].effective, n(6));
    EXPECT_EQ(found.seeds[1].effective, n(4));
    EXPECT_EQ(found.assets.front().claimed, n(16));
  }
}

TEST(account_trace, stops__a_service_and_a_bridge_end_it_and_through_goes_on) {
  ToyEvents events;
  events.add_transaction();
  TransferId theft = events.add_row(kVictim, kThief, kCoin, n(10));
  events.add_transaction();
  events.add_row(kThief, kFriend, kCoin, n(4));
  events.add_transaction();
  events.add_row(kFriend, kOther, kCoin, n(4));
  Stops stops(std::vector<Service>{{"exchange", "exchange"}});
  stops.add(kFriend, {DestinationKind::service, 0});
  Trace stopped = trace(events, {whole(events, theft)}, MethodKind::fifo, stops);
  EXPECT_EQ(held(stopped), (Held{{{kThief, kCoin}, n(6)}}));
  stops.go_through(kFriend);
  Trace passed = trace(events, {whole(events, theft)}, MethodKind::fifo, stops);
  EXPECT_EQ(held(passed), (Held{{{kThief, kCoin}, n(6)}, {{kOther, kCoin}, n(4)}}));
}

TEST(account_trace, bad_seeds__are_refused_with_a_word_on_why) {
  ToyEvents events;
  events.add_transaction();
  events.add_row(kThief, kThief, kCoin, n(10));
  TransferId theft = events.add_row(kVictim, kThief, kCoin, n(10));
  Seed past{theft, n(0), n(11), kA, SeedSide::transfer};
  Seed to_self{TransferId(0), n(0), n(10), kA, SeedSide::transfer};
  Seed nowhere{TransferId(7), n(0), n(1), kA, SeedSide::transfer};
  Seed clean{theft, n(0), n(1), kClean, SeedSide::transfer};
  for (const Seed& seed : {past, to_self, nowhere, clean}) {
    MethodKind method = MethodKind::fifo;
    auto traces = run(events, std::span(&seed, 1), std::span(&method, 1), {});
    ASSERT_FALSE(traces.has_value());
    EXPECT_EQ(traces.error().kind, ErrorKind::bad_input);
  }
  EXPECT_FALSE(check_seeds(events, {}).has_value());
}

}  // namespace
}  // namespace tracehound::trace::accounts
