// The registry that comes with the project, and how it is counted.
#include "incidents/registry.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "incidents/address_form.h"
#include "incidents/incident_check.h"
#include "incidents/stats.h"
#include "support/faulty_file_system.h"

namespace tracehound::incidents {
namespace {

const std::string kFolder = TRACEHOUND_ROOT "/data/incidents";

Registry registry() {
  auto read = read_registry(posix_files(), kFolder);
  EXPECT_TRUE(read.has_value()) << read.error().message;
  return read ? std::move(*read) : Registry{};
}

TEST(Registry, every_file_of_it__passes_the_strict_check) {
  for (const RegistryEntry& entry : registry().incidents) {
    Problems problems;
    check_incident(entry.incident, problems);
    for (const Problem& problem : problems.kept) {
      ADD_FAILURE() << entry.file << ":" << problem.line << ": " << problem.text;
    }
  }
}

TEST(Registry, the_thefts_it_was_made_for__are_in_it) {
  Registry all = registry();
  for (const char* id :
       {"bithumb-2017-02", "bithumb-2017-07", "bithumb-2018-06", "bithumb-2019-03",
        "youbit-2017-04", "youbit-2017-12", "nicehash-2017-12", "upbit-2019-11", "kucoin-2020-09",
        "ronin-2022-03", "harmony-2022-06", "atomic-wallet-2023-06", "stake-2023-09", "dmm-2024-05",
        "wazirx-2024-07", "bybit-2025-02", "cosmos-2018-08", "bangladesh-bank-2016-02"}) {
    EXPECT_NE(find_incident(all, id), nullptr) << id;
  }
  EXPECT_EQ(find_incident(all, "bithumb-2016-01"), nullptr);
}

TEST(Registry, where_the_press_and_a_panel_differ__both_stand) {
  Registry all = registry();
  const RegistryEntry* summer = find_incident(all, "bithumb-2017-07");
  ASSERT_NE(summer, nullptr);
  DollarLoss loss = dollar_loss(summer->incident);
  EXPECT_EQ(loss.least, 1'000'000U);
  EXPECT_EQ(loss.most, 7'000'000U);
  const RegistryEntry* march = find_incident(all, "bithumb-2019-03");
  ASSERT_NE(march, nullptr);
  EXPECT_EQ(attributed_to(march->incident), (std::vector<std::string>{"North Korea", "insiders"}));
}

// A row of ../shared/data/incidents/incidents.csv: chain, address, and whether it checks out.
struct Row {
  std::string chain, text;
  bool malformed;
};

std::vector<Row> csv_rows(const std::string& path) {
  const std::map<std::string, std::string> chains = {
      {"ETH", "ethereum:main"}, {"ETH-tx", "ethereum:main"}, {"BTC", "bitcoin:main"},
      {"BSC", "bsc:main"},      {"POLYGON", "polygon:main"}, {"LTC", "litecoin:main"},
      {"TRX", "tron:main"},     {"XRP", "xrp:main"},         {"XLM", "stellar:main"}};
  std::vector<Row> rows;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // the heading
  while (std::getline(file, line)) {
    if (line.ends_with('\r')) line.pop_back();
    std::stringstream cells(line);
    std::string incident, chain, text;
    std::getline(cells, incident, ',');
    std::getline(cells, chain, ',');
    std::getline(cells, text, ',');
    rows.push_back({chains.at(chain), text, line.ends_with(",INVALID-in-source")});
  }
  return rows;
}

std::string small(std::string text) {
  if (text.starts_with("0x")) std::ranges::transform(text, text.begin(), ::tolower);
  return text;
}

TEST(Registry, every_published_address_that_was_collected__is_in_it_and_bad_ones_are_marked) {
  const std::string csv = TRACEHOUND_ROOT "/../shared/data/incidents/incidents.csv";
  if (!std::filesystem::exists(csv)) GTEST_SKIP() << "no " << csv;
  std::map<std::pair<std::string, std::string>, bool> marked;
  for (const RegistryEntry& entry : registry().incidents) {
    for (const Published& one : entry.incident.published.entries) {
      marked[{one.chain.text, small(one.address.text + one.transaction.text)}] =
          one.check.text == "malformed";
    }
  }
  std::vector<Row> rows = csv_rows(csv);
  EXPECT_EQ(rows.size(), 308U);
  std::uint64_t malformed = 0;
  for (const Row& row : rows) {
    auto found = marked.find({row.chain, small(row.text)});
    ASSERT_NE(found, marked.end()) << row.chain << " " << row.text;
    EXPECT_EQ(found->second, row.malformed) << row.text;
    malformed += row.malformed ? 1 : 0;
  }
  EXPECT_EQ(malformed, 3U);
}

// ---- small registries ---------------------------------------------------------------------------

Registry small_registry(const std::map<std::string, std::string>& texts) {
  test::FaultyFileSystem disk;
  EXPECT_TRUE(disk.make_folder("r/counts").has_value());
  for (const auto& [name, text] : texts) {
    EXPECT_TRUE(replace_file(disk, "r/" + name, text).has_value());
  }
  auto read = read_registry(disk, "r");
  EXPECT_TRUE(read.has_value()) << read.error().message;
  return read ? std::move(*read) : Registry{};
}

std::string theft(const std::string& date, const std::string& country, const std::string& loss) {
  return "name: n\ndate: '" + date +
         "'\nvictims:\n- {name: v, kind: exchange, country: " + country + "}\nlosses:\n" + loss +
         "attributions:\n- {to: X, by: Y, claim: c}\nseeds: unknown\n";
}

Stats stats_of(const Registry& all) {
  auto stats = count_registry(all);
  EXPECT_TRUE(stats.has_value()) << stats.error().message;
  return stats ? std::move(*stats) : Stats{};
}

TEST(Stats, losses_beyond_64_bits__are_an_error_that_names_the_file) {
  Registry all = small_registry(
      {{"a.yaml", theft("2018", "KR", "- {amount: '18446744073709551615', currency: USD}\n")},
       {"b.yaml", theft("2018", "KR", "- {amount: '1', currency: USD}\n")}});
  auto stats = count_registry(all);
  ASSERT_FALSE(stats.has_value());
  EXPECT_EQ(stats.error().message.find("r/a.yaml: "), 0U) << stats.error().message;
  Problems problems;
  check_incident(find_incident(all, "a")->incident, problems);
  EXPECT_GT(problems.count, 0U);
  Problems none;
  check_incident(find_incident(all, "b")->incident, none);
  EXPECT_EQ(none.count, problems.count - 1);
}

TEST(Stats, what_stayed_lost_after_a_recovery__is_no_claim_of_what_was_stolen) {
  Registry all =
      small_registry({{"a.yaml", theft("2018", "KR",
                                       "- {amount: '31', currency: USD}\n"
                                       "- {amount: '17', currency: USD, measure: net}\n")}});
  EXPECT_EQ(stats_of(all).all.least, 31U);
  DollarLoss bithumb = dollar_loss(find_incident(registry(), "bithumb-2018-06")->incident);
  EXPECT_EQ(bithumb.least, 30'000'000U);
}

TEST(Stats, groups__count_each_incident_once_and_sum_least_and_most) {
  Registry all = small_registry(
      {{"a.yaml", theft("2018-06", "KR",
                        "- {amount: '10', currency: USD}\n- {amount: '30', currency: USD}\n"
                        "- {amount: '99', currency: USD, measure: recovered}\n")},
       {"b.yaml", theft("2018", "KR", "- {amount: '5', currency: USD}\n")},
       {"c.yaml", theft("2019-01-01", "JP", "- {amount: '7', currency: BTC}\n")},
       {"readme.txt", "not an incident"}});
  ASSERT_EQ(all.incidents.size(), 3U);
  EXPECT_EQ(all.incidents[0].id, "b");  // "2018" before "2018-06"
  Stats stats = stats_of(all);
  EXPECT_EQ(stats.all.incidents, 3U);
  EXPECT_EQ(stats.all.with_loss, 2U);
  EXPECT_EQ(stats.all.least, 15U);
  EXPECT_EQ(stats.all.most, 35U);
  ASSERT_EQ(stats.years.size(), 2U);
  EXPECT_EQ(stats.years[0].name, "2018");
  EXPECT_EQ(stats.years[0].incidents, 2U);
  EXPECT_EQ(stats.countries[0].name, "KR");
  EXPECT_EQ(stats.countries[1].with_loss, 0U);
  EXPECT_EQ(stats.kinds[0].incidents, 3U);
  EXPECT_EQ(stats.sizes.front().name, "under 1 million");
  EXPECT_EQ(stats.sizes.back().name, "unknown");
}

TEST(Stats, beside_others_counts__stand_those_of_the_same_time_and_attribution) {
  Registry all =
      small_registry({{"a.yaml", theft("2018-06", "KR", "- {amount: '1', currency: USD}\n")},
                      {"b.yaml", theft("2018", "JP", "- {amount: '1', currency: USD}\n")},
                      {"c.yaml", theft("2020", "KR", "- {amount: '1', currency: USD}\n")},
                      {"counts/p.yaml",
                       "name: panel\nfrom: unknown\nuntil: '2019-08'\nto: X\n"
                       "attacks: '35'\nloss: '2000'\ncurrency: USD\nprecision: at most\n"
                       "countries:\n- {country: KR, attacks: '10'}\n"
                       "- {country: CL, attacks: '2'}\n"}});
  Stats stats = stats_of(all);
  ASSERT_EQ(stats.comparisons.size(), 1U);
  const Comparison& panel = stats.comparisons[0];
  EXPECT_EQ(panel.registry.incidents, 2U);
  EXPECT_EQ(panel.reported_by_country, 12U);
  ASSERT_EQ(panel.countries.size(), 3U);
  EXPECT_EQ(panel.countries[0].country, "KR");
  EXPECT_EQ(panel.countries[0].registry, 1U);
  EXPECT_EQ(panel.countries[1].country, "CL");
  EXPECT_EQ(panel.countries[2].reported, std::nullopt);
  std::string text = stats_text(stats);
  EXPECT_NE(text.find("35 attacks, loss at most 2,000 USD"), std::string::npos) << text;
}

TEST(Stats, the_picture__is_well_formed_whatever_the_names_say_and_the_same_again) {
  Registry all = small_registry(
      {{"a.yaml", theft("2018", "KR", "- {amount: '1', currency: USD}\n")},
       {"counts/p.yaml", "name: '<script>&\"'\nto: X\nattacks: '1'\nloss: unknown\n"}});
  Stats stats = stats_of(all);
  std::string svg = stats_svg(stats);
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_EQ(svg.find("href"), std::string::npos);
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(svg, stats_svg(stats_of(all)));
}

TEST(Registry, a_file_that_is_wrong__is_named_with_its_line) {
  test::FaultyFileSystem disk;
  ASSERT_TRUE(disk.make_folder("r").has_value());
  auto empty = read_registry(disk, "r");
  ASSERT_FALSE(empty.has_value());
  EXPECT_NE(empty.error().message.find("holds no incident file"), std::string::npos);
  ASSERT_TRUE(replace_file(disk, "r/a.yaml", std::string_view("name: x\nsize: 3\n")).has_value());
  auto bad = read_registry(disk, "r");
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().kind, ErrorKind::bad_input);
  EXPECT_NE(bad.error().message.find("r/a.yaml:2: "), std::string::npos) << bad.error().message;
}

}  // namespace
}  // namespace tracehound::incidents
