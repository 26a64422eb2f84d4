#include "tags/yaml_reader.h"

#include <fmt/format.h>
#include <yaml.h>

#include "base/check.h"

namespace tracehound::tags {

namespace {

constexpr std::size_t kMaxTagDirectives = 100;

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// "!include" and the like; not "!!str", which libyaml hands over in its long form, nor a bare "!".
bool is_custom_tag(const yaml_char_t* tag) {
  if (tag == nullptr) return false;
  std::string_view name(reinterpret_cast<const char*>(tag));
  return name != "!" && !name.starts_with("tag:yaml.org,2002:");
}

std::uint32_t line_of(const yaml_mark_t& mark) { return static_cast<std::uint32_t>(mark.line + 1); }

}  // namespace

bool YamlEvent::is_null() const {
  if (kind != Kind::text || !plain) return false;
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::string_view what_it_is(YamlEvent::Kind kind) {
  using Kind = YamlEvent::Kind;
  return kind == Kind::list ? "a list" : kind == Kind::map ? "a map" : "text";
}

// libyaml's parser and the event last read from it, whose text is still on loan.
struct YamlReader::Parser {
  explicit Parser(ByteView bytes) {
    CHECK(yaml_parser_initialize(&parser) == 1);
    // An empty file has no address, and libyaml asserts that its input has one.
    static constexpr Byte kNothing = 0;
    yaml_parser_set_input_string(&parser, bytes.empty() ? &kNothing : bytes.data(), bytes.size());
  }
  ~Parser() {
    yaml_event_delete(&event);
    yaml_parser_delete(&parser);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  bool step() {
    yaml_event_delete(&event);
    return yaml_parser_parse(&parser, &event) == 1;
  }

  yaml_parser_t parser{};
  yaml_event_t event{};
};

YamlReader::YamlReader(ByteView bytes, std::string name)
    : bytes_(bytes), name_(std::move(name)), parser_(std::make_unique<Parser>(bytes)) {}

YamlReader::~YamlReader() = default;

std::unexpected<Error> YamlReader::fail_at(std::uint32_t line, std::string_view message) const {
  return bad_input(fmt::format("{}:{}: {}", name_, line, message));
}

std::unexpected<Error> YamlReader::syntax_error() const {
  const yaml_parser_t& parser = parser_->parser;
  std::string_view problem = parser.problem != nullptr ? parser.problem : "unreadable";
  switch (parser.error) {
    case YAML_MEMORY_ERROR:
      return machine_error(fmt::format("there is not enough memory to read {}", name_));
    case YAML_READER_ERROR:
      return bad_input(
          fmt::format("{}, byte {}: this is not UTF-8 text ({}); is it the right file?", name_,
                      parser.problem_offset, problem));
    default:
      return fail_at(line_of(parser.problem_mark),
                     fmt::format("this is not YAML ({}); correct the file there", problem));
  }
}

Status YamlReader::refuse_odd_openings() const {
  std::string_view text = as_text(bytes_);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return bad_input(fmt::format("{} is UTF-16 text; save it as UTF-8", name_));
  }
  std::size_t directives = 0;
  for (auto at = text.find("%TAG"); at != text.npos; at = text.find("%TAG", at + 1)) ++directives;
  if (directives > kMaxTagDirectives) {
    return bad_input(
        fmt::format("{} declares {} %TAG directives, which no honest file does; remove "
                    "them",
                    name_, directives));
  }
  return {};
}

Result<YamlEvent> YamlReader::text_event(std::uint32_t line) const {
  const auto& scalar = parser_->event.data.scalar;
  if (is_custom_tag(scalar.tag)) {
    return fail_at(line, "YAML tags (!name) are not read; write the value out");
  }
  return YamlEvent{.kind = YamlEvent::Kind::text,
                   .line = line,
                   .plain = scalar.style == YAML_PLAIN_SCALAR_STYLE,
                   .text = {reinterpret_cast<const char*>(scalar.value), scalar.length}};
}

Result<YamlEvent> YamlReader::begin_nested(YamlEvent::Kind kind, std::uint32_t line) {
  if (++depth_ > kMaxYamlDepth) {
    return fail_at(
        line, fmt::format("lists and maps lie more than {} deep; flatten them", kMaxYamlDepth));
  }
  return YamlEvent{.kind = kind, .line = line};
}

YamlEvent YamlReader::end_nested(YamlEvent::Kind kind, std::uint32_t line) {
  --depth_;
  return YamlEvent{.kind = kind, .line = line};
}

Result<YamlEvent> YamlReader::next() {
  if (!started_) TRY(refuse_odd_openings());
  started_ = true;
  for (;;) {
    if (!parser_->step()) return syntax_error();
    std::uint32_t line = line_of(parser_->event.start_mark);
    switch (parser_->event.type) {
      case YAML_SCALAR_EVENT:
        return text_event(line);
      case YAML_SEQUENCE_START_EVENT:
        return begin_nested(YamlEvent::Kind::list, line);
      case YAML_MAPPING_START_EVENT:
        return begin_nested(YamlEvent::Kind::map, line);
      case YAML_SEQUENCE_END_EVENT:
        return end_nested(YamlEvent::Kind::list_end, line);
      case YAML_MAPPING_END_EVENT:
        return end_nested(YamlEvent::Kind::map_end, line);
      case YAML_ALIAS_EVENT:
        return fail_at(line, "YAML aliases (*name) are not read; write the value out");
      case YAML_DOCUMENT_START_EVENT:
        if (++documents_ > 1) {
          return fail_at(line, "a second YAML document begins here; put it in a file of its own");
        }
        break;
      case YAML_STREAM_END_EVENT:
      case YAML_NO_EVENT:
        return YamlEvent{.line = line};
      case YAML_STREAM_START_EVENT:
      case YAML_DOCUMENT_END_EVENT:
        break;
    }
  }
}

Status YamlReader::skip(const YamlEvent& first) {
  using Kind = YamlEvent::Kind;
  if (first.kind != Kind::list && first.kind != Kind::map) return {};
  for (int open = 1; open > 0;) {
    TRY_ASSIGN(YamlEvent event, next());
    if (event.kind == Kind::list || event.kind == Kind::map) ++open;
    if (event.kind == Kind::list_end || event.kind == Kind::map_end) --open;
    CHECK(event.kind != Kind::end);  // libyaml closes what it opened, or fails
  }
  return {};
}

}  // namespace tracehound::tags
