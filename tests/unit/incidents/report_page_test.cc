#include <gtest/gtest.h>

#include <fmt/format.h>

#include <numeric>
#include <set>

#include "incidents/report.h"
#include "incidents/report_text.h"
#include "unit/incidents/markup.h"
#include "unit/incidents/report_samples.h"

namespace tracehound::incidents {
namespace {

using test::Markup;
using test::ReportWorld;

bool has(const std::string& page, std::string_view text) {
  return page.find(text) != std::string::npos;
}

std::string page_of(const ReportWorld& world) { return html_report(report_of(world)); }

ReportWorld many_services(std::size_t count) {
  ReportWorld world(9);
  world.about.title = "Many services";
  std::vector<Amount> amounts;
  for (std::size_t i = 0; i < count; ++i) amounts.push_back(1'000'000 + 1000 * i);
  CoinId stolen = world.steal(std::accumulate(amounts.begin(), amounts.end(), Amount{999}));
  auto coins = world.spend({stolen}, amounts, 60);
  for (std::size_t i = 0; i < count; ++i) {
    world.rest_at(coins[i], fmt::format("Service {:05}", i), "exchange");
  }
  return world;
}

// Structure, links and safety of any page.
void expect_sound(const std::string& page) {
  Markup markup = test::read_markup(page);
  ASSERT_TRUE(markup.faults.empty()) << markup.faults.front();
  std::vector<std::string> id_list = markup.attribute("id");
  std::set<std::string> ids(id_list.begin(), id_list.end());
  for (const std::string& link : markup.attribute("href")) {
    ASSERT_TRUE(link.starts_with("#")) << link;
    EXPECT_TRUE(ids.contains(link.substr(1))) << link;
  }
  EXPECT_EQ(markup.named("script").size(), 1U);
  EXPECT_TRUE(markup.named("img").empty());
  EXPECT_TRUE(markup.named("link").empty());
  EXPECT_TRUE(markup.attribute("src").empty());
  EXPECT_TRUE(markup.attribute("style").empty());
  for (const test::Element& element : markup.elements) {
    for (const auto& [name, value] : element.attributes) EXPECT_FALSE(name.starts_with("on"));
  }
  for (const test::Element* svg : markup.named("svg")) {
    EXPECT_TRUE(svg->attributes.contains("role"));
    EXPECT_TRUE(svg->attributes.contains("aria-labelledby") ||
                svg->attributes.contains("aria-label"));
  }
  EXPECT_FALSE(has(page, "url("));
  EXPECT_FALSE(has(page, "@import"));
}

TEST(ReportPage, every_sample__is_well_formed_and_links_only_into_itself) {
  expect_sound(page_of(test::hot_wallet()));
  expect_sound(page_of(test::wallet_sweep(100, 700)));
  expect_sound(page_of(test::peel_chain(200)));
  expect_sound(page_of(test::all_kinds()));
  expect_sound(page_of(ReportWorld(1)));
  expect_sound(html_report(report_of(test::wallet_sweep(50, 400), trace::MethodKind::poison)));
}

TEST(ReportPage, hostile_texts__stay_texts) {
  std::string page = page_of(test::hostile());
  expect_sound(page);
  Markup markup = test::read_markup(page);
  EXPECT_TRUE(has(markup.text, "<script>alert('x')</script>"));
  EXPECT_TRUE(has(markup.text, "</title><script>alert(1)</script>"));
  EXPECT_TRUE(has(markup.text, "javascript:alert(1)\" onclick=\"alert(2)"));
  EXPECT_TRUE(has(markup.text, "[U+202E]evil[U+202C]"));
  EXPECT_FALSE(has(page, "\xE2\x80\xAE"));
  EXPECT_FALSE(has(page, "\x1B"));
}

TEST(ReportPage, the_script__is_the_only_one_its_policy_lets_run) {
  std::string page = page_of(test::hot_wallet());
  std::size_t start = page.find("<script>") + 8;
  std::string script = page.substr(start, page.find("</script>") - start);
  Hash256 hash = thread_hasher().sha256(as_bytes(script));
  std::size_t at = page.find("script-src 'sha256-");
  ASSERT_NE(at, std::string::npos);
  std::string claimed = page.substr(at + 19, 44);
  // Base64 back to bytes, the slow way.
  std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Bytes bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : claimed) {
    if (c == '=') break;
    bits = (bits << 6) | static_cast<std::uint32_t>(digits.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<Byte>(bits >> count));
  }
  EXPECT_EQ(to_hex(bytes), to_hex(hash.view()));
  EXPECT_TRUE(has(page, "default-src 'none'"));
}

TEST(ReportPage, the_headline__says_what_is_where) {
  EXPECT_TRUE(has(test::read_markup(page_of(test::hot_wallet())).text,
                  "1,234.5\u00A0BTC stolen; 59.62\u00A0% stands at 3 services, 40.38\u00A0% is "
                  "still held and can be frozen, under 0.01\u00A0% went in fees."));
  EXPECT_TRUE(has(test::read_markup(page_of(test::all_kinds())).text,
                  "700\u00A0BTC stolen; 15.71\u00A0% stands at 1 service, 15.71\u00A0% is still "
                  "held and can be frozen, 15.71\u00A0% went into mixing transactions, "
                  "52.86\u00A0% is elsewhere."));
  EXPECT_TRUE(has(page_of(ReportWorld(1)), "No stolen coin to follow."));
}

TEST(ReportPage, the_books__stand_on_the_page_to_the_last_unit) {
  ReportData data = report_of(test::hot_wallet());
  std::string text = test::read_markup(html_report(data)).text;
  std::erase(text, '\n');
  EXPECT_TRUE(has(text,
                  "At services73,602,836,718+Still held49,846,964,522+Fees198,760="
                  "Stolen, counted123,450,000,000"));
  EXPECT_TRUE(has(text, "(ok) They balance exactly."));

  data.destinations.front().amount -= 1;
  EXPECT_TRUE(has(test::read_markup(html_report(data)).text, "(wrong) They do not balance"));
}

TEST(ReportPage, claimed_more_than_counts__is_said) {
  ReportWorld world = test::hot_wallet();
  trace::Trace trace = world.trace();
  trace.claimed += 5'000'000'000;
  trace.seeds.front().claimed += 5'000'000'000;
  std::string page = html_report(make_report_data(trace, world.lookup(), world.about));
  EXPECT_TRUE(has(test::read_markup(page).text,
                  "Of 1,284.5\u00A0BTC claimed, 1,234.5\u00A0BTC counts here"));
}

TEST(ReportPage, method_tip_stops_and_command__are_stated) {
  std::string text = test::read_markup(page_of(test::hot_wallet())).text;
  EXPECT_TRUE(has(text, "first in, first out (FIFO)"));
  EXPECT_TRUE(has(text, "block 840,000, 2024-03-20 09:21 UTC"));
  EXPECT_TRUE(has(text, report_of(test::hot_wallet()).tip_hash));
  EXPECT_TRUE(has(text, "Addresses tagged exchange, hosted_wallet or gambling"));
  EXPECT_TRUE(has(text, "tracehound trace --from 4a5e:0 --method fifo --ledger L"));
  EXPECT_TRUE(has(text, "Made bytracehound 0.1.0"));
}

TEST(ReportPage, how_to_check__names_the_bundle_and_both_verifiers) {
  std::string text = test::read_markup(page_of(test::hot_wallet())).text;
  EXPECT_TRUE(has(text, "tracehound incident evidence INCIDENT.yaml --out bundle --blocks BLOCKS"));
  EXPECT_TRUE(has(text, "tracehound verify bundle"));
  EXPECT_TRUE(has(text, "python3 docs/verify.py bundle"));
  ReportData accounts = report_of(test::hot_wallet());
  accounts.on_coins = false;
  text = test::read_markup(html_report(accounts)).text;
  EXPECT_TRUE(has(text, "docs/verify_accounts.py bundle"));
  EXPECT_TRUE(has(text, "not that they happened"));
}

TEST(ReportPage, poison__shows_reach_and_says_why_it_has_no_sums) {
  std::string page = html_report(report_of(test::wallet_sweep(25, 400), trace::MethodKind::poison));
  std::string text = test::read_markup(page).text;
  EXPECT_TRUE(has(text, "what descends from it reaches 1,018 coins, 620 transactions and"));
  EXPECT_TRUE(has(text, "counts the same unit many times"));
  EXPECT_TRUE(has(text, "Poison has no amounts to balance"));
  EXPECT_FALSE(has(text, "They balance"));
  EXPECT_FALSE(has(text, "Traced BTC"));
}

TEST(ReportPage, ten_thousand_services__stay_readable_and_small) {
  ReportData data = report_of(many_services(10'000));
  std::string page = html_report(data);
  EXPECT_LT(page.size(), 4'500'000U);
  expect_sound(page);
  std::string text = test::read_markup(page).text;
  EXPECT_TRUE(has(text, "At services (10,000)"));
  EXPECT_TRUE(has(text, "9,975 other services"));
  EXPECT_TRUE(has(text, "7,975 smaller services, in the full list"));
  // The smallest 7,975: 1,000,000 + 1,000 i for i below 7,975.
  Amount rest = 7975ULL * 1'000'000 + 1000ULL * (7975ULL * 7974 / 2);
  EXPECT_TRUE(has(text, exact_coins(rest, 8)));
  EXPECT_TRUE(has(text, exact_coins(data.total, 8)));
}

TEST(ReportPage, all_the_money_there_is__does_not_overflow) {
  ReportWorld world(1);
  CoinId stolen = world.steal(2'100'000'000'000'000);
  auto coins = world.spend({stolen}, {2'099'999'999'999'998, 1}, 60);
  world.rest_at(coins[0], "Meridian", "exchange");
  std::string page = page_of(world);
  expect_sound(page);
  std::string text = test::read_markup(page).text;
  EXPECT_TRUE(has(text, "20,999,999.99999998"));
  EXPECT_TRUE(has(text, "over 99.99\u00A0% stands at 1 service"));
}

TEST(ReportPage, the_same_trace__gives_the_same_bytes) {
  EXPECT_EQ(page_of(test::wallet_sweep(200, 900)), page_of(test::wallet_sweep(200, 900)));
}

TEST(ReportPage, a_tag_s_source_and_confidence__stand_with_the_name) {
  std::string text = test::read_markup(page_of(test::hot_wallet())).text;
  EXPECT_TRUE(has(text,
                  "Source: https://example.org/tagpacks/a.yaml; confidence: 90, "
                  "manual_transaction."));
  EXPECT_TRUE(has(text, "The name is what an imported tag says of these addresses."));
}

}  // namespace
}  // namespace tracehound::incidents
