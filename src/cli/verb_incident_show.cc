// incident show: one theft as its file tells it.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/verb_incident.h"
#include "incidents/countries.h"
#include "incidents/incident_json.h"
#include "incidents/registry.h"
#include "incidents/vocabulary.h"

namespace tracehound::cli {

namespace {

using incidents::Incident;
using incidents::RegistryEntry;
using incidents::Words;

constexpr std::size_t kMostAddresses = 20;

struct ShowOptions {
  std::string registry = kRegistryFolder;
  std::string incident;
  std::string json;
  bool all = false;
};

// An incident's file, or one of the registry by its id.
Result<RegistryEntry> find(Context& context, const ShowOptions& options) {
  const std::string& name = options.incident;
  bool is_file = name == "-" || name.ends_with(".yaml") || name.find('/') != std::string::npos;
  if (!is_file) {
    TRY_ASSIGN(auto registry, incidents::read_registry(context.files, options.registry));
    const RegistryEntry* entry = incidents::find_incident(registry, name);
    if (entry == nullptr) {
      return fail(ErrorKind::no, fmt::format("{} has no incident {}; see `tracehound incident "
                                             "list`, or name a file",
                                             options.registry, name));
    }
    return *entry;
  }
  Bytes bytes;
  if (name == "-") {
    TRY_ASSIGN(std::string text, read_input(context, name));
    bytes.assign(text.begin(), text.end());
  } else {
    TRY(check_file_name(name));
    TRY_ASSIGN(bytes, incidents::read_incident_bytes(context.files, name));
  }
  TRY_ASSIGN(auto read, incidents::read_incident(bytes, name));
  if (read.problems.count > 0) {
    const incidents::Problem& first = read.problems.kept.front();
    return bad_input(fmt::format("{}:{}: {}", name, first.line, first.text));
  }
  return RegistryEntry{.id = "", .file = name, .incident = std::move(read.incident)};
}

std::string in_brackets(const std::vector<Words>& sources) {
  std::string text;
  for (const Words& source : sources) text += fmt::format(" [{}]", source.text);
  return text;
}

template <typename Entry>
std::string heading(std::string_view name, const incidents::Listed<Entry>& list) {
  if (!list.given()) return fmt::format("\n{}: the file does not say\n", name);
  return fmt::format("\n{}{}\n", name, list.unknown ? ": unknown" : "");
}

std::string victims_text(const Incident& incident) {
  std::string text = heading("victims", incident.victims);
  for (const incidents::Victim& victim : incident.victims.entries) {
    text += fmt::format("  {}", victim.name.text);
    if (victim.kind.given()) text += fmt::format(", {}", victim.kind.text);
    if (victim.country.given()) {
      text += fmt::format(", {}", incidents::country_name(victim.country.text));
    }
    text += victim.notes.given() ? fmt::format("; {}\n", victim.notes.text) : "\n";
  }
  return text;
}

std::string losses_text(const Incident& incident) {
  std::string text = heading("losses, as claimed", incident.losses);
  for (const incidents::Loss& loss : incident.losses.entries) {
    auto whole = incidents::parse_whole(loss.amount.text);
    text += fmt::format("  {} {}{} {}{}", loss.measure.given() ? loss.measure.text : "stolen",
                        loss.precision.given() ? loss.precision.text + " " : "",
                        whole ? grouped(*whole) : loss.amount.text, loss.currency.text,
                        in_brackets(loss.sources));
    text += loss.notes.given() ? fmt::format("; {}\n", loss.notes.text) : "\n";
  }
  return text;
}

std::string attributions_text(const Incident& incident) {
  std::string text = heading("who says who did it", incident.attributions);
  for (const incidents::Attribution& said : incident.attributions.entries) {
    text += fmt::format("  {}: {}", said.by.text, said.to.text);
    if (said.date.given()) text += fmt::format(", {}", said.date.text);
    text += in_brackets(said.sources) + "\n";
    if (said.quote.given()) text += fmt::format("    \"{}\"\n", said.quote.text);
    if (said.claim.given()) text += fmt::format("    {}\n", said.claim.text);
  }
  return text;
}

std::string places_text(const Incident& incident, bool all) {
  std::string text;
  if (incident.seeds_unknown) text += "\nseeds: unknown\n";
  std::vector<std::string> lines;
  for (const incidents::IncidentSeed& seed : incident.seeds) {
    std::string chain = seed.chain.given() ? seed.chain.text : incident.chain;
    lines.push_back(fmt::format("  seed       {:<14} {}", chain,
                                seed.coin.empty() ? seed.account().text : seed.coin));
    if (seed.sent_by.given()) lines.back() += ", what it sent";
    if (seed.asset.given()) lines.back() += fmt::format(", of {}", seed.asset.text);
    if (seed.since.given()) lines.back() += fmt::format(", since {}", seed.since.text);
    if (seed.until.given()) lines.back() += fmt::format(", until {}", seed.until.text);
    lines.back() += in_brackets(seed.sources);
  }
  for (const incidents::Published& entry : incident.published.entries) {
    std::string chain = entry.chain.given() ? entry.chain.text : incident.chain;
    lines.push_back(fmt::format(
        "  {:<10} {:<14} {}{}{}{}", entry.check.given() ? entry.check.text : "published", chain,
        entry.address.text, entry.transaction.text,
        entry.role.given() ? "  " + entry.role.text : "", in_brackets(entry.sources)));
  }
  if (lines.empty()) return text;
  text += "\naddresses and transactions\n";
  std::size_t shown = all ? lines.size() : std::min(lines.size(), kMostAddresses);
  for (std::size_t i = 0; i < shown; ++i) text += lines[i] + "\n";
  if (lines.size() > shown) {
    text += fmt::format("  and {} more; --all shows them\n", lines.size() - shown);
  }
  return text;
}

std::string sources_text(const Incident& incident) {
  std::string text = heading("sources", incident.sources);
  for (const incidents::Source& source : incident.sources.entries) {
    text += fmt::format("  [{}] {}", source.id.given() ? source.id.text : "-", source.title.text);
    for (const Words* words : {&source.by, &source.date, &source.part, &source.url}) {
      if (words->given()) text += fmt::format(", {}", words->text);
    }
    text += "\n";
  }
  return text;
}

std::string as_text(const RegistryEntry& entry, bool all) {
  const Incident& incident = entry.incident;
  std::string text = fmt::format("{}\n{}\ndate {}\n", incident.name, entry.file,
                                 incident.date.given() ? incident.date.text : "not said");
  if (incident.kind.given()) text += fmt::format("kind {}\n", incident.kind.text);
  text += victims_text(incident) + losses_text(incident) + attributions_text(incident);
  text += places_text(incident, all);
  text += sources_text(incident);
  if (incident.notes.given()) text += fmt::format("\n{}\n", incident.notes.text);
  return text;
}

Status run_show(Context& context, const ShowOptions& options) {
  TRY_ASSIGN(RegistryEntry entry, find(context, options));
  if (!options.json.empty())
    return write_output(context, options.json, incidents::incident_json(entry.id, entry.incident));
  return print(as_text(entry, options.all));
}

}  // namespace

void add_incident_show(CLI::App& group, Context& context) {
  CLI::App* command = group.add_subcommand("show", "one incident, as its file tells it");
  auto options = std::make_shared<ShowOptions>();
  command
      ->add_option("INCIDENT", options->incident,
                   "its id in the registry, or a file; - is standard input")
      ->required();
  command->add_flag("--all", options->all, "every address, however many");
  command->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_registry_option(*command, options->registry);
  add_example(*command, "tracehound incident show bithumb-2018-06");
  command->callback([&context, options] {
    context.work = [&context, options] { return run_show(context, *options); };
  });
}

}  // namespace tracehound::cli
