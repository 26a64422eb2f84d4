// Several methods side by side: what does not depend on which is right.
#include <fmt/format.h>

#include <algorithm>

#include "incidents/report_sections.h"
#include "incidents/report_tables.h"
#include "incidents/report_text.h"

namespace tracehound::incidents {

namespace {

std::vector<trace::MethodKind> with_sums(const ReportData& data) {
  std::vector<trace::MethodKind> methods = data.methods;
  std::erase_if(methods, [](trace::MethodKind method) { return !trace::conserves(method); });
  return methods;
}

std::string where(const ReportData& data, const ReportRange& range) {
  std::string name = range.name.empty() ? std::string(kind_title(range.kind)) : outside(range.name);
  if (!range.destination) return name;
  // Only lines that the list of destinations has: small services are folded into sums there.
  if (*range.destination >= data.destinations.size()) return name;
  return fmt::format("<a href=\"#d{}\">{}</a>", *range.destination, name);
}

std::string reach_note(const ReportData& data) {
  std::string text;
  for (const ReportReach& reach : data.reaches) {
    text += fmt::format(
        "<p class=\"note\">By {}, which has no sums, {} and {} are reached: no rule reaches "
        "more.</p>\n",
        method_words(reach.method).name, counted(reach.transactions, "transaction"),
        counted(reach.coins, "coin"));
  }
  return text;
}

// One row a destination, the largest first within its kind; small ones as one sum.
std::string table(const ReportData& data) {
  std::string text =
      "<div class=\"scroll\"><table><thead><tr><th>Destination</th><th class=\"q\">At "
      "least</th><th "
      "class=\"q\">At most</th>";
  std::vector<trace::MethodKind> methods = with_sums(data);
  for (trace::MethodKind method : methods) {
    text += fmt::format("<th class=\"q m\">{}</th>", name_of(method));
  }
  text += "</tr></thead><tbody>\n";
  std::size_t shown = std::min<std::size_t>(data.ranges.size(), kServiceRows + kPageOrder.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const ReportRange& range = data.ranges[i];
    text += fmt::format(
        "<tr><td>{}</td><td class=\"q\"><strong>{}</strong></td><td class=\"q\">{}</td>",
        where(data, range), amount_html(range.least, data.about),
        amount_html(range.most, data.about));
    for (const Units& amount : range.amounts) {
      text += fmt::format("<td class=\"q m\">{}</td>", amount_html(amount, data.about));
    }
    text += "</tr>\n";
  }
  text += "</tbody>";
  if (shown < data.ranges.size()) {
    text +=
        fmt::format("<tfoot><tr><td colspan=\"{}\">and {}, in the full list</td></tr></tfoot>",
                    3 + methods.size(), counted(data.ranges.size() - shown, "smaller destination"));
  }
  return text + "</table></div>\n";
}

}  // namespace

std::string range_section(const ReportData& data) {
  if (data.ranges.empty()) {
    if (data.reaches.empty()) return "";
    return "<section id=\"range\" aria-label=\"Method range\"><h2>How far it could reach</h2>\n" +
           reach_note(data) + "</section>\n";
  }
  Units agreed;
  for (const ReportRange& range : data.ranges) agreed += range.least;
  std::string share = share_in_prose(agreed, data.effective);
  share.front() = share.front() == 'o' ? 'O' : share.front() == 'u' ? 'U' : share.front();
  return fmt::format(
      "<section id=\"range\" aria-label=\"Method range\"><h2>{} is where it is whatever the "
      "method</h2>\n<p class=\"lead\">Which units of a mixed transaction are the stolen ones is a "
      "convention. Here are {} of them side by side, over the same transactions: what lies below "
      "the least figure of every destination, {} in all, does not depend on which is chosen. "
      "Figures in {}.</p>\n{}{}</section>\n",
      share, with_sums(data).size(), short_amount_html(agreed, data.about),
      escape(data.about.symbol), table(data), reach_note(data));
}

}  // namespace tracehound::incidents
