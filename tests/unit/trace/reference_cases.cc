#include "unit/trace/reference_cases.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

#include "unit/trace/trace_text.h"

namespace tracehound::test {

using trace::DestinationKind;
using trace::Direction;

namespace {

class ListedMixes : public trace::MixTest {
 public:
  explicit ListedMixes(const ReferenceCase& asked) : mixes_(asked.mixes), changes_(asked.changes) {}
  bool is_mix(const ledger::Ledger&, TxId tx) const override {
    return std::ranges::binary_search(mixes_, tx);
  }
  std::vector<trace::MixChange> changes(const ledger::Ledger&, TxId tx) const override {
    auto found = changes_.find(tx);
    return found == changes_.end() ? std::vector<trace::MixChange>() : found->second;
  }

 private:
  const std::vector<TxId>& mixes_;
  const std::map<TxId, std::vector<trace::MixChange>>& changes_;
};

void write_names(JsonWriter& json, std::string_view key, const std::string& services) {
  json.key(key).open_object();
  for (const std::string& word : words_of(services)) {
    std::size_t equals = word.find('=');
    json.key(word.substr(0, equals)).value(word.substr(equals + 1));
  }
  json.close_object();
}

void write_cuts(JsonWriter& json, const trace::Cuts& cuts) {
  json.key("cuts").open_object();
  json.key("min_amount").amount(cuts.min_amount);
  if (cuts.max_hops) json.key("max_hops").value(*cuts.max_hops);
  if (cuts.until) json.key("until").value(cuts.until->number());
  json.close_object();
}

// Newly made units lie in coins of a coinbase, but only their sum per coinbase is defined.
std::vector<std::string> mined_by_coinbase(const ToyChain& chain, const trace::Trace& trace) {
  std::map<std::pair<TxId, Label>, Amount> sums;
  for (const trace::Destination& destination : trace.destinations) {
    if (destination.kind != DestinationKind::mined) continue;
    for (const trace::Landing& landing : destination.coins) {
      EXPECT_LE(landing.amount, landing.value);
      sums[{chain.ledger().creator(landing.coin), landing.label}] += landing.amount;
    }
  }
  std::vector<std::string> lines;
  for (const auto& [place, amount] : sums) {
    lines.push_back(fmt::format("mined {} {} label {}", chain.transaction_name(place.first), amount,
                                place.second.number()));
  }
  return lines;
}

// What miners left unclaimed is burned and in no coin.
void add_unclaimed(const trace::Trace& trace, std::vector<std::string>& lines) {
  for (const trace::Destination& destination : trace.destinations) {
    if (destination.kind != DestinationKind::burned) continue;
    for (const trace::LabelAmount& sum : destination.labels) {
      Amount rest = sum.amount;
      for (const trace::Landing& landing : destination.coins) {
        rest -= landing.label == sum.label ? landing.amount : 0;
      }
      if (rest > 0) lines.push_back(fmt::format("unclaimed {} label {}", rest, sum.label.number()));
    }
  }
}

// What ended in a coin twice under one label, as arrived and as seeded, as one line; sorted.
void merge_same_place(std::vector<std::string>& lines) {
  struct Sum {
    Amount amount = 0;
    std::uint64_t hops = ~0ULL;
  };
  std::map<std::pair<std::string, std::string>, Sum> sums;  // by "held t:0" and "label 1"
  std::erase_if(lines, [&](const std::string& line) {
    std::size_t hops = line.find(" hops ");
    if (hops == std::string::npos) return false;
    std::size_t amount = line.rfind(' ', hops - 1);
    std::size_t label = line.find(" label ");
    Sum& sum = sums[{line.substr(0, amount), line.substr(label)}];
    sum.amount += std::stoull(line.substr(amount));
    sum.hops = std::min<std::uint64_t>(sum.hops, std::stoull(line.substr(hops + 6)));
    return true;
  });
  for (const auto& [place, sum] : sums) {
    lines.push_back(
        fmt::format("{} {} hops {}{}", place.first, sum.amount, sum.hops, place.second));
  }
  std::ranges::sort(lines);
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

}  // namespace

std::vector<trace::Seed> random_seeds(const ToyChain& chain, Random& random) {
  std::vector<trace::Seed> seeds;
  std::uint64_t labels = 1 + random.below(3);
  for (std::uint64_t tries = 1 + random.below(5); tries > 0; --tries) {
    CoinId coin(random.below(chain.ledger().counts().coins));
    bool again = !seeds.empty() && random.below(4) == 0;
    if (again) coin = seeds.back().coin;
    Amount value = chain.ledger().value(coin);
    if (value == 0) value = chain.ledger().value(coin = CoinId(0));
    trace::Seed seed{coin, 0, value, Label(static_cast<std::uint32_t>(1 + random.below(labels)))};
    if (random.below(3) == 0) {
      seed.first = random.below(value);
      seed.end = seed.first + 1 + random.below(value - seed.first);
    }
    seeds.push_back(seed);
    if (!trace::check_seeds(chain.ledger(), seeds)) seeds.pop_back();
  }
  return seeds;
}

void write_case(JsonWriter& json, const ReferenceCase& asked) {
  json.open_object();
  std::string dump = asked.chain->dump();
  json.key("chain").raw(std::string_view(dump).substr(0, dump.size() - 1));
  write_names(json, "services", asked.services);
  write_names(json, "bridges", asked.bridges);
  json.key("seeds").open_list();
  for (const trace::Seed& seed : asked.seeds) {
    json.open_object();
    json.key("coin").value(seed.coin.number());
    json.key("first").amount(seed.first);
    json.key("end").amount(seed.end);
    json.key("label").value(seed.label.number());
    json.close_object();
  }
  json.close_list().key("methods").open_list();
  for (trace::MethodKind kind : asked.methods) json.value(name_of(kind));
  json.close_list().key("burn_addresses").open_list();
  for (AddressId address : asked.burn) json.value(asked.chain->address_name(address));
  json.close_list().key("mixes").open_list();
  for (TxId tx : asked.mixes) json.value(asked.chain->transaction_name(tx));
  json.close_list();
  constexpr std::array kRules = {"stop", "haircut", "follow-change"};
  json.key("mix").value(kRules.at(static_cast<std::size_t>(asked.mix_rule)));
  json.key("changes").open_object();
  for (const auto& [tx, changes] : asked.changes) {
    json.key(asked.chain->transaction_name(tx)).open_list();
    for (const trace::MixChange& change : changes) {
      json.open_list().value(change.input).value(change.output).close_list();
    }
    json.close_list();
  }
  json.close_object();
  json.key("direction").value(name_of(asked.direction));
  json.key("fees").value(name_of(asked.options.fees));
  json.key("halving").value(std::uint64_t{150});
  write_cuts(json, asked.options.cuts);
  json.close_object();
}

Result<std::vector<std::vector<std::string>>> lines_of_case(const ReferenceCase& asked) {
  const ToyChain& chain = *asked.chain;
  trace::StopRules rules;
  std::vector<trace::ServiceAddress> addresses;
  for (auto [text, category] :
       {std::pair(&asked.services, "service"), {&asked.bridges, "bridge"}}) {
    for (const std::string& word : words_of(*text)) {
      std::size_t equals = word.find('=');
      auto number = static_cast<std::uint32_t>(rules.services.size());
      addresses.push_back({chain.address(word.substr(0, equals)), number});
      rules.services.push_back({word.substr(equals + 1), category});
    }
  }
  ListedMixes mixes(asked);
  std::vector<std::string> bridges = {"bridge"};
  rules.addresses = addresses;
  rules.bridges = bridges;
  rules.burn = asked.burn;
  rules.mix = asked.mixes.empty() ? nullptr : &mixes;
  rules.mix_rule = asked.mix_rule;
  trace::Stops stops(std::move(rules));

  std::vector<trace::Trace> traces;
  if (asked.direction == Direction::forward) {
    TRY_ASSIGN(traces, run(chain.ledger(), asked.seeds, asked.methods, stops, asked.options));
  } else {
    for (trace::MethodKind kind : asked.methods) {
      TRY_ASSIGN(trace::Trace trace,
                 run_back(chain.ledger(), asked.seeds, kind, stops, asked.options));
      traces.push_back(std::move(trace));
    }
  }
  std::vector<std::vector<std::string>> answers;
  for (const trace::Trace& trace : traces) {
    std::vector<std::string> lines = lines_of_trace(chain, trace);
    if (trace.fees == trace::FeeRule::miner && trace.direction == Direction::backward) {
      std::erase_if(lines, [](const std::string& line) { return line.starts_with("mined "); });
      for (std::string& line : mined_by_coinbase(chain, trace)) lines.push_back(std::move(line));
    }
    add_unclaimed(trace, lines);
    merge_same_place(lines);
    answers.push_back(std::move(lines));
  }
  return answers;
}

std::vector<std::string> ask_reference(const std::string& cases) {
  std::filesystem::path path = std::filesystem::temp_directory_path() /
                               fmt::format("trace_reference_cases_{}.json", getpid());
  std::ofstream(path) << cases;
  std::string command = fmt::format("python3 '{}/tests/reference/trace_reference.py' '{}'",
                                    TRACEHOUND_ROOT, path.string());
  auto answer = lines_of(output_of(command));
  std::filesystem::remove(path);
  return answer;
}

}  // namespace tracehound::test
