// What can be frozen now, and what to tell whom.
#include <fmt/format.h>

#include "base/text.h"
#include "incidents/report_sections.h"
#include "incidents/report_tables.h"
#include "incidents/report_text.h"

namespace tracehound::incidents {

using trace::DestinationKind;

namespace {

std::string time_cell(std::uint32_t time) {
  return fmt::format("<td class=\"nb\">{}</td>", time == 0 ? "" : utc_minute(time));
}

std::string head(std::string_view first, std::string_view count, const ReportData& data) {
  return fmt::format(
      "<div class=\"scroll\"><table><thead><tr><th>{}</th><th class=\"q\">{}</th><th>First "
      "(UTC)</th><th>Last (UTC)</th><th class=\"q\">{}</th><th class=\"q\">%</th></tr></thead>"
      "<tbody>\n",
      first, count, data.conserves ? escape(data.about.symbol) : "Coins");
}

// Services in page order: the largest first.
std::string service_table(const ReportData& data) {
  std::string rows;
  std::size_t listed = 0;
  std::size_t all = 0;
  Units left;
  std::uint64_t left_coins = 0;
  for (std::size_t i = 0; i < data.destinations.size(); ++i) {
    const ReportDestination& service = data.destinations[i];
    if (service.kind != DestinationKind::service) continue;
    ++all;
    if (listed == kServiceRows) {
      left += weight(data, service);
      left_coins += service.coins;
      continue;
    }
    ++listed;
    rows += fmt::format(
        "<tr><td><a href=\"#d{}\">{}</a>{}</td><td class=\"q\">{}</td>{}{}<td class=\"q\">{}</td>"
        "<td class=\"q\">{}</td></tr>\n",
        i, outside(service.name),
        service.category.empty()
            ? ""
            : fmt::format("<span class=\"of\">{}</span>", outside(service.category)),
        grouped(service.coins), time_cell(service.first), time_cell(service.last),
        weight_html(data, weight(data, service)), percent_cell(data, weight(data, service)));
  }
  if (all == 0) return "";
  std::string foot;
  if (all > listed) {
    foot = fmt::format(
        "<tfoot><tr><td>and {}</td><td class=\"q\">{}</td><td></td><td></td><td "
        "class=\"q\">{}</td><td class=\"q\">{}</td></tr></tfoot>",
        counted(all - listed, "smaller service"), grouped(left_coins), weight_html(data, left),
        percent_cell(data, left));
  }
  return fmt::format(
      "<h3>At services: ask them to hold it</h3>\n<p class=\"note\">A service finds a deposit by "
      "the transaction and address that its line leads to. Services may have paid out what came "
      "long ago: the newest deposits first.</p>\n{}{}</tbody>{}</table></div>\n",
      head("Service", "Deposits", data), rows, foot);
}

std::string holder_table(const ReportData& data) {
  if (data.holders.empty()) return "";
  std::string rows;
  Units shown;
  std::uint64_t shown_coins = 0;
  for (const ReportHolder& holder : data.holders) {
    Units size = data.conserves ? holder.amount : Units(holder.coins);
    shown += size;
    shown_coins += holder.coins;
    rows += fmt::format(
        "<tr><td><span class=\"id\">{}</span></td><td class=\"q\">{}</td>{}{}<td "
        "class=\"q\">{}</td><td class=\"q\">{}</td></tr>\n",
        escape(holder.address), grouped(holder.coins), time_cell(holder.first),
        time_cell(holder.last), weight_html(data, size), percent_cell(data, size));
  }
  Units all;
  std::uint64_t coins = 0;
  for (const ReportDestination& destination : data.destinations) {
    if (destination.kind != DestinationKind::held) continue;
    all += weight(data, destination);
    coins += destination.coins;
  }
  std::string foot;
  if (data.holder_count > data.holders.size()) {
    foot = fmt::format(
        "<tfoot><tr><td>and {}</td><td class=\"q\">{}</td><td></td><td></td><td "
        "class=\"q\">{}</td><td class=\"q\">{}</td></tr></tfoot>",
        counted(data.holder_count - data.holders.size(), "smaller address", "smaller addresses"),
        grouped(coins - shown_coins), weight_html(data, all - shown),
        percent_cell(data, all - shown));
  }
  return fmt::format(
      "<h3>Not moved: watch these addresses</h3>\n<p class=\"note\">Whoever issues the asset or "
      "runs a service can refuse what comes from here.</p>\n{}{}</tbody>{}</table></div>\n",
      head("Address", data.on_coins ? "Coins" : "Balances", data), rows, foot);
}

}  // namespace

std::string freeze_section(const ReportData& data) {
  std::string tables = service_table(data) + holder_table(data);
  if (tables.empty()) return "";
  return fmt::format(
      "<section id=\"freeze\" aria-label=\"Freeze list\"><h2>What can be frozen</h2>\n<p "
      "class=\"lead\">As of {} UTC.</p>\n{}</section>\n",
      utc_minute(end_time(data)), tables);
}

}  // namespace tracehound::incidents
