#include "incidents/incident.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <span>

#include "tags/yaml_reader.h"

namespace tracehound::incidents {

namespace {

using tags::YamlEvent;
using tags::YamlReader;
using Kind = YamlEvent::Kind;

// What an incident and its seeds may say, beside what is traced: for the reader of the file.
constexpr std::string_view kIncidentFields[] = {"name",   "kind",    "date",    "chain", "height",
                                                "amount", "sources", "victims", "seeds"};
constexpr std::string_view kSeedFields[] = {"coin", "amount", "address", "victim"};

// A misspelt field that is read over would change what is traced, so none is.
std::unexpected<Error> unknown_field(YamlReader& reader, std::uint32_t line,
                                     const std::string& name, std::string_view where,
                                     std::span<const std::string_view> known) {
  return reader.fail_at(line, fmt::format("{} has no field '{}'; mend its spelling or take it out; "
                                          "the fields are {}",
                                          where, name, fmt::join(known, ", ")));
}

// Reads a map whose opening has been read: calls take(key, value) with each value's first event.
// Errors: a field twice, or one that `known` lacks.
template <typename Take>
Status read_map(YamlReader& reader, std::string_view where, std::span<const std::string_view> known,
                Take take) {
  std::set<std::string> seen;
  for (;;) {
    TRY_ASSIGN(YamlEvent key, reader.next());
    if (key.kind == Kind::map_end) return {};
    if (key.kind != Kind::text) return reader.fail_at(key.line, "a field's name must be text");
    std::string name(key.text);
    if (!seen.insert(name).second) {
      return reader.fail_at(
          key.line, fmt::format("the field '{}' stands here twice; keep one of them", name));
    }
    if (std::ranges::find(known, name) == known.end()) {
      return unknown_field(reader, key.line, name, where, known);
    }
    TRY_ASSIGN(YamlEvent value, reader.next());
    TRY(take(name, value));
  }
}

// Errors: a list or a map, nothing, only blanks.
Status take_text(YamlReader& reader, const YamlEvent& event, const std::string& field,
                 std::string& into) {
  bool blank = event.text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  if (event.kind != Kind::text || event.is_null() || blank) {
    return reader.fail_at(event.line,
                          fmt::format("the field '{}' must be text and not empty", field));
  }
  into = event.text;
  return {};
}

Result<Amount> amount_of(YamlReader& reader, const YamlEvent& event) {
  Amount amount = 0;
  const char* end = event.text.data() + event.text.size();
  auto [stop, failure] = std::from_chars(event.text.data(), end, amount);
  if (event.kind != Kind::text || failure != std::errc{} || stop != end) {
    return reader.fail_at(event.line,
                          "the field 'amount' must be a whole number of the smallest unit");
  }
  return amount;
}

Status read_seed(YamlReader& reader, const YamlEvent& opening, Incident& incident) {
  if (opening.kind != Kind::map) {
    return reader.fail_at(opening.line, "a seed must be a map with the field 'coin'");
  }
  IncidentSeed seed;
  seed.line = opening.line;
  auto take = [&](const std::string& name, const YamlEvent& value) -> Status {
    if (name == "coin") return take_text(reader, value, name, seed.coin);
    if (name != "amount") return reader.skip(value);
    TRY_ASSIGN(seed.amount, amount_of(reader, value));
    return {};
  };
  TRY(read_map(reader, "a seed", kSeedFields, take));
  if (seed.coin.empty()) return reader.fail_at(seed.line, "this seed has no field 'coin'");
  incident.seeds.push_back(std::move(seed));
  return {};
}

Status read_seeds(YamlReader& reader, const YamlEvent& opening, Incident& incident) {
  if (opening.kind != Kind::list) {
    return reader.fail_at(opening.line, "the field 'seeds' must be a list");
  }
  for (;;) {
    TRY_ASSIGN(YamlEvent event, reader.next());
    if (event.kind == Kind::list_end) return {};
    TRY(read_seed(reader, event, incident));
  }
}

}  // namespace

Result<Incident> parse_incident(ByteView bytes, const std::string& file) {
  if (bytes.size() > kMaxIncidentBytes) {
    return bad_input(fmt::format("{}: {} bytes are too many for an incident file; the most is {}",
                                 file, bytes.size(), kMaxIncidentBytes));
  }
  YamlReader reader(bytes, file);
  TRY_ASSIGN(YamlEvent opening, reader.next());
  if (opening.kind != Kind::map) {
    return reader.fail_at(opening.line, "an incident file is a map with 'name' and 'seeds'");
  }
  Incident incident;
  auto take = [&](const std::string& name, const YamlEvent& value) -> Status {
    if (name == "name") return take_text(reader, value, name, incident.name);
    if (name == "chain") return take_text(reader, value, name, incident.chain);
    if (name == "seeds") return read_seeds(reader, value, incident);
    return reader.skip(value);
  };
  TRY(read_map(reader, "an incident", kIncidentFields, take));
  TRY_ASSIGN(YamlEvent end, reader.next());
  if (end.kind != Kind::end) return reader.fail_at(end.line, "there is more after the incident");
  if (incident.name.empty())
    return reader.fail_at(opening.line, "the incident has no field 'name'");
  if (incident.seeds.empty()) return reader.fail_at(opening.line, "the incident names no seeds");
  return incident;
}

}  // namespace tracehound::incidents
