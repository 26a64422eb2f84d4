// The walk's parts: the queue, the run store, what waits by coin, the stops' address table.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "support/random_blocks.h"
#include "trace/by_coin.h"
#include "trace/queue.h"
#include "trace/run_store.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using Runs = std::vector<Run>;  // testing::Test::Run hides the name inside tests
using test::Random;
using test::ToyChain;

struct Item {
  std::uint32_t at;
  std::uint32_t number;
  std::uint32_t key() const { return at; }
};

TEST(RadixQueue, random_pushes__come_out_by_ascending_key_and_all_together) {
  Random random(3);
  for (int round = 0; round < 50; ++round) {
    RadixQueue<Item> queue;
    std::multimap<std::uint32_t, std::uint32_t> expected;
    std::uint32_t now = 0;
    std::uint32_t number = 0;
    auto push = [&] {
      // Near and far, up to the largest key there is.
      std::uint64_t reach = std::uint64_t{1} << random.below(33);
      std::uint64_t key = std::min<std::uint64_t>(now + random.below(reach), 0xFFFF'FFFF);
      queue.push({static_cast<std::uint32_t>(key), number});
      expected.emplace(static_cast<std::uint32_t>(key), number++);
    };
    for (int i = 0; i < 30; ++i) push();
    for (int steps = 0; !queue.empty(); ++steps) {
      std::span<const Item> taken = queue.take();
      now = taken.front().key();
      EXPECT_EQ(now, expected.begin()->first);
      std::set<std::uint32_t> numbers;
      for (const Item& item : taken) {
        EXPECT_EQ(item.key(), now);
        numbers.insert(item.number);
      }
      std::set<std::uint32_t> wanted;
      auto [first, end] = expected.equal_range(now);
      for (auto entry = first; entry != end; ++entry) wanted.insert(entry->second);
      EXPECT_EQ(numbers, wanted);
      EXPECT_EQ(taken.size(), wanted.size());
      expected.erase(first, end);
      for (std::uint64_t i = random.below(steps < 300 ? 3 : 1); i > 0; --i) push();
      EXPECT_EQ(queue.size(), expected.size());
    }
    EXPECT_TRUE(expected.empty());
  }
}

TEST(ByCoin, few_or_many__those_that_wait_are_found_and_no_other) {
  ByCoin by_coin;
  for (std::uint64_t count : {0, 1, 6, 7, 8, 33, 500, 3}) {
    std::vector<Waiting> waiting;
    for (std::uint64_t i = 0; i < count; ++i) {
      PackedRuns runs{.lanes = 1, .form = 1, .size = 0, .amount = 1};
      waiting.emplace_back(9U, CoinId(i * i * 1024 + 7), Amount{1}, runs);
    }
    by_coin.show(waiting);
    for (const Waiting& one : waiting) EXPECT_EQ(by_coin.find(one.coin()), &one);
    for (std::uint64_t coin : {6ULL, 8ULL, 1030ULL, 1ULL << 39}) {
      EXPECT_EQ(by_coin.find(CoinId(coin)), nullptr) << count;
    }
  }
}

TEST(RunStore, slots_are_reused_and_keep_their_runs) {
  RunStore store;
  Runs three = {{1, Label(1), 0}, {2, Label(0), 0}, {3, Label(1), 4}};
  Runs four = {{5, Label(2), 0}, {6, Label(1), 0}, {7, Label(2), 1}, {8, Label(1), 2}};
  std::uint64_t first = store.add(three);
  std::uint64_t second = store.add(four);
  EXPECT_TRUE(std::ranges::equal(store.view(first, 3), three));
  EXPECT_TRUE(std::ranges::equal(store.view(second, 4), four));
  store.remove(first, 3);
  EXPECT_EQ(store.add(four), first) << "a list of four fits where one of three was";
  std::size_t capacity = store.capacity();
  for (int i = 0; i < 1000; ++i) {
    std::uint64_t slot = store.add(three);
    store.remove(slot, 3);
  }
  EXPECT_LE(store.capacity(), capacity + 4);
  EXPECT_TRUE(std::ranges::equal(store.view(second, 4), four));
}

TEST(Stops, same_service_under_two_entries__is_one) {
  std::vector<Service> services = {{"Zed", "exchange"}, {"Abe", "mixer"}, {"Zed", "exchange"}};
  std::vector<ServiceAddress> addresses = {
      {AddressId(5), 0}, {AddressId(6), 2}, {AddressId(7), 1}, {AddressId(7), 0}};
  Stops stops(services, addresses);
  ASSERT_EQ(stops.services().size(), 2U);
  EXPECT_EQ(stops.services()[0].name, "Abe");
  EXPECT_EQ(stops.services()[1].name, "Zed");
  EXPECT_EQ(stops.service_of(AddressId(5)), 1U);
  EXPECT_EQ(stops.service_of(AddressId(6)), 1U);
  EXPECT_EQ(stops.service_of(AddressId(7)), 0U) << "the first entry of an address counts";
  EXPECT_EQ(stops.service_of(AddressId(8)), std::nullopt);
}

TEST(Stops, ten_thousand_addresses__each_finds_its_own_and_no_other_does) {
  std::vector<Service> services;
  std::vector<ServiceAddress> addresses;
  for (std::uint32_t i = 0; i < 10; ++i) services.push_back({std::string(1, 'a' + i), "exchange"});
  for (std::uint32_t i = 0; i < 10'000; ++i) addresses.push_back({AddressId(i * 3), i % 10});
  Stops stops(services, addresses);
  for (std::uint32_t i = 0; i < 30'000; ++i) {
    auto service = stops.service_of(AddressId(i));
    EXPECT_EQ(service.has_value(), i % 3 == 0);
    if (service) {
      EXPECT_EQ(*service, i / 3 % 10);
    }
  }
}

TEST(Stops, no_services__only_unspendable_scripts_stop) {
  ToyChain chain("block\n mine c: 10@alice 5!\n");
  Stops stops;
  EXPECT_FALSE(stops.at(chain.ledger(), chain.coin("c:0")).has_value());
  EXPECT_EQ(stops.at(chain.ledger(), chain.coin("c:1"))->kind, DestinationKind::burned);
}

}  // namespace
}  // namespace tracehound::trace
