#include <gtest/gtest.h>

#include <fmt/format.h>

#include "incidents/report.h"
#include "incidents/report_text.h"
#include "incidents/report_timeline.h"
#include "support/toy_chain.h"
#include "trace/trace.h"
#include "unit/incidents/report_samples.h"

namespace tracehound::incidents {
namespace {

using test::ReportWorld;
using trace::DestinationKind;

TEST(ReportData, destinations__come_in_page_order_with_the_largest_first) {
  ReportData data = report_of(test::wallet_sweep(40, 500));
  for (std::size_t i = 1; i < data.destinations.size(); ++i) {
    const ReportDestination& before = data.destinations[i - 1];
    const ReportDestination& here = data.destinations[i];
    EXPECT_LE(page_rank(before.kind), page_rank(here.kind));
    if (before.kind == here.kind) {
      EXPECT_GE(before.amount, here.amount);
    }
  }
}

TEST(ReportData, sums__are_the_trace_s) {
  ReportWorld world = test::wallet_sweep(300, 2000);
  trace::Trace trace = world.trace();
  ReportData data = make_report_data(trace, world.lookup(), world.about);
  Units sum;
  for (const ReportDestination& destination : data.destinations) sum += destination.amount;
  EXPECT_EQ(sum, trace.effective);
  EXPECT_EQ(data.total, trace.effective);

  Units arrived;
  std::uint64_t coins = 0;
  for (const Arrival& arrival : data.arrivals) {
    arrived += arrival.amount;
    coins += arrival.coins;
  }
  EXPECT_EQ(arrived, trace.effective);
  std::uint64_t entries = 0;
  for (const ReportDestination& destination : data.destinations) entries += destination.coins;
  EXPECT_EQ(coins, entries);

  Periods periods = arrival_periods(data);
  EXPECT_LE(periods.rows.size(), 40U);
  EXPECT_EQ(periods.rows.back().so_far, trace.effective);
}

TEST(ReportData, labels__each_keep_their_own_books) {
  ReportData data = report_of(test::wallet_sweep(30, 400));
  ASSERT_EQ(data.labels.size(), 2U);
  for (const ReportLabel& label : data.labels) {
    Units found;
    for (const Units& amount : label.found) found += amount;
    EXPECT_EQ(found, label.effective);
  }
  EXPECT_EQ(label_name(data, Label(2)), "wallets of the second wave");
  EXPECT_EQ(label_name(data, Label(3)), "label 3");
}

TEST(ReportData, a_list__keeps_its_largest_and_counts_the_rest) {
  ReportWorld world(1);
  std::vector<Amount> amounts(500, 1000);
  amounts[250] = 5000;
  CoinId stolen = world.steal(499 * 1000 + 5000 + 7);
  world.spend({stolen}, amounts, 60);
  ReportData data = report_of(world);
  const ReportDestination& held = data.destinations.front();
  EXPECT_EQ(held.kind, DestinationKind::held);
  EXPECT_EQ(held.coins, 500U);
  EXPECT_EQ(held.amount, 499U * 1000 + 5000);
  ASSERT_EQ(held.largest.size(), 60U);
  EXPECT_EQ(held.largest[0].amount, 5000U);
  EXPECT_TRUE(held.largest[0].id.ends_with(":250")) << held.largest[0].id;
  EXPECT_TRUE(held.largest[1].id.ends_with(":0"));  // ties in chain order

  const ReportDestination& fees = data.destinations.back();
  EXPECT_EQ(fees.kind, DestinationKind::fees);
  EXPECT_EQ(fees.amount, 7U);
  ASSERT_EQ(fees.largest.size(), 1U);
  EXPECT_FALSE(fees.largest[0].in_coin);
}

TEST(ReportData, arrivals__are_those_of_the_blocks) {
  ReportData data = report_of(test::hot_wallet());
  const ReportDestination& first = data.destinations.front();
  EXPECT_EQ(first.name, "Northwind Exchange");
  EXPECT_EQ(utc_minute(data.first_seed), "2024-03-14 09:26");
  EXPECT_LT(first.first, first.last);
  std::uint32_t half = *half_time(data);
  Units before;
  Units with;
  for (const Arrival& arrival : data.arrivals) {
    before += arrival.time < half ? arrival.amount : Units();
    with += arrival.time <= half ? arrival.amount : Units();
  }
  EXPECT_LT(before + before, data.total);
  EXPECT_GE(with + with, data.total);
}

TEST(ReportData, poison__leaves_fees_and_sums_out) {
  ReportData data = report_of(test::hot_wallet(), trace::MethodKind::poison);
  EXPECT_FALSE(data.conserves);
  for (const ReportDestination& destination : data.destinations) {
    EXPECT_NE(destination.kind, DestinationKind::fees);
    EXPECT_EQ(destination.amount, 0U);
    EXPECT_GT(destination.coins, 0U);
  }
  EXPECT_GT(data.addresses, 0U);
}

TEST(ReportData, no_destination__is_no_trouble) {
  ReportData data = report_of(ReportWorld(1));
  EXPECT_TRUE(data.destinations.empty());
  EXPECT_FALSE(half_time(data).has_value());
  EXPECT_TRUE(arrival_periods(data).rows.empty());
}

// The whole way once, over a ledger and the real engine.
TEST(ReportData, a_traced_ledger__is_told_coin_by_coin) {
  test::ToyChain chain(
      "block\n mine c: 1000@alice\n"
      "block\n tx theft: c:0 -> 900@thief 90@thief\n"
      "block\n tx pay: theft:0 -> 500@shop 390@thief2\n");
  trace::Seed seed = *trace::resolve_seed(chain.ledger(), chain.seed_text("c:0"));
  trace::ServiceAddress shop{chain.address("shop"), 0};
  trace::Stops stops({{"Shop", "exchange"}}, std::span(&shop, 1));
  trace::Options options;
  options.parcels = true;
  auto trace =
      trace::run(chain.ledger(), std::span(&seed, 1), trace::MethodKind::fifo, stops, options);
  ASSERT_TRUE(trace) << trace.error().message;
  auto name = [&](AddressId address) { return chain.address_name(address); };
  ReportData data = make_report_data(*trace, chain.ledger(), name, {});

  EXPECT_EQ(data.chain, chain.ledger().chain());
  EXPECT_EQ(data.tip_hash, chain.ledger().block_hash(chain.ledger().tip()).text());
  EXPECT_EQ(data.total, 1000U);
  ASSERT_EQ(data.destinations.size(), 3U);
  EXPECT_EQ(data.destinations[0].name, "Shop");
  EXPECT_EQ(data.destinations[0].amount, 500U);
  const ReportCoin& paid = data.destinations[0].largest.at(0);
  EXPECT_EQ(paid.id, chain.ledger().txid(chain.transaction("pay")).text() + ":0");
  EXPECT_EQ(paid.address, "shop");
  EXPECT_EQ(paid.height, 2U);
  EXPECT_EQ(paid.hops, 2U);
  EXPECT_EQ(data.destinations[1].amount, 480U);  // 90 + 390 held
  EXPECT_EQ(data.destinations[2].amount, 20U);   // fees
  EXPECT_TRUE(data.seeds.at(0).id.starts_with(chain.ledger().txid(chain.transaction("c")).text()));
  EXPECT_NE(html_report(data).find("They balance exactly"), std::string::npos);
}

}  // namespace
}  // namespace tracehound::incidents
