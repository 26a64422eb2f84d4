#include "incidents/report_flow.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <numeric>

#include "incidents/report_sankey.h"
#include "incidents/report_text.h"
#include "unit/incidents/report_samples.h"

namespace tracehound::incidents {
namespace {

using test::ReportWorld;
using trace::DestinationKind;

// What every flow holds, whatever the trace.
void expect_balanced(const ReportData& data) {
  const Flow& flow = data.flow;
  std::vector<Units> left(flow.columns.size());
  std::vector<Units> reached(flow.nodes.size());
  for (const FlowLink& link : flow.links) {
    ASSERT_GT(weight(data, link), 0U);
    left[link.column] += weight(data, link);
    reached[link.node] += weight(data, link);
    Units listed;
    for (const FlowTransaction& transaction : link.largest) listed += weight(data, transaction);
    EXPECT_LE(listed, weight(data, link));
    if (link.largest.size() == link.transactions) {
      EXPECT_EQ(listed, weight(data, link));
    }
  }
  for (std::size_t i = 0; i < flow.columns.size(); ++i) {
    Units here = weight(data, flow.columns[i]);
    Units next = i + 1 < flow.columns.size() ? weight(data, flow.columns[i + 1]) : Units();
    EXPECT_EQ(here - next, left[i]) << "column " << i;
  }
  for (std::size_t i = 0; i < flow.nodes.size(); ++i) {
    EXPECT_EQ(weight(data, flow.nodes[i]), reached[i]) << "node " << i;
  }
  EXPECT_EQ(weight(data, flow.columns.front()), total_weight(data));
}

TEST(ReportFlow, columns__are_single_hops_while_they_fit_and_ranges_beyond) {
  EXPECT_TRUE(hop_ranges(0).empty());
  EXPECT_EQ(hop_ranges(3).size(), 3U);
  EXPECT_EQ(hop_ranges(9).back(), std::pair(9U, 9U));
  EXPECT_EQ(hop_ranges(10).back(), std::pair(10U, 10U));
  EXPECT_EQ(hop_ranges(45).back(), std::pair(20U, 45U));
  EXPECT_EQ(hop_ranges(5000).back(), std::pair(1000U, 5000U));
}

TEST(ReportFlow, ranges__follow_one_another_for_every_depth) {
  for (std::uint64_t deepest :
       {1ULL, 9ULL, 10ULL, 99ULL, 100ULL, 9999ULL, 10'000ULL, 4'294'967'295ULL}) {
    std::uint64_t next = 1;
    auto ranges = hop_ranges(static_cast<std::uint32_t>(deepest));
    EXPECT_LE(ranges.size(), 9U);
    for (auto [first, last] : ranges) {
      EXPECT_EQ(first, next);
      EXPECT_GE(last, first);
      next = std::uint64_t{last} + 1;
    }
    EXPECT_EQ(next, deepest + 1);
  }
}

TEST(ReportFlow, every_sample__thins_out_exactly_as_the_books_do) {
  expect_balanced(report_of(test::hot_wallet()));
  expect_balanced(report_of(test::wallet_sweep(300, 2000)));
  expect_balanced(report_of(test::peel_chain(1234)));
  expect_balanced(report_of(test::all_kinds()));
  expect_balanced(report_of(test::hostile()));
  expect_balanced(report_of(test::wallet_sweep(30, 300), trace::MethodKind::poison));
}

TEST(ReportFlow, small_services__are_folded_into_one_with_their_exact_sum) {
  ReportWorld world(1);
  std::vector<Amount> amounts;
  for (std::uint64_t i = 1; i <= 40; ++i) amounts.push_back(1000 * i + i);
  CoinId stolen = world.steal(std::accumulate(amounts.begin(), amounts.end(), Amount{0}));
  auto coins = world.spend({stolen}, amounts, 600);
  for (std::size_t i = 0; i < coins.size(); ++i) {
    world.rest_at(coins[i], fmt::format("Service {}", i), "exchange");
  }
  ReportData data = report_of(world);
  ASSERT_EQ(data.flow.nodes.size(), 9U);
  const FlowNode& others = data.flow.nodes.back();
  EXPECT_EQ(others.folded, 32U);
  EXPECT_FALSE(others.destination.has_value());
  EXPECT_EQ(others.amount, 1001U * (32 * 33 / 2));
  EXPECT_EQ(node_text(others), "32 other services");
  EXPECT_EQ(data.flow.nodes.front().name, "Service 39");
}

TEST(ReportFlow, one_service_too_many__is_shown_rather_than_folded_alone) {
  ReportWorld world(1);
  auto coins = world.spend({world.steal(9000)}, std::vector<Amount>(9, 1000), 600);
  for (std::size_t i = 0; i < coins.size(); ++i) {
    world.rest_at(coins[i], fmt::format("Service {}", i), "exchange");
  }
  ReportData data = report_of(world);
  EXPECT_EQ(data.flow.nodes.size(), 9U);
  EXPECT_EQ(data.flow.nodes.back().folded, 0U);
}

// Far units join near ones: the join lies one hop from the nearer.
TEST(ReportFlow, ways_that_join__count_at_the_shorter_distance) {
  ReportWorld world(1);
  CoinId near = world.steal(100);
  CoinId far = world.spend({world.steal(1000)}, {1000}, 60).front();
  far = world.spend({far}, {1000}, 60).front();
  CoinId joined = world.spend({near, far}, {1100}, 60).front();
  EXPECT_EQ(world.hop(joined), 1U);
  ReportData data = report_of(world);
  expect_balanced(data);
  ASSERT_EQ(data.flow.columns.size(), 3U);
  EXPECT_EQ(data.flow.columns[1].amount, 1100U);
  EXPECT_EQ(data.flow.columns[1].carried, 2100U);  // 1,000 on their way out, 1,100 joined
  EXPECT_EQ(data.flow.columns[2].amount, 0U);
  EXPECT_NE(html_report(data).find("They carried more than rests here"), std::string::npos);
}

TEST(ReportFlow, the_picture__shows_each_node_and_stays_small) {
  ReportData data = report_of(test::peel_chain(5000));
  std::string svg = flow_svg(data, kWideCanvas);
  for (const FlowNode& node : data.flow.nodes) {
    EXPECT_NE(svg.find(">" + escape(node_text(node)) + "</text>"), std::string::npos);
  }
  EXPECT_NE(svg.find("1,000–5,000"), std::string::npos);
  EXPECT_LT(svg.size(), 60'000U);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(ReportFlow, nothing_at_rest__draws_nothing) {
  EXPECT_EQ(flow_svg(report_of(ReportWorld(1)), kWideCanvas), "");
}

}  // namespace
}  // namespace tracehound::incidents
