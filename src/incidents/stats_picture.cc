// The registry as one picture: bars from left to right, one row a group, the figures beside them in
// text, so nothing rests on colour alone. Blue is a count, the same blue in a lighter tone what the
// highest claims add to the lowest; ochre is what somebody else counted. The two hues stay apart
// for colour-blind readers and in greyscale. Whole pixels, no scripts, no fonts of its own.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "incidents/countries.h"
#include "incidents/report_text.h"
#include "incidents/stats.h"
#include "incidents/vocabulary.h"

namespace tracehound::incidents {

namespace {

constexpr std::string_view kInk = "#1c1a17";
constexpr std::string_view kSoft = "#5f5a52";
constexpr std::string_view kRule = "#dcd7cc";
constexpr std::string_view kBlue = "#1f4e85";
constexpr std::string_view kLightBlue = "#9db7d6";
constexpr std::string_view kOchre = "#dc9a2e";

constexpr int kWidth = 1040;
constexpr int kLeft = 40;      // margin
constexpr int kNameEnd = 268;  // names end here, flush right
constexpr int kCount = 280;    // bars of counts begin
constexpr int kCountWidth = 200;
constexpr int kLoss = 560;  // bars of losses begin
constexpr int kLossWidth = 230;
constexpr int kRow = 22;
constexpr int kBar = 13;
constexpr std::size_t kMostRows = 24;

std::uint64_t part_of(std::uint64_t part, std::uint64_t whole, int width) {
  return whole == 0 ? 0 : scaled(std::min(part, whole), whole, static_cast<std::uint64_t>(width));
}

// "1.5 bn", "61.0 m", "0.3 m": for a glance; the tables have the digits.
std::string short_dollars(std::uint64_t dollars) {
  std::uint64_t unit = dollars < 1'000'000'000 ? 1'000'000 : 1'000'000'000;
  std::uint64_t tenths = dollars / (unit / 10) + (dollars % (unit / 10) * 2 >= unit / 10 ? 1 : 0);
  return fmt::format("{}.{} {}", grouped(tenths / 10), tenths % 10, unit == 1'000'000 ? "m" : "bn");
}

std::string loss_words(const Group& group) {
  if (group.with_loss == 0) return "not known";
  std::string most = short_dollars(group.most);
  std::string least = short_dollars(group.least);
  return least == most ? most : fmt::format("{} to {}", least, most);
}

class Picture {
 public:
  std::string take(const Stats& stats);

 private:
  void text(int x, int y, std::string_view words, std::string_view style = "") {
    body_ += fmt::format("<text x=\"{}\" y=\"{}\"{}{}>{}</text>\n", x, y, style.empty() ? "" : " ",
                         style, escape(words));
  }
  void bar(int x, int y, std::uint64_t width, std::string_view colour) {
    if (width == 0) return;
    body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>\n", x, y,
                         width, kBar, colour);
  }
  void heading(std::string_view title, std::string_view left, std::string_view right);
  void groups(std::string_view title, const std::vector<Group>& groups, bool countries);
  void comparison(const Comparison& comparison);

  std::string body_;
  int y_ = 0;
};

void Picture::heading(std::string_view title, std::string_view left, std::string_view right) {
  y_ += 26;
  body_ += fmt::format("<path d=\"M{} {}H{}\" stroke=\"{}\" fill=\"none\"/>\n", kLeft, y_,
                       kWidth - kLeft, kRule);
  y_ += 26;
  text(kLeft, y_, title, "class=\"h\"");
  text(kCount, y_, left, "class=\"s\"");
  text(kLoss, y_, right, "class=\"s\"");
  y_ += 12;
}

void Picture::groups(std::string_view title, const std::vector<Group>& groups, bool countries) {
  heading(title, "incidents", "US dollars claimed as stolen, least to most");
  std::uint64_t count_most = 0, loss_most = 0;
  for (const Group& group : groups) {
    count_most = std::max(count_most, group.incidents);
    loss_most = std::max(loss_most, group.most);
  }
  std::size_t shown = std::min(groups.size(), kMostRows);
  for (const Group& group : std::span(groups).first(shown)) {
    int base = y_ + kBar;
    text(kNameEnd, base - 2, fitted(countries ? country_name(group.name) : group.name, 2200),
         "text-anchor=\"end\"");
    std::uint64_t count = part_of(group.incidents, count_most, kCountWidth);
    bar(kCount, y_, count, kBlue);
    text(kCount + static_cast<int>(count) + 6, base - 2, grouped(group.incidents));
    std::uint64_t most = part_of(group.most, loss_most, kLossWidth);
    bar(kLoss, y_, most, kLightBlue);
    bar(kLoss, y_, part_of(group.least, loss_most, kLossWidth), kBlue);
    text(kLoss + static_cast<int>(most) + 6, base - 2, loss_words(group));
    y_ += kRow;
  }
  if (groups.size() > shown) {
    text(kCount, y_ + kBar - 2, fmt::format("and {} more", groups.size() - shown), "class=\"s\"");
    y_ += kRow;
  }
}

void Picture::comparison(const Comparison& comparison) {
  const Counts& counts = *comparison.counts;
  heading(fitted(counts.name.text, 9000), "", "");
  std::string loss = "a loss that is not known";
  if (auto amount = parse_whole(counts.loss.text)) {
    loss = fmt::format("{} {} {}", counts.precision.text, short_dollars(*amount),
                       counts.currency.text);
  }
  y_ += 10;
  text(kLeft, y_,
       fmt::format("Reported: {} attacks, {}. In this registry, attributed to {} up to {}: {}, {} "
                   "USD.",
                   counts.attacks.text, loss, counts.to.text,
                   counts.until.known() ? counts.until.text : "today",
                   plural(comparison.registry.incidents, "incident"),
                   loss_words(comparison.registry)),
       "class=\"s\"");
  y_ += 16;
  if (comparison.reported_by_country == 0) return;
  bar(kCount, y_, 13, kOchre);
  text(kCount + 19, y_ + kBar - 2, "reported");
  bar(kLoss, y_, 13, kBlue);
  text(kLoss + 19, y_ + kBar - 2, "in this registry");
  y_ += kRow;
  std::uint64_t most = 1;
  for (const ComparedCountry& row : comparison.countries) {
    most = std::max({most, row.reported.value_or(0), row.registry});
  }
  std::size_t shown = std::min(comparison.countries.size(), 2 * kMostRows);
  for (const ComparedCountry& row : std::span(comparison.countries).first(shown)) {
    int base = y_ + kBar - 2;
    text(kNameEnd, base, fitted(country_name(row.country), 2200), "text-anchor=\"end\"");
    std::uint64_t reported = part_of(row.reported.value_or(0), most, kCountWidth);
    std::uint64_t own = part_of(row.registry, most, kCountWidth);
    bar(kCount, y_, reported, kOchre);
    text(kCount + static_cast<int>(reported) + 6, base,
         row.reported ? grouped(*row.reported) : "not told");
    bar(kLoss, y_, own, kBlue);
    text(kLoss + static_cast<int>(own) + 6, base, grouped(row.registry));
    y_ += kRow;
  }
}

std::string Picture::take(const Stats& stats) {
  y_ = 58;
  text(kLeft, y_, "Thefts in the registry", "class=\"t\"");
  y_ += 26;
  text(kLeft, y_,
       fmt::format("{}; {} with a loss in US dollars: {}; {} attributed by somebody.",
                   plural(stats.all.incidents, "incident"), grouped(stats.all.with_loss),
                   loss_words(stats.all), grouped(stats.attributed)),
       "class=\"s\"");
  groups("By year", stats.years, false);
  groups("By country of the victim", stats.countries, true);
  groups("By kind of victim", stats.kinds, false);
  groups("By size of the loss", stats.sizes, false);
  for (const Comparison& one : stats.comparisons) comparison(one);
  y_ += 34;
  text(kLeft, y_,
       "Dark blue: the least that is claimed. Light blue: what the highest claims add. An incident "
       "with victims in two countries counts in both.",
       "class=\"s\"");
  int height = y_ + 30;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" role=\"img\" aria-labelledby=\"title desc\">\n"
      "<title id=\"title\">Thefts in the registry</title>\n"
      "<desc id=\"desc\">Bars by year, country, kind of victim and size of loss; every figure "
      "stands beside its bar as text.</desc>\n"
      "<style>text{{font:13px system-ui,\"DejaVu Sans\",Arial,sans-serif;fill:{2}}}"
      ".t{{font-size:26px;font-family:Charter,Georgia,\"DejaVu Serif\",serif}}"
      ".h{{font-weight:600;font-size:15px}}.s{{fill:{3}}}</style>\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#fdfcf9\"/>\n{4}</svg>\n",
      kWidth, height, kInk, kSoft, body_);
}

}  // namespace

std::string stats_svg(const Stats& stats) { return Picture().take(stats); }

}  // namespace tracehound::incidents
