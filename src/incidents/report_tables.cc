#include "incidents/report_tables.h"

#include <fmt/format.h>

#include "base/text.h"
#include "incidents/report_text.h"

namespace tracehound::incidents {

using trace::DestinationKind;

namespace {

// Rows of an open list that go onto paper; the screen has all.
constexpr std::size_t kPrintedRows = 20;
constexpr std::size_t kPrintedSeeds = 25;

// What a list of coins is called: fees are paid by transactions.
std::string counted_coins(const ReportData& data, DestinationKind kind, std::uint64_t count) {
  return kind == DestinationKind::fees ? counted(count, "transaction", "transactions")
                                       : counted_entries(data, count);
}

std::string table_head(std::string_view first, const std::string& figures) {
  return fmt::format(
      "<div class=\"scroll coins\"><table><thead><tr><th></th><th>{}</th><th data-s>Block</th><th "
      "data-s>Time (UTC)</th>{}</tr></thead><tbody>\n",
      first, figures);
}
std::string_view coin_column(const ReportData& data) {
  return data.on_coins ? "Coin (txid:output) and address" : "Transaction and account";
}

// "of 12.5": the whole coin, when only a part of it is traced.
std::string whole_note(const ReportData& data, const ReportCoin& coin, const Units& part) {
  if (!data.conserves || !coin.in_coin || coin.value == part) return "";
  return fmt::format("<span class=\"of\">of {}</span>", amount_html(coin.value, data.about));
}

std::string coin_row(const ReportData& data, const ReportCoin& coin, const std::string& anchor,
                     std::size_t number, bool seeds) {
  std::string id = escape(coin.id);
  std::string row = fmt::format(
      "<tr id=\"{}-{}\"{}><td class=\"k\"><a href=\"#{}-{}\">{}</a></td><td><span "
      "class=\"id\">{}</span>",
      anchor, number, number > (seeds ? kPrintedSeeds : kPrintedRows) ? " class=\"x\"" : "", anchor,
      number, number, id);
  if (!coin.address.empty()) {
    row += fmt::format("<span class=\"addr id\">{}</span>", escape(coin.address));
  }
  std::string label = data.labels.size() > 1 ? outside(label_name(data, coin.label)) : "";
  if (!coin.notation.empty()) {
    label += fmt::format("{}{}", label.empty() ? "" : " \u00B7 ", escape(coin.notation));
  }
  if (!label.empty()) row += fmt::format("<span class=\"of\">{}</span>", label);
  if (!coin.usd.empty()) {
    row += fmt::format("<span class=\"of\">worth {} USD then</span>", escape(coin.usd));
  }
  row += fmt::format("</td><td data-n=\"block\">{}</td><td class=\"nb\">{}</td>", block_cell(coin),
                     utc_text(coin.time));
  if (seeds) {
    row += fmt::format(
        "<td class=\"q\" data-n=\"claimed\">{}{}</td><td class=\"q\" "
        "data-n=\"counted\">{}</td>",
        amount_html(coin.claimed, data.about), whole_note(data, coin, coin.claimed),
        amount_html(coin.amount, data.about));
  } else {
    row += fmt::format("<td class=\"q\" data-n=\"{}\">{}{}</td>", escape(data.about.symbol),
                       amount_html(data.conserves ? coin.amount : coin.value, data.about),
                       whole_note(data, coin, coin.amount));
    if (data.conserves) {
      row += fmt::format("<td class=\"q\" data-n=\"%\">{}</td>", percent_cell(data, coin.amount));
    }
    row += fmt::format("<td class=\"q\" data-n=\"hops\">{}</td>", grouped(coin.hops));
  }
  return row + "</tr>\n";
}

// A closing line of a coin list: a text under the first columns, an amount under its own.
std::string foot_row(const ReportData& data, std::string_view css, const std::string& text,
                     const Units& amount) {
  std::string row = fmt::format("<tr{}><td></td><td colspan=\"3\">{}</td>", css, text);
  if (data.conserves) {
    row += fmt::format("<td class=\"q\">{}</td><td class=\"q\">{}</td>",
                       amount_html(amount, data.about), percent_cell(data, amount));
  } else {
    row += "<td></td>";
  }
  return row + "<td></td></tr>\n";
}

std::string coin_foot(const ReportData& data, const ReportDestination& destination) {
  Units shown;
  Units printed;
  for (std::size_t i = 0; i < destination.largest.size(); ++i) {
    shown += destination.largest[i].amount;
    if (i < kPrintedRows) printed += destination.largest[i].amount;
  }
  std::size_t listed = destination.largest.size();
  std::string foot;
  if (listed > kPrintedRows) {
    foot += foot_row(
        data, " class=\"p\"",
        fmt::format("and {} more that the file lists on screen", grouped(listed - kPrintedRows)),
        shown - printed);
  }
  if (destination.coins > listed) {
    foot += foot_row(data, "",
                     fmt::format("and {} smaller, in the full list",
                                 counted_coins(data, destination.kind, destination.coins - listed)),
                     data.conserves ? destination.amount - shown : Units());
  }
  if (destination.coins > 1) {
    foot += foot_row(data, "", "all " + counted_coins(data, destination.kind, destination.coins),
                     destination.amount);
  }
  return foot.empty() ? foot : "<tfoot>" + foot + "</tfoot>";
}

std::string coin_table(const ReportData& data, const ReportDestination& destination,
                       const std::string& anchor) {
  std::string symbol = escape(data.about.symbol);
  std::string figures = data.conserves ? fmt::format(
                                             "<th class=\"q\" data-s>Traced {}</th><th class=\"q\" "
                                             "data-s>%</th><th class=\"q\" data-s>Hops</th>",
                                             symbol)
                                       : fmt::format(
                                             "<th class=\"q\" data-s>Value {}</th><th class=\"q\" "
                                             "data-s>Hops</th>",
                                             symbol);
  std::string table = table_head(
      destination.kind == DestinationKind::fees ? "Transaction" : coin_column(data), figures);
  for (std::size_t i = 0; i < destination.largest.size(); ++i) {
    table += coin_row(data, destination.largest[i], anchor, i + 1, false);
  }
  return table + "</tbody>" + coin_foot(data, destination) + "</table></div>\n";
}

// The figures of a row of the destinations list.
std::string row_figures(const ReportData& data, std::uint64_t coins, const Units& weight,
                        std::uint32_t first, std::uint32_t last) {
  return fmt::format(
      "<span class=\"cnt\">{}</span><span class=\"t\">{}</span><span class=\"t\">{}</span><span "
      "class=\"amt\">{}</span><span class=\"pct\">{}</span>",
      grouped(coins), first == 0 ? "" : utc_minute(first), last == 0 ? "" : utc_minute(last),
      weight_html(data, weight), percent_cell(data, weight));
}

std::string service_name(const ReportDestination& destination) {
  std::string name = fmt::format("<span class=\"name\">{}</span>", outside(destination.name));
  if (!destination.category.empty()) {
    name += fmt::format(" <span class=\"t\">{}</span>", outside(destination.category));
  }
  return name;
}

// A kind's first cell; row_figures() goes between it and kind_why().
std::string kind_name(DestinationKind kind, const std::string& count) {
  return fmt::format("<i class=\"sw {}\"></i><span class=\"name\">{}</span>{}", kind_class(kind),
                     kind_title(kind), count);
}

std::string kind_why(DestinationKind kind) {
  return fmt::format("<span class=\"why\">{}</span>", kind_meaning(kind));
}

// A destination that opens to its coins. `name` is HTML.
std::string destination_row(const ReportData& data, std::size_t index, const std::string& name,
                            std::string_view css) {
  const ReportDestination& destination = data.destinations[index];
  std::string figures = row_figures(data, destination.coins, weight(data, destination),
                                    destination.first, destination.last);
  if (destination.kind != DestinationKind::service) figures += kind_why(destination.kind);
  if (destination.largest.empty()) {
    return fmt::format("<div class=\"r {}\" id=\"d{}\"><span>{}</span>{}</div>\n", css, index, name,
                       figures);
  }
  std::string row = fmt::format(
      "<details class=\"{}\"><summary class=\"r\"><span>{}</span>{}</summary><div class=\"open\" "
      "id=\"d{}\">\n",
      css, name, figures, index);
  if (destination.kind == DestinationKind::service) {
    row += "<p class=\"note\"><span class=\"sure\">From a tag or list</span> ";
    if (destination.note.source.empty()) {
      row += "The name is what an imported tag says of these addresses.";
    } else {
      row += fmt::format("The name is what it says of these addresses. Source: {}",
                         outside(destination.note.source));
      if (!destination.note.confidence.empty()) {
        row += fmt::format("; confidence: {}", outside(destination.note.confidence));
      }
      row += ".";
    }
    row += "</p>\n";
  }
  row += coin_table(data, destination, fmt::format("d{}", index));
  return row + "</div></details>\n";
}

// Sums over destinations [first, end).
struct Sum {
  Units weight;
  std::uint64_t coins = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};
Sum sum_of(const ReportData& data, std::size_t first, std::size_t end) {
  Sum sum;
  for (std::size_t i = first; i < end; ++i) {
    const ReportDestination& destination = data.destinations[i];
    sum.weight += weight(data, destination);
    sum.coins += destination.coins;
    if (destination.first != 0 && (sum.first == 0 || destination.first < sum.first)) {
      sum.first = destination.first;
    }
    sum.last = std::max(sum.last, destination.last);
  }
  return sum;
}

// The services [first, end) behind one row.
std::string folded_services(const ReportData& data, std::size_t first, std::size_t end) {
  Sum sum = sum_of(data, first, end);
  std::string rows = fmt::format(
      "<details class=\"in flat\"><summary class=\"r\"><span><span "
      "class=\"name\">{}</span></span>{}</summary><div class=\"open\" "
      "id=\"others\">\n",
      counted(end - first, "other service", "other services"),
      row_figures(data, sum.coins, sum.weight, sum.first, sum.last));
  std::size_t named = std::min(end, first + kFoldedRows);
  for (std::size_t i = first; i < named; ++i) {
    rows += destination_row(data, i, service_name(data.destinations[i]), "in");
  }
  if (named < end) {
    Sum rest = sum_of(data, named, end);
    rows += fmt::format("<div class=\"r in\"><span>{}, in the full list</span>{}</div>\n",
                        counted(end - named, "smaller service", "smaller services"),
                        row_figures(data, rest.coins, rest.weight, rest.first, rest.last));
  }
  return rows + "</div></details>\n";
}

std::string services(const ReportData& data, std::size_t first, std::size_t end) {
  Sum sum = sum_of(data, first, end);
  std::string rows =
      fmt::format("<div class=\"r kind plain\" id=\"k-service\"><span>{}</span>{}</div>\n",
                  kind_name(DestinationKind::service, fmt::format(" ({})", grouped(end - first))),
                  row_figures(data, sum.coins, sum.weight, sum.first, sum.last) +
                      kind_why(DestinationKind::service));
  std::size_t shown = std::min(end, first + kServiceRows);
  if (shown + 1 == end) shown = end;
  for (std::size_t i = first; i < shown; ++i) {
    rows += destination_row(data, i, service_name(data.destinations[i]), "in");
  }
  if (shown < end) rows += folded_services(data, shown, end);
  return rows;
}

}  // namespace

std::string destination_list(const ReportData& data) {
  std::string list = fmt::format(
      "<div class=\"rows\"><div class=\"r head\"><span>Destination</span><span "
      "class=\"cnt\">{}</span><span class=\"t\">First arrival (UTC)</span><span "
      "class=\"t\">Last arrival (UTC)</span><span class=\"amt\">{}</span><span "
      "class=\"pct\">%</span></div>\n",
      data.on_coins ? "Coins" : "Entries",
      data.conserves ? escape(data.about.symbol) : "Coins at rest");
  for (std::size_t i = 0; i < data.destinations.size();) {
    DestinationKind kind = data.destinations[i].kind;
    std::size_t end = i;
    while (end < data.destinations.size() && data.destinations[end].kind == kind) ++end;
    if (kind == DestinationKind::service) {
      list += services(data, i, end);
    } else {
      for (std::size_t j = i; j < end; ++j) {
        std::string name = kind_name(kind, "");
        list += fmt::format("<div id=\"k-{}\">", kind_class(kind));
        list += destination_row(data, j, name, "kind") + "</div>\n";
      }
    }
    i = end;
  }
  Sum all = sum_of(data, 0, data.destinations.size());
  list += fmt::format("<div class=\"r total\"><span>Everything</span>{}</div></div>\n",
                      row_figures(data, all.coins, all.weight, 0, 0));
  return list;
}

std::string seed_table(const ReportData& data) {
  std::string table = table_head(
      coin_column(data), fmt::format("<th class=\"q\" data-s>Claimed {0}</th><th class=\"q\" "
                                     "data-s>Counted {0}</th>",
                                     escape(data.about.symbol)));
  Units claimed;
  Units counted_amount;
  for (std::size_t i = 0; i < data.seeds.size(); ++i) {
    table += coin_row(data, data.seeds[i], "s", i + 1, true);
    claimed += data.seeds[i].claimed;
    counted_amount += data.seeds[i].amount;
  }
  table += "</tbody><tfoot>\n";
  auto foot = [&](const std::string& text, const Units& of_claimed, const Units& of_counted) {
    table += fmt::format(
        "<tr><td></td><td colspan=\"3\">{}</td><td class=\"q\">{}</td><td "
        "class=\"q\">{}</td></tr>\n",
        text, amount_html(of_claimed, data.about), amount_html(of_counted, data.about));
  };
  if (data.seeds.size() > kPrintedSeeds) {
    table += fmt::format(
        "<tr class=\"p\"><td></td><td colspan=\"5\">{} of these are left out in "
        "print</td></tr>\n",
        grouped(data.seeds.size() - kPrintedSeeds));
  }
  if (data.seed_count > data.seeds.size()) {
    foot(fmt::format("and {} smaller, in the full list",
                     counted(data.seed_count - data.seeds.size(), "seed")),
         data.claimed - claimed, data.effective - counted_amount);
  }
  if (data.seed_count != 1) {
    foot("all " + counted(data.seed_count, "seed"), data.claimed, data.effective);
  }
  return table + "</tfoot></table></div>\n";
}

std::string label_table(const ReportData& data) {
  std::array<bool, trace::kDestinationKinds> seen{};
  for (const ReportDestination& destination : data.destinations) {
    seen[static_cast<std::size_t>(destination.kind)] = data.conserves;
  }
  std::string table =
      "<div class=\"scroll\"><table><thead><tr><th>Label</th><th "
      "class=\"q\">Claimed</th><th class=\"q\">Counted</th>";
  for (DestinationKind kind : kPageOrder) {
    if (!seen[static_cast<std::size_t>(kind)]) continue;
    table += fmt::format("<th class=\"q\">{}</th>", kind_title(kind));
  }
  table += "</tr></thead><tbody>\n";
  for (const ReportLabel& label : data.labels) {
    table +=
        fmt::format("<tr><td>{}</td><td class=\"q\">{}</td><td class=\"q\">{}</td>",
                    outside(label_name(data, label.label)), amount_html(label.claimed, data.about),
                    amount_html(label.effective, data.about));
    for (DestinationKind kind : kPageOrder) {
      if (!seen[static_cast<std::size_t>(kind)]) continue;
      table += fmt::format("<td class=\"q\">{}</td>",
                           amount_html(label.found[static_cast<std::size_t>(kind)], data.about));
    }
    table += "</tr>\n";
  }
  return table + "</tbody></table></div>\n";
}

}  // namespace tracehound::incidents
