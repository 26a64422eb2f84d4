// The report's parts beside its pictures: freeze list, range of the methods, limits.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "incidents/report.h"
#include "incidents/report_limits.h"
#include "incidents/report_sections.h"
#include "incidents/report_text.h"
#include "unit/incidents/markup.h"
#include "unit/incidents/report_samples.h"

namespace tracehound::incidents {
namespace {

using test::ReportWorld;
using trace::DestinationKind;
using trace::MethodKind;

std::string words_of(const std::string& html) { return test::read_markup(html).text; }

bool has(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

ReportData by_methods(ReportWorld world, std::initializer_list<MethodKind> methods) {
  std::vector<trace::Trace> traces;
  for (MethodKind method : methods) traces.push_back(world.trace(method));
  return make_report_data(traces, world.lookup(), world.about);
}

TEST(ReportLimits, every_quoted_line__stands_in_the_accuracy_document_under_its_heading) {
  std::ifstream file(TRACEHOUND_ROOT "/docs/accuracy.md");
  ASSERT_TRUE(file.is_open());
  std::set<std::pair<std::string, std::string>> lines;
  std::string heading;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) heading = line.substr(line.find_first_not_of("# "));
    lines.insert({heading, line});
  }
  ASSERT_FALSE(measured_lines().empty());
  for (const MeasuredLine& quoted : measured_lines()) {
    EXPECT_TRUE(lines.contains({std::string(quoted.heading), std::string(quoted.line)}))
        << quoted.heading << ": " << quoted.line;
  }
}

TEST(ReportLimits, every_method_of_the_report__has_its_error_rate) {
  ReportData data = by_methods(test::hot_wallet(), {MethodKind::fifo, MethodKind::haircut});
  std::string text = words_of(limits_section(data));
  EXPECT_TRUE(has(text, "96.6\u00A0% (94.0 to 97.3) where there were some")) << text;
  EXPECT_TRUE(has(text, "96.7\u00A0% (94.4 to 97.4) where there were some"));
  EXPECT_TRUE(has(text, "what all methods agree on"));
  EXPECT_FALSE(has(text, "LIFO"));
  for (std::size_t i = 0; i < trace::kCoinMethodKinds; ++i) {
    ReportData one = report_of(test::hot_wallet(), static_cast<MethodKind>(i));
    EXPECT_TRUE(has(limits_section(one), "script/accuracy trace"));
  }
}

TEST(ReportLimits, every_method_on_account_chains__has_what_published_thefts_say_of_it) {
  for (std::size_t i = 0; i < trace::kMethodKinds; ++i) {
    ReportData data = report_of(test::hot_wallet());
    data.on_coins = false;
    data.methods = {static_cast<MethodKind>(i)};
    EXPECT_TRUE(has(limits_section(data), "script/accuracy thefts"));
  }
  ReportData data = report_of(test::hot_wallet());
  data.on_coins = false;
  EXPECT_TRUE(has(words_of(limits_section(data)), "89.84\u00A0% (Harmony bridge, 2022)"));
}

TEST(ReportRange, what_lies_below_every_least__is_told_as_independent_of_the_method) {
  ReportWorld world = test::all_kinds();
  std::vector<trace::Trace> traces = {world.trace(MethodKind::fifo), world.trace(MethodKind::lifo)};
  // By lifo 10 coins of what fifo finds at the service are still held.
  constexpr Amount kTen = 1'000'000'000;
  for (trace::Destination& destination : traces[1].destinations) {
    if (destination.kind == DestinationKind::service) destination.amount -= kTen;
    if (destination.kind == DestinationKind::held) destination.amount += kTen;
  }
  ReportData data = make_report_data(traces, world.lookup(), world.about);
  Units agreed;
  for (const ReportRange& range : data.ranges) {
    agreed += range.least;
    EXPECT_EQ(range.amounts.size(), 2U);
    EXPECT_LE(range.least, range.most);
  }
  EXPECT_EQ(agreed, Units(data.effective - Units(kTen)));
  std::string text = words_of(html_report(data));
  EXPECT_TRUE(has(text, "98.57\u00A0% is where it is whatever the method")) << text.substr(0, 900);
  EXPECT_TRUE(has(text, "Whatever the method: 98.57\u00A0%"));
}

TEST(ReportRange, one_method__has_none_and_says_how_to_get_it) {
  ReportData data = report_of(test::hot_wallet());
  EXPECT_EQ(range_section(data), "");
  EXPECT_TRUE(has(method_section(data), "--method all"));
}

TEST(ReportRange, poison_beside_another__adds_its_reach_and_no_sums) {
  ReportData data = by_methods(test::hot_wallet(), {MethodKind::fifo, MethodKind::poison});
  EXPECT_TRUE(data.ranges.empty());
  ASSERT_EQ(data.reaches.size(), 1U);
  EXPECT_TRUE(has(range_section(data), "no rule reaches more"));
}

TEST(ReportFreeze, services_and_addresses__have_all_that_can_be_frozen) {
  ReportData data = report_of(test::hot_wallet());
  Units held;
  for (const ReportHolder& holder : data.holders) held += holder.amount;
  Units expected;
  for (const ReportDestination& destination : data.destinations) {
    if (destination.kind == DestinationKind::held) expected += destination.amount;
  }
  EXPECT_EQ(held, expected);
  std::string html = freeze_section(data);
  std::string text = words_of(html);
  EXPECT_TRUE(has(text, "Northwind Exchange"));
  EXPECT_TRUE(has(text, data.holders.front().address));
  EXPECT_TRUE(has(html, "href=\"#d0\""));
}

TEST(ReportFreeze, nothing_to_freeze__is_no_section) {
  EXPECT_EQ(freeze_section(report_of(ReportWorld(1))), "");
}

TEST(ReportParts, of_two_assets__each_has_its_own_and_no_id_twice) {
  ReportData first = report_of(test::hot_wallet());
  ReportData second = report_of(test::all_kinds());
  first.on_coins = second.on_coins = false;
  first.about.symbol = "ETH";
  second.about.symbol = "USDT";
  // 256 bits: a million million whole tokens of 18 decimals and more.
  U256 huge = *U256::from_text("1000000000000", 24);
  second.effective = 0;
  second.swapped_in = Units(huge);
  second.swap_count = 1;
  second.swapped_out = Units(huge) - second.total;
  second.swaps = {{"0xabc", "0x<b>", 1'710'408'360, "1 USDT", "2 <i>EVIL</i>"}};
  second.about.decimals = 18;
  std::string page = html_report(std::vector{first, second});
  test::Markup markup = test::read_markup(page);
  ASSERT_TRUE(markup.faults.empty()) << markup.faults.front();
  std::vector<std::string> ids = markup.attribute("id");
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  for (const std::string& link : markup.attribute("href")) {
    EXPECT_NE(std::find(ids.begin(), ids.end(), link.substr(1)), ids.end()) << link;
  }
  EXPECT_TRUE(has(markup.text, "1,000,000,000,000,000,000 USDT") ||
              has(markup.text, "1,000,000,000,000,000,000\u00A0USDT"));
  EXPECT_TRUE(has(markup.text, "got in exchange for what was stolen"));
  EXPECT_TRUE(has(markup.text, "2 <i>EVIL</i>"));
  EXPECT_FALSE(has(markup.text, "do not balance"));
}

}  // namespace
}  // namespace tracehound::incidents
