// Reading a TagPack straight from YAML events.
//
// The header may stand before the tags or after them, so a tag is first kept as it stands: its
// address, and its own other fields packed into one text. Most tags of a pack say the same of many
// addresses (36,548 addresses of one pack share one attribution), so each distinct text is kept
// once; when the whole file is read, each is put together with the header once.
// Cost: one pass, a hash look-up per tag whose fields differ from the tag before.
#include "tags/tagpack.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

#include "tags/codes.h"
#include "tags/fields.h"
#include "tags/yaml_reader.h"

namespace tracehound::tags {

namespace {

using Kind = YamlEvent::Kind;

constexpr std::size_t kMaxUnknownNames = 100;
constexpr std::size_t kShownBytes = 60;

std::string file_of(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

// What a message quotes of the file: whole characters, not too many.
std::string quoted(std::string_view text) {
  std::size_t end = std::min(text.size(), kShownBytes);
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("\"{}{}\"", clean_text(text.substr(0, end)), end < text.size() ? "..." : "");
}

std::string_view what_it_is(Kind kind) {
  return kind == Kind::list ? "a list" : kind == Kind::map ? "a map" : "text";
}

class PackReader {
 public:
  PackReader(ByteView bytes, const std::string& name) : bytes_(bytes), yaml_(bytes, name) {}

  Result<TagPack> read() {
    TRY(read_top());
    put_together();
    pack_.info.file = file_of(yaml_.name());
    pack_.info.title = header_.text(Field::title);
    pack_.info.creator = header_.text(Field::creator);
    pack_.info.description = header_.text(Field::description);
    pack_.info.sha256 = thread_hasher().sha256(bytes_);
    std::ranges::sort(pack_.complaints, {}, [](const Complaint& complaint) {
      return std::tuple(complaint.line, std::string_view(complaint.text));
    });
    return std::move(pack_);
  }

 private:
  static constexpr std::string_view kNotAPack =
      "this is not a tag pack, which is a map of fields with a list named tags";

  void complain(std::uint32_t line, std::string text) {
    ++pack_.complaint_count;
    if (pack_.complaints.size() < kMaxComplaints) {
      pack_.complaints.push_back({line, std::move(text)});
    }
  }
  void skip_tag(std::uint32_t line, std::string_view why) {
    ++pack_.skipped;
    complain(line, fmt::format("tag skipped: {}", why));
  }

  Status read_top();
  Status read_header_map();
  Status read_header_field(const std::string& key, std::uint32_t line);
  Status read_structure(Field field);
  Status read_tags(const YamlEvent& first);
  Status read_tag(std::uint32_t line);
  Status read_tag_field(const std::string& key, std::uint32_t line, std::string& fault);
  Result<std::string> read_text(Field field, std::string& fault);
  Result<std::string> read_concepts(std::string& fault);
  void keep_tag(std::uint32_t line);
  void put_together();
  void note_unknown_field(std::string_view name, std::uint32_t line);

  ByteView bytes_;
  YamlReader yaml_;
  TagPack pack_;
  Fields header_;
  bool tags_seen_ = false;
  Fields own_;  // of the tag being read
  std::string packed_;
  std::unordered_map<std::string, std::uint32_t> packed_numbers_;  // looked up, never listed
  std::vector<const std::string*> packed_texts_;                   // by number: keys of the above
  std::set<std::string, std::less<>> unknown_names_;
};

Status PackReader::read_top() {
  TRY_ASSIGN(YamlEvent first, yaml_.next());
  if (first.kind == Kind::end) {
    return bad_input(fmt::format(
        "{} is empty; a tag pack is a map of fields with a list named tags", yaml_.name()));
  }
  if (first.kind != Kind::map) return yaml_.fail_at(first.line, kNotAPack);
  TRY(read_header_map());
  if (!tags_seen_) return yaml_.fail_at(first.line, kNotAPack);
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
    note_unknown_field(key, line);
    TRY_ASSIGN(YamlEvent value, yaml_.next());
    return yaml_.skip(value);
  }
  if (header_.has(*field)) {
    return yaml_.fail_at(line, fmt::format("the header has the field {} twice; remove one", key));
  }
  header_.set(*field, "");
  if (*field >= Field::header) return read_structure(*field);
  std::string fault;
  TRY_ASSIGN(std::string text, read_text(*field, fault));
  if (!fault.empty()) complain(line, fmt::format("header: {}; left empty", fault));
  header_.set(*field, text);
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
      return yaml_.fail_at(value.line, "this is an actor pack, which holds no tags");
  }
}

Status PackReader::read_tags(const YamlEvent& first) {
  if (first.kind != Kind::list) {
    return yaml_.fail_at(first.line, "the field tags must be a list of tags");
  }
  tags_seen_ = true;
  for (;;) {
    TRY_ASSIGN(YamlEvent event, yaml_.next());
    if (event.kind == Kind::list_end) return {};
    if (event.kind == Kind::map) {
      TRY(read_tag(event.line));
    } else {
      skip_tag(event.line, fmt::format("it is {}, not a map of fields", what_it_is(event.kind)));
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
    keep_tag(line);
  } else {
    skip_tag(line, fault);
  }
  return {};
}

Status PackReader::read_tag_field(const std::string& key, std::uint32_t line, std::string& fault) {
  auto field = field_named(key);
  if (!field || !is_tag_field(*field)) {
    note_unknown_field(key, line);
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
    complain(line, fmt::format("{}; left empty", field_fault));
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
  if (value.is_null()) return "";
  bool is_subject = field == Field::address || field == Field::tx_hash;
  std::size_t limit = is_subject ? kMaxSubjectBytes : kMaxTextBytes;
  if (value.text.size() > limit) {
    fault = fmt::format("the field {} is longer than {} bytes", name_of(field), limit);
    return "";
  }
  std::string text = clean_text(value.text);
  if (field == Field::confidence && !text.empty() && !confidence_named(text)) {
    fault = fmt::format("the confidence {} is not one of GraphSense's", quoted(text));
    return "";
  }
  if (field == Field::is_cluster_definer && !text.empty() && !bool_of(text)) {
    fault = fmt::format("the field is_cluster_definer is {}, neither true nor false", quoted(text));
    return "";
  }
  return text;
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

void PackReader::keep_tag(std::uint32_t line) {
  own_.pack_attribution(packed_);
  bool as_before = !pack_.tags.empty() && *packed_texts_[pack_.tags.back().attribution] == packed_;
  std::uint32_t number = as_before ? pack_.tags.back().attribution : 0;
  if (!as_before) {
    auto fresh = static_cast<std::uint32_t>(packed_texts_.size());
    auto [entry, is_fresh] = packed_numbers_.try_emplace(packed_, fresh);
    if (is_fresh) packed_texts_.push_back(&entry->first);
    number = entry->second;
  }
  // Both given: the address is the subject, as in GraphSense's own store.
  bool by_hash = own_.text(Field::address).empty() && !own_.text(Field::tx_hash).empty();
  PackTag tag;
  tag.kind = by_hash ? SubjectKind::transaction : SubjectKind::address;
  tag.subject = normal_subject(own_.text(by_hash ? Field::tx_hash : Field::address));
  tag.line = line;
  tag.attribution = number;
  pack_.tags.push_back(std::move(tag));
}

// Puts each distinct attribution together with the header and drops the tags that lack something.
void PackReader::put_together() {
  std::vector<std::string> faults(packed_texts_.size());
  pack_.attributions.resize(packed_texts_.size());
  for (std::size_t i = 0; i < packed_texts_.size(); ++i) {
    own_.unpack(*packed_texts_[i]);
    if (auto whole = attribution_of(header_, own_)) {
      pack_.attributions[i] = std::move(*whole);
    } else {
      faults[i] = whole.error();
    }
  }
  packed_texts_.clear();
  packed_numbers_.clear();
  std::erase_if(pack_.tags, [&](PackTag& tag) {
    if (tag.subject.empty()) tag.subject = normal_subject(header_.text(Field::address));
    std::string_view fault = faults[tag.attribution];
    if (fault.empty() && tag.subject.empty()) fault = "it has neither address nor tx_hash";
    if (!fault.empty()) skip_tag(tag.line, fault);
    return !fault.empty();
  });
}

void PackReader::note_unknown_field(std::string_view name, std::uint32_t line) {
  std::string shown = quoted(name);
  if (unknown_names_.size() >= kMaxUnknownNames || !unknown_names_.insert(shown).second) return;
  complain(line,
           fmt::format("the field {} is not known and is left out wherever it stands", shown));
}

}  // namespace

Result<TagPack> parse_tagpack(ByteView bytes, const std::string& name) {
  if (bytes.size() > kMaxPackBytes) {
    return bad_input(fmt::format("{} has more than {} MB, the most a tag pack may have; split it",
                                 name, kMaxPackBytes >> 20));
  }
  return PackReader(bytes, name).read();
}

Result<TagPack> read_tagpack(FileSystem& files, const std::string& path) {
  auto mapping = files.map(path);
  if (!mapping) return bad_input(mapping.error().message);
  return parse_tagpack((*mapping)->bytes(), path);
}

}  // namespace tracehound::tags
