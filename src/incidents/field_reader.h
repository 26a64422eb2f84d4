// Maps and lists of an incident file, read event by event: what is wrong becomes a problem at its
// line and the reading goes on; only what is no YAML ends it.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "incidents/incident.h"
#include "tags/yaml_reader.h"

namespace tracehound::incidents {

// A field of a record and where its text goes: to one place, or to a list that may also be one
// text.
struct Field {
  std::string_view name;
  Words* words = nullptr;
  std::vector<Words>* list = nullptr;
};

class FieldReader {
 public:
  // Both outlive it.
  FieldReader(tags::YamlReader& yaml, Problems& problems) : yaml_(yaml), problems_(problems) {}

  Problems& problems() { return problems_; }
  Result<tags::YamlEvent> next() { return yaml_.next(); }

  // A map whose opening has been read: calls take(name, value) with each field's first event. A
  // field twice or one that `known` lacks is a problem and read over.
  template <typename Take>
  Status map(std::string_view where, std::span<const std::string_view> known, Take take) {
    std::set<std::string> seen;
    for (;;) {
      TRY_ASSIGN(tags::YamlEvent key, yaml_.next());
      if (key.kind == tags::YamlEvent::Kind::map_end) return {};
      std::string name(key.text);
      bool fits = fits_in_map(key, where, known, seen);
      if (!fits) TRY(yaml_.skip(key));
      TRY_ASSIGN(tags::YamlEvent value, yaml_.next());
      TRY(fits ? take(name, value) : yaml_.skip(value));
    }
  }
  // A map of texts; for anything else than a map, a problem.
  Status record(const tags::YamlEvent& opening, std::string_view where,
                std::span<const Field> fields);
  // A list, of which read(first event) reads each entry; `unknown` stands for no list at all.
  template <typename Entry, typename Read>
  Status list(const tags::YamlEvent& opening, const std::string& name, Listed<Entry>& into,
              Read read) {
    into.line = opening.line;
    into.unknown = says_unknown(opening);
    if (into.unknown) return {};
    return entries(opening, name, read);
  }
  template <typename Read>
  Status entries(const tags::YamlEvent& opening, const std::string& name, Read read) {
    if (opening.kind != tags::YamlEvent::Kind::list) {
      return no_list(opening, name);
    }
    for (std::size_t count = 0;; ++count) {
      TRY_ASSIGN(tags::YamlEvent event, yaml_.next());
      if (event.kind == tags::YamlEvent::Kind::list_end) return {};
      if (count >= kMaxEntries) return too_many(event, name);
      TRY(read(event));
    }
  }
  // A list or a map, nothing, only blanks: a problem.
  Status text(const tags::YamlEvent& event, std::string_view field, Words& into);
  static bool says_unknown(const tags::YamlEvent& event);
  Status skip(const tags::YamlEvent& event) { return yaml_.skip(event); }

 private:
  bool fits_in_map(const tags::YamlEvent& key, std::string_view where,
                   std::span<const std::string_view> known, std::set<std::string>& seen);
  Status texts(const tags::YamlEvent& event, std::string_view field, std::vector<Words>& into);
  Status no_list(const tags::YamlEvent& opening, const std::string& name);
  Status too_many(const tags::YamlEvent& at, const std::string& name) const;

  tags::YamlReader& yaml_;
  Problems& problems_;
};

}  // namespace tracehound::incidents
