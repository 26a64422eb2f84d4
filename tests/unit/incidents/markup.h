// Reads a page as strictly as no browser does: every element closed in its order, every attribute
// quoted, every id once.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tracehound::test {

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes;
};

struct Markup {
  std::vector<std::string> faults;  // what is wrong, and near what
  std::vector<Element> elements;    // in document order
  std::string text;                 // of everything but style and script, entities resolved

  std::vector<const Element*> named(std::string_view name) const;
  // Values of that attribute, in document order.
  std::vector<std::string> attribute(std::string_view name) const;
};

Markup read_markup(std::string_view page);

}  // namespace tracehound::test
