#include "tags/actorpack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.h"

namespace tracehound::tags {

namespace {

using Kind = YamlEvent::Kind;

// YAML's plain whole numbers that JSON writes alike.
bool is_whole_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  bool digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  return digits && text.size() <= 18 && (text == "0" || text.front() != '0');
}

// A value of whatever shape as one line of JSON. Past kMaxTextBytes the rest is read and left out.
class JsonCopy {
 public:
  explicit JsonCopy(YamlReader& yaml) : yaml_(yaml) {}

  bool fits() const { return size_ <= kMaxTextBytes; }
  std::string take() {
    std::string text = json_.take();
    text.pop_back();  // the newline
    return text;
  }

  Status copy(const YamlEvent& value) {
    size_ += value.text.size() + 2;
    if (value.kind == Kind::list) return copy_list();
    if (value.kind == Kind::map) return copy_map();
    if (value.is_null() || !fits()) {
      json_.null();
    } else if (value.plain &&
               (value.text == "true" || value.text == "false" || is_whole_number(value.text))) {
      json_.raw(value.text);
    } else {
      json_.value(clean_text(value.text));
    }
    return {};
  }

 private:
  Status copy_list() {
    json_.open_list();
    for (;;) {
      TRY_ASSIGN(YamlEvent item, yaml_.next());
      if (item.kind == Kind::list_end) break;
      TRY(fits() ? copy(item) : yaml_.skip(item));
    }
    json_.close_list();
    return {};
  }

  Status copy_map() {
    json_.open_object();
    for (;;) {
      TRY_ASSIGN(YamlEvent name, yaml_.next());
      if (name.kind == Kind::map_end) break;
      bool wanted = name.kind == Kind::text && fits();
      size_ += name.text.size() + 4;
      if (wanted) json_.key(clean_text(name.text));
      TRY(yaml_.skip(name));
      TRY_ASSIGN(YamlEvent value, yaml_.next());
      TRY(wanted ? copy(value) : yaml_.skip(value));
    }
    json_.close_object();
    return {};
  }

  YamlReader& yaml_;
  JsonWriter json_{0};
  std::size_t size_ = 0;
};

class ActorReader {
 public:
  ActorReader(YamlReader& yaml, PackBuilder& builder) : yaml_(yaml), builder_(builder) {}

  Status read(std::uint32_t line) {
    actor_.line = line;
    for (;;) {
      TRY_ASSIGN(YamlEvent name, yaml_.next());
      if (name.kind == Kind::map_end) break;
      std::string key(name.kind == Kind::text ? name.text : "?");
      TRY(yaml_.skip(name));
      TRY(read_field(key, name.line));
    }
    if (actor_.id.empty()) {
      builder_.skip(line, "it has no id", "actor");
    } else {
      builder_.add_actor(std::move(actor_));
    }
    return {};
  }

 private:
  Status read_field(const std::string& key, std::uint32_t line) {
    TRY_ASSIGN(YamlEvent value, yaml_.next());
    if (key == "id") return read_text(key, value, actor_.id);
    if (key == "label") return read_text(key, value, actor_.label);
    if (key == "uri") return read_text(key, value, actor_.uri);
    if (key == "categories") return read_list(key, value, actor_.categories);
    if (key == "jurisdictions") return read_list(key, value, actor_.jurisdictions);
    if (key == "aliases") return read_list(key, value, actor_.aliases);
    if (key == "context") return read_context(value);
    builder_.note_unknown_field(key, line);
    return yaml_.skip(value);
  }

  Status left_empty(const std::string& key, const YamlEvent& value, std::string_view why) {
    builder_.complain(value.line, fmt::format("actor {}: the field {} {}; left empty",
                                              quoted(actor_.id), key, why));
    return {};
  }

  Status read_text(const std::string& key, const YamlEvent& value, std::string& into) {
    if (value.kind == Kind::text && value.text.size() <= kMaxTextBytes) {
      into = value.is_null() ? "" : clean_text(value.text);
      return {};
    }
    TRY(left_empty(key, value,
                   value.kind == Kind::text
                       ? "is too long"
                       : fmt::format("is {}, not text", what_it_is(value.kind))));
    return yaml_.skip(value);
  }

  // One text stands for a list of one.
  Status read_list(const std::string& key, const YamlEvent& value, std::vector<std::string>& into) {
    if (value.kind == Kind::text) {
      std::string text;
      TRY(read_text(key, value, text));
      if (!text.empty()) into = {text};
      return {};
    }
    if (value.kind == Kind::map) {
      TRY(left_empty(key, value, "is a map, not a list"));
      return yaml_.skip(value);
    }
    std::size_t size = 0;
    bool usable = true;
    for (;;) {
      TRY_ASSIGN(YamlEvent item, yaml_.next());
      if (item.kind == Kind::list_end) break;
      size += item.text.size() + 1;
      usable = usable && item.kind == Kind::text && size <= kMaxTextBytes;
      if (usable && !item.is_null()) into.push_back(clean_text(item.text));
      TRY(yaml_.skip(item));
    }
    if (!usable) {
      into.clear();
      TRY(left_empty(key, value, "is not a list of short texts"));
    }
    return {};
  }

  Status read_context(const YamlEvent& value) {
    if (value.is_null()) return {};
    JsonCopy copy(yaml_);
    std::uint32_t line = value.line;
    TRY(copy.copy(value));
    if (copy.fits()) {
      actor_.context = copy.take();
    } else {
      TRY(left_empty("context", YamlEvent{.line = line}, "is too long"));
    }
    return {};
  }

  YamlReader& yaml_;
  PackBuilder& builder_;
  Actor actor_;
};

}  // namespace

Status read_actors(YamlReader& yaml, const YamlEvent& first, PackBuilder& builder) {
  if (first.kind != Kind::list) {
    return yaml.fail_at(first.line, "the field actors must be a list of actors");
  }
  for (;;) {
    TRY_ASSIGN(YamlEvent event, yaml.next());
    if (event.kind == Kind::list_end) return {};
    if (event.kind == Kind::map) {
      TRY(ActorReader(yaml, builder).read(event.line));
    } else {
      builder.skip(event.line, fmt::format("it is {}, not a map of fields", what_it_is(event.kind)),
                   "actor");
      TRY(yaml.skip(event));
    }
  }
}

}  // namespace tracehound::tags
