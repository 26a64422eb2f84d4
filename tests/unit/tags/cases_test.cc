// Runs tests/cases/tags/*.case. A case file is a comment, a pack, and what must come of it:
//
//   # why
//   == pack
//   label: L
//   tags: [{address: a, currency: BTC}]
//   == tags
//   2 a | L | BTC BTC = bitcoin:main | unknown 5 | actor=x definer ...
//   == actors              (left out: none)
//   3 binance | Binance | www.binance.com | exchange | SC,KY | bnb | {"a":1}
//   == complaints          (left out: none)
//   == error               (instead of tags: the whole sentence)
//
// The file's name is pack.yaml, or what `== name` says. `== set` holds FIELD=VALUE and `== map`
// COLUMN=FIELD, one a line. For these cases an address of bitcoin:main begins with "bc1qgood".
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "base/file.h"
#include "tags/codes.h"
#include "tags/source.h"

namespace tracehound::tags {
namespace {

std::map<std::string, std::string> sections_of(const std::string& text) {
  std::map<std::string, std::string> sections;
  std::string name = "comment";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("== ")) {
      name = line.substr(3);
      EXPECT_FALSE(sections.contains(name)) << "section " << name << " twice";
      sections[name];
    } else {
      sections[name] += line + "\n";
    }
  }
  return sections;
}

std::string text_of(const PackTag& tag, const Attribution& a) {
  std::string more;
  auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) more += fmt::format(" {}={}", name, value);
  };
  add("actor", a.actor);
  add("category", a.category);
  add("abuse", a.abuse);
  add("concepts", fmt::format("{}", fmt::join(a.concepts, ",")));
  if (a.is_cluster_definer) more += " definer";
  add("source", a.source);
  add("lastmod", a.lastmod);
  add("type", a.tag_type);
  add("context", a.context);
  std::string chain = chain_of(a.currency, a.network);
  return fmt::format("{} {}{} | {} | {} {} = {} | {} {} |{}\n", tag.line,
                     tag.kind == SubjectKind::transaction ? "tx " : "", tag.subject, a.label,
                     a.currency, a.network, chain.empty() ? "none" : chain, a.confidence.id,
                     a.confidence.level, more);
}

std::string text_of(const Actor& actor) {
  return fmt::format("{} {} | {} | {} | {} | {} | {} | {}\n", actor.line, actor.id, actor.label,
                     actor.uri, fmt::join(actor.categories, ","),
                     fmt::join(actor.jurisdictions, ","), fmt::join(actor.aliases, ","),
                     actor.context);
}

std::vector<std::pair<std::string, std::string>> pairs_of(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    auto cut = line.find('=');
    pairs.emplace_back(line.substr(0, cut), line.substr(cut + 1));
  }
  return pairs;
}

Result<TagPack> read_case(std::map<std::string, std::string>& sections) {
  AddressTest test;
  test.chain_of = [](std::string_view address) {
    return std::string(address.starts_with("bc1qgood") ? "bitcoin:main" : "");
  };
  SourceOptions options;
  for (const auto& [field, value] : pairs_of(sections["set"])) {
    options.more.set(field_named(field).value(), value);
  }
  for (const auto& [column, field] : pairs_of(sections["map"])) options.columns[column] = field;
  std::string name = sections["name"].empty() ? "pack.yaml\n" : sections["name"];
  name.pop_back();
  return parse_source(as_bytes(sections["pack"]), name, options, test);
}

class TagCases : public testing::TestWithParam<std::string> {};

TEST_P(TagCases, the_pack_is_read_as_the_case_says) {
  auto file = read_file(posix_files(), GetParam());
  ASSERT_TRUE(file.has_value()) << file.error().message;
  auto sections = sections_of(std::string(file->begin(), file->end()));
  ASSERT_TRUE(sections.contains("pack"));
  ASSERT_NE(sections.contains("tags"), sections.contains("error"));
  auto pack = read_case(sections);
  if (sections.contains("error")) {
    ASSERT_FALSE(pack.has_value());
    EXPECT_EQ(pack.error().kind, ErrorKind::bad_input);
    EXPECT_EQ(pack.error().message + "\n", sections["error"]);
    return;
  }
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  std::string tags;
  for (const PackTag& tag : pack->tags) tags += text_of(tag, pack->attributions[tag.attribution]);
  std::string complaints;
  std::uint64_t skipped = 0;
  for (const Complaint& complaint : pack->complaints) {
    complaints += fmt::format("{}: {}\n", complaint.line, complaint.text);
    if (complaint.text.find(" skipped: ") != complaint.text.npos) ++skipped;
  }
  std::string actors;
  for (const Actor& actor : pack->actors) actors += text_of(actor);
  EXPECT_EQ(tags, sections["tags"]);
  EXPECT_EQ(actors, sections["actors"]);
  EXPECT_EQ(complaints, sections["complaints"]);
  EXPECT_EQ(pack->complaint_count, pack->complaints.size());
  EXPECT_EQ(pack->skipped, skipped);
}

std::vector<std::string> case_files() {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(TRACEHOUND_ROOT "/tests/cases/tags")) {
    if (entry.path().extension() == ".case") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

INSTANTIATE_TEST_SUITE_P(Files, TagCases, testing::ValuesIn(case_files()),
                         [](const testing::TestParamInfo<std::string>& file) {
                           return std::filesystem::path(file.param).stem().string();
                         });

}  // namespace
}  // namespace tracehound::tags
