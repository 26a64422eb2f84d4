// Writes sample reports for the browser test and for people to look at:
//   TRACEHOUND_REPORT_SAMPLES=/tmp/reports test_incidents --gtest_filter='ReportSamples.*'
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "unit/incidents/report_samples.h"

namespace tracehound::test {
namespace {

TEST(ReportSamples, each__is_written_as_a_page) {
  const char* asked = std::getenv("TRACEHOUND_REPORT_SAMPLES");
  std::string folder = asked != nullptr ? asked : testing::TempDir() + "tracehound-reports";
  ASSERT_TRUE(posix_files().make_folder(folder));
  auto write = [&](const std::string& name, const incidents::ReportData& data) {
    std::string path = folder + "/" + name + ".html";
    auto written = replace_file(posix_files(), path, incidents::html_report(data));
    ASSERT_TRUE(written) << written.error().message;
  };
  write("small", report_of(hot_wallet()));
  write("medium", report_of(wallet_sweep(25, 400)));
  write("thousand", report_of(wallet_sweep(1000, 9000)));
  write("deep", report_of(peel_chain(5000)));
  write("kinds", report_of(all_kinds()));
  write("hostile", report_of(hostile()));
  write("poison", report_of(wallet_sweep(25, 400), trace::MethodKind::poison));
  write("nothing", report_of(ReportWorld(6)));
  ReportWorld one(7);
  one.steal(123'456'789);
  write("one", report_of(one));
}

// For bench/report_bench.py: more than ten thousand destinations.
TEST(ReportLarge, ten_thousand_destinations__make_a_page_of_a_few_megabytes) {
  ReportWorld world(8);
  std::vector<Amount> amounts;
  Amount all = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    amounts.push_back(100'000 + world.random(50'000'000));
    all += amounts.back();
  }
  auto coins = world.spend({world.steal(all + 1000)}, amounts, 600);
  for (std::size_t i = 0; i < coins.size(); ++i) {
    world.rest_at(coins[i], "Service " + std::to_string(i), i % 5 == 0 ? "gambling" : "exchange");
  }
  std::string page = incidents::html_report(report_of(std::move(world)));
  EXPECT_LT(page.size(), 8U << 20);
  const char* asked = std::getenv("TRACEHOUND_REPORT_SAMPLES");
  if (asked == nullptr) return;
  ASSERT_TRUE(posix_files().make_folder(asked));
  ASSERT_TRUE(replace_file(posix_files(), std::string(asked) + "/ten-thousand.html", page));
}

}  // namespace
}  // namespace tracehound::test
