// What a trace is asked about: seeds from the command line, standard input or an incident file.
#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "chains/bitcoin/address.h"
#include "cli/verb_trace.h"
#include "incidents/incident_seeds.h"

namespace tracehound::cli::tracing {

namespace {

// Labels by name, numbered in the order in which they are first asked for.
class Labels {
 public:
  Label of(const std::string& name) {
    auto next = Label(static_cast<std::uint32_t>(names_.size() + 1));
    auto [entry, fresh] = numbers_.try_emplace(name, next);
    if (fresh) names_.push_back(name);
    return entry->second;
  }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  std::map<std::string, Label> numbers_;
  std::vector<std::string> names_;
};

// A trace that is to end at an address nobody used, or begin there, is a slip.
std::string span_words(const trace::Received& when) {
  auto words = [](const trace::Moment& moment) {
    return moment.height ? fmt::format("height {}", *moment.height)
                         : fmt::format("{} UTC", utc_text(*moment.time));
  };
  std::string text;
  if (when.since) text += fmt::format(" since {}", words(*when.since));
  if (when.until) text += fmt::format(" until {}", words(*when.until));
  return text;
}

Result<std::vector<trace::Seed>> address_seeds(const OpenLedger& open, const std::string& text,
                                               const trace::Received& when) {
  TRY_ASSIGN(AddressId address, find_address(open, text));
  auto seeds = trace::seeds_of_address(open.ledger, address, when);
  if (!seeds.empty()) return seeds;
  return bad_input(
      fmt::format("{} received no coin{}; widen the span, or see `tracehound show "
                  "address {}`",
                  text, span_words(when), text));
}

// ---- the command line ---------------------------------------------------------------------------

Result<Case> resolve_asked(const Question& question, const Options& options,
                           const OpenLedger& open) {
  trace::Received when;
  if (!options.received_since.empty()) {
    TRY_ASSIGN(when.since,
               moment_of("--received-since", options.received_since, trace::SpanEnd::first));
  }
  if (!options.received_until.empty()) {
    TRY_ASSIGN(when.until,
               moment_of("--received-until", options.received_until, trace::SpanEnd::last));
  }
  const auto& asked = question.seeds;
  Case found;
  found.name = asked.size() == 1 ? asked.front().text : plural(asked.size(), "seed");
  Labels labels;
  for (const SeedAsk& ask : asked) {
    Label label = labels.of(ask.label.empty() ? found.name : ask.label);
    if (ask.kind == SeedKind::received) {
      TRY_ASSIGN(auto seeds, address_seeds(open, ask.text, when));
      for (trace::Seed& seed : seeds) seed.label = label;
      found.seeds.insert(found.seeds.end(), seeds.begin(), seeds.end());
    } else {
      TRY_ASSIGN(trace::Seed seed, trace::resolve_seed(open.ledger, ask.text, label));
      found.seeds.push_back(seed);
    }
  }
  found.labels = labels.take();
  TRY(trace::check_seeds(open.ledger, found.seeds));
  return found;
}

// ---- incident files -----------------------------------------------------------------------------

Result<Case> resolve_incident(const incidents::Incident& incident, const Options& options,
                              const OpenLedger& open) {
  auto by =
      options.label_by == "incident" ? incidents::LabelOf::incident : incidents::LabelOf::victim;
  TRY_ASSIGN(auto seeds, incidents::find_seeds(open.ledger, incident, options.incident, by));
  if (options.label_by == "transaction") incidents::label_by_transaction(open.ledger, seeds);
  Case found{incident.name, std::move(seeds.seeds), std::move(seeds.labels), {}};
  for (const std::string& clause : incidents::clauses(seeds.left_out)) {
    found.remarks.push_back(fmt::format("{}: {}", options.incident, clause));
  }
  return found;
}

}  // namespace

Result<Question> read_question(Context& context, const Options& options) {
  Question question;
  if (!options.incident.empty()) {
    TRY_ASSIGN(std::string text, read_input(context, options.incident));
    TRY_ASSIGN(question.incident, incidents::parse_incident(as_bytes(text), options.incident));
    return question;
  }
  for (const SeedAsk& ask : options.seeds) {
    if (ask.text != "-") {
      question.seeds.push_back(ask);
      continue;
    }
    TRY_ASSIGN(auto lines, with_stdin({ask.text}));
    for (std::string& line : lines) {
      question.seeds.push_back({std::move(line), ask.kind, ask.label});
    }
  }
  return question;
}

Result<Case> resolve(const Question& question, const Options& options, const OpenLedger& open) {
  return question.incident ? resolve_incident(*question.incident, options, open)
                           : resolve_asked(question, options, open);
}

Result<AddressId> find_address(const OpenLedger& open, std::string_view text) {
  TRY_ASSIGN(auto parsed, chains::bitcoin::parse_address(open.network, text));
  auto found = open.ledger.find_address(parsed.kind, parsed.payload);
  if (found) return *found;
  return bad_input(
      fmt::format("the address {} was never seen up to the ledger's tip at height {}; "
                  "check it or ingest further",
                  text, open.ledger.tip().number()));
}

Result<trace::Moment> moment_of(std::string_view option, const std::string& text,
                                trace::SpanEnd end) {
  auto moment = trace::parse_moment(text, end);
  if (moment) return *moment;
  return fail(ErrorKind::usage,
              fmt::format("{}: '{}' is neither a height nor a time as 2024-03-14 or "
                          "2024-03-14T09:26:53Z",
                          option, text));
}

}  // namespace tracehound::cli::tracing
