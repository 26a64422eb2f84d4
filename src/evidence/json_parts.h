// What bundle.json has alike of both kinds of ledgers, written; json_reader.h reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "trace/result.h"

namespace tracehound::evidence {

inline void write_texts(JsonWriter& json, std::string_view key,
                        const std::vector<std::string>& texts) {
  json.key(key).open_list();
  for (const std::string& text : texts) json.value(text);
  json.close_list();
}

template <typename Number>
void write_maybe(JsonWriter& json, std::string_view key, const std::optional<Number>& number) {
  json.key(key);
  number ? json.value(*number) : json.null();
}

inline void write_text_or_null(JsonWriter& json, std::string_view key, const std::string& text) {
  json.key(key);
  text.empty() ? json.null() : json.value(text);
}

inline void write_services(JsonWriter& json, const std::vector<trace::Service>& services) {
  json.key("services").open_list();
  for (const trace::Service& service : services) {
    json.open_object().key("name").value(service.name);
    json.key("category").value(service.category).close_object();
  }
  json.close_list();
}

// Of a stop: what it is, whose, and by which tags.
inline void write_place(JsonWriter& json, trace::DestinationKind kind,
                        const std::optional<std::uint32_t>& service,
                        const std::vector<std::uint32_t>& tags) {
  json.key("kind").value(trace::name_of(kind));
  write_maybe(json, "service", service);
  json.key("tags").open_list();
  for (std::uint32_t tag : tags) json.value(tag);
  json.close_list();
}

}  // namespace tracehound::evidence
