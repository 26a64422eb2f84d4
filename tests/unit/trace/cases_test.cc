// Runs tests/cases/trace/*.case. A case file is a small chain in text, then questions with the
// exact lines they are answered with (trace_text.h):
//
//   chain                              the toy chain (support/toy_chain.h), indented
//     block
//       mine a: 30
//   services mixer=Mixer               optional: addresses and the services they belong to
//   trace fifo haircut from a:0 b:0=2  methods with the same answer; seeds, with '=' their label
//     held t:0 30 hops 1 label 1
//     touched 1 transactions 2 coins
//   error fifo from a:0[5,5)           a part of the error's sentence
//     the range [5,5) is empty
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "base/file.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

struct Section {
  std::vector<std::string> heading;  // words
  std::vector<std::string> lines;    // without their indent and comments
};

std::vector<Section> sections_of(const std::string& text) {
  std::vector<Section> sections;
  for (const std::string& line : test::lines_of(text)) {
    std::vector<std::string> words = test::words_of(line);
    if (words.empty()) continue;
    if (line[0] != ' ') {
      sections.push_back({words, {}});
    } else {
      if (sections.empty()) throw std::runtime_error("the case begins with an indented line");
      sections.back().lines.push_back(fmt::format("{}", fmt::join(words, " ")));
    }
  }
  return sections;
}

class Case {
 public:
  explicit Case(const std::string& text) {
    for (const Section& section : sections_of(text)) {
      const std::string& kind = section.heading[0];
      if (kind == "chain") {
        chain_.emplace(fmt::format("{}", fmt::join(section.lines, "\n")));
      } else if (kind == "services") {
        services_ =
            fmt::format("{}", fmt::join(section.heading.begin() + 1, section.heading.end(), " "));
      } else if (kind == "trace" || kind == "error") {
        ask(section, kind == "error");
      } else {
        throw std::runtime_error("no such section: " + kind);
      }
    }
  }
  int questions() const { return questions_; }

 private:
  void ask(const Section& section, bool wants_error) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(section.heading, " ")));
    auto from = std::ranges::find(section.heading, "from");
    if (from == section.heading.end() || !chain_) throw std::runtime_error("no seeds or no chain");
    std::string seeds = fmt::format("{}", fmt::join(from + 1, section.heading.end(), " "));
    for (auto name = section.heading.begin() + 1; name != from; ++name) {
      auto method = method_named(*name);
      if (!method) throw std::runtime_error("no such method: " + *name);
      ++questions_;
      if (wants_error) {
        expect_error(seeds, *method, section.lines);
      } else {
        expect_lines(seeds, *method, section.lines);
      }
    }
  }

  void expect_lines(const std::string& seeds, MethodKind method,
                    const std::vector<std::string>& expected) {
    Trace trace = test::trace_of(*chain_, seeds, method, services_);
    std::vector<std::string> lines = test::lines_of_trace(*chain_, trace);
    // A case may leave out the seeds' own lines when they say nothing new.
    bool wants_seeds = std::ranges::any_of(
        expected, [](const std::string& line) { return line.starts_with("seed "); });
    if (!wants_seeds) {
      std::erase_if(lines, [](const std::string& line) { return line.starts_with("seed "); });
    }
    lines.push_back(fmt::format("touched {} transactions {} coins", trace.transactions_touched,
                                trace.coins_touched));
    EXPECT_EQ(lines, expected) << name_of(method);
  }

  void expect_error(const std::string& seeds, MethodKind method,
                    const std::vector<std::string>& expected) {
    ASSERT_EQ(expected.size(), 1U);
    try {
      test::trace_of(*chain_, seeds, method, services_);
      ADD_FAILURE() << "no error";
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(expected[0]), std::string::npos) << error.what();
    }
  }

  std::optional<test::ToyChain> chain_;
  std::string services_;
  int questions_ = 0;
};

class TraceCases : public testing::TestWithParam<std::string> {};

TEST_P(TraceCases, every_question_has_its_answer) {
  auto text = read_file(posix_files(), GetParam());
  ASSERT_TRUE(text.has_value()) << text.error().message;
  Case asked(std::string(text->begin(), text->end()));
  EXPECT_GT(asked.questions(), 0);
}

std::vector<std::string> case_files() {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(TRACEHOUND_ROOT "/tests/cases/trace")) {
    if (entry.path().extension() == ".case") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

INSTANTIATE_TEST_SUITE_P(Files, TraceCases, testing::ValuesIn(case_files()),
                         [](const testing::TestParamInfo<std::string>& file) {
                           return std::filesystem::path(file.param).stem().string();
                         });

}  // namespace
}  // namespace tracehound::trace
