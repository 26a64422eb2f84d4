// YAML as a stream of events, from files that nobody vouches for. No tree is built and nothing is
// expanded, so memory follows the longest single text, whatever the file holds.
//
// Refused with a sentence, at the line where it shows: what is not YAML or not UTF-8, control
// characters, nesting beyond kMaxYamlDepth, aliases (the stuff of YAML bombs; anchors without an
// alias do nothing and are read over), custom tags such as !include, a second document, and
// thousands of %TAG directives (libyaml's time grows with their square).
// docs/decisions/0020 says why libyaml reads it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace tracehound::tags {

inline constexpr int kMaxYamlDepth = 16;

struct YamlEvent {
  enum class Kind : std::uint8_t { text, list, list_end, map, map_end, end };
  Kind kind = Kind::end;
  std::uint32_t line = 0;   // where it begins, counted from 1
  bool plain = false;       // text without quotes
  std::string_view text{};  // of `text`; valid until the next call of next()

  // Null as YAML 1.1 and 1.2 write it: unquoted nothing, ~, null.
  bool is_null() const;
};

// "a list", "a map" or "text".
std::string_view what_it_is(YamlEvent::Kind kind);

class YamlReader {
 public:
  // `name` stands for the input in error messages. REQUIRES: `bytes` outlives the reader.
  YamlReader(ByteView bytes, std::string name);
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;
  ~YamlReader();

  // The next event; `end` after the last, also for an empty file. After an error nothing more may
  // be asked. Errors: bad_input.
  Result<YamlEvent> next();
  // Reads to the end of the value that `first` begins.
  Status skip(const YamlEvent& first);

  const std::string& name() const { return name_; }
  // "NAME:LINE: " in front of a message.
  std::unexpected<Error> fail_at(std::uint32_t line, std::string_view message) const;

 private:
  struct Parser;
  Status refuse_odd_openings() const;
  Result<YamlEvent> text_event(std::uint32_t line) const;
  Result<YamlEvent> begin_nested(YamlEvent::Kind kind, std::uint32_t line);
  YamlEvent end_nested(YamlEvent::Kind kind, std::uint32_t line);
  std::unexpected<Error> syntax_error() const;

  ByteView bytes_;
  std::string name_;
  std::unique_ptr<Parser> parser_;
  int depth_ = 0;
  int documents_ = 0;
  bool started_ = false;
};

}  // namespace tracehound::tags
