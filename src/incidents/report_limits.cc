// Figures are never written here: they come out of measured_lines(), cell by cell.
#include "incidents/report_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "incidents/report_text.h"

namespace tracehound::incidents {

namespace {

constexpr std::string_view kTagged = "Services: tagged";
constexpr std::string_view kHalf = "Services: half of them";
constexpr std::string_view kHarmony = "harmony";
constexpr std::string_view kLifi = "lifi";
constexpr std::string_view kCoinJoins = "CoinJoin recognisers on published transactions";

// A line of the table under `heading` whose cells begin with `cells`, as its cells.
std::vector<std::string_view> cells_of(std::string_view heading,
                                       std::initializer_list<std::string_view> begin) {
  for (const MeasuredLine& measured : measured_lines()) {
    if (measured.heading != heading) continue;
    std::vector<std::string_view> cells;
    std::string_view rest = measured.line.substr(2);
    for (std::size_t bar = rest.find(" |"); bar != rest.npos; bar = rest.find(" |")) {
      cells.push_back(rest.substr(0, bar));
      rest.remove_prefix(std::min(rest.size(), bar + 3));
    }
    if (std::equal(begin.begin(), begin.end(), cells.begin())) return cells;
  }
  check_failed("a figure that was never measured", __FILE__, __LINE__);
}

// "96.6 (94.0 to 97.3)" as "96.6 % (94.0 to 97.3)".
std::string percent_of(std::string_view cell) {
  std::size_t space = std::min(cell.find(' '), cell.size());
  return fmt::format("{}\u00A0%{}", cell.substr(0, space), cell.substr(space));
}

std::string row(std::string_view rule, std::string_view limit, std::string_view measured,
                std::string_view command) {
  return fmt::format(
      "<tr><td><strong>{}</strong></td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>\n", rule,
      limit, measured, command);
}

// Of account chains the truth of few thefts is known: two whose movements were published.
std::string published_words(trace::MethodKind method) {
  auto harmony = cells_of(kHarmony, {name_of(method)});
  auto lifi = cells_of(kLifi, {name_of(method)});
  if (!trace::conserves(method)) {
    return fmt::format(
        "Of two thefts that others followed by hand, {} of 14 and {} of 33 published terminals "
        "were "
        "reached.",
        harmony[1], lifi[1]);
  }
  return fmt::format(
      "Of the loot of two thefts that others followed by hand and published, by value, the share "
      "found at the places where they saw it end: {} (Harmony bridge, 2022) and {} (LI.FI, 2024).",
      percent_of(harmony[4].substr(0, harmony[4].find(' '))),
      percent_of(lifi[4].substr(0, lifi[4].find(' '))));
}

std::string method_row(const ReportData& data, trace::MethodKind method) {
  constexpr std::string_view kConvention =
      "A convention, where stolen and other units meet. No chain can tell it right or wrong.";
  if (!data.on_coins) {
    return row(method_words(method).name, kConvention, published_words(method),
               "script/accuracy thefts");
  }
  auto known = cells_of(kTagged, {name_of(method)});
  auto half = cells_of(kHalf, {name_of(method)});
  std::string measured =
      trace::conserves(method)
          ? fmt::format(
                "Of the loot, by value, the share found at the place where it truly was: {} where "
                "the thief used no mixing rounds, {} where there were some; {} in these with half "
                "of all services unknown.",
                percent_of(known[1]), percent_of(known[5]), percent_of(half[5]))
          : fmt::format(
                "Of all that it reached, by value, the share that was loot: {} where the thief "
                "used no mixing rounds, {} where there were some.",
                percent_of(known[2]), percent_of(known[6]));
  return row(method_words(method).name, kConvention, measured, "script/accuracy trace");
}

std::string rows(const ReportData& data) {
  std::string rows;
  std::vector<trace::MethodKind> methods = data.methods;
  if (methods.empty()) methods.push_back(data.method);
  for (trace::MethodKind method : methods) rows += method_row(data, method);
  if (methods.size() > 1 && data.on_coins) {
    auto known = cells_of(kTagged, {"agreed"});
    auto half = cells_of(kHalf, {"agreed"});
    rows += row("what all methods agree on", "As good as the knowledge of services.",
                fmt::format("Of what they all report, by value, the share that was loot: {} where "
                            "every service was known, {} with half of them unknown.",
                            percent_of(known[6]), percent_of(half[6])),
                "script/accuracy trace");
  }
  rows +=
      row("tags",
          "A service that no tag names is followed through as if it were the thief, into its "
          "customers\u2019 coins; a wrong tag ends a trace at the wrong place. Their error is "
          "their sources\u2019 and is not measured here.",
          "What unknown services do to a trace is in the lines above.", "tracehound tags check");
  if (!data.on_coins) return rows;
  rows +=
      row("clusters",
          "Addresses that spend together are taken to be in one hand, recognised CoinJoins left "
          "out. Payments by several parties that look like anything else join strangers.",
          "Change guesses join nothing in a trace.", "tracehound cluster why A B");
  auto whirlpool = cells_of(kCoinJoins, {"whirlpool"});
  auto wasabi = cells_of(kCoinJoins, {"wasabi1"});
  auto joinmarket = cells_of(kCoinJoins, {"joinmarket"});
  rows += row(
      "mixes",
      "A CoinJoin is known by its shape. One that is not recognised is followed through as "
      "an ordinary payment.",
      fmt::format("Recognised of published sets: Whirlpool {} of {}, Wasabi 1 {} of {}, "
                  "JoinMarket-like with three and more equal outputs {} of {}.",
                  whirlpool[3], whirlpool[2], wasabi[3], wasabi[2], joinmarket[3], joinmarket[2]),
      "script/accuracy coinjoin");
  return rows;
}

}  // namespace

std::string limits_section(const ReportData& data) {
  return fmt::format(
      "<section id=\"limits\" aria-label=\"Limits\"><h2>What may be wrong, and how often it "
      "was</h2>\n<p class=\"lead\">Each rule this report used, with its error where the truth is "
      "known: simulated thefts whose books we have, and thefts and transactions that others "
      "published. "
      "Medians, quartiles in brackets; how they were measured stands in docs/accuracy.md, and the "
      "command measures them again. They say how rules compare, not what share of this theft was "
      "found.</p>\n<div class=\"scroll words\"><table><thead><tr><th>Rule</th><th>Limit</th>"
      "<th>Measured</th><th>Command</th></tr></thead><tbody>\n{}</tbody></table></div></section>\n",
      rows(data));
}

}  // namespace tracehound::incidents
