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
