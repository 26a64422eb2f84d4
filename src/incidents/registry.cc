#include "incidents/registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "incidents/field_reader.h"
#include "incidents/vocabulary.h"
#include "tags/yaml_reader.h"

namespace tracehound::incidents {

namespace {

using tags::YamlEvent;
using tags::YamlReader;

constexpr std::string_view kExtension = ".yaml";
constexpr std::string_view kWhichFolder =
    "name the registry's folder with --registry or in $TRACEHOUND_INCIDENTS";
constexpr std::uint64_t kMostAttacks = 1'000'000'000;  // of a country, so that they can be summed

char small(char letter) { return letter >= 'A' && letter <= 'Z' ? char(letter + 32) : letter; }

std::unexpected<Error> first_problem(const std::string& file, const Problems& problems) {
  const Problem& first = problems.kept.front();
  return bad_input(fmt::format("{}:{}: {}", file, first.line, first.text));
}

// Of a file's name, or "" where it is no YAML file.
std::string id_of(const std::string& name) {
  if (!name.ends_with(kExtension) || name.size() == kExtension.size()) return "";
  return name.substr(0, name.size() - kExtension.size());
}

Status read_counts_field(FieldReader& in, const std::string& name, const YamlEvent& value,
                         Counts& counts) {
  if (name == "countries") {
    return in.list(value, name, counts.countries, [&](const YamlEvent& event) {
      Counts::PerCountry& one = counts.countries.entries.emplace_back();
      one.line = event.line;
      const Field fields[] = {{"country", &one.country}, {"attacks", &one.attacks}};
      return in.record(event, "a country's count", fields);
    });
  }
  if (name == "sources") {
    return in.list(value, name, counts.sources, [&](const YamlEvent& event) {
      Source& source = counts.sources.entries.emplace_back();
      source.line = event.line;
      const Field fields[] = {{"id", &source.id},     {"title", &source.title},
                              {"by", &source.by},     {"date", &source.date},
                              {"part", &source.part}, {"url", &source.url}};
      return in.record(event, "a source", fields);
    });
  }
  const Field fields[] = {{"name", &counts.name},
                          {"by", &counts.by},
                          {"from", &counts.from},
                          {"until", &counts.until},
                          {"to", &counts.to},
                          {"attacks", &counts.attacks},
                          {"loss", &counts.loss},
                          {"currency", &counts.currency},
                          {"precision", &counts.precision},
                          {"notes", &counts.notes}};
  return in.text(value, name, *std::ranges::find(fields, name, &Field::name)->words);
}

void check_counts(const Counts& counts, Problems& problems) {
  auto number = [&](const Words& words, std::uint32_t line, std::string_view field) {
    if (words.unknown() || parse_whole(words.text)) return;
    problems.add(words.given() ? words.line : line,
                 fmt::format("the field '{}' must be a whole number or unknown", field));
  };
  auto date = [&](const Words& words, std::string_view field) {
    if (!words.known() || parse_date(words.text)) return;
    problems.add(words.line, fmt::format("the field '{}' must be a date or unknown", field));
  };
  auto attacks = [&](const Words& words, std::uint32_t line) {
    number(words, line, "attacks");
    if (parse_whole(words.text).value_or(0) <= kMostAttacks) return;
    problems.add(words.line, fmt::format("{} attacks are more than can be", words.text));
  };
  attacks(counts.attacks, 1);
  number(counts.loss, 1, "loss");
  date(counts.from, "from");
  date(counts.until, "until");
  for (const Counts::PerCountry& one : counts.countries.entries) {
    attacks(one.attacks, one.line);
  }
  if (!counts.name.given()) problems.add(1, "these counts have no field 'name'");
  if (!counts.to.given()) problems.add(1, "these counts have no field 'to'");
}

Result<Counts> read_counts(ByteView bytes, const std::string& file) {
  constexpr std::string_view kFields[] = {"name",      "by",        "from",    "until",
                                          "to",        "attacks",   "loss",    "currency",
                                          "precision", "countries", "sources", "notes"};
  YamlReader yaml(bytes, file);
  Problems problems;
  FieldReader in(yaml, problems);
  Counts counts;
  counts.file = file;
  TRY_ASSIGN(YamlEvent opening, yaml.next());
  if (opening.kind != YamlEvent::Kind::map) {
    return yaml.fail_at(opening.line, "a file of counts is a map");
  }
  TRY(in.map("a file of counts", kFields, [&](const std::string& name, const YamlEvent& value) {
    return read_counts_field(in, name, value, counts);
  }));
  if (problems.count == 0) check_counts(counts, problems);
  if (problems.count > 0) return first_problem(file, problems);
  return counts;
}

Result<RegistryEntry> read_entry(FileSystem& files, const std::string& folder,
                                 const std::string& name) {
  RegistryEntry entry{.id = id_of(name), .file = folder + "/" + name, .incident = {}};
  TRY_ASSIGN(Bytes bytes, read_incident_bytes(files, entry.file));
  TRY_ASSIGN(ReadIncident read, read_incident(bytes, entry.file));
  if (read.problems.count > 0) return first_problem(entry.file, read.problems);
  entry.incident = std::move(read.incident);
  return entry;
}

}  // namespace

Result<Registry> read_registry(FileSystem& files, const std::string& folder) {
  Registry registry;
  auto names = files.list(folder);
  if (!names) return bad_input(fmt::format("{}; {}", names.error().message, kWhichFolder));
  for (const std::string& name : *names) {
    if (id_of(name).empty()) continue;
    TRY_ASSIGN(RegistryEntry entry, read_entry(files, folder, name));
    registry.incidents.push_back(std::move(entry));
  }
  if (registry.incidents.empty()) {
    return bad_input(fmt::format("{} holds no incident file (*.yaml); {}", folder, kWhichFolder));
  }
  // Dates are texts of falling size: "2018" before "2018-06". Letters come after digits, so
  // "unknown" is last.
  std::ranges::sort(registry.incidents, {}, [](const RegistryEntry& entry) {
    const Words& date = entry.incident.date;
    return std::pair(date.given() ? date.text : "unknown", entry.id);
  });
  std::string beside = folder + "/counts";
  if (!files.exists(beside)) return registry;
  TRY_ASSIGN(std::vector<std::string> counts, files.list(beside));
  for (const std::string& name : counts) {
    if (id_of(name).empty()) continue;
    std::string path = beside + "/" + name;
    TRY_ASSIGN(Bytes bytes, read_incident_bytes(files, path));
    TRY_ASSIGN(Counts one, read_counts(bytes, path));
    one.id = id_of(name);
    registry.counts.push_back(std::move(one));
  }
  return registry;
}

const RegistryEntry* find_incident(const Registry& registry, std::string_view id) {
  auto found = std::ranges::find(registry.incidents, id, &RegistryEntry::id);
  return found == registry.incidents.end() ? nullptr : &*found;
}

DollarLoss dollar_loss(const Incident& incident) {
  DollarLoss range;
  for (const Loss& loss : incident.losses.entries) {
    bool stolen = !loss.measure.given() || loss.measure.text == "stolen";
    auto amount = parse_whole(loss.amount.text);
    if (!stolen || loss.currency.text != "USD" || !amount) continue;
    range.least = range.known ? std::min(range.least, *amount) : *amount;
    range.most = range.known ? std::max(range.most, *amount) : *amount;
    range.known = true;
  }
  return range;
}

std::vector<std::string> attributed_to(const Incident& incident) {
  std::vector<std::string> names;
  for (const Attribution& said : incident.attributions.entries) {
    if (said.to.known() && std::ranges::find(names, said.to.text) == names.end()) {
      names.push_back(said.to.text);
    }
  }
  return names;
}

bool is_attributed_to(const Incident& incident, std::string_view whom) {
  return std::ranges::any_of(incident.attributions.entries,
                             [&](const Attribution& said) { return said.to.text == whom; });
}

bool is_attributed_like(const Incident& incident, std::string_view part) {
  auto same = [](char a, char b) { return small(a) == small(b); };
  return std::ranges::any_of(incident.attributions.entries, [&](const Attribution& said) {
    return part.empty() || !std::ranges::search(said.to.text, part, same).empty();
  });
}

}  // namespace tracehound::incidents
