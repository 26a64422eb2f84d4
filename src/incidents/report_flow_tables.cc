// The tables behind the two pictures: hop by hop, and period by period.
#include <fmt/format.h>

#include "base/text.h"
#include "incidents/report_sankey.h"
#include "incidents/report_tables.h"
#include "incidents/report_text.h"
#include "incidents/report_timeline.h"

namespace tracehound::incidents {

using trace::DestinationKind;

namespace {

std::string transaction_table(const ReportData& data, const std::vector<FlowTransaction>& list,
                              std::uint64_t count, std::optional<Units> sum) {
  std::string table = fmt::format(
      "<div class=\"scroll coins\"><table><thead><tr><th>Transaction</th><th data-s>Block</th><th "
      "data-s>Time (UTC)</th><th class=\"q\" data-s>{}</th></tr></thead><tbody>\n",
      data.conserves ? escape(data.about.symbol) : "Coins");
  Units shown;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const FlowTransaction& transaction = list[i];
    shown += weight(data, transaction);
    table += fmt::format(
        "<tr><td><span class=\"id\">{}</span></td><td data-n=\"block\">{}</td><td "
        "class=\"nb\">{}</td><td class=\"q\" data-n=\"{}\">{}</td></tr>\n",
        escape(transaction.id), block_cell(transaction), utc_text(transaction.time),
        data.conserves ? escape(data.about.symbol) : "coins",
        weight_html(data, weight(data, transaction)));
  }
  table += "</tbody>";
  std::string foot;
  if (count > list.size()) {
    foot += fmt::format("<tr><td colspan=\"3\">and {} smaller</td><td class=\"q\">{}</td></tr>\n",
                        counted(count - list.size(), "transaction", "transactions"),
                        sum ? weight_html(data, *sum - shown) : "");
  }
  if (sum && count > 1) {
    foot += fmt::format("<tr><td colspan=\"3\">all {}</td><td class=\"q\">{}</td></tr>\n",
                        counted(count, "transaction", "transactions"), weight_html(data, *sum));
  }
  if (!foot.empty()) table += "<tfoot>" + foot + "</tfoot>";
  return table + "</table></div>\n";
}

std::string column_title(const FlowColumn& column) {
  if (column.last_hop == 0) return "The stolen coins themselves";
  if (column.last_hop == 1) return "1 transaction after the theft";
  return hops_text(column) + " transactions after the theft";
}

// What column `i` opens to: who rests there, then who carried units there.
std::string column_details(const ReportData& data, std::size_t i) {
  const FlowColumn& column = data.flow.columns[i];
  std::string text;
  for (const FlowLink& link : data.flow.links) {
    if (link.column != i) continue;
    const FlowNode& node = data.flow.nodes[link.node];
    text += fmt::format("<h4 id=\"f{}-{}\"><i class=\"sw {}\"></i>{}: {} ({}) came to rest</h4>\n",
                        i, link.node, kind_class(node.kind), outside(node_text(node)),
                        escape(weight_words(data, weight(data, link))),
                        escape(percent_words(weight(data, link), total_weight(data))));
    text += transaction_table(data, link.largest, link.transactions, weight(data, link));
  }
  if (column.transactions == 0) return text;
  text += "<h4>The transactions that carried units this far</h4>\n";
  std::optional<Units> sum;
  if (data.conserves && column.first_hop == column.last_hop) sum = column.carried;
  text += transaction_table(data, column.largest, column.transactions, sum);
  if (sum && *sum > column.amount) {
    text +=
        "<p class=\"note\">They carried more than rests here or further on: units that later "
        "joined others nearer to the theft passed here too, some of them more than once.</p>\n";
  }
  return text;
}

}  // namespace

std::string flow_list(const ReportData& data) {
  std::string symbol = data.conserves ? escape(data.about.symbol) : "coins";
  std::string list = fmt::format(
      "<div class=\"rows hops\"><div class=\"r head\"><span>Distance</span><span "
      "class=\"cnt\">Transactions</span><span class=\"t\">Rests here, {}</span><span "
      "class=\"amt\">Rests here or further, {}</span><span class=\"pct\">%</span></div>\n",
      symbol, symbol);
  Units total = total_weight(data);
  for (std::size_t i = 0; i < data.flow.columns.size(); ++i) {
    const FlowColumn& column = data.flow.columns[i];
    Units here = weight(data, column);
    if (i + 1 < data.flow.columns.size()) here -= weight(data, data.flow.columns[i + 1]);
    std::string figures = fmt::format(
        "<span>{}</span><span class=\"cnt\">{}</span><span class=\"t\">{}</span><span "
        "class=\"amt\">{}</span><span class=\"pct\">{}</span>",
        column_title(column), i == 0 ? "" : grouped(column.transactions), weight_html(data, here),
        weight_html(data, weight(data, column)), escape(percent(weight(data, column), total)));
    std::string details = column_details(data, i);
    if (details.empty()) {
      list += fmt::format("<div class=\"r\" id=\"f{}\">{}</div>\n", i, figures);
    } else {
      list += fmt::format(
          "<details class=\"flat\"><summary class=\"r\">{}</summary><div class=\"open\" "
          "id=\"f{}\">\n{}</div>"
          "</details>\n",
          figures, i, details);
    }
  }
  return list + "</div>\n";
}

std::string period_table(const ReportData& data) {
  Periods periods = arrival_periods(data);
  if (periods.rows.empty()) return "";
  std::array<bool, trace::kDestinationKinds> seen{};
  for (const Arrival& arrival : data.arrivals) seen[static_cast<std::size_t>(arrival.kind)] = true;
  std::string table =
      fmt::format("<div class=\"scroll\"><table><thead><tr><th>{}</th>", periods.unit);
  for (DestinationKind kind : kPageOrder) {
    if (!seen[static_cast<std::size_t>(kind)]) continue;
    table += fmt::format("<th class=\"q\">{}</th>", kind_title(kind));
  }
  table += "<th class=\"q\">All so far</th><th class=\"q\">%</th></tr></thead><tbody>\n";
  for (const Period& period : periods.rows) {
    table += fmt::format("<tr><td class=\"nb\">{}</td>", period.name);
    for (DestinationKind kind : kPageOrder) {
      if (!seen[static_cast<std::size_t>(kind)]) continue;
      Units arrived = period.arrived[static_cast<std::size_t>(kind)];
      table +=
          fmt::format("<td class=\"q\">{}</td>", arrived == 0 ? "" : weight_html(data, arrived));
    }
    table += fmt::format("<td class=\"q\">{}</td><td class=\"q\">{}</td></tr>\n",
                         weight_html(data, period.so_far), percent_cell(data, period.so_far));
  }
  return table + "</tbody></table></div>\n";
}

}  // namespace tracehound::incidents
