// The program against the slow reference on random worlds: every amount, to the unit.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>

#include "support/account_worlds.h"
#include "support/rounds.h"

namespace tracehound::trace::accounts {
namespace {

constexpr int kWorlds = static_cast<int>(test::rounds(300));

using Lines = std::multiset<std::string>;

std::int64_t number_of(AccountId account) {
  return account == kNobody ? -1 : std::int64_t{account.number()};
}

// A trace in the reference's words. Landings of one label in one place are put together.
Lines lines_of(const Trace& trace) {
  Lines lines;
  auto add = [&lines](auto&&... words) {
    std::ostringstream line;
    ((line << words << ' '), ...);
    lines.insert(line.str());
  };
  for (std::size_t i = 0; i < trace.seeds.size(); ++i) {
    add("got", i, trace.seeds[i].effective.text());
  }
  for (const HoldingFound& found : trace.holdings) {
    const auto& [holder, label] = found.holding;
    add("kept", number_of(holder.account), holder.asset.number(), label.number(),
        found.balance.text(), found.effective.text());
  }
  std::map<std::string, std::pair<U256, std::uint32_t>> at;
  for (const Destination& destination : trace.destinations) {
    std::int64_t service = destination.service ? std::int64_t{*destination.service} : -1;
    for (const Landing& landing : destination.landings) {
      std::ostringstream key;
      key << "at " << name_of(destination.kind) << ' ' << service << ' '
          << (landing.tx ? std::int64_t{landing.tx->number()} : -1) << ' '
          << number_of(landing.holder.account) << ' ' << landing.holder.asset.number() << ' '
          << landing.label.number();
      auto [place, fresh] = at.try_emplace(key.str(), U256(), landing.hops);
      place->second.first += landing.amount;
      place->second.second = std::min(place->second.second, landing.hops);
    }
    if (destination.kind != DestinationKind::fees || !trace.conserves) continue;
    for (const LabelSum& sum : destination.labels.all()) {
      add("fee", destination.asset.number(), sum.label.number(), sum.amount.text());
    }
  }
  for (const auto& [key, entry] : at) add(key, entry.first.text(), entry.second);
  std::uint64_t unknown = 0;
  for (const AssetBooks& asset : trace.assets) {
    for (auto [way, sums] : {std::pair("out", &asset.swapped_out), {"in", &asset.swapped_in}}) {
      for (const LabelSum& sum : sums->all()) {
        add("swapped", way, asset.asset.number(), sum.label.number(), sum.amount.text());
      }
    }
    unknown += asset.unknown_holders;
  }
  add("unknown", unknown);
  add("counts", trace.swaps, trace.approximate, trace.guessed_actor);
  return lines;
}

// What the reference found, by method; lines without sums are left out where there are none.
struct Expected {
  std::map<std::string, Lines> by_method;
  std::map<std::string, std::uint64_t> unknown;
};

void add_to_answer(Expected& expected, const std::string& method, const std::string& word,
                   std::istringstream& in) {
  if (word == "unknown") {
    ++expected.unknown[method];
    return;
  }
  if (word == "fee" && method == "poison") return;
  std::ostringstream line;
  line << word << ' ';
  for (std::string part; in >> part;) line << part << ' ';
  expected.by_method[method].insert(line.str());
}

void expect_same(const Trace& trace, const World& world, Expected& expected,
                 const std::string& method) {
  Lines answer = expected.by_method[method];
  answer.insert("unknown " + std::to_string(expected.unknown[method]) + ' ');
  EXPECT_EQ(lines_of(trace), answer) << world.name << ", " << method;
}

void compare_back(World& world, Expected& expected) {
  constexpr MethodKind kBackward[] = {MethodKind::haircut, MethodKind::fifo, MethodKind::lifo};
  Options options;
  options.cuts = world.back_cuts;
  for (bool parcels : {false, true}) {
    options.parcels = parcels;
    auto traces =
        run_back(*world.events, world.back_seeds, kBackward, world.stops, options, world.holdings);
    ASSERT_TRUE(traces.has_value()) << world.name << ": " << traces.error().message;
    for (const Trace& trace : *traces) {
      EXPECT_EQ(trace.direction, Direction::backward);
      expect_same(trace, world, expected, "back-" + std::string(name_of(trace.method)));
    }
  }
}

void compare(World& world, Expected& expected) {
  std::vector<MethodKind> methods;
  for (std::size_t i = 0; i < kMethodKinds; ++i) methods.push_back(static_cast<MethodKind>(i));
  for (Driver driver : {Driver::queue, Driver::scan}) {
    world.options.driver = driver;
    world.options.parcels = driver == Driver::scan;
    auto traces = run(*world.events, world.seeds, methods, world.stops, world.options);
    ASSERT_TRUE(traces.has_value()) << world.name << ": " << traces.error().message;
    for (const Trace& trace : *traces) {
      expect_same(trace, world, expected, std::string(name_of(trace.method)));
    }
    auto alone =
        run(*world.events, world.seeds, std::span(&methods[2], 1), world.stops, world.options);
    EXPECT_EQ(lines_of(alone->front()), lines_of((*traces)[2]));
  }
}

TEST(account_reference, random_worlds__every_method_and_back__agrees_to_the_unit) {
  Expected expected;
  int compared = 0;
  each_world(
      kWorlds,
      [&](const std::string& method, const std::string& word, std::istringstream& line) {
        add_to_answer(expected, method, word, line);
      },
      [&](World& world) {
        compare(world, expected);
        compare_back(world, expected);
        expected = {};
        ++compared;
        return !HasFailure();
      });
  EXPECT_GT(compared, kWorlds * 9 / 10);
}

}  // namespace
}  // namespace tracehound::trace::accounts
