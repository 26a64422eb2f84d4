// XML as a stream of elements, from files that nobody vouches for: no tree, nothing expanded,
// nothing outside the file read. Memory follows the depth and the longest single text.
//
// Refused with a sentence, at the line where it shows: what is not well-formed (a file that was cut
// off is told as such), a DTD (where entities are declared, the stuff of XML bombs; a list needs
// none), nesting beyond kMaxXmlDepth, a text or attributes beyond kMaxTextBytes.
// docs/decisions/0065 says why expat reads it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace tracehound::tags {

inline constexpr int kMaxXmlDepth = 64;
inline constexpr std::uint64_t kMaxXmlBytes = std::uint64_t{1} << 30;  // that a list may have

struct XmlElement {
  std::string_view name;  // without its namespace
  std::uint32_t line = 0;
  std::span<const std::pair<std::string_view, std::string_view>> attributes;

  // "" when it has none of that name.
  std::string_view attribute(std::string_view wanted) const;
};

// What is done with the elements of a file, in its order. Views last for the call.
class XmlVisitor {
 public:
  virtual ~XmlVisitor() = default;
  virtual void open(const XmlElement& element) = 0;
  // `text`: what stood directly in it, without blanks at its ends.
  virtual void close(std::string_view name, std::string_view text, std::uint32_t line) = 0;
};

// `name` stands for the file in messages. Errors: bad_input.
Status read_xml(ByteView bytes, const std::string& name, XmlVisitor& visitor);

}  // namespace tracehound::tags
