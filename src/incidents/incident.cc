#include "incidents/incident.h"

#include <fmt/format.h>

#include <algorithm>

#include "incidents/field_reader.h"
#include "tags/yaml_reader.h"

namespace tracehound::incidents {

namespace {

using tags::YamlEvent;
using tags::YamlReader;
using Kind = YamlEvent::Kind;

constexpr std::string_view kIncidentFields[] = {
    "name",    "kind",   "date",         "chain",     "height", "amount", "sources",
    "victims", "losses", "attributions", "published", "notes",  "seeds"};

// A seed is of one thing: a coin, what an address received, or what it sent.
void check_what(const IncidentSeed& seed, Problems& problems) {
  bool coin = !seed.coin.empty();
  if (!coin && !seed.account().given()) {
    problems.add(seed.line, "this seed has no field 'coin', and no 'address' or 'sent_by' either");
  }
  if (seed.sent_by.given() && (coin || seed.address.given())) {
    problems.add(seed.sent_by.line,
                 fmt::format("this seed has a field '{}' beside 'sent_by'; make two seeds of it",
                             coin ? "coin" : "address"));
  }
  if (seed.asset.given() && coin) {
    problems.add(seed.asset.line, "a coin has one asset; 'asset' is of an address");
  }
}

Status read_seed(FieldReader& in, const YamlEvent& opening, Incident& incident) {
  if (opening.kind != Kind::map) {
    in.problems().add(opening.line, "a seed must be a map with the field 'coin' or 'address'");
    return in.skip(opening);
  }
  IncidentSeed seed{.coin = {},
                    .address = {},
                    .sent_by = {},
                    .amount = {},
                    .line = opening.line,
                    .asset = {},
                    .chain = {},
                    .victim = {},
                    .since = {},
                    .until = {},
                    .sources = {}};
  Words coin, amount;
  const Field fields[] = {{"coin", &coin},
                          {"amount", &amount},
                          {"address", &seed.address},
                          {"sent_by", &seed.sent_by},
                          {"asset", &seed.asset},
                          {"victim", &seed.victim},
                          {"chain", &seed.chain},
                          {"since", &seed.since},
                          {"until", &seed.until},
                          {"sources", nullptr, &seed.sources}};
  std::uint64_t problems = in.problems().count;
  TRY(in.record(opening, "a seed", fields));
  seed.coin = std::move(coin.text);
  if (amount.given()) {
    seed.amount = U256::from_text(amount.text);
    if (!seed.amount) {
      in.problems().add(amount.line,
                        "the field 'amount' must be a whole number of the smallest unit");
    }
  }
  if (in.problems().count == problems) check_what(seed, in.problems());
  incident.seeds.push_back(std::move(seed));
  return {};
}

Status read_seeds(FieldReader& in, const YamlEvent& opening, Incident& incident) {
  incident.seeds_line = opening.line;
  incident.seeds_unknown = FieldReader::says_unknown(opening);
  if (incident.seeds_unknown) return {};
  return in.entries(opening, "seeds",
                    [&](const YamlEvent& event) { return read_seed(in, event, incident); });
}

Status read_victims(FieldReader& in, const YamlEvent& opening, Incident& incident) {
  return in.list(opening, "victims", incident.victims, [&](const YamlEvent& event) {
    Victim& victim = incident.victims.entries.emplace_back();
    victim.line = event.line;
    const Field fields[] = {{"name", &victim.name},
                            {"kind", &victim.kind},
                            {"country", &victim.country},
                            {"amount", &victim.amount},
                            {"notes", &victim.notes}};
    return in.record(event, "a victim", fields);
  });
}

Status read_losses(FieldReader& in, const YamlEvent& opening, Incident& incident) {
  return in.list(opening, "losses", incident.losses, [&](const YamlEvent& event) {
    Loss& loss = incident.losses.entries.emplace_back();
    loss.line = event.line;
    const Field fields[] = {{"amount", &loss.amount},
                            {"currency", &loss.currency},
                            {"measure", &loss.measure},
                            {"precision", &loss.precision},
                            {"sources", nullptr, &loss.sources},
                            {"notes", &loss.notes}};
    return in.record(event, "a loss", fields);
  });
}

Status read_attributions(FieldReader& in, const YamlEvent& opening, Incident& incident) {
  return in.list(opening, "attributions", incident.attributions, [&](const YamlEvent& event) {
    Attribution& said = incident.attributions.entries.emplace_back();
    said.line = event.line;
    const Field fields[] = {{"to", &said.to},       {"by", &said.by},
                            {"date", &said.date},   {"quote", &said.quote},
                            {"claim", &said.claim}, {"sources", nullptr, &said.sources}};
    return in.record(event, "an attribution", fields);
  });
}

Status read_published(FieldReader& in, const YamlEvent& opening, Incident& incident) {
  return in.list(opening, "published", incident.published, [&](const YamlEvent& event) {
    Published& entry = incident.published.entries.emplace_back();
    entry.line = event.line;
    const Field fields[] = {{"address", &entry.address}, {"transaction", &entry.transaction},
                            {"chain", &entry.chain},     {"role", &entry.role},
                            {"check", &entry.check},     {"sources", nullptr, &entry.sources}};
    return in.record(event, "a published address", fields);
  });
}

// A source may also be one text: its title.
Status read_sources(FieldReader& in, const YamlEvent& opening, Incident& incident) {
  return in.list(opening, "sources", incident.sources, [&](const YamlEvent& event) {
    Source& source = incident.sources.entries.emplace_back();
    source.line = event.line;
    if (event.kind == Kind::text) return in.text(event, "sources", source.title);
    const Field fields[] = {{"id", &source.id},     {"title", &source.title}, {"by", &source.by},
                            {"date", &source.date}, {"part", &source.part},   {"url", &source.url}};
    return in.record(event, "a source", fields);
  });
}

Status read_field(FieldReader& in, const std::string& name, const YamlEvent& value,
                  Incident& incident) {
  auto words_of = [&](std::string& into, std::uint32_t& line) -> Status {
    Words words;
    TRY(in.text(value, name, words));
    into = std::move(words.text);
    line = words.line;
    return {};
  };
  std::uint32_t line = 0;
  if (name == "name") return words_of(incident.name, line);
  if (name == "chain") return words_of(incident.chain, incident.chain_line);
  if (name == "kind") return in.text(value, name, incident.kind);
  if (name == "date") return in.text(value, name, incident.date);
  if (name == "height") return in.text(value, name, incident.height);
  if (name == "amount") return in.text(value, name, incident.amount);
  if (name == "notes") return in.text(value, name, incident.notes);
  if (name == "victims") return read_victims(in, value, incident);
  if (name == "losses") return read_losses(in, value, incident);
  if (name == "attributions") return read_attributions(in, value, incident);
  if (name == "published") return read_published(in, value, incident);
  if (name == "sources") return read_sources(in, value, incident);
  return read_seeds(in, value, incident);
}

// Reads the whole file. What is no YAML is an error; the rest are problems.
Result<ReadIncident> read_all(YamlReader& yaml) {
  ReadIncident read;
  FieldReader in(yaml, read.problems);
  TRY_ASSIGN(YamlEvent opening, yaml.next());
  if (opening.kind != Kind::map) {
    return yaml.fail_at(opening.line, "an incident file is a map with 'name' and 'seeds'");
  }
  TRY(in.map("an incident", kIncidentFields, [&](const std::string& name, const YamlEvent& value) {
    return read_field(in, name, value, read.incident);
  }));
  TRY_ASSIGN(YamlEvent end, yaml.next());
  if (end.kind != Kind::end) return yaml.fail_at(end.line, "there is more after the incident");
  if (read.incident.name.empty() && read.problems.count == 0) {
    read.problems.add(opening.line, "the incident has no field 'name'");
  }
  bool seeds = !read.incident.seeds.empty() || read.incident.seeds_unknown;
  if (!seeds && read.problems.count == 0) {
    read.problems.add(opening.line,
                      "the incident names no seeds; where none is known, write `seeds: unknown`");
  }
  return read;
}

std::unexpected<Error> too_large(const std::string& file, std::uint64_t bytes) {
  return bad_input(fmt::format("{}: {} bytes are too many for an incident file; the most is {}",
                               file, bytes, kMaxIncidentBytes));
}

}  // namespace

Result<ReadIncident> read_incident(ByteView bytes, const std::string& file) {
  if (bytes.size() > kMaxIncidentBytes) return too_large(file, bytes.size());
  YamlReader yaml(bytes, file);
  return read_all(yaml);
}

Result<Incident> parse_incident(ByteView bytes, const std::string& file) {
  TRY_ASSIGN(ReadIncident read, read_incident(bytes, file));
  if (read.problems.count > 0) {
    const Problem& first = read.problems.kept.front();
    return bad_input(fmt::format("{}:{}: {}", file, first.line, first.text));
  }
  if (read.incident.seeds.empty()) {
    return bad_input(
        fmt::format("{}:{}: the seeds of this incident are unknown, so there is "
                    "nothing to trace; name a stolen coin or an address",
                    file, read.incident.seeds_line));
  }
  return std::move(read.incident);
}

Result<Bytes> read_incident_bytes(FileSystem& files, const std::string& path) {
  auto file = files.open_read(path);
  if (!file) return bad_input(file.error().message);
  std::uint64_t size = (*file)->size();
  if (size > kMaxIncidentBytes) return too_large(path, size);
  Bytes bytes(size);
  if (auto status = (*file)->read_at(0, bytes); !status) {
    return bad_input(status.error().message);
  }
  return bytes;
}

}  // namespace tracehound::incidents
