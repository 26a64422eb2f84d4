// trace: the main job. Seeds in; where every stolen unit stands out.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <span>

#include "base/text.h"
#include "chains/bitcoin/address.h"
#include "cli/verb.h"
#include "incidents/incident.h"
#include "incidents/report.h"
#include "tags/services.h"
#include "tags/store.h"
#include "trace/trace.h"
#include "trace/write.h"

namespace tracehound::cli {

namespace {

struct Options {
  std::vector<std::string> from;
  std::string incident;
  std::string method = "fifo";
  std::string fees = "sink";
  std::string json;
  std::string csv;
  std::string html;
  bool unconfirmed = false;
};

// What was asked about, as it was given: standard input is read once, whatever comes.
struct Question {
  std::vector<std::string> from;
  std::optional<incidents::Incident> incident;
};

// What is to be traced, and under which name.
struct Case {
  std::string name;
  std::vector<trace::Seed> seeds;
};

// As trace::check_seeds, at the line of the first seed that does not go with those before it.
Status check_case(const ledger::Ledger& ledger, const std::string& file,
                  const incidents::Incident& incident, std::span<const trace::Seed> seeds) {
  if (trace::check_seeds(ledger, seeds)) return {};
  auto counts = std::views::iota(std::size_t{1}, seeds.size());
  auto good = [&](std::size_t count) {
    return trace::check_seeds(ledger, seeds.first(count)).has_value();
  };
  std::size_t bad = *std::ranges::partition_point(counts, good);
  return bad_input(fmt::format("{}:{}: {}", file, incident.seeds[bad - 1].line,
                               trace::check_seeds(ledger, seeds.first(bad)).error().message));
}

Result<Question> read_question(Context& context, const Options& options) {
  Question question;
  if (options.incident.empty()) {
    TRY_ASSIGN(question.from, with_stdin(options.from));
    return question;
  }
  TRY_ASSIGN(std::string text, read_input(context, options.incident));
  TRY_ASSIGN(question.incident, incidents::parse_incident(as_bytes(text), options.incident));
  return question;
}

Result<Case> resolve(const Question& question, const Options& options,
                     const ledger::Ledger& ledger) {
  Case found;
  if (!question.incident) {
    const auto& texts = question.from;
    TRY_ASSIGN(found.seeds, trace::resolve_seeds(ledger, texts));
    found.name = texts.size() == 1 ? texts.front() : plural(texts.size(), "seed");
    return found;
  }
  const incidents::Incident& incident = *question.incident;
  if (!incident.chain.empty() && incident.chain != ledger.chain()) {
    return bad_input(fmt::format("{} is about {}, the ledger holds {}; name another --ledger",
                                 options.incident, incident.chain, ledger.chain()));
  }
  found.name = incident.name;
  for (const auto& line : incident.seeds) {
    auto seed = trace::resolve_seed(ledger, line.coin);
    if (!seed) {
      return bad_input(fmt::format("{}:{}: {}", options.incident, line.line, seed.error().message));
    }
    if (line.amount && *line.amount != seed->claimed()) {
      return bad_input(fmt::format(
          "{}:{}: the amount {} is not that of {}, which is {}; name a part as TXID:VOUT[a,b)",
          options.incident, line.line, *line.amount, line.coin, seed->claimed()));
    }
    found.seeds.push_back(*seed);
  }
  TRY(check_case(ledger, options.incident, incident, found.seeds));
  return found;
}

// Whom the tags name, as the trace and the report need it.
struct KnownServices {
  trace::Stops stops;
  std::vector<incidents::ServiceNote> notes;  // one per stops.services()
};

Result<KnownServices> know_services(const OpenLedger& open) {
  TRY_ASSIGN(auto store, tags::TagStore::open_to_read(open.ledger.folder()));
  TRY_ASSIGN(auto tagged, tags::service_addresses(store, open.ledger.chain()));
  std::vector<trace::Service> services;
  std::vector<trace::ServiceAddress> addresses;
  std::vector<incidents::ServiceNote> notes;
  for (const tags::ServiceAddress& entry : tagged) {
    auto parsed = chains::bitcoin::parse_address(open.network, entry.address);
    if (!parsed) continue;  // a tag on something that is no address of this chain
    auto address = open.ledger.find_address(parsed->kind, parsed->payload);
    if (!address) continue;
    addresses.push_back({*address, static_cast<std::uint32_t>(services.size())});
    services.push_back({entry.service.name, entry.service.category});
    notes.push_back({entry.service.source, std::string(entry.service.confidence.id)});
  }
  KnownServices known;
  known.stops = trace::Stops(services, addresses);
  // Stops keeps each service once; its note is the one of its first address.
  for (const trace::Service& kept : known.stops.services()) {
    auto same = [&](const trace::Service& one) {
      return one.name == kept.name && one.category == kept.category;
    };
    auto at = std::find_if(services.begin(), services.end(), same) - services.begin();
    known.notes.push_back(notes[static_cast<std::size_t>(at)]);
  }
  return known;
}

std::string destination_name(const trace::Trace& trace, const trace::Destination& destination) {
  if (!destination.service) return std::string(trace::name_of(destination.kind));
  const trace::Service& service = trace.services[*destination.service];
  return fmt::format("{} ({})", service.name, service.category);
}

std::uint64_t unconfirmed_coins(const trace::Destination& destination,
                                const ledger::Ledger& ledger) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      destination.coins,
      [&](const trace::Landing& landing) { return ledger.is_unconfirmed(landing.coin); }));
}

// What the table rests on besides blocks; nothing without --unconfirmed.
std::string unconfirmed_words(const trace::Trace& trace, const OpenLedger& open) {
  if (!open.ledger.unconfirmed()) return "";
  auto coins = [&](Amount amount) {
    return fmt::format("{} {}", coins_text(amount, kDecimals), open.symbol());
  };
  const trace::UnconfirmedPart& part = trace.unconfirmed;
  std::string text = fmt::format("unconfirmed   {} of these", plural(part.coins, "coin"));
  if (trace.conserves) {
    text += fmt::format(" with {}, and {} of the fees", coins(part.amount), coins(part.fees));
  }
  text += ": no block holds them yet, and they may never be confirmed\n";
  return text + mempool_line(open.ledger);
}

std::string as_table(const trace::Trace& trace, const OpenLedger& open, const Case& what) {
  std::string text = fmt::format(
      "{}\nmethod {}, chain {}, tip {} at height {}\n", what.name, trace::name_of(trace.method),
      open.ledger.chain(), open.ledger.manifest().tip_hash.text(), open.ledger.tip().number());
  auto coins = [&](Amount amount) { return coins_text(amount, kDecimals); };
  std::string symbol(open.symbol());
  text += fmt::format("stolen {} {} in {}", coins(trace.effective), symbol,
                      plural(trace.seed_coins(), "coin"));
  if (trace.claimed != trace.effective) {
    text += fmt::format(" (claimed {} {})", coins(trace.claimed), symbol);
  }
  text += fmt::format("; {} touched\n\n", plural(trace.transactions_touched, "transaction"));

  const ledger::Ledger& ledger = open.ledger;
  std::vector<std::vector<std::string>> rows = {{"where", symbol, "share", "coins"}};
  std::vector<const trace::Destination*> order;
  for (const auto& destination : trace.destinations) order.push_back(&destination);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return a->amount > b->amount; });
  for (const trace::Destination* destination : order) {
    bool fees = destination->kind == trace::DestinationKind::fees;
    rows.push_back({destination_name(trace, *destination),
                    trace.conserves ? coins(destination->amount) : "-",
                    trace.conserves ? percent_text(destination->amount, trace.effective) : "-",
                    fees ? "" : fmt::format("{}", destination->coins.size())});
    if (!ledger.unconfirmed()) continue;
    rows.back().push_back(fees ? "" : fmt::format("{}", unconfirmed_coins(*destination, ledger)));
  }
  if (ledger.unconfirmed()) rows.front().push_back("unconfirmed");
  if (trace.conserves) {
    rows.push_back({"total", coins(trace.total), percent_text(trace.total, trace.effective), ""});
    if (ledger.unconfirmed()) rows.back().push_back("");
  }
  std::vector<bool> right(rows.front().size(), true);
  right.front() = false;
  text += table_text(rows, right);
  text += trace.conserves ? "the books balance: every unit stands in exactly one place\n"
                          : "poison has no sums: it tells which coins are reached, not how much\n";
  return text + unconfirmed_words(trace, open);
}

std::string as_report(const Context& context, const trace::Trace& trace, const OpenLedger& open,
                      const Case& what, const KnownServices& known, const Options& options) {
  incidents::ReportAbout about;
  about.title = what.name;
  about.symbol = open.symbol();
  about.decimals = kDecimals;
  about.tool_version = "tracehound " TRACEHOUND_VERSION;
  about.command = context.command_line;
  about.stops = {fmt::format("Coins of {} that tags in this ledger name.",
                             plural(known.stops.services().size(), "service")),
                 "Unspendable scripts (OP_RETURN)."};
  about.service_notes = known.notes;
  for (const std::string& file : {options.json, options.csv}) {
    if (!file.empty() && file != "-") about.files.push_back(file);
  }
  auto address_text = [&](AddressId address) { return open.address_text(address); };
  return incidents::html_report(
      incidents::make_report_data(trace, open.ledger, address_text, std::move(about)));
}

Result<Answer> follow_coins(Context& context, const Options& options, trace::MethodKind method,
                            const Question& question, const OpenLedger& open) {
  TRY_ASSIGN(Case what, resolve(question, options, open.ledger));
  TRY_ASSIGN(KnownServices known, know_services(open));
  trace::Options how;
  how.parcels = !options.html.empty();
  how.label_names = {what.name};
  TRY_ASSIGN(trace::Trace trace, trace::run(open.ledger, what.seeds, method, known.stops, how));

  Answer answer;
  auto address_text = [&](AddressId address) { return open.address_text(address); };
  if (!options.json.empty()) {
    answer.files.push_back({options.json, trace::to_json(trace, open.ledger, address_text)});
  }
  if (!options.csv.empty()) {
    answer.files.push_back({options.csv, trace::to_csv(trace, open.ledger, address_text)});
  }
  if (!options.html.empty()) {
    answer.files.push_back({options.html, as_report(context, trace, open, what, known, options)});
  }
  bool table = options.json != "-" && options.csv != "-" && options.html != "-";
  if (table) answer.text = as_table(trace, open, what);
  return answer;
}

Status run(Context& context, const Options& options) {
  auto method = trace::method_named(options.method);
  if (!method) {
    return fail(ErrorKind::usage,
                fmt::format("--method {}: there is none of that name; one of fifo, haircut, poison",
                            options.method));
  }
  if (options.from.empty() && options.incident.empty()) {
    return fail(ErrorKind::usage,
                "name the stolen coins with --from or --incident; see `tracehound trace --help`");
  }
  if ((options.json == "-") + (options.csv == "-") + (options.html == "-") > 1) {
    return fail(ErrorKind::usage,
                "--json, --csv and --html cannot all go to standard output; name files for the "
                "others");
  }
  TRY_ASSIGN(Question question, read_question(context, options));
  return answer(context, options.unconfirmed ? Rows::with_mempool : Rows::confirmed,
                [&](const OpenLedger& open) {
                  return follow_coins(context, options, *method, question, open);
                });
}

}  // namespace

void add_trace(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("trace", "follow stolen coins to where they are now");
  auto options = std::make_shared<Options>();
  auto* from = command->add_option("--from", options->from,
                                   "a stolen coin, or units a to b-1 of it as TXID:VOUT[a,b); - "
                                   "reads them from standard input");
  from->type_name("TXID:VOUT");
  auto* incident =
      command->add_option("--incident", options->incident,
                          "an incident file that names the stolen coins; - is standard input");
  incident->type_name("FILE");
  from->excludes(incident);
  command->add_option("--method", options->method, "fifo|haircut|poison")
      ->type_name("NAME")
      ->capture_default_str();
  command->add_option("--fees", options->fees, "sink: tainted fees end as fees")
      ->type_name("RULE")
      ->check(CLI::IsMember({"sink"}))
      ->capture_default_str();
  command->add_option("--json", options->json, "write the whole result as JSON")
      ->type_name("FILE|-");
  command->add_option("--csv", options->csv, "write one row per coin where taint rests")
      ->type_name("FILE|-");
  command->add_option("--html", options->html, "write the report, one self-contained page")
      ->type_name("FILE|-");
  add_unconfirmed_flag(*command, options->unconfirmed);
  add_common(*command, context);
  add_example(*command,
              "tracehound trace --from TXID:0 --from TXID:1 --method haircut --ledger L "
              "--html report.html");
  command->callback([&context, options] {
    context.work = [&context, options] { return run(context, *options); };
  });
}

}  // namespace tracehound::cli
