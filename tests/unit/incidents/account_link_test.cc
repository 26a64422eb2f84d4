#include "incidents/account_link.h"

#include <gtest/gtest.h>

#include "support/toy_events.h"

namespace tracehound::incidents {
namespace {

using trace::accounts::AccountId;
using trace::accounts::AssetId;
using trace::accounts::HolderId;
using trace::accounts::Seed;
using trace::accounts::Stops;
using trace::accounts::ToyEvents;
using trace::accounts::TransferId;

constexpr AssetId kCoin{1}, kToken{2};
constexpr AccountId kVictimA{0}, kVictimB{1}, kThiefA{2}, kThiefB{3}, kJoint{4}, kRest{5},
    kExchange{6};

class AccountLinkTest : public testing::Test {
 protected:
  TransferId pay(AccountId from, AccountId to, std::uint64_t amount, AssetId asset = kCoin) {
    events.add_transaction();
    return events.add_row(from, to, asset, U256(amount));
  }
  void steal(TransferId transfer, std::uint32_t label, std::uint64_t first, std::uint64_t end) {
    seeds.push_back({transfer, U256(first), U256(end), Label(label)});
  }
  // A's thief has 70, B's 40.
  void steal_both() {
    steal(pay(kVictimA, kThiefA, 70), 1, 0, 70);
    steal(pay(kVictimB, kThiefB, 40), 2, 0, 40);
  }
  AccountLink link(AccountLinkOptions how = {}, const Stops& stops = Stops()) {
    how.names = {"A", "B"};
    auto found = link_account_incidents(events, seeds, stops, how);
    EXPECT_TRUE(found.has_value()) << found.error().message;
    return found ? std::move(*found) : AccountLink{};
  }

  ToyEvents events;
  std::vector<Seed> seeds;
};

TEST_F(AccountLinkTest, a_balance_both_thieves_pay__is_a_first_meeting_and_what_it_pays_a_later) {
  steal_both();
  pay(kThiefA, kJoint, 70);
  pay(kThiefB, kJoint, 40);
  pay(kJoint, kRest, 110);
  AccountLink found = link();
  EXPECT_TRUE(found.met());
  ASSERT_EQ(found.accounts.rows.size(), 2U);
  EXPECT_EQ(found.accounts.rows[0].holder, (HolderId{kJoint, kCoin}));
  EXPECT_EQ(found.accounts.rows[0].amount, (AccountPair{U256(70), U256(40)}));
  EXPECT_EQ(found.accounts.rows[0].movements, (std::array<std::uint64_t, 2>{1, 1}));
  EXPECT_EQ(found.accounts.rows[0].met, TxId(3));
  EXPECT_TRUE(found.accounts.rows[0].first);
  EXPECT_EQ(found.accounts.rows[1].holder, (HolderId{kRest, kCoin}));
  EXPECT_FALSE(found.accounts.rows[1].first);
  ASSERT_EQ(found.first_meetings.all, 1U);
  EXPECT_EQ(found.first_meetings.rows[0].holder.account, kJoint);
  ASSERT_EQ(found.transactions.rows.size(), 1U) << "only the last carries units of both";
  EXPECT_EQ(found.transactions.rows[0].tx, TxId(4));
  ASSERT_EQ(found.assets.size(), 1U);
  EXPECT_EQ(found.assets[0].effective, (AccountPair{U256(70), U256(40)}));
}

TEST_F(AccountLinkTest, one_transaction_that_pays_of_both__brings_a_first_meeting) {
  steal_both();
  events.add_transaction();
  events.add_row(kThiefA, kJoint, kCoin, U256(70));
  events.add_row(kThiefB, kJoint, kCoin, U256(40));
  AccountLink found = link();
  ASSERT_EQ(found.first_meetings.all, 1U);
  EXPECT_EQ(found.first_meetings.rows[0].met, TxId(2));
  EXPECT_EQ(found.transactions.all, 1U);
}

TEST_F(AccountLinkTest, an_account_that_gets_one_of_them_in_another_asset__is_no_meeting) {
  steal(pay(kVictimA, kThiefA, 70), 1, 0, 70);
  steal(pay(kVictimB, kThiefB, 40, kToken), 2, 0, 40);
  pay(kThiefA, kJoint, 70);
  pay(kThiefB, kJoint, 40, kToken);
  EXPECT_FALSE(link().met());
}

TEST_F(AccountLinkTest, a_service_that_both_pay__is_listed_with_the_services_alone) {
  steal_both();
  pay(kThiefA, kExchange, 60);
  pay(kThiefB, kExchange, 40);
  Stops stops(std::vector<trace::Service>{{"Alder", "exchange"}});
  stops.add(kExchange, {trace::DestinationKind::service, 0});
  AccountLink found = link({}, stops);
  EXPECT_EQ(found.accounts.all + found.first_meetings.all + found.transactions.all, 0U);
  ASSERT_EQ(found.services.size(), 1U);
  EXPECT_EQ(found.services[0].amount, (AccountPair{U256(60), U256(40)}));
  EXPECT_TRUE(found.met());
}

TEST_F(AccountLinkTest, units_that_both_claim__are_a_seed_of_both) {
  TransferId loot = pay(kVictimA, kThiefA, 70);
  steal(loot, 1, 0, 50);
  steal(loot, 2, 30, 70);
  AccountLink found = link();
  ASSERT_EQ(found.seeds.rows.size(), 1U);
  EXPECT_EQ(found.seeds.rows[0].claimed_twice, U256(20));
  EXPECT_EQ(found.seeds.rows[0].claimed, (AccountPair{U256(50), U256(40)}));
  EXPECT_EQ(found.seeds.rows[0].effective, (AccountPair{U256(50), U256(20)}));
}

TEST_F(AccountLinkTest, what_is_stolen_from_the_others_thief__is_a_seed_of_both) {
  steal(pay(kVictimA, kThiefA, 70), 1, 0, 70);
  steal(pay(kThiefA, kThiefB, 70), 2, 0, 70);
  AccountLink found = link();
  ASSERT_EQ(found.seeds.rows.size(), 1U);
  EXPECT_EQ(found.seeds.rows[0].holder.account, kThiefB);
  EXPECT_EQ(found.seeds.rows[0].arrived, (AccountPair{U256(70), U256(0)}));
  EXPECT_EQ(found.seeds.rows[0].effective[1], U256());
  EXPECT_EQ(found.accounts.all, 0U) << "what A's thief had left is A's alone";
}

TEST_F(AccountLinkTest, a_thief_whom_the_other_pays__meets_him_at_the_seed) {
  steal_both();
  pay(kThiefA, kThiefB, 10);
  AccountLink found = link();
  ASSERT_EQ(found.first_meetings.rows.size(), 1U);
  EXPECT_EQ(found.first_meetings.rows[0].holder.account, kThiefB);
  EXPECT_TRUE(found.first_meetings.rows[0].is_seed);
}

TEST_F(AccountLinkTest, lists__are_cut_and_counted_whole) {
  steal_both();
  pay(kThiefA, kJoint, 70);
  pay(kThiefB, kJoint, 40);
  for (std::uint32_t i = 7; i < 12; ++i) pay(kJoint, AccountId(i), 20);
  AccountLink found = link({.most = 2});
  EXPECT_EQ(found.accounts.all, 6U);
  EXPECT_EQ(found.accounts.rows.size(), 2U);
  EXPECT_EQ(found.transactions.all, 5U);
  EXPECT_EQ(found.transactions.rows.size(), 2U);
}

TEST_F(AccountLinkTest, poison__counts_each_balance_it_reaches) {
  steal_both();
  pay(kThiefA, kJoint, 1);
  pay(kThiefB, kJoint, 1);
  AccountLink found = link({.method = trace::MethodKind::poison});
  EXPECT_FALSE(found.trace.conserves);
  EXPECT_EQ(found.first_meetings.all, 1U);
}

}  // namespace
}  // namespace tracehound::incidents
