// The page, from its headline to its last line.
#include "incidents/report.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/text.h"
#include "incidents/report_headline.h"
#include "incidents/report_limits.h"
#include "incidents/report_sankey.h"
#include "incidents/report_sections.h"
#include "incidents/report_style.h"
#include "incidents/report_tables.h"
#include "incidents/report_text.h"
#include "incidents/report_timeline.h"

namespace tracehound::incidents {

using trace::DestinationKind;

namespace {

std::string base64(ByteView bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = bytes[i] << 16;
    if (i + 1 < bytes.size()) group |= bytes[i + 1] << 8;
    if (i + 2 < bytes.size()) group |= bytes[i + 2];
    for (std::size_t digit = 0; digit < 4; ++digit) {
      bool padding = i + digit > bytes.size();
      text += padding ? '=' : kDigits[(group >> (18 - 6 * digit)) & 63];
    }
  }
  return text;
}

// What the picture of the flow shows, in a sentence.
std::string flow_title(const ReportData& data) {
  Units total = total_weight(data);
  Units moved;
  std::uint32_t times = 0;  // half rests at that hop or further on
  for (const FlowColumn& column : data.flow.columns) {
    if (column.first_hop == 1) moved = weight(data, column);
    if (weight(data, column) + weight(data, column) >= total) times = column.first_hop;
  }
  if (moved == 0) return "It has not moved since the theft";
  if (times == 0) return "Half of it has not moved since the theft";
  return fmt::format("Half of {} moved on at least {}",
                     data.conserves ? "it was" : "the coins reached were",
                     times == 1   ? "once"
                     : times == 2 ? "twice"
                                  : grouped(times) + " times");
}

std::string flow_section(const ReportData& data) {
  std::string svg = flow_svg(data, kWideCanvas);
  if (svg.empty()) return "";
  return fmt::format(
      "<section id=\"flow\" aria-label=\"Flow\"><h2>{}</h2>\n<p class=\"lead\">Where it rests, by "
      "the fewest transactions between the theft and there. What went to services, mixes and other "
      "chains leaves upwards; what lies still or is lost leaves downwards. Widths are {}; each "
      "band "
      "leads to its transactions.</p>\n<figure>{}{}<figcaption>Under each distance: the share that "
      "rests there or further on. Bands thinner than a hair are drawn as a hair. Small services "
      "are "
      "drawn together; the list of destinations has them all.</figcaption></figure>\n<h3>Hop by "
      "hop</h3>\n{}</section>\n",
      flow_title(data), data.conserves ? "amounts" : "numbers of coins", svg,
      flow_svg(data, kNarrowCanvas), flow_list(data));
}

std::string timeline_section(const ReportData& data) {
  std::string svg = timeline_svg(data, kWideCanvas);
  if (svg.empty()) return "";
  std::uint32_t half = *half_time(data);
  std::string title =
      fmt::format("Half had come to rest by <span class=\"nb\">{} UTC</span>", utc_minute(half));
  if (data.seed_count > 0 && half >= data.first_seed) {
    title += half == data.first_seed
                 ? ", the time of the theft"
                 : fmt::format(", {} after the theft", duration(half - data.first_seed));
  }
  return fmt::format(
      "<section id=\"time\" aria-label=\"Timeline\"><h2>{}</h2>\n<p class=\"lead\">What had come "
      "to the place where it rests now, by {}. The room above the steps was still on the "
      "move. Nothing came to rest between the last step and the {}, {} UTC.</p>\n"
      "<figure>{}{}</figure>\n<details><summary class=\"r one\"><span class=\"name\">The same as a "
      "table</span></summary><div class=\"open\" id=\"times\">\n{}</div></details></section>\n",
      title, data.mempool ? "block time, or when it was first seen" : "block time",
      end_time(data) == data.tip_time ? "tip" : "mempool", utc_minute(end_time(data)), svg,
      timeline_svg(data, kNarrowCanvas), period_table(data));
}

std::string destinations_section(const ReportData& data) {
  if (data.destinations.empty()) {
    return "<section id=\"where\"><h2>Nothing rests anywhere</h2><p class=\"lead\">The trace has "
           "no destination.</p></section>\n";
  }
  std::string text =
      "<section id=\"where\" aria-label=\"Destinations\"><h2>Where the coins are</h2>\n<p "
      "class=\"lead\">Each line opens to its coins, the largest first, with transaction id, "
      "address, block and amount.";
  if (!data.about.files.empty()) {
    text += " The full lists are in ";
    for (std::size_t i = 0; i < data.about.files.size(); ++i) {
      text += (i > 0 ? ", " : "") + outside(data.about.files[i]);
    }
    text += ".";
  }
  return text + "</p>\n" + destination_list(data) + "</section>\n";
}

constexpr std::size_t kSeedsOpen = 12;  // more than that lie behind a line

std::string seeds_section(const ReportData& data) {
  std::string text = fmt::format(
      "<section id=\"seeds\" aria-label=\"Stolen coins\"><h2>What was stolen: {}</h2>\n<p "
      "class=\"lead\">Claimed is what the incident says of each coin. Counted is what this trace "
      "follows: units that already belonged to an earlier seed are not taken twice.</p>\n",
      counted(data.seed_coins, data.on_coins ? "coin" : "transfer"));
  if (data.seed_count <= kSeedsOpen) {
    text += seed_table(data);
  } else {
    text += fmt::format(
        "<details class=\"rows\"><summary class=\"r one\"><span class=\"name\">{}</span></summary>"
        "<div class=\"open\" id=\"seed-coins\">\n{}</div></details>\n",
        data.seed_count == data.seeds.size()
            ? fmt::format("All {} seeds", grouped(data.seed_count))
            : fmt::format("The largest {} of {} seeds", grouped(data.seeds.size()),
                          grouped(data.seed_count)),
        seed_table(data));
  }
  if (data.labels.size() > 1) text += "<h3>By incident or victim</h3>\n" + label_table(data);
  return text + "</section>\n";
}

std::string page_head(const ReportData& data) {
  ByteView script = as_bytes(kReportScript);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n<meta "
      "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" "
      "content=\"no-referrer\">\n<title>{}: trace report</title>\n<style>{}</style></head>\n"
      "<body>\n",
      base64(thread_hasher().sha256(script).view()), escape(data.about.title), kReportStyle);
}

struct Section {
  std::string_view id;
  std::string_view title;
  std::string html;  // "" where there is nothing to say
};

// The contents and the parts that are there.
std::string laid_out(std::initializer_list<Section> parts) {
  std::string contents = "<nav class=\"toc\" aria-label=\"Contents\">";
  std::string page;
  for (const Section& part : parts) {
    if (part.html.empty()) continue;
    contents += fmt::format("<a href=\"#{}\">{}</a>", part.id, part.title);
    page += part.html;
  }
  return contents + "</nav>\n" + page;
}

std::string first_asset(const ReportData& data, const std::string& others) {
  return overview(data) + short_list(data) +
         laid_out({{"freeze", "Freeze list", freeze_section(data)},
                   {"flow", "Flow", flow_section(data)},
                   {"time", "Timeline", timeline_section(data)},
                   {"where", "Destinations", destinations_section(data)},
                   {"range", "Method range", range_section(data)},
                   {"swaps", "Exchanges", swap_section(data)},
                   {"seeds", "Stolen coins", seeds_section(data)},
                   {"assets", "Other assets", others},
                   {"method", "Method and books", method_section(data)},
                   {"limits", "Limits", limits_section(data)},
                   {"verify", "Check it", verify_section(data)}});
}

// Ids of our own, made others. Texts from outside hold no quotes: they are escaped.
std::string prefixed(std::string html, std::string_view prefix) {
  for (std::string_view mark : {" id=\"", "href=\"#", "aria-labelledby=\""}) {
    for (std::size_t at = html.find(mark); at != html.npos; at = html.find(mark, at)) {
      at += mark.size();
      html.insert(at, prefix);
      if (mark.front() != 'a') continue;
      std::size_t end = html.find('"', at);
      std::size_t space = html.find(' ', at);
      if (space < end) html.insert(space + 1, prefix);
    }
  }
  return html;
}

std::string other_assets(std::span<const ReportData> assets) {
  std::string text;
  for (std::size_t i = 0; i < assets.size(); ++i) {
    const ReportData& data = assets[i];
    std::string part =
        fmt::format("<section class=\"asset\" id=\"top\"><h2>{}</h2>\n{}</section>\n",
                    headline(data), overview(data));
    for (const std::string& section :
         {freeze_section(data), flow_section(data), timeline_section(data),
          destinations_section(data), range_section(data), swap_section(data)}) {
      part += section;
    }
    if (data.seed_count > 0) part += seeds_section(data);
    text += prefixed(part + books(data), fmt::format("a{}-", i + 2));
  }
  return text.empty() ? "" : "<div id=\"assets\">\n" + text + "</div>\n";
}

}  // namespace

std::string html_report(std::span<const ReportData> assets) {
  CHECK(!assets.empty());
  const ReportData& data = assets.front();
  std::string page = page_head(data);
  std::string title;
  if (!data.about.title.empty()) {
    title = fmt::format("<p class=\"incident\">{}</p>\n", outside(data.about.title));
  }
  page += fmt::format(
      "<header><p class=\"kicker\"><b>Trace report</b><span>{} \xC2\xB7 block {} \xC2\xB7 {} "
      "UTC</span></p>\n{}<h1>{}</h1>\n{}</header>\n<main>\n",
      outside(data.chain), grouped(data.tip_height), utc_minute(data.tip_time), title,
      headline(data), deck(data));
  page += first_asset(data, other_assets(assets.subspan(1)));
  page += fmt::format("</main>\n<footer><p>{} \xC2\xB7 {} \xC2\xB7 {}</p></footer>\n",
                      outside(data.about.tool_version), outside(data.chain),
                      data.tip_hash.empty() ? fmt::format("block {}", grouped(data.tip_height))
                                            : "tip " + escape(data.tip_hash));
  page += fmt::format("<script>{}</script>\n</body></html>\n", kReportScript);
  return page;
}

}  // namespace tracehound::incidents
