// The fields of a TagPack as they are read, before header and tag are put together.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "tags/tag.h"

namespace tracehound::tags {

enum class Field : std::uint8_t {
  // Of a tag, or of the header for all tags.
  address,
  tx_hash,
  label,
  actor,
  category,
  abuse,
  concepts,
  confidence,
  is_cluster_definer,
  currency,
  network,
  source,
  lastmod,
  tag_type,
  context,
  // Of the header alone.
  title,
  creator,
  description,
  owner,
  is_public,
  // Structure.
  header,
  tags,
  actors,
};
inline constexpr std::size_t kFields = 23;

std::string_view name_of(Field field);
std::optional<Field> field_named(std::string_view name);
inline bool is_tag_field(Field field) { return field <= Field::context; }
// A tag whose own field of this kind cannot be used is skipped.
bool is_required(Field field);

// Texts of fields. Concepts are joined by '\n', which no text contains (see clean_text).
class Fields {
 public:
  bool has(Field field) const { return (given_ >> index(field) & 1) != 0; }
  // "" when not given.
  const std::string& text(Field field) const { return texts_[index(field)]; }
  void set(Field field, std::string_view text);
  void clear();
  // Takes from `others` what is not given here.
  void fill_from(const Fields& others);

  // The fields that make an attribution as one text, and back.
  void pack_attribution(std::string& into) const;
  void unpack(std::string_view packed);

 private:
  static std::size_t index(Field field) { return static_cast<std::size_t>(field); }
  std::array<std::string, kFields> texts_;
  std::uint32_t given_ = 0;
};

inline constexpr std::size_t kMaxTextBytes = 64 << 10;  // one text
inline constexpr std::size_t kMaxSubjectBytes = 512;    // an address

// What a message quotes of a file: whole characters, not too many.
std::string quoted(std::string_view text);

// The value as it is kept; "" and a fault ("the field label is ...") when it cannot be used.
// REQUIRES: `text` is UTF-8.
std::string usable_text(Field field, std::string_view text, std::string& fault);

// Whether the bytes are UTF-8 as RFC 3629 has it.
bool is_utf8(std::string_view text);

// Control characters made blanks, blanks at both ends removed. REQUIRES: `text` is UTF-8.
std::string clean_text(std::string_view text);

// YAML 1.1's words.
std::optional<bool> bool_of(std::string_view text);

// The tag's own fields over the header's. The error says what is missing: "it has no label".
std::expected<Attribution, std::string> attribution_of(const Fields& header, const Fields& own);

}  // namespace tracehound::tags
