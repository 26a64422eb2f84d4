// Fact, rule and hearsay; the books; and how a stranger checks all of it.
#include <fmt/format.h>

#include "base/text.h"
#include "incidents/report_headline.h"
#include "incidents/report_sections.h"
#include "incidents/report_text.h"

namespace tracehound::incidents {

namespace {

// Where the trace was made, and of what.
std::string particulars(const ReportData& data) {
  std::string text = fmt::format(
      "<dl><dt>Chain</dt><dd>{}</dd><dt>Tip</dt><dd>block {}, {} UTC{}</dd><dt>Rule</dt><dd>{}, "
      "forward from the seeds</dd>",
      outside(data.chain), grouped(data.tip_height), utc_minute(data.tip_time),
      data.tip_hash.empty()
          ? ""
          : fmt::format("<br><span class=\"id\">{}</span>", escape(data.tip_hash)),
      method_words(data.method).name);
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
  text += fmt::format("</dd><dt>Touched</dt><dd>{}, {}", counted(data.transactions, "transaction"),
                      data.on_coins ? counted(data.coins, "coin") : counted(data.coins, "balance"));
  if (data.addresses > 0) text += ", " + counted(data.addresses, "address", "addresses");
  return text +
         fmt::format("</dd><dt>Made by</dt><dd>{}</dd></dl>\n", outside(data.about.tool_version));
}

std::string rule_words(const ReportData& data) {
  if (data.ranges.empty()) {
    return "Another rule may place the same units elsewhere; tracing with --method all sets them "
           "side by side.";
  }
  return "Another rule may place the same units elsewhere; <a href=\"#range\">the range of the "
         "methods</a> shows by how much.";
}

}  // namespace

std::string books(const ReportData& data) {
  if (!data.conserves) {
    return "<h3>The books</h3><p class=\"note\">Poison has no amounts to balance: the same unit "
           "stands in many coins at once.</p>\n";
  }
  std::string text =
      fmt::format("<h3>The books, in {}</h3>\n<div class=\"books\">\n", escape(data.about.unit));
  Units sum;
  std::string_view sign;
  for (const KindSum& kind : kind_sums(data)) {
    text += fmt::format("{}<a href=\"#{}\">{}<b>{}</b></a>\n", sign, kind_anchor(data, kind.kind),
                        kind_title(kind.kind), grouped(kind.weight));
    sum += kind.weight;
    sign = "<i>+</i>";
  }
  if (sum == 0) text += "<span>Nothing<b>0</b></span>\n";
  Units due = data.effective + data.swapped_in;
  if (data.swapped_out > 0) {
    text += fmt::format("<i>+</i><a href=\"#swaps\">Exchanged away<b>{}</b></a>\n",
                        grouped(data.swapped_out));
    sum += data.swapped_out;
  }
  text += fmt::format("<i>=</i><a href=\"#seeds\">Stolen, counted<b>{}</b></a>\n",
                      grouped(data.effective));
  if (data.swapped_in > 0) {
    text +=
        fmt::format("<i>+</i><span>Got in exchange<b>{}</b></span>\n", grouped(data.swapped_in));
  }
  text += sum == due
              ? "<strong class=\"ok\">&#10003; They balance exactly.</strong>\n"
              : "<strong class=\"wrong\">&#10007; They do not balance: do not use this report."
                "</strong>\n";
  return text + "</div>\n";
}

std::string swap_section(const ReportData& data) {
  if (data.swaps.empty()) return "";
  std::string rows;
  for (const ReportSwap& swap : data.swaps) {
    rows += fmt::format(
        "<tr><td><span class=\"id\">{}</span><span class=\"addr id\">{}</span></td><td "
        "class=\"nb\">{}</td><td class=\"q\">{}</td><td class=\"q\">{}</td></tr>\n",
        escape(swap.id), escape(swap.account), utc_text(swap.time), escape(swap.paid),
        escape(swap.got));
  }
  if (data.swap_count > data.swaps.size()) {
    rows += fmt::format("<tr><td colspan=\"4\">and {}</td></tr>\n",
                        counted(data.swap_count - data.swaps.size(), "smaller exchange"));
  }
  return fmt::format(
      "<section id=\"swaps\" aria-label=\"Exchanges\"><h2>{} {} was exchanged for other "
      "assets</h2>\n<p class=\"lead\">Stolen units that an account paid, and what it got for them "
      "in "
      "the same transaction: the taint goes on in that.</p>\n<div "
      "class=\"scroll\"><table><thead><tr>"
      "<th>Transaction and account</th><th>Time (UTC)</th><th class=\"q\">Paid</th><th "
      "class=\"q\">Got</th></tr></thead><tbody>\n{}</tbody></table></div></section>\n",
      short_coins(data.swapped_out, data.about.decimals), outside(data.about.symbol), rows);
}

std::string method_section(const ReportData& data) {
  MethodWords words = method_words(data.method);
  return fmt::format(
             "<section id=\"method\" aria-label=\"Method\"><h2>How sure this is</h2>\n<div "
             "class=\"cols\"><div><span class=\"sure\">Fact</span><h3>The "
             "chain</h3><p>Transactions, "
             "amounts, addresses and block times are the chain\u2019s own, up to the tip named "
             "below. "
             "Anyone with a copy of the chain can check each line.{}</p></div>\n<div><span "
             "class=\"sure\">Rule</span><h3>Which units are the stolen ones</h3><p>Where stolen "
             "and "
             "other units meet in one transaction, the chain does not say which is which; a rule "
             "does. "
             "This report uses {}. {}</p><p>{}</p></div>\n<div><span class=\"sure\">From "
             "tags</span><h3>Whose address it is</h3><p>A service is named because a tag, or a "
             "list that was given, "
             "says so; its "
             "source stands with it and may be wrong. The report says what coins did. It names no "
             "person and says nothing of intent.</p></div></div>\n",
             data.mempool
                 ? " What is marked unconfirmed is not in it yet: it is the word of one node."
                 : "",
             words.name, words.rule, rule_words(data)) +
         books(data) + particulars(data) + "</section>\n";
}

std::string verify_section(const ReportData& data) {
  std::string text =
      "<section id=\"verify\" aria-label=\"Check it\"><h2>How to check this report</h2>\n<ol>\n";
  text += fmt::format("<li>Compare the tip: any {} of {} says which block {} has{}.</li>\n",
                      data.tip_hash.empty() ? "copy of the list" : "node or block explorer",
                      outside(data.chain), grouped(data.tip_height),
                      data.tip_hash.empty()
                          ? ""
                          : fmt::format(", and that its hash is <span class=\"id\">{}</span>",
                                        escape(data.tip_hash)));
  text +=
      "<li>Look up any transaction of the lists: amounts, addresses and times must be as they "
      "stand "
      "here.</li>\n";
  if (data.conserves) {
    text +=
        "<li>Add up: the entries of each list give its line, the lines give the books, the books "
        "give what was stolen, to the last unit.</li>\n";
  }
  if (!data.about.command.empty()) {
    text += fmt::format(
        "<li>Make it again. On any copy of the chain up to this tip, with the same tags{}, this "
        "gives the same bytes:<pre><code>{}</code></pre></li>\n",
        data.mempool ? " and the same mempool file" : "", escape(data.about.command));
  }
  if (data.mempool) return text + "</ol></section>\n";
  text += fmt::format(
      "<li>Ask for the evidence, which takes no ledger and no trust to check. Whoever made this "
      "report makes it of the incident\u2019s file:<pre><code>tracehound incident evidence "
      "INCIDENT.yaml --out bundle{}</code></pre>You check it, and run the trace again from it, by "
      "either of two programs that share no code:<pre><code>tracehound verify bundle\n"
      "python3 docs/{} bundle</code></pre>{}</li>\n",
      data.on_coins ? " --blocks BLOCKS" : "", data.on_coins ? "verify.py" : "verify_accounts.py",
      data.on_coins ? "It proves every transaction from the block headers."
                    : "The data of such a ledger hold no proofs: it shows what follows from these "
                      "transfers, not that they happened.");
  return text + "</ol></section>\n";
}

}  // namespace tracehound::incidents
