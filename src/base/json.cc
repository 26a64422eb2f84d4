#include "base/json.h"

#include <fmt/format.h>

#include "base/check.h"

namespace tracehound {

namespace {

// The length of the well-formed UTF-8 sequence at the front of `text`, or 0.
std::size_t utf8_length(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!follows(1) || !follows(2)) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;   // overlong
    if (lead == 0xED && byte(1) >= 0xA0) return 0;  // surrogate
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;   // overlong
    if (lead == 0xF4 && byte(1) >= 0x90) return 0;  // past U+10FFFF
    return 4;
  }
  return 0;
}

}  // namespace

std::string json_quote(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    auto c = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    if (c == '"') {
      quoted += "\\\"";
    } else if (c == '\\') {
      quoted += "\\\\";
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (c < 0x20 || c == 0x7F) {
      quoted += fmt::format("\\u{:04x}", c);
    } else if (length = utf8_length(text); length > 0) {
      quoted += text.substr(0, length);
    } else {
      quoted += "\xEF\xBF\xBD";
      length = 1;
    }
    text.remove_prefix(length);
  }
  quoted += '"';
  return quoted;
}

void JsonWriter::new_line() {
  if (indent_ == 0) return;
  text_ += '\n';
  text_.append(levels_.size() * static_cast<std::size_t>(indent_), ' ');
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) {
    CHECK(text_.empty());
    return;
  }
  CHECK(levels_.back().bracket == '[');
  if (!levels_.back().empty) text_ += ',';
  levels_.back().empty = false;
  new_line();
}

JsonWriter& JsonWriter::key(std::string_view name) {
  CHECK(!after_key_ && !levels_.empty() && levels_.back().bracket == '{');
  if (!levels_.back().empty) text_ += ',';
  levels_.back().empty = false;
  new_line();
  text_ += json_quote(name);
  text_ += indent_ == 0 ? ":" : ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) { return raw(json_quote(text)); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  text_ += json;
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  levels_.push_back({bracket, true});
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  CHECK(!after_key_ && !levels_.empty());
  Level level = levels_.back();
  CHECK(bracket == (level.bracket == '{' ? '}' : ']'));
  levels_.pop_back();
  if (!level.empty) new_line();
  text_ += bracket;
  return *this;
}

std::string JsonWriter::take() {
  CHECK(levels_.empty() && !after_key_ && !text_.empty());
  text_ += '\n';
  return std::move(text_);
}

}  // namespace tracehound
