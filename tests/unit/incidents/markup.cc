#include "unit/incidents/markup.h"

#include <set>

namespace tracehound::test {

namespace {

bool is_void(const std::string& name) {
  return name == "meta" || name == "br" || name == "img" || name == "link" || name == "hr";
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

class Reader {
 public:
  explicit Reader(std::string_view page) : rest_(page) {}

  Markup read() {
    if (!skip("<!DOCTYPE html>")) fault("no doctype");
    while (!rest_.empty() && markup_.faults.size() < 10) {
      if (rest_.front() != '<') {
        read_text();
      } else if (rest_.starts_with("</")) {
        close();
      } else {
        open();
      }
    }
    for (const std::string& name : open_) fault("never closed: " + name);
    return std::move(markup_);
  }

 private:
  void fault(const std::string& what) {
    markup_.faults.push_back(what + " near " + std::string(rest_.substr(0, 60)));
  }
  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::string take_name() {
    std::size_t size = 0;
    while (size < rest_.size() && is_name(rest_[size])) ++size;
    std::string name(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return name;
  }

  void read_text() {
    std::size_t end = std::min(rest_.find('<'), rest_.size());
    markup_.text += resolved(rest_.substr(0, end));
    rest_.remove_prefix(end);
  }

  std::string resolved(std::string_view raw) {
    static const std::map<std::string_view, std::string_view> kEntities = {
        {"amp", "&"}, {"lt", "<"},        {"gt", ">"},          {"quot", "\""},
        {"#39", "'"}, {"#10003", "(ok)"}, {"#10007", "(wrong)"}};
    std::string text;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      auto c = static_cast<unsigned char>(raw[i]);
      if (c < 0x20 && c != '\n') fault("a control character");
      if (c == '>') fault("a bare >");
      if (c != '&') {
        text += raw[i];
        continue;
      }
      std::size_t end = raw.find(';', i);
      auto entity = end == std::string_view::npos ? kEntities.end()
                                                  : kEntities.find(raw.substr(i + 1, end - i - 1));
      if (entity == kEntities.end()) {
        fault("a bare or unknown &");
        continue;
      }
      text += entity->second;
      i = end;
    }
    return text;
  }

  void open() {
    rest_.remove_prefix(1);
    Element element;
    element.name = take_name();
    if (element.name.empty()) return fault("a bare <");
    while (skip(" ") || skip("\n")) read_attribute(element);
    bool closed = skip("/>");
    if (!closed && !skip(">")) {
      fault("a broken tag " + element.name);
      rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
    }
    if (auto id = element.attributes.find("id"); id != element.attributes.end()) {
      if (!ids_.insert(id->second).second) fault("an id twice: " + id->second);
    }
    markup_.elements.push_back(element);
    if (closed || is_void(element.name)) return;
    open_.push_back(element.name);
    if (element.name == "style" || element.name == "script") skip_raw(element.name);
  }

  void read_attribute(Element& element) {
    std::string name = take_name();
    if (name.empty()) return;
    std::string value;
    if (skip("=")) {
      if (!skip("\"")) return fault("an attribute without quotes: " + name);
      std::size_t end = rest_.find('"');
      if (end == std::string_view::npos) return fault("an attribute without end: " + name);
      if (rest_.substr(0, end).find('<') != std::string_view::npos) {
        fault("markup in an attribute: " + name);
      }
      value = resolved(rest_.substr(0, end));
      rest_.remove_prefix(end + 1);
    }
    if (!element.attributes.emplace(name, value).second) fault("an attribute twice: " + name);
  }

  void skip_raw(const std::string& name) {
    std::size_t end = rest_.find("</" + name);
    if (end == std::string_view::npos) return fault("no end of " + name);
    rest_.remove_prefix(end);
  }

  void close() {
    rest_.remove_prefix(2);
    std::string name = take_name();
    if (!skip(">")) fault("a broken end tag");
    if (open_.empty() || open_.back() != name) return fault("closes what is not open: " + name);
    open_.pop_back();
  }

  std::string_view rest_;
  std::vector<std::string> open_;
  std::set<std::string> ids_;
  Markup markup_;
};

}  // namespace

std::vector<const Element*> Markup::named(std::string_view name) const {
  std::vector<const Element*> found;
  for (const Element& element : elements) {
    if (element.name == name) found.push_back(&element);
  }
  return found;
}

std::vector<std::string> Markup::attribute(std::string_view name) const {
  std::vector<std::string> values;
  for (const Element& element : elements) {
    auto at = element.attributes.find(std::string(name));
    if (at != element.attributes.end()) values.push_back(at->second);
  }
  return values;
}

Markup read_markup(std::string_view page) { return Reader(page).read(); }

}  // namespace tracehound::test
