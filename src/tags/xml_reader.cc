#include "tags/xml_reader.h"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/check.h"
#include "tags/fields.h"

namespace tracehound::tags {

namespace {

constexpr std::size_t kPiece = 1 << 20;         // bytes handed to expat at once; it counts in int
constexpr std::size_t kTokenMost = 2 * kPiece;  // of which it may have seen nearly one
constexpr char kBeforeName = '\x1f';            // expat puts it between a namespace and a name

std::string_view local_name(const XML_Char* name) {
  std::string_view whole = name;
  auto cut = whole.rfind(kBeforeName);
  return cut == whole.npos ? whole : whole.substr(cut + 1);
}

class Reading {
 public:
  Reading(const std::string& name, XmlVisitor& visitor)
      : name_(name), visitor_(visitor), parser_(XML_ParserCreateNS(nullptr, kBeforeName)) {
    CHECK(parser_ != nullptr);
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), opened, closed);
    XML_SetCharacterDataHandler(parser_.get(), said);
    XML_SetStartDoctypeDeclHandler(parser_.get(), declared);
  }

  Status read(ByteView bytes) {
    const auto* start = reinterpret_cast<const char*>(bytes.data());
    for (std::size_t at = 0;;) {
      std::size_t piece = std::min(bytes.size() - at, kPiece);
      bool last = at + piece == bytes.size();
      if (XML_Parse(parser_.get(), start + at, static_cast<int>(piece), last ? 1 : 0) !=
          XML_STATUS_OK) {
        return failure();
      }
      if (last) return {};
      at += piece;
      // Of what does not end in a piece, expat reads all again with the next one, and again.
      XML_Index done = std::max<XML_Index>(XML_GetCurrentByteIndex(parser_.get()), 0);
      if (at - static_cast<std::size_t>(done) > kTokenMost) {
        stop("a tag or a comment is longer than a megabyte; this is no list");
        return failure();
      }
    }
  }

 private:
  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  static Reading& self(void* user) { return *static_cast<Reading*>(user); }
  static void XMLCALL opened(void* user, const XML_Char* name, const XML_Char** attributes) {
    self(user).open(name, attributes);
  }
  static void XMLCALL closed(void* user, const XML_Char* name) { self(user).close(name); }
  static void XMLCALL said(void* user, const XML_Char* text, int size) {
    self(user).add({text, static_cast<std::size_t>(size)});
  }
  static void XMLCALL declared(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    self(user).stop(
        "it has a document type declaration (<!DOCTYPE), which no list needs and which "
        "can hide a bomb; remove it");
  }

  void open(const XML_Char* name, const XML_Char** given) {
    if (!fault_.empty()) return;
    if (texts_.size() >= static_cast<std::size_t>(kMaxXmlDepth)) {
      return stop(fmt::format("elements lie more than {} deep; this is no list", kMaxXmlDepth));
    }
    texts_.emplace_back();
    attributes_.clear();
    std::size_t size = 0;
    for (; *given != nullptr; given += 2) {
      attributes_.emplace_back(local_name(given[0]), given[1]);
      size += attributes_.back().second.size();
    }
    if (size > kMaxTextBytes) return stop("the attributes of an element are too long");
    visitor_.open({local_name(name), line(), attributes_});
  }

  void close(const XML_Char* name) {
    if (!fault_.empty()) return;
    CHECK(!texts_.empty());
    visitor_.close(local_name(name), clean_text(texts_.back()), line());
    texts_.pop_back();
  }

  void add(std::string_view text) {
    if (!fault_.empty() || texts_.empty()) return;
    if (texts_.back().size() + text.size() > kMaxTextBytes) {
      return stop(fmt::format("a text is longer than {} bytes", kMaxTextBytes));
    }
    texts_.back() += text;
  }

  void stop(std::string_view why) {
    fault_ = fmt::format("{}:{}: {}", name_, line(), why);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  std::uint32_t line() const {
    return static_cast<std::uint32_t>(XML_GetCurrentLineNumber(parser_.get()));
  }

  std::unexpected<Error> failure() const {
    if (!fault_.empty()) return bad_input(fault_);
    switch (XML_GetErrorCode(parser_.get())) {
      case XML_ERROR_NO_MEMORY:
        return machine_error(fmt::format("there is not enough memory to read {}", name_));
      case XML_ERROR_NO_ELEMENTS:
      case XML_ERROR_UNCLOSED_TOKEN:
      case XML_ERROR_PARTIAL_CHAR:
      case XML_ERROR_UNCLOSED_CDATA_SECTION:
        return bad_input(
            fmt::format("{}:{}: the file ends before its XML does; it was cut off, fetch it again",
                        name_, line()));
      default:
        return bad_input(fmt::format("{}:{}: this is not XML ({}); is it the right file?", name_,
                                     line(), XML_ErrorString(XML_GetErrorCode(parser_.get()))));
    }
  }

  const std::string& name_;
  XmlVisitor& visitor_;
  std::unique_ptr<XML_ParserStruct, Free> parser_;
  std::vector<std::string> texts_;  // of the open elements, outermost first
  std::vector<std::pair<std::string_view, std::string_view>> attributes_;
  std::string fault_;
};

}  // namespace

std::string_view XmlElement::attribute(std::string_view wanted) const {
  auto found =
      std::ranges::find(attributes, wanted, &std::pair<std::string_view, std::string_view>::first);
  return found == attributes.end() ? "" : found->second;
}

Status read_xml(ByteView bytes, const std::string& name, XmlVisitor& visitor) {
  return Reading(name, visitor).read(bytes);
}

}  // namespace tracehound::tags
