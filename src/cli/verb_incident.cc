// incident check|list|show|stats|link|evidence: files of thefts, and the registry of them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "cli/verb_incident.h"
#include "incidents/countries.h"
#include "incidents/incident_check.h"
#include "incidents/registry.h"
#include "incidents/stats.h"
#include "incidents/vocabulary.h"

namespace tracehound::cli {

namespace {

using incidents::DollarLoss;
using incidents::Incident;
using incidents::Problem;
using incidents::Problems;
using incidents::RegistryEntry;
using incidents::Words;

// ---- check --------------------------------------------------------------------------------------

struct CheckOptions {
  std::vector<std::string> files;
  bool strict = false;
  std::string json;
};

// What is wrong with one file; one that cannot be read to its end has that as its last problem.
struct CheckedFile {
  std::string file;
  Problems problems;
  std::string broken;  // "FILE:LINE: ...", of what is no YAML
};

Result<CheckedFile> check_file(Context& context, const std::string& file) {
  Bytes bytes;
  std::string name = file == "-" ? "standard input" : file;
  if (file == "-") {
    TRY_ASSIGN(std::string text, read_input(context, file));
    bytes.assign(text.begin(), text.end());
  } else {
    TRY(check_file_name(file));
    TRY_ASSIGN(bytes, incidents::read_incident_bytes(context.files, file));
  }
  CheckedFile checked{.file = name, .problems = {}, .broken = {}};
  auto read = incidents::read_incident(bytes, name);
  if (!read) {
    checked.broken = read.error().message;
    ++checked.problems.count;
    return checked;
  }
  checked.problems = std::move(read->problems);
  incidents::check_incident(read->incident, checked.problems);
  return checked;
}

std::string check_text(const CheckedFile& checked) {
  std::string text;
  for (const Problem& problem : checked.problems.kept) {
    text += fmt::format("{}:{}: {}{}\n", checked.file, problem.line,
                        problem.remark ? "remark: " : "", problem.text);
  }
  if (!checked.broken.empty()) text += checked.broken + "\n";
  std::uint64_t told = checked.problems.kept.size() + (checked.broken.empty() ? 0 : 1);
  std::uint64_t all = checked.problems.count + checked.problems.remarks;
  if (all > told) text += fmt::format("{}: {} more like these\n", checked.file, all - told);
  return text;
}

void check_json(const CheckedFile& checked, JsonWriter& json) {
  json.open_object().key("file").value(checked.file);
  json.key("problems").value(checked.problems.count);
  json.key("remarks").value(checked.problems.remarks).key("found").open_list();
  for (const Problem& problem : checked.problems.kept) {
    json.open_object().key("line").value(problem.line);
    json.key("remark").value(problem.remark).key("text").value(problem.text).close_object();
  }
  if (!checked.broken.empty()) {
    json.open_object().key("line").null().key("remark").value(false);
    json.key("text").value(checked.broken).close_object();
  }
  json.close_list().close_object();
}

Status run_check(Context& context, const CheckOptions& options) {
  std::string text;
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.incident-check/1").key("files").open_list();
  std::uint64_t problems = 0, remarks = 0, files = 0;
  for (const std::string& file : options.files) {
    TRY_ASSIGN(CheckedFile checked, check_file(context, file));
    text += check_text(checked);
    check_json(checked, json);
    problems += checked.problems.count;
    remarks += checked.problems.remarks;
    bool bad = checked.problems.count > 0 || (options.strict && checked.problems.remarks > 0);
    files += bad ? 1 : 0;
  }
  json.close_list().close_object();
  if (!options.json.empty()) {
    TRY(write_output(context, options.json, json.take()));
  } else if (!text.empty()) {
    TRY(print(text));
  }
  if (files == 0) {
    say(context, fmt::format("{}: nothing wrong{}", plural(options.files.size(), "file"),
                             remarks > 0 ? fmt::format(", {}", plural(remarks, "remark")) : ""));
    return {};
  }
  std::uint64_t counted = problems + (options.strict ? remarks : 0);
  return fail(ErrorKind::no,
              fmt::format("{} in {} of {}; mend the lines named above", plural(counted, "problem"),
                          files, plural(options.files.size(), "file")));
}

// ---- list ---------------------------------------------------------------------------------------

struct ListOptions {
  std::string registry = kRegistryFolder;
  std::string country, kind, year, attributed, json;
};

constexpr std::string_view kUnknown = "unknown";

// Of "" all; victims of whom nothing is said are unknown.
bool has_victim(const Incident& incident, Words incidents::Victim::* field,
                const std::string& text) {
  const auto& victims = incident.victims.entries;
  if (text.empty() || (text == kUnknown && victims.empty())) return true;
  return std::ranges::any_of(victims, [&](const incidents::Victim& victim) {
    const std::string& word = (victim.*field).text;
    return word == text || (word.empty() && text == kUnknown);
  });
}

// Makes the country capitals. Errors (usage): a word that no incident could have.
Status check_filters(ListOptions& options, const incidents::Registry& registry) {
  std::set<std::string> years, countries;
  for (const RegistryEntry& entry : registry.incidents) {
    const Words& date = entry.incident.date;
    if (incidents::parse_date(date.text)) years.insert(date.text.substr(0, 4));
    for (const incidents::Victim& victim : entry.incident.victims.entries) {
      if (victim.country.known()) countries.insert(victim.country.text);
    }
  }
  auto usage = [](std::string_view option, const std::string& word, std::string_view what,
                  const auto& known) {
    return fail(ErrorKind::usage,
                fmt::format("{} {}: {} {}", option, word, what, fmt::join(known, ", ")));
  };
  if (!options.year.empty() && (options.year.size() != 4 || !incidents::parse_date(options.year))) {
    return usage("--year", options.year, "no year; the registry has thefts of", years);
  }
  auto kinds = incidents::victim_kinds();
  if (!options.kind.empty() && options.kind != kUnknown &&
      std::ranges::find(kinds, options.kind) == kinds.end()) {
    return usage("--kind", options.kind, "no kind of victim; write one of", kinds);
  }
  if (options.country.empty() || options.country == kUnknown) return {};
  std::string asked = options.country;
  for (char& letter : options.country) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 32);
  }
  if (incidents::find_country(options.country) != nullptr) return {};
  return usage("--country", asked, "no code of a country (ISO 3166-1); the registry has victims in",
               countries);
}

bool is_asked_for(const Incident& incident, const ListOptions& options) {
  if (!options.year.empty() && !incident.date.text.starts_with(options.year)) return false;
  if (!options.attributed.empty() && !incidents::is_attributed_like(incident, options.attributed)) {
    return false;
  }
  return has_victim(incident, &incidents::Victim::country, options.country) &&
         has_victim(incident, &incidents::Victim::kind, options.kind);
}

// The victims' word of a field, each once, in the order of the file.
std::string of_victims(const Incident& incident, Words incidents::Victim::* field) {
  std::vector<std::string> words;
  for (const incidents::Victim& victim : incident.victims.entries) {
    const std::string& word = (victim.*field).text;
    if (!word.empty() && std::ranges::find(words, word) == words.end()) words.push_back(word);
  }
  return words.empty() ? "unknown" : fmt::format("{}", fmt::join(words, ", "));
}

void entry_json(const RegistryEntry& entry, JsonWriter& json) {
  const Incident& incident = entry.incident;
  DollarLoss loss = incidents::dollar_loss(incident);
  json.open_object().key("id").value(entry.id).key("name").value(incident.name);
  json.key("date").value(incident.date.given() ? incident.date.text : "unknown");
  json.key("victims").open_list();
  for (const incidents::Victim& victim : incident.victims.entries) {
    json.open_object().key("name").value(victim.name.text);
    json.key("kind").value(victim.kind.text);
    json.key("country").value(victim.country.text).close_object();
  }
  json.close_list().key("usd").open_object().key("least");
  if (loss.known) json.amount(loss.least).key("most").amount(loss.most);
  if (!loss.known) json.null().key("most").null();
  json.close_object().key("attributed_to").open_list();
  for (const std::string& name : incidents::attributed_to(incident)) json.value(name);
  json.close_list().key("seeds").value(incident.seeds.size());
  json.key("published").value(incident.published.entries.size()).close_object();
}

Status run_list(Context& context, ListOptions options) {
  TRY_ASSIGN(auto registry, incidents::read_registry(context.files, options.registry));
  TRY(check_filters(options, registry));
  std::vector<std::vector<std::string>> rows = {
      {"id", "date", "country", "kind", "US dollars", "addresses", "attributed to"}};
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.incident-list/1");
  json.key("incidents").open_list();
  for (const RegistryEntry& entry : registry.incidents) {
    const Incident& incident = entry.incident;
    if (!is_asked_for(incident, options)) continue;
    entry_json(entry, json);
    rows.push_back({entry.id, incident.date.given() ? incident.date.text : "unknown",
                    of_victims(incident, &incidents::Victim::country),
                    of_victims(incident, &incidents::Victim::kind),
                    incidents::dollars_text(incidents::dollar_loss(incident)),
                    fmt::format("{}", incident.published.entries.size()),
                    fmt::format("{}", fmt::join(incidents::attributed_to(incident), ", "))});
  }
  json.close_list().close_object();
  if (!options.json.empty()) return write_output(context, options.json, json.take());
  if (rows.size() == 1) {
    return fail(ErrorKind::no,
                fmt::format("no incident in {} is like that; see `tracehound incident list` "
                            "without options",
                            options.registry));
  }
  return print(table_text(rows, {false, false, false, false, true, true, false}) +
               fmt::format("{}\n", plural(rows.size() - 1, "incident")));
}

}  // namespace

void add_registry_option(CLI::App& command, std::string& folder) {
  command.add_option("--registry", folder, "the folder of incident files")
      ->envname("TRACEHOUND_INCIDENTS")
      ->type_name("DIR")
      ->capture_default_str();
  // Without a ledger, so without add_common().
}

void add_incident_check(CLI::App& group, Context& context) {
  CLI::App* command = group.add_subcommand("check", "say what is wrong with incident files");
  auto options = std::make_shared<CheckOptions>();
  command->add_option("FILE", options->files, "incident files; - is standard input")->required();
  command->add_flag("--strict", options->strict, "what a file leaves unsaid is wrong too");
  command->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  command->add_flag("--quiet", context.quiet, "no progress, no remarks");
  add_example(*command, "tracehound incident check --strict data/incidents/*.yaml");
  command->callback([&context, options] {
    context.work = [&context, options] { return run_check(context, *options); };
  });
}

void add_incident_list(CLI::App& group, Context& context) {
  CLI::App* command = group.add_subcommand("list", "the incidents of the registry");
  auto options = std::make_shared<ListOptions>();
  command->add_option("--country", options->country, "of a victim: two letters (ISO 3166-1)")
      ->type_name("CODE");
  command->add_option("--kind", options->kind, "of a victim, such as exchange or 'bank switch'")
      ->type_name("KIND");
  command->add_option("--year", options->year, "of the theft")->type_name("YYYY");
  command
      ->add_option("--attributed-to", options->attributed,
                   "part of whom somebody is quoted as naming, such as 'korea'")
      ->type_name("NAME");
  command->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_registry_option(*command, options->registry);
  add_example(*command, "tracehound incident list --country KR --year 2017");
  command->callback([&context, options] {
    context.work = [&context, options] { return run_list(context, *options); };
  });
}

void add_incident(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("incident", "thefts as files, and the registry of them");
  group->require_subcommand(1);
  add_example(*group,
              "tracehound incident list --country KR\n"
              "  tracehound incident check theft.yaml\n"
              "  tracehound incident link theft.yaml other.yaml --ledger L");
  add_incident_check(*group, context);
  add_incident_list(*group, context);
  add_incident_show(*group, context);
  add_incident_stats(*group, context);
  add_incident_link(*group, context);
  add_incident_evidence(*group, context);
}

}  // namespace tracehound::cli
