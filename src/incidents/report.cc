// The page, from its headline to its last line.
#include "incidents/report.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "incidents/report_headline.h"
#include "incidents/report_sankey.h"
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
  std::uint64_t total = total_weight(data);
  std::uint64_t moved = 0;
  std::uint32_t times = 0;  // half rests at that hop or further on
  for (const FlowColumn& column : data.flow.columns) {
    if (column.first_hop == 1) moved = weight(data, column);
    if (weight(data, column) >= total - total / 2) times = column.first_hop;
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
      counted(data.seed_coins, "coin"));
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

std::string books(const ReportData& data) {
  if (!data.conserves) {
    return "<h3>The books</h3><p class=\"note\">Poison has no amounts to balance: the same unit "
           "stands in many coins at once.</p>\n";
  }
  std::string text =
      fmt::format("<h3>The books, in {}</h3>\n<div class=\"books\">\n", escape(data.about.unit));
  Amount sum = 0;
  std::string_view sign;
  for (const KindSum& kind : kind_sums(data)) {
    text += fmt::format("{}<a href=\"#{}\">{}<b>{}</b></a>\n", sign, kind_anchor(data, kind.kind),
                        kind_title(kind.kind), grouped(kind.weight));
    sum += kind.weight;
    sign = "<i>+</i>";
  }
  if (sum == 0) text += "<span>Nothing<b>0</b></span>\n";
  text += fmt::format("<i>=</i><a href=\"#seeds\">Stolen, counted<b>{}</b></a>\n",
                      grouped(data.effective));
  text += sum == data.effective
              ? "<strong class=\"ok\">&#10003; They balance exactly.</strong>\n"
              : "<strong class=\"wrong\">&#10007; They do not balance: do not use this report."
                "</strong>\n";
  return text + "</div>\n";
}

std::string method_section(const ReportData& data) {
  MethodWords words = method_words(data.method);
  std::string text = fmt::format(
      "<section id=\"method\" aria-label=\"Method\"><h2>How sure this is</h2>\n<div "
      "class=\"cols\"><div><span class=\"sure\">Fact</span><h3>The chain</h3><p>Transactions, "
      "amounts, addresses and block times are the chain\xE2\x80\x99s own, up to the tip named "
      "below. Anyone with a copy of the chain can check each line.{}</p></div>\n<div><span "
      "class=\"sure\">Rule</span><h3>Which units are the stolen ones</h3><p>Where stolen and other "
      "units meet in one transaction, the chain does not say which is which; a rule does. This "
      "report uses {}. {}</p><p>Another rule may place the same units elsewhere. What would be the "
      "same under every rule is not claimed here.</p></div>\n<div><span class=\"sure\">From "
      "tags</span><h3>Whose address it is</h3><p>A service is named because a tag says so; its "
      "source stands with it and may be wrong. The report says what coins did. It names no person "
      "and says nothing of intent.</p></div></div>\n",
      data.mempool ? " What is marked unconfirmed is not in it yet: it is the word of one node."
                   : "",
      words.name, words.rule);
  text += books(data);
  text += fmt::format(
      "<dl><dt>Chain</dt><dd>{}</dd><dt>Tip</dt><dd>block {}, {} UTC<br><span "
      "class=\"id\">{}</span></dd><dt>Rule</dt><dd>{}, forward from the seeds</dd>",
      outside(data.chain), grouped(data.tip_height.number()), utc_minute(data.tip_time),
      data.tip_hash.text(), words.name);
  if (data.mempool) {
    text += fmt::format("<dt>Mempool</dt><dd>{} as of {} UTC",
                        counted(data.mempool->transactions, "transaction"),
                        utc_text(data.mempool->taken_at));
    if (data.mempool->left_out > 0) {
      text += fmt::format("; {} more left out: not of this chain as the ledger has it",
                          grouped(data.mempool->left_out));
    }
    text += "</dd>";
  }
  text += "<dt>Stops</dt><dd>";
  for (const std::string& stop : data.about.stops) text += outside(stop) + "<br>";
  if (data.about.stops.empty()) text += "none: followed to the tip";
  text += fmt::format("</dd><dt>Touched</dt><dd>{}, {}, {}</dd><dt>Made by</dt><dd>{}</dd></dl>\n",
                      counted(data.transactions, "transaction", "transactions"),
                      counted(data.coins, "coin", "coins"),
                      counted(data.addresses, "address", "addresses"),
                      outside(data.about.tool_version));
  if (!data.about.command.empty()) {
    text += fmt::format(
        "<h3>Make it again</h3><p class=\"note\">On any copy of the chain up to this tip, with the "
        "same tags{}, this gives the same bytes:</p><pre><code>{}</code></pre>\n",
        data.mempool ? " and the same mempool file" : "", escape(data.about.command));
  }
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

}  // namespace

std::string html_report(const ReportData& data) {
  std::string page = page_head(data);
  std::string title;
  if (!data.about.title.empty()) {
    title = fmt::format("<p class=\"incident\">{}</p>\n", outside(data.about.title));
  }
  page += fmt::format(
      "<header><p class=\"kicker\"><b>Trace report</b><span>{} \xC2\xB7 block {} \xC2\xB7 {} "
      "UTC</span></p>\n{}<h1>{}</h1>\n{}</header>\n<main>\n",
      outside(data.chain), grouped(data.tip_height.number()), utc_minute(data.tip_time), title,
      headline(data), deck(data));
  page += overview(data);
  std::string flow = flow_section(data);
  std::string time = timeline_section(data);
  page += fmt::format(
      "<nav class=\"toc\" aria-label=\"Contents\">{}{}<a href=\"#where\">Destinations</a><a "
      "href=\"#seeds\">Stolen coins</a><a href=\"#method\">Method and books</a></nav>\n",
      flow.empty() ? "" : "<a href=\"#flow\">Flow</a>",
      time.empty() ? "" : "<a href=\"#time\">Timeline</a>");
  page += flow + time;
  page += destinations_section(data);
  page += seeds_section(data);
  page += method_section(data);
  page += fmt::format("</main>\n<footer><p>{} \xC2\xB7 {} \xC2\xB7 tip {}</p></footer>\n",
                      outside(data.about.tool_version), outside(data.chain), data.tip_hash.text());
  page += fmt::format("<script>{}</script>\n</body></html>\n", kReportScript);
  return page;
}

}  // namespace tracehound::incidents
