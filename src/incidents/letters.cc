#include "incidents/letters.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "incidents/report_text.h"
#include "trace/notation.h"

namespace tracehound::incidents {

using trace::DestinationKind;

const std::string_view kLetterTemplate = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Request to hold stolen funds: {{service}}</title>
<style>
body { margin: 3rem auto; max-width: 50rem; padding: 0 1rem; font: 11pt/1.5 serif; color: #111;
  overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font: 8.5pt/1.4 sans-serif; }
th { text-align: left; font-weight: normal; color: #555; border-bottom: 1px solid #555; }
td { vertical-align: top; border-bottom: 1px solid #ddd; padding: .25rem .6rem .25rem 0; }
tr { break-inside: avoid; }
.id { font: 7.5pt/1.4 monospace; overflow-wrap: anywhere; } .q { text-align: right; }
@page { margin: 18mm 16mm;
  @bottom-right { content: counter(page) " / " counter(pages); font: 9pt sans-serif; } }
</style></head><body>
<p>To: {{service}}, compliance</p>
<h1>Request to hold stolen funds</h1>
<p>Funds stolen in {{incident}} have reached addresses that are attributed to {{service}}
({{category}}; source of that attribution: {{tag}}). We ask you to hold {{total}}, which came in
{{count}}, and to tell us which of these addresses are yours.</p>
{{deposits}}
<p>How this was found: the stolen coins were followed over {{chain}} by the rule {{method}}, up to
{{tip}}, {{date}}. Each line can be looked up on the chain. The rule is a convention about which
units of a mixed transaction are the stolen ones; it says what coins did and names nobody.</p>
<p>{{program}}</p>
</body></html>
)";

std::vector<ServiceDeposits> service_deposits(const trace::Trace& trace, const ReportLookup& lookup,
                                              const ReportAbout& about) {
  trace::Notation notation(trace, lookup.creator);
  auto amount_text = [&](Amount amount) {
    return fmt::format("{} {}", coins_text(amount, about.decimals), about.symbol);
  };
  std::vector<ServiceDeposits> services;
  for (const trace::Destination& destination : trace.destinations) {
    if (destination.kind != DestinationKind::service || !destination.service) continue;
    if (destination.coins.empty()) continue;
    const trace::Service& service = trace.services.at(*destination.service);
    ServiceDeposits to{service.name, service.category, {}, amount_text(destination.amount), {}};
    if (*destination.service < about.service_notes.size()) {
      to.note = about.service_notes[*destination.service];
    }
    for (const trace::Landing& landing : destination.coins) {
      TxId creator = lookup.creator(landing.coin);
      auto outpoint = lookup.outpoint(landing.coin);
      bool confirmed = !(lookup.first_seen && lookup.first_seen(creator));
      to.deposits.push_back({fmt::format("{}:{}", outpoint.txid.text(), outpoint.index),
                             lookup.address_text(lookup.address(landing.coin)), confirmed,
                             lookup.height(creator).number(), lookup.time_of(creator),
                             amount_text(landing.amount),
                             notation.text(landing.label, landing.hops)});
    }
    services.push_back(std::move(to));
  }
  return services;
}

LetterAbout letter_about(const trace::Trace& trace, const ReportLookup& lookup,
                         const ReportAbout& about) {
  BlockHeight tip = trace.as_of.value_or(lookup.tip_height);
  Hash256 hash = trace.as_of ? lookup.block_hash(tip) : lookup.tip_hash;
  return {about.title,
          lookup.chain,
          fmt::format("block {} ({})", tip.number(), hash.text()),
          utc_text(lookup.time(tip)) + " UTC",
          std::string(name_of(trace.method)),
          about.tool_version};
}

namespace {

std::string block_text(const Deposit& deposit) {
  return deposit.confirmed ? std::to_string(deposit.height) : "unconfirmed";
}

std::string html_table(const ServiceDeposits& service) {
  std::string table =
      "<table><thead><tr><th>Coin (txid:output) and address</th><th>Block</th><th>Time "
      "(UTC)</th><th class=\"q\">Amount</th></tr></thead><tbody>\n";
  for (const Deposit& deposit : service.deposits) {
    table += fmt::format(
        "<tr><td><span class=\"id\">{}<br>{}</span>{}</td><td>{}</td><td>{}</td><td "
        "class=\"q\">{}</td></tr>\n",
        escape(deposit.id), escape(deposit.address),
        deposit.notation.empty() ? "" : "<br>" + escape(deposit.notation), block_text(deposit),
        utc_text(deposit.time), escape(deposit.amount));
  }
  return table + "</tbody></table>";
}

std::string plain_table(const ServiceDeposits& service) {
  std::vector<std::vector<std::string>> rows = {
      {"time (UTC)", "block", "amount", "coin", "address", "notation"}};
  for (const Deposit& deposit : service.deposits) {
    rows.push_back({utc_text(deposit.time), block_text(deposit), clean(deposit.amount),
                    clean(deposit.id), clean(deposit.address), clean(deposit.notation)});
  }
  return table_text(rows, {false, true, true, false, false, false});
}

// What the field `name` of one service's letter says; nothing for a field that there is not.
std::optional<std::string> field(std::string_view name, const ServiceDeposits& service,
                                 const LetterAbout& about, bool html) {
  auto text = [html](std::string_view outside) { return html ? escape(outside) : clean(outside); };
  if (name == "service") return text(service.name);
  if (name == "category") return text(service.category.empty() ? "service" : service.category);
  if (name == "incident") return text(about.incident);
  if (name == "chain") return text(about.chain);
  if (name == "tip") return text(about.tip);
  if (name == "date") return text(about.date);
  if (name == "method") return text(about.method);
  if (name == "total") return text(service.total);
  if (name == "count") return text(plural(service.deposits.size(), "deposit"));
  if (name == "deposits") return html ? html_table(service) : plain_table(service);
  if (name == "tag") return text(service.note.source.empty() ? "a tag" : service.note.source);
  if (name == "program") return text(about.program);
  return std::nullopt;
}

Result<std::string> filled(std::string_view pattern, const ServiceDeposits& service,
                           const LetterAbout& about, bool html) {
  std::string text;
  for (;;) {
    std::size_t open = pattern.find("{{");
    if (open == std::string_view::npos) return text + std::string(pattern);
    text += pattern.substr(0, open);
    pattern.remove_prefix(open + 2);
    std::size_t close = pattern.find("}}");
    if (close == std::string_view::npos) {
      return bad_input("the letter's template has a {{ without its }}; close it there");
    }
    std::string_view name = pattern.substr(0, close);
    auto value = field(name, service, about, html);
    if (!value) {
      return bad_input(fmt::format(
          "the letter's template has the field {{{{{}}}}}, which there is not; there are service, "
          "category, incident, chain, tip, date, method, total, count, deposits, tag and program",
          name.substr(0, 40)));
    }
    text += *value;
    pattern.remove_prefix(close + 2);
  }
}

// "Kraken / EU" as "kraken-eu-1f0c52aa".
std::string file_stem(const ServiceDeposits& service) {
  constexpr std::size_t kLongest = 40;
  std::string stem;
  for (char c : service.name) {
    bool capital = c >= 'A' && c <= 'Z';
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (capital || plain) {
      stem += capital ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!stem.empty() && stem.back() != '-') {
      stem += '-';
    }
    if (stem.size() == kLongest) break;
  }
  if (!stem.empty() && stem.back() != '-') stem += '-';
  std::string key = fmt::format("{}\n{}\n{}", service.name.size(), service.name, service.category);
  return stem + thread_hasher().sha256(as_bytes(key)).text().substr(0, 8);
}

}  // namespace

Result<std::vector<Letter>> freeze_letters(std::span<const ServiceDeposits> services,
                                           const LetterAbout& about, std::string_view pattern) {
  std::size_t first = pattern.find_first_not_of(" \t\r\n");
  bool html = first != std::string_view::npos && pattern[first] == '<';
  TRY(filled(pattern, {}, about, html));  // a template that is wrong is so without a service too
  std::vector<Letter> letters;
  for (const ServiceDeposits& service : services) {
    TRY_ASSIGN(std::string text, filled(pattern, service, about, html));
    letters.push_back({file_stem(service) + (html ? ".html" : ".txt"), std::move(text)});
  }
  return letters;
}

}  // namespace tracehound::incidents
