#include "incidents/report_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace tracehound::incidents {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

TEST(ReportText, markup_in_a_label__is_only_text) {
  EXPECT_EQ(escape("<script>a('b') & \"c\"</script>"),
            "&lt;script&gt;a(&#39;b&#39;) &amp; &quot;c&quot;&lt;/script&gt;");
  EXPECT_EQ(outside("<b>"), "<bdi>&lt;b&gt;</bdi>");
}

TEST(ReportText, control_and_direction_characters__are_made_visible) {
  EXPECT_EQ(clean("a\x01\x1B\x7F"), "a\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(clean("a\nb\tc"), "a b c");
  EXPECT_EQ(clean("pay\u202Eecila"), "pay[U+202E]ecila");
  EXPECT_EQ(clean("\u2066x\u2069\u200B\uFEFF"), "[U+2066]x[U+2069][U+200B][U+FEFF]");
  EXPECT_EQ(clean("\U000E0041"), "[U+E0041]");
  EXPECT_EQ(clean("שלום Zoë 東京 🦊"), "שלום Zoë 東京 🦊");
}

TEST(ReportText, bytes_that_are_no_utf8__become_replacement_characters) {
  EXPECT_EQ(clean("\xFF"), "\uFFFD");
  EXPECT_EQ(clean("a\xC3"), "a\uFFFD");                              // cut short
  EXPECT_EQ(clean("\xC0\xAF"), "\uFFFD\uFFFD");                      // overlong
  EXPECT_EQ(clean("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");            // a surrogate
  EXPECT_EQ(clean("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");  // past the last one
  EXPECT_EQ(clean("\xE2\x28\xA1"), "\uFFFD(\uFFFD");
}

TEST(ReportText, a_long_name__is_cut_between_characters) {
  EXPECT_EQ(fitted("Meridian", 2000), "Meridian");
  std::string cut = fitted(std::string(300, 'W'), 2000);
  EXPECT_LT(cut.size(), 20U);
  EXPECT_TRUE(cut.ends_with("…"));
  EXPECT_EQ(fitted("東京東京東京東京", 600), "東京東…");
  EXPECT_EQ(fitted("abc", 0), "…");
}

TEST(ReportText, amounts__show_every_unit) {
  EXPECT_EQ(exact_coins(123'450'000'000, 8), "1,234.50000000");
  EXPECT_EQ(exact_coins(1, 8), "0.00000001");
  EXPECT_EQ(exact_coins(2'100'000'000'000'000, 8), "21,000,000.00000000");
  EXPECT_EQ(exact_coins(kMost, 8), "184,467,440,737.09551615");
  EXPECT_EQ(exact_coins(7, 0), "7");
  EXPECT_EQ(amount_html(150'000'000, {}), "1.5<i>0000000</i>");
  EXPECT_EQ(amount_html(200'000'000, {}), "2<i>.00000000</i>");
  EXPECT_EQ(amount_html(123'456'789, {}), "1.23456789");
}

TEST(ReportText, short_amounts__are_rounded_and_trimmed) {
  EXPECT_EQ(short_coins(123'450'000'000, 8), "1,234.5");
  EXPECT_EQ(short_coins(123'456'789, 8), "1.2346");
  EXPECT_EQ(short_coins(99'999'999'999, 8), "1,000");
  EXPECT_EQ(short_coins(12'345, 8), "0.00012345");
  EXPECT_EQ(short_coins(94'058'193, 8), "0.94058");
  EXPECT_EQ(short_coins(99'999'999, 8), "1");
  EXPECT_EQ(short_coins(1, 8), "0.00000001");
  EXPECT_EQ(short_coins(1'234'567, 0), "1,234,567");
  EXPECT_EQ(short_coins(0, 8), "0");
  EXPECT_EQ(short_coins(kMost, 8), "184,467,440,737.1");
  EXPECT_EQ(short_coins(kMost, 18), "18.447");
}

TEST(ReportText, percentages__are_of_integers_and_never_claim_all_or_nothing_falsely) {
  EXPECT_EQ(percent(1, 3), "33.33");
  EXPECT_EQ(percent(2, 3), "66.67");
  EXPECT_EQ(percent(1, 1), "100.00");
  EXPECT_EQ(percent(0, 5), "0.00");
  EXPECT_EQ(percent(1, 2'100'000'000'000'000), "<0.01");
  EXPECT_EQ(percent(2'099'999'999'999'999, 2'100'000'000'000'000), ">99.99");
  EXPECT_EQ(percent(1, 20'000), "0.01");  // half a hundredth goes up
  EXPECT_EQ(percent(kMost / 2, kMost), "50.00");
  EXPECT_EQ(percent(0, 0), "–");
  EXPECT_EQ(percent_words(612, 1000), "61.2\u00A0%");
  EXPECT_EQ(percent_words(1, 1), "100\u00A0%");
}

TEST(ReportText, scaling__does_not_overflow) {
  EXPECT_EQ(scaled(kMost, kMost, 2600), 2600U);
  EXPECT_EQ(scaled(kMost / 2, kMost, 2600), 1299U);
  EXPECT_EQ(scaled(0, 1, 2600), 0U);
}

TEST(ReportText, times__are_utc) {
  EXPECT_EQ(utc_minute(1'231'006'505), "2009-01-03 18:15");
  EXPECT_EQ(utc_date(4'294'967'295), "2106-02-07");
  EXPECT_EQ(duration(59), "less than a minute");
  EXPECT_EQ(duration(60), "1 minute");
  EXPECT_EQ(duration(3600 * 26), "1 day 2 hours");
  EXPECT_EQ(duration(86'400), "1 day");
  EXPECT_EQ(duration(90ULL * 86'400 + 3600), "90 days");
}

TEST(ReportText, coordinates__have_one_decimal_at_most) {
  EXPECT_EQ(px(0), "0");
  EXPECT_EQ(px(120), "12");
  EXPECT_EQ(px(123), "12.3");
  EXPECT_EQ(px(-5), "-0.5");
}

TEST(ReportText, kinds_and_methods__all_have_words) {
  for (std::size_t i = 0; i < trace::kDestinationKinds; ++i) {
    auto kind = static_cast<trace::DestinationKind>(i);
    EXPECT_FALSE(kind_title(kind).empty());
    EXPECT_TRUE(kind_meaning(kind).ends_with("."));
    EXPECT_EQ(kPageOrder[page_rank(kind)], kind);
  }
  for (std::size_t i = 0; i < trace::kMethodKinds; ++i) {
    auto method = static_cast<trace::MethodKind>(i);
    EXPECT_FALSE(method_words(method).name.empty());
    EXPECT_TRUE(method_words(method).rule.ends_with("."));
  }
}

}  // namespace
}  // namespace tracehound::incidents
