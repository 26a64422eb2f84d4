// Reading a TagPack straight from YAML events: no tree, memory follows what is kept.
#include "tags/tagpack.h"

#include <fmt/format.h>

#include "tags/actorpack.h"
#include "tags/yaml_reader.h"

namespace tracehound::tags {

namespace {

using Kind = YamlEvent::Kind;

class PackReader {
 public:
  PackReader(ByteView bytes, const std::string& name) : bytes_(bytes), yaml_(bytes, name) {}

  Result<TagPack> read(const Fields& more, std::string recipe) {
    TRY(read_top());
    return builder_.finish(bytes_, yaml_.name(), more, std::move(recipe));
  }

 private:
  static constexpr std::string_view kNotAPack =
      "this is not a tag pack, which is a map of fields with a list named tags";

  Status read_top();
  Status read_header_map();
  Status read_header_field(const std::string& key, std::uint32_t line);
  Status read_structure(Field field);
  Status read_tags(const YamlEvent& first);
  Status read_tag(std::uint32_t line);
  Status read_tag_field(const std::string& key, std::uint32_t line, std::string& fault);
  Result<std::string> read_text(Field field, std::string& fault);
  Result<std::string> read_concepts(std::string& fault);

  ByteView bytes_;
  YamlReader yaml_;
  PackBuilder builder_;
  bool list_seen_ = false;
  Fields own_;  // of the tag being read
};

Status PackReader::read_top() {
  TRY_ASSIGN(YamlEvent first, yaml_.next());
  if (first.kind == Kind::end) {
    return bad_input(fmt::format(
        "{} is empty; a tag pack is a map of fields with a list named tags", yaml_.name()));
  }
  if (first.kind != Kind::map) return yaml_.fail_at(first.line, kNotAPack);
  TRY(read_header_map());
  if (!list_seen_) return yaml_.fail_at(first.line, kNotAPack);
  TRY_ASSIGN(YamlEvent end, yaml_.next());  // refuses a second document
  return end.kind == Kind::end ? Status{} : yaml_.fail_at(end.line, kNotAPack);
}

Status PackReader::read_header_map() {
  for (;;) {
    TRY_ASSIGN(YamlEvent event, yaml_.next());
    if (event.kind == Kind::map_end) return {};
    if (event.kind != Kind::text) {
      return yaml_.fail_at(event.line, "the name of a header field must be text");
    }
    TRY(read_header_field(std::string(event.text), event.line));
  }
}

Status PackReader::read_header_field(const std::string& key, std::uint32_t line) {
  auto field = field_named(key);
  if (!field) {
    builder_.note_unknown_field(key, line);
    TRY_ASSIGN(YamlEvent value, yaml_.next());
    return yaml_.skip(value);
  }
  if (builder_.header().has(*field)) {
    return yaml_.fail_at(line, fmt::format("the header has the field {} twice; remove one", key));
  }
  builder_.header().set(*field, "");
  if (*field >= Field::header) return read_structure(*field);
  std::string fault;
  TRY_ASSIGN(std::string text, read_text(*field, fault));
  if (!fault.empty()) builder_.complain(line, fmt::format("header: {}; left empty", fault));
  builder_.header().set(*field, text);
  return {};
}

Status PackReader::read_structure(Field field) {
  TRY_ASSIGN(YamlEvent value, yaml_.next());
  switch (field) {
    case Field::tags:
      return read_tags(value);
    case Field::header:
      if (value.kind == Kind::map) return read_header_map();
      return yaml_.fail_at(value.line, "the field header must be a map of fields");
    default:
      list_seen_ = true;
      return read_actors(yaml_, value, builder_);
  }
}

Status PackReader::read_tags(const YamlEvent& first) {
  if (first.kind != Kind::list) {
    return yaml_.fail_at(first.line, "the field tags must be a list of tags");
  }
  list_seen_ = true;
  for (;;) {
    TRY_ASSIGN(YamlEvent event, yaml_.next());
    if (event.kind == Kind::list_end) return {};
    if (event.kind == Kind::map) {
      TRY(read_tag(event.line));
    } else {
      builder_.skip(event.line,
                    fmt::format("it is {}, not a map of fields", what_it_is(event.kind)));
      TRY(yaml_.skip(event));
    }
  }
}

Status PackReader::read_tag(std::uint32_t line) {
  own_.clear();
  std::string fault;
  for (;;) {
    TRY_ASSIGN(YamlEvent event, yaml_.next());
    if (event.kind == Kind::map_end) break;
    if (event.kind == Kind::text) {
      TRY(read_tag_field(std::string(event.text), event.line, fault));
      continue;
    }
    fault = "the name of a field must be text";
    TRY(yaml_.skip(event));
    TRY_ASSIGN(YamlEvent value, yaml_.next());
    TRY(yaml_.skip(value));
  }
  if (fault.empty()) {
    builder_.add_tag(own_, line);
  } else {
    builder_.skip(line, fault);
  }
  return {};
}

Status PackReader::read_tag_field(const std::string& key, std::uint32_t line, std::string& fault) {
  auto field = field_named(key);
  if (!field || !is_tag_field(*field)) {
    builder_.note_unknown_field(key, line);
    TRY_ASSIGN(YamlEvent value, yaml_.next());
    return yaml_.skip(value);
  }
  std::string field_fault;
  TRY_ASSIGN(std::string text, read_text(*field, field_fault));
  if (own_.has(*field)) {
    fault = fmt::format("it has the field {} twice", key);
  } else if (!field_fault.empty() && is_required(*field)) {
    fault = field_fault;
  } else if (!field_fault.empty()) {
    builder_.complain(line, fmt::format("{}; left empty", field_fault));
  }
  own_.set(*field, text);
  return {};
}

// The value of the field, "" with a fault when it cannot be used.
Result<std::string> PackReader::read_text(Field field, std::string& fault) {
  TRY_ASSIGN(YamlEvent value, yaml_.next());
  if (value.kind == Kind::list && field == Field::concepts) return read_concepts(fault);
  if (value.kind != Kind::text) {
    fault = fmt::format("the field {} is {}, not text", name_of(field), what_it_is(value.kind));
    TRY(yaml_.skip(value));
    return "";
  }
  return value.is_null() ? "" : usable_text(field, value.text, fault);
}

Result<std::string> PackReader::read_concepts(std::string& fault) {
  std::string joined;
  for (;;) {
    TRY_ASSIGN(YamlEvent item, yaml_.next());
    if (item.kind == Kind::list_end) break;
    TRY(yaml_.skip(item));
    if (item.kind != Kind::text || joined.size() + item.text.size() > kMaxTextBytes) {
      fault = "the field concepts is not a list of short texts";
    } else if (!item.is_null()) {
      joined += clean_text(item.text) + '\n';
    }
  }
  return fault.empty() ? joined : "";
}

}  // namespace

Result<TagPack> parse_tagpack(ByteView bytes, const std::string& name, const Fields& more,
                              std::string recipe) {
  if (bytes.size() > kMaxPackBytes) {
    return bad_input(fmt::format("{} has more than {} MB, the most a tag pack may have; split it",
                                 name, kMaxPackBytes >> 20));
  }
  return PackReader(bytes, name).read(more, std::move(recipe));
}

Result<TagPack> read_tagpack(FileSystem& files, const std::string& path) {
  auto mapping = files.map(path);
  if (!mapping) return bad_input(mapping.error().message);
  return parse_tagpack((*mapping)->bytes(), path);
}

}  // namespace tracehound::tags
