#include "trace/change_note.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tracehound::trace {

void change_to_json(const ChangeOf& change, CoinId coin, JsonWriter& json) {
  if (!change) return;
  auto note = change(coin);
  if (!note) return;
  json.key("change").open_object().key("confidence").value(note->confidence);
  json.key("rules").open_list();
  for (std::string_view rule : note->rules) json.value(rule);
  json.close_list().close_object();
}

std::string change_header(const ChangeOf& change) {
  return change ? ",change_confidence,change_rules" : "";
}

std::string change_fields(const ChangeOf& change, std::optional<CoinId> coin) {
  if (!change) return "";
  auto note = coin ? change(*coin) : std::nullopt;
  if (!note) return ",,";
  return fmt::format(",{},{}", note->confidence, fmt::join(note->rules, " "));
}

}  // namespace tracehound::trace
