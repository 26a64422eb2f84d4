// Writes JSON by hand-over-hand calls: exact integers, stable order, no tree in memory.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tracehound {

// The text as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

// json.open_object(); json.key("a").value(1); json.close_object(); ... json.take()
// Amounts are written as decimal strings (amount()), since readers round large numbers.
// REQUIRES: calls that make a well-formed document (checked at take()).
class JsonWriter {
 public:
  // indent 0 writes one line.
  explicit JsonWriter(int indent = 1) : indent_(indent) {}

  JsonWriter& open_object() { return open('{'); }
  JsonWriter& close_object() { return close('}'); }
  JsonWriter& open_list() { return open('['); }
  JsonWriter& close_list() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(bool truth) { return raw(truth ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  template <std::integral Number>
    requires(!std::same_as<Number, bool>)
  JsonWriter& value(Number number) {
    return raw(std::to_string(number));
  }
  template <std::unsigned_integral Number>
  JsonWriter& amount(Number units) {
    return value(std::string_view(std::to_string(units)));
  }
  // REQUIRES: `json` is itself one whole JSON value.
  JsonWriter& raw(std::string_view json);

  // The finished document and a newline.
  std::string take();

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  void new_line();

  struct Level {
    char bracket;
    bool empty;
  };
  int indent_;
  bool after_key_ = false;
  std::vector<Level> levels_;
  std::string text_;
};

}  // namespace tracehound
