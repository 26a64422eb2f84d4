#include "trace/accounts/balances.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "support/toy_events.h"

namespace tracehound::trace::accounts {
namespace {

constexpr std::uint32_t kAccounts = 3'000;
constexpr std::uint32_t kAssets = 3;

// Holders of all accounts, more than the first table has room for; some give more than they have,
// and some have more than 128 bits, for a while.
ToyEvents random_events(std::uint32_t transactions) {
  std::mt19937 dice(7);
  ToyEvents events(kAccounts, kAssets);
  auto account = [&] { return dice() % 50 == 0 ? kNobody : AccountId(dice() % kAccounts); };
  for (std::uint32_t i = 0; i < transactions; ++i) {
    events.add_transaction(account(), U256(dice() % 3));
    for (std::uint32_t row = dice() % 4; row > 0; --row) {
      U256 amount = dice() % 8 == 0 ? U256(dice(), 0, dice() % 2, 0) : U256(dice() % 100);
      events.add_row(account(), account(), AssetId(dice() % kAssets), amount);
    }
  }
  return events;
}

// By adding up, in order, what is before a point.
class Tally {
 public:
  explicit Tally(const ToyEvents& events) : events_(events) {}
  void move(TransferId transfer) {
    Movement row = events_.row(transfer);
    if (row.from != kNobody) known_[{row.from, row.asset}].give(row.amount);
    if (row.to != kNobody) known_[{row.to, row.asset}].take(row.amount);
  }
  void pay(TxId tx) {
    TransactionRows rows;
    events_.read(tx, rows);
    if (rows.payer != kNobody) known_[{rows.payer, kNative}].give(rows.fee);
  }
  const Known& of(HolderId id) { return known_[id]; }
  void expect_same(const Balances& balances) {
    for (std::uint32_t i = 0; i < kAccounts; ++i) {
      for (std::uint32_t asset = 0; asset < kAssets; ++asset) {
        HolderId id{AccountId(i), AssetId(asset)};
        ASSERT_EQ(balances.of(id).balance, known_[id].balance) << i << " " << asset;
        ASSERT_EQ(balances.of(id).shorts, known_[id].shorts) << i << " " << asset;
      }
    }
  }

 private:
  const ToyEvents& events_;
  std::map<HolderId, Known> known_;
};

TEST(account_balances, at_any_transfer__are_what_came_in_less_what_went_out_before_it) {
  ToyEvents events = random_events(6'000);
  Balances balances(events);
  Tally tally(events);
  for (TxId tx{0}; tx.number() < events.transactions(); tx = tx.next()) {
    auto first = events.first_transfer(tx).number();
    auto end = events.first_transfer(tx.next()).number();
    for (auto row = first; row < end; ++row) {
      if (row % 700 == 0) {
        ASSERT_TRUE(balances.advance(TransferId(row), tx));
        tally.expect_same(balances);
      }
      tally.move(TransferId(row));
    }
    tally.pay(tx);
  }
  TxId last(static_cast<std::uint32_t>(events.transactions()));
  ASSERT_TRUE(balances.advance(events.first_transfer(last), last));
  tally.expect_same(balances);
}

TEST(account_balances, holders_that_somebody_else_keeps__come_back_with_what_they_are_set_to) {
  ToyEvents events = random_events(6'000);
  std::set<HolderId> kept;
  Balances balances(events, Balances::kMostHolders,
                    [&kept](HolderId id) { return kept.contains(id); });
  Tally tally(events);
  std::mt19937 dice(3);
  for (TxId tx{0}; tx.number() < events.transactions(); tx = tx.next()) {
    if (tx.number() % 40 == 0) {
      ASSERT_TRUE(balances.advance(events.first_transfer(tx), tx));
      std::set<HolderId> back;
      back.swap(kept);
      for (HolderId id : back) balances.set(id, tally.of(id));
      tally.expect_same(balances);
      while (kept.size() < 900) {
        kept.insert({AccountId(dice() % kAccounts), AssetId(dice() % kAssets)});
      }
    }
    auto end = events.first_transfer(tx.next()).number();
    for (auto row = events.first_transfer(tx).number(); row < end; ++row) {
      tally.move(TransferId(row));
    }
    tally.pay(tx);
  }
}

TEST(account_balances, more_holders_than_there_is_room_for__says_so) {
  ToyEvents events = random_events(600);
  TxId last(static_cast<std::uint32_t>(events.transactions()));
  EXPECT_FALSE(Balances(events, 100).advance(events.first_transfer(last), last));
  EXPECT_TRUE(Balances(events, 100).advance(events.first_transfer(TxId(3)), TxId(3)));
}

}  // namespace
}  // namespace tracehound::trace::accounts
