#include "tags/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"

namespace tracehound::tags {

namespace {

constexpr std::array<std::string_view, kFields> kNames = {
    "address",  "tx_hash",    "label",
    "actor",    "category",   "abuse",
    "concepts", "confidence", "is_cluster_definer",
    "currency", "network",    "source",
    "lastmod",  "tag_type",   "context",
    "title",    "creator",    "description",
    "owner",    "is_public",  "header",
    "tags",     "actors"};

constexpr std::size_t kShownBytes = 60;

constexpr std::array<Field, 5> kRequired = {Field::address, Field::tx_hash, Field::label,
                                            Field::currency, Field::network};

// The length of a control character (C0, DEL, C1) at the front, or 0.
std::size_t control_length(std::string_view text) {
  auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x20 || first == 0x7F) return 1;
  if (first != 0xC2 || text.size() < 2) return 0;
  return static_cast<unsigned char>(text[1]) < 0xA0 ? 2 : 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::string_view name_of(Field field) { return kNames[static_cast<std::size_t>(field)]; }

std::optional<Field> field_named(std::string_view name) {
  auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Field>(found - kNames.begin());
}

bool is_required(Field field) { return std::ranges::find(kRequired, field) != kRequired.end(); }

void Fields::set(Field field, std::string_view text) {
  texts_[index(field)] = text;
  given_ |= std::uint32_t{1} << index(field);
}

void Fields::fill_from(const Fields& others) {
  for (std::size_t i = 0; i < kFields; ++i) {
    auto field = static_cast<Field>(i);
    if (others.has(field) && !has(field)) set(field, others.text(field));
  }
}

void Fields::clear() {
  for (std::string& text : texts_) text.clear();
  given_ = 0;
}

void Fields::pack_attribution(std::string& into) const {
  into.clear();
  for (std::size_t i = index(Field::label); i <= index(Field::context); ++i) {
    if ((given_ >> i & 1) == 0) continue;
    std::array<Byte, 4> size;
    store_le(size.data(), static_cast<std::uint32_t>(texts_[i].size()));
    into += static_cast<char>(i);
    into.append(reinterpret_cast<const char*>(size.data()), size.size());
    into += texts_[i];
  }
}

void Fields::unpack(std::string_view packed) {
  clear();
  ByteReader reader(as_bytes(packed));
  while (reader.remaining() > 0) {
    auto i = reader.number<Byte>();
    ByteView text = reader.take(reader.number<std::uint32_t>());
    CHECK(reader.ok() && i < kFields);
    set(static_cast<Field>(i), {reinterpret_cast<const char*>(text.data()), text.size()});
  }
}

std::string quoted(std::string_view text) {
  std::size_t end = std::min(text.size(), kShownBytes);
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("\"{}{}\"", clean_text(text.substr(0, end)), end < text.size() ? "..." : "");
}

std::string usable_text(Field field, std::string_view given, std::string& fault) {
  bool is_subject = field == Field::address || field == Field::tx_hash;
  std::size_t limit = is_subject ? kMaxSubjectBytes : kMaxTextBytes;
  if (given.size() > limit) {
    fault = fmt::format("the field {} is longer than {} bytes", name_of(field), limit);
    return "";
  }
  std::string text = clean_text(given);
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

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    auto byte = [&](std::size_t i) -> unsigned {
      return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
    };
    auto more = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    unsigned first = byte(0);
    unsigned second = byte(1);
    if (first < 0x80) {
      at += 1;
    } else if (first >= 0xC2 && first < 0xE0 && more(1)) {
      at += 2;
    } else if ((first & 0xF0) == 0xE0 && more(1) && more(2) && (first != 0xE0 || second >= 0xA0) &&
               (first != 0xED || second < 0xA0)) {
      at += 3;
    } else if (first >= 0xF0 && first <= 0xF4 && more(1) && more(2) && more(3) &&
               (first != 0xF0 || second >= 0x90) && (first != 0xF4 || second < 0x90)) {
      at += 4;
    } else {
      return false;
    }
  }
  return true;
}

std::string clean_text(std::string_view text) {
  text = trimmed(text);
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    std::size_t control = control_length(text);
    clean += control > 0 ? ' ' : text.front();
    text.remove_prefix(std::max<std::size_t>(control, 1));
  }
  auto inner = trimmed(clean);
  return inner.size() == clean.size() ? clean : std::string(inner);
}

std::optional<bool> bool_of(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kTrue = {"true", "True", "TRUE", "yes", "Yes",
                                                            "YES",  "on",   "On",   "ON"};
  static constexpr std::array<std::string_view, 9> kFalse = {"false", "False", "FALSE", "no", "No",
                                                             "NO",    "off",   "Off",   "OFF"};
  if (std::ranges::find(kTrue, text) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, text) != kFalse.end()) return false;
  return std::nullopt;
}

std::expected<Attribution, std::string> attribution_of(const Fields& header, const Fields& own) {
  auto text = [&](Field field) -> const std::string& {
    return own.has(field) ? own.text(field) : header.text(field);
  };
  for (Field field : {Field::label, Field::currency}) {
    if (text(field).empty()) {
      return std::unexpected(fmt::format("it has no {}", name_of(field)));
    }
  }
  Attribution a;
  a.label = text(Field::label);
  a.actor = text(Field::actor);
  a.category = text(Field::category);
  a.abuse = text(Field::abuse);
  a.concepts = lines_of(text(Field::concepts));
  a.confidence = confidence_named(text(Field::confidence)).value_or(kUnknownConfidence);
  a.is_cluster_definer = bool_of(text(Field::is_cluster_definer)).value_or(false);
  a.currency = text(Field::currency);
  a.network = text(Field::network).empty() ? a.currency : text(Field::network);
  a.source = text(Field::source);
  a.lastmod = text(Field::lastmod);
  a.tag_type = text(Field::tag_type);
  a.context = text(Field::context);
  return a;
}

}  // namespace tracehound::tags
