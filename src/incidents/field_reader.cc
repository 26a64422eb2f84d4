#include "incidents/field_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace tracehound::incidents {

using tags::YamlEvent;
using Kind = YamlEvent::Kind;

void Problems::add(std::uint32_t line, std::string text) {
  if (kept.size() < kMaxProblems) kept.push_back({line, std::move(text), false});
  ++count;
}

void Problems::remark(std::uint32_t line, std::string text) {
  if (kept.size() < kMaxProblems) kept.push_back({line, std::move(text), true});
  ++remarks;
}

bool FieldReader::says_unknown(const YamlEvent& event) {
  return event.kind == Kind::text && event.text == "unknown";
}

bool FieldReader::fits_in_map(const YamlEvent& key, std::string_view where,
                              std::span<const std::string_view> known,
                              std::set<std::string>& seen) {
  if (key.kind != Kind::text) {
    problems_.add(key.line, "a field's name must be text");
    return false;
  }
  std::string name(key.text);
  if (!seen.insert(name).second) {
    problems_.add(key.line,
                  fmt::format("the field '{}' stands here twice; keep one of them", name));
    return false;
  }
  if (std::ranges::find(known, name) != known.end()) return true;
  problems_.add(key.line, fmt::format("{} has no field '{}'; mend its spelling or take it out; the "
                                      "fields are {}",
                                      where, name, fmt::join(known, ", ")));
  return false;
}

Status FieldReader::record(const YamlEvent& opening, std::string_view where,
                           std::span<const Field> fields) {
  if (opening.kind != Kind::map) {
    problems_.add(opening.line, fmt::format("{} must be a map of fields", where));
    return yaml_.skip(opening);
  }
  std::vector<std::string_view> names;
  for (const Field& field : fields) names.push_back(field.name);
  return map(where, names, [&](const std::string& name, const YamlEvent& value) -> Status {
    const Field& field = *std::ranges::find(fields, name, &Field::name);
    if (field.list != nullptr) return texts(value, name, *field.list);
    return text(value, name, *field.words);
  });
}

Status FieldReader::text(const YamlEvent& event, std::string_view field, Words& into) {
  bool blank = event.text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  if (event.kind != Kind::text || event.is_null() || blank) {
    problems_.add(event.line, fmt::format("the field '{}' must be text and not empty", field));
    return yaml_.skip(event);
  }
  into = {std::string(event.text), event.line};
  return {};
}

Status FieldReader::texts(const YamlEvent& event, std::string_view field,
                          std::vector<Words>& into) {
  auto take = [&](const YamlEvent& one) -> Status {
    Words words;
    TRY(text(one, field, words));
    if (words.given()) into.push_back(std::move(words));
    return {};
  };
  return event.kind == Kind::list ? entries(event, std::string(field), take) : take(event);
}

Status FieldReader::no_list(const YamlEvent& opening, const std::string& name) {
  problems_.add(opening.line, fmt::format("the field '{}' must be a list", name));
  return yaml_.skip(opening);
}

Status FieldReader::too_many(const YamlEvent& at, const std::string& name) const {
  return yaml_.fail_at(at.line, fmt::format("the list '{}' has more than {} entries; split the "
                                            "incident into several files",
                                            name, kMaxEntries));
}

}  // namespace tracehound::incidents
