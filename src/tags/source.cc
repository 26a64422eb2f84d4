#include "tags/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tags/csv.h"
#include "tags/lists.h"
#include "tags/ofac.h"
#include "tags/sanctions.h"
#include "tags/tagpack.h"

namespace tracehound::tags {

namespace {

constexpr std::array<std::pair<std::string_view, SourceFormat>, 6> kFormats = {{
    {"tagpack", SourceFormat::yaml},
    {"ofac", SourceFormat::ofac},
    {"sanctions", SourceFormat::sanctions},
    {"list", SourceFormat::list},
    {"csv", SourceFormat::csv},
    {"words", SourceFormat::words},
}};

// By the file's name; of the XML lists, by how it begins.
SourceFormat format_of(const std::string& name, ByteView bytes) {
  std::string end = name.substr(std::min(name.rfind('.'), name.size()));
  std::ranges::transform(end, end.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (end == ".xml") return is_sanctions_list(bytes) ? SourceFormat::sanctions : SourceFormat::ofac;
  if (end == ".csv" || end == ".tsv") return SourceFormat::csv;
  return end == ".txt" ? SourceFormat::list : SourceFormat::yaml;
}

Result<TagPack> parse_as(SourceFormat format, ByteView bytes, const std::string& name,
                         const SourceOptions& options, const AddressTest& test) {
  switch (format) {
    case SourceFormat::ofac:
      return parse_ofac(bytes, name, test, options.more, recipe_of("ofac", options.more));
    case SourceFormat::sanctions:
      return parse_sanctions(bytes, name, test, options.more, recipe_of("sanctions", options.more));
    case SourceFormat::list:
      return parse_list(bytes, name, test, options.more);
    case SourceFormat::csv:
      return parse_csv(bytes, name, test, options.columns, options.more);
    case SourceFormat::words:
      return parse_words(bytes, name, test, options.more, recipe_of("words", options.more));
    case SourceFormat::yaml:
    case SourceFormat::by_name:
      break;
  }
  return parse_tagpack(bytes, name, options.more, recipe_of("", options.more));
}

}  // namespace

std::optional<SourceFormat> source_format_named(std::string_view name) {
  for (const auto& [spelling, format] : kFormats) {
    if (name == spelling) return format;
  }
  return std::nullopt;
}

Result<TagPack> parse_source(ByteView bytes, const std::string& name, const SourceOptions& options,
                             const AddressTest& test) {
  SourceFormat format = options.format;
  if (format == SourceFormat::by_name) format = format_of(name, bytes);
  if (!options.columns.empty() && format != SourceFormat::csv) {
    return bad_input(
        fmt::format("{} is read as no table, so columns cannot be mapped; give "
                    "--format csv if it is one",
                    name));
  }
  TRY_ASSIGN(TagPack pack, parse_as(format, bytes, name, options, test));
  if (!options.name.empty()) pack.info.file = options.name;
  return pack;
}

Result<TagPack> read_source(FileSystem& files, const std::string& path,
                            const SourceOptions& options, const AddressTest& test) {
  auto mapping = files.map(path);
  if (!mapping) return bad_input(mapping.error().message);
  return parse_source((*mapping)->bytes(), path, options, test);
}

}  // namespace tracehound::tags
