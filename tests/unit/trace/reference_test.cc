// The program against tests/reference/trace_reference.py, to the unit, on random chains.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/json.h"
#include "support/random_blocks.h"
#include "support/random_chain.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::Random;
using test::ToyChain;

constexpr std::uint64_t kChains = 300;
constexpr MethodKind kMethods[] = {MethodKind::poison, MethodKind::haircut, MethodKind::fifo};

// One to five seeds, whole coins and parts, under one label or several, that may descend from one
// another or claim the same units.
std::vector<Seed> random_seeds(const ToyChain& chain, Random& random) {
  std::vector<Seed> seeds;
  std::uint64_t labels = 1 + random.below(3);
  for (std::uint64_t tries = 1 + random.below(5); tries > 0; --tries) {
    CoinId coin(random.below(chain.ledger().counts().coins));
    bool again = !seeds.empty() && random.below(4) == 0;
    if (again) coin = seeds.back().coin;
    Amount value = chain.ledger().value(coin);
    if (value == 0) value = chain.ledger().value(coin = CoinId(0));
    Seed seed{coin, 0, value, Label(static_cast<std::uint32_t>(1 + random.below(labels)))};
    if (random.below(3) == 0) {
      seed.first = random.below(value);
      seed.end = seed.first + 1 + random.below(value - seed.first);
    }
    seeds.push_back(seed);
    if (!check_seeds(chain.ledger(), seeds)) seeds.pop_back();
  }
  return seeds;
}

void write_case(JsonWriter& json, const ToyChain& chain, const std::vector<Seed>& seeds,
                const std::string& services) {
  json.open_object();
  std::string dump = chain.dump();
  json.key("chain").raw(std::string_view(dump).substr(0, dump.size() - 1));
  json.key("services").open_object();
  for (const std::string& word : test::words_of(services)) {
    std::size_t equals = word.find('=');
    json.key(word.substr(0, equals)).value(word.substr(equals + 1));
  }
  json.close_object().key("seeds").open_list();
  for (const Seed& seed : seeds) {
    json.open_object();
    json.key("coin").value(seed.coin.number());
    json.key("first").amount(seed.first);
    json.key("end").amount(seed.end);
    json.key("label").value(seed.label.number());
    json.close_object();
  }
  json.close_list().key("methods").open_list();
  for (MethodKind kind : kMethods) json.value(name_of(kind));
  json.close_list().close_object();
}

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return output;
  char buffer[1 << 16];
  while (std::size_t size = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, size);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

TEST(Reference, random_chains_and_overlapping_seeds__every_coin_agrees_to_the_unit) {
  std::vector<std::string> answers;
  JsonWriter json(0);
  json.open_list();
  std::size_t landings = 0;
  for (std::uint64_t number = 0; number < kChains; ++number) {
    test::RandomChain random_chain = test::random_chain(number);
    ToyChain chain(random_chain.text);
    Random random(number);
    std::vector<Seed> seeds = random_seeds(chain, random);
    write_case(json, chain, seeds, random_chain.services);
    for (MethodKind kind : kMethods) {
      auto trace = run(chain.ledger(), seeds, kind, stops_of(chain, random_chain.services));
      ASSERT_TRUE(trace.has_value()) << "chain " << number << ": " << trace.error().message;
      answers.push_back(fmt::format("case {} {}", number, name_of(kind)));
      auto lines = lines_of_trace(chain, *trace);
      std::ranges::sort(lines);
      landings += lines.size();
      answers.insert(answers.end(), lines.begin(), lines.end());
    }
  }
  json.close_list();

  std::filesystem::path path = std::filesystem::temp_directory_path() /
                               fmt::format("trace_reference_cases_{}.json", getpid());
  std::ofstream(path) << json.take();
  std::string command = fmt::format("python3 '{}/tests/reference/trace_reference.py' '{}'",
                                    TRACEHOUND_ROOT, path.string());
  auto reference = test::lines_of(output_of(command));
  std::filesystem::remove(path);

  std::string where = "the first case";
  for (std::size_t i = 0; i < std::min(answers.size(), reference.size()); ++i) {
    if (answers[i].starts_with("case")) where = answers[i];
    ASSERT_EQ(answers[i], reference[i]) << where;
  }
  EXPECT_EQ(answers.size(), reference.size());
  EXPECT_GT(landings, 20 * kChains) << "the chains say something";
}

}  // namespace
}  // namespace tracehound::trace
