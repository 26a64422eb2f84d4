// What holds for every trace of every chain, on random ones.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "support/random_chain.h"
#include "support/rounds.h"
#include "unit/trace/reference_cases.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::Random;
using test::ToyChain;
using Lines = std::vector<std::string>;

constexpr std::uint64_t kChains = test::rounds(100);
constexpr MethodKind kMethods[] = {MethodKind::poison,   MethodKind::haircut, MethodKind::fifo,
                                   MethodKind::lifo,     MethodKind::tiho,    MethodKind::tilo,
                                   MethodKind::seniority};

std::vector<Trace> traces(const ToyChain& chain, const std::vector<Seed>& seeds,
                          const std::string& services = "", const Options& options = {}) {
  auto found = run(chain.ledger(), seeds, kMethods, test::stops_of(chain, services), options);
  EXPECT_TRUE(found.has_value()) << found.error().message;
  return std::move(*found);
}

Lines sorted_lines(const ToyChain& chain, const Trace& trace) {
  Lines lines = test::lines_of_trace(chain, trace);
  std::ranges::sort(lines);
  return lines;
}

// Coins that hold taint in the end.
std::set<CoinId> support(const Trace& trace) {
  std::set<CoinId> coins;
  for (const Destination& destination : trace.destinations) {
    for (const Landing& landing : destination.coins) coins.insert(landing.coin);
  }
  return coins;
}

TEST(Invariants, every_label_s_destinations_sum_to_its_effective_seed) {
  for (std::uint64_t number = 0; number < kChains; ++number) {
    auto random_chain = test::random_mined_chain(number);
    ToyChain chain(random_chain.text, "bitcoin:regtest");
    Random random(number);
    Options options;
    options.fees = number % 2 == 0 ? FeeRule::sink : FeeRule::miner;
    auto seeds = test::random_seeds(chain, random);
    for (const Trace& trace : traces(chain, seeds, random_chain.services, options)) {
      if (!trace.conserves) continue;
      std::map<Label, std::int64_t> books;
      for (const SeedCoin& seed : trace.seeds) {
        books[seed.label] += static_cast<std::int64_t>(seed.amount);
      }
      for (const Destination& destination : trace.destinations) {
        for (const LabelAmount& sum : destination.labels) {
          books[sum.label] -= static_cast<std::int64_t>(sum.amount);
        }
        for (const Landing& landing : destination.coins) EXPECT_LE(landing.amount, landing.value);
      }
      for (auto [label, rest] : books) {
        EXPECT_EQ(rest, 0) << "chain " << number << ", " << name_of(trace.method);
      }
    }
  }
}

// The chain with each transaction's inputs in another order. Coins keep their names and numbers.
std::string inputs_permuted(const std::string& text, Random& random) {
  std::string permuted;
  for (const std::string& line : test::lines_of(text)) {
    Lines words = test::words_of(line);
    if (!words.empty() && words[0] == "tx") {
      auto first = words.begin() + 2;
      auto end = std::ranges::find(words, "->");
      for (auto left = end - first; left > 1; --left) {
        std::swap(first[left - 1], first[random.below(static_cast<std::uint64_t>(left))]);
      }
    }
    permuted += fmt::format("{}\n", fmt::join(words, " "));
  }
  return permuted;
}

// Seniority goes by the order of outputs, so inputs in another order do not change it either.
TEST(Invariants, inputs_in_another_order__change_fifo_and_lifo_alone) {
  std::map<MethodKind, int> changed;
  for (std::uint64_t number = 0; number < kChains; ++number) {
    auto random_chain = test::random_chain(number);
    ToyChain chain(random_chain.text);
    Random random(number);
    auto seeds = test::random_seeds(chain, random);
    ToyChain other(inputs_permuted(random_chain.text, random));
    auto before = traces(chain, seeds, random_chain.services);
    auto after = traces(other, seeds, random_chain.services);
    for (std::size_t i = 0; i < before.size(); ++i) {
      bool same = sorted_lines(chain, before[i]) == sorted_lines(other, after[i]);
      changed[before[i].method] += same ? 0 : 1;
    }
  }
  for (MethodKind method : kMethods) {
    bool by_input_order = method == MethodKind::fifo || method == MethodKind::lifo;
    EXPECT_EQ(changed[method] > 0, by_input_order) << name_of(method) << ' ' << changed[method];
  }
}

TEST(Invariants, outputs_in_another_order__change_seniority_and_not_tiho_tilo_haircut) {
  ToyChain chain(
      "block\n mine a: 30\n"
      "block\n mine b: 70\n tx t: a:0 b:0 -> 50@x 40@y\n");
  ToyChain other("block\n mine a: 30\nblock\n mine b: 70\n tx t: a:0 b:0 -> 40@y 50@x\n");
  for (MethodKind method : kMethods) {
    auto in = [&](const ToyChain& toy, const char* address) {
      Trace trace = test::trace_of(toy, "a:0", method);
      for (const Landing& landing : trace.destinations.at(0).coins) {
        if (toy.ledger().address(landing.coin) == toy.address(address)) return landing.amount;
      }
      return Amount{0};
    };
    bool by_output_order =
        method == MethodKind::fifo || method == MethodKind::lifo || method == MethodKind::seniority;
    EXPECT_EQ(in(chain, "x") != in(other, "x"), by_output_order) << name_of(method);
  }
}

// Without services: where one theft's coins are stolen again from a service, they stopped there
// whole by poison and leave that seed nothing (docs/decisions/0003).
TEST(Invariants, what_poison_does_not_reach__no_method_reaches) {
  for (std::uint64_t number = 0; number < kChains; ++number) {
    ToyChain chain(test::random_chain(number).text);
    Random random(number);
    auto seeds = test::random_seeds(chain, random);
    auto found = traces(chain, seeds);
    std::set<CoinId> reached = support(found.at(0));
    for (const Trace& trace : found) {
      EXPECT_TRUE(std::ranges::includes(reached, support(trace))) << name_of(trace.method);
    }
  }
}

// In exact shares haircut reaches whatever any conserving method does; in whole units it may give
// nothing where its exact share is below one unit, and nowhere else.
TEST(Invariants, what_haircut_does_not_reach__has_an_exact_share_below_one_unit) {
  std::size_t missed = 0;
  for (std::uint64_t number = 0; number < test::rounds(300); ++number) {
    Random random(number);
    Amount stolen = 1 + random.below(20);
    Amount clean = 1 + random.below(100);
    Amount left = stolen + clean;
    std::string outputs;
    for (int i = 0; i < 4; ++i) {
      Amount value = random.below(left / 2 + 1);
      outputs += fmt::format(" {}", value);
      left -= value;
    }
    ToyChain chain(
        fmt::format("block\n mine a: {} {}\nblock\n tx t: a:1 a:0 ->{}\n", stolen, clean, outputs));
    auto found = traces(chain, test::seeds_of(chain, "a:0"));
    std::set<CoinId> haircut = support(found.at(1));
    for (const Trace& trace : found) {
      if (!trace.conserves) continue;
      for (CoinId coin : support(trace)) {
        if (haircut.contains(coin)) continue;
        ++missed;
        EXPECT_LT(stolen * chain.ledger().value(coin), stolen + clean) << name_of(trace.method);
      }
    }
  }
  EXPECT_GT(missed, 0) << "the caveat is real";
}

TEST(Invariants, all_money_stolen__every_coin_is_tainted_whole_under_every_method) {
  for (std::uint64_t number = 0; number < kChains; ++number) {
    ToyChain chain(test::random_mined_chain(number).text, "bitcoin:regtest");
    const ledger::Ledger& ledger = chain.ledger();
    std::vector<Seed> seeds;
    for (std::uint32_t row = 0; row < ledger.counts().transactions; ++row) {
      if (!ledger.is_coinbase(TxId(row))) continue;
      for (CoinId coin : ledger.outputs(TxId(row))) {
        if (ledger.value(coin) > 0) seeds.push_back({coin, 0, ledger.value(coin)});
      }
    }
    Options options;
    options.fees = number % 2 == 0 ? FeeRule::sink : FeeRule::miner;
    for (const Trace& trace : traces(chain, seeds, "", options)) {
      std::size_t coins = 0;
      for (const Destination& destination : trace.destinations) {
        for (const Landing& landing : destination.coins) {
          if (trace.conserves && destination.kind == DestinationKind::held) {
            EXPECT_EQ(landing.amount, landing.value);
          }
          coins += destination.kind == DestinationKind::held ? 1 : 0;
        }
      }
      std::size_t unspent = 0;
      for (std::uint64_t row = 0; row < ledger.counts().coins; ++row) {
        CoinId coin(row);
        unspent += !ledger.spender(coin) && ledger.value(coin) > 0 &&
                           ledger.script(coin) != ledger::ScriptKind::op_return
                       ? 1
                       : 0;
      }
      EXPECT_EQ(coins, unspent) << "chain " << number << ", " << name_of(trace.method);
    }
  }
}

TEST(Invariants, a_coin_that_was_never_spent__taints_nothing_but_itself) {
  for (std::uint64_t number = 0; number < kChains; ++number) {
    ToyChain chain(test::random_chain(number).text);
    CoinId last(chain.ledger().counts().coins - 1);
    while (chain.ledger().spender(last) || chain.ledger().value(last) == 0) {
      last = CoinId(last.number() - 1);
    }
    for (const Trace& trace : traces(chain, {{last, 0, chain.ledger().value(last)}})) {
      EXPECT_EQ(support(trace), std::set<CoinId>{last});
      EXPECT_EQ(trace.transactions_touched, 0);
    }
  }
}

TEST(Invariants, seeds_in_another_order__give_the_same_traces) {
  for (std::uint64_t number = 0; number < kChains; ++number) {
    auto random_chain = test::random_chain(number);
    ToyChain chain(random_chain.text);
    Random random(number);
    auto seeds = test::random_seeds(chain, random);
    auto before = traces(chain, seeds, random_chain.services);
    std::ranges::rotate(seeds, seeds.begin() + static_cast<long>(random.below(seeds.size())));
    std::ranges::reverse(seeds);
    auto after = traces(chain, seeds, random_chain.services);
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(test::lines_of_trace(chain, before[i]), test::lines_of_trace(chain, after[i]));
    }
  }
}

}  // namespace
}  // namespace tracehound::trace
