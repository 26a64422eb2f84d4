// The program against the slow reference on random worlds: every amount, to the unit.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

#include "support/rounds.h"
#include "support/toy_events.h"
#include "trace/accounts/backward.h"
#include "trace/accounts/trace.h"

namespace tracehound::trace::accounts {
namespace {

constexpr int kWorlds = static_cast<int>(test::rounds(300));

using Lines = std::multiset<std::string>;

struct World {
  std::unique_ptr<ToyEvents> events;
  Stops stops{{{"an exchange", "exchange"}, {"a bridge", "defi_bridge"}}};
  Options options;
  std::vector<Seed> seeds;
  Cuts back_cuts;
  std::vector<Seed> back_seeds;
  std::vector<Holding> holdings;
  std::vector<TransferId> firsts;
  std::string name;
};

AccountId account_of(std::int64_t number) {
  return number < 0 ? kNobody : AccountId(static_cast<std::uint32_t>(number));
}
std::int64_t number_of(AccountId account) {
  return account == kNobody ? -1 : std::int64_t{account.number()};
}
U256 units(const std::string& text) { return U256::from_text(text).value(); }
AssetId asset_of(std::uint32_t number) { return AssetId(number); }

Stop stop_of(const std::string& kind, int service) {
  Stop stop;
  stop.kind = kind == "service"   ? DestinationKind::service
              : kind == "crossed" ? DestinationKind::crossed
                                  : DestinationKind::burned;
  if (service >= 0) stop.service = static_cast<std::uint32_t>(service);
  return stop;
}

// A line of a world's description.
void add_to_world(World& world, const std::string& word, std::istringstream& in) {
  if (word == "contract") {
    std::uint32_t asset = 0, account = 0;
    in >> asset >> account;
    world.events->set_contract(asset_of(asset), AccountId(account));
  } else if (word == "stop") {
    std::uint32_t account = 0;
    std::string kind;
    int service = 0;
    in >> account >> kind >> service;
    world.stops.add(AccountId(account), stop_of(kind, service));
  } else if (word == "cuts" || word == "backcuts") {
    std::string least;
    std::uint32_t hops = 0, until = 0;
    in >> least >> hops >> until;
    Cuts cuts{units(least), hops, TxId(until)};
    (word == "cuts" ? world.options.cuts : world.back_cuts) = cuts;
  } else if (word == "tx") {
    std::int64_t payer = 0;
    std::string fee;
    in >> payer >> fee;
    TxId tx = world.events->add_transaction(account_of(payer), units(fee));
    world.firsts.push_back(world.events->first_transfer(tx));
  } else if (word == "row") {
    std::int64_t from = 0, to = 0, usd = 0;
    std::uint32_t asset = 0;
    std::string amount;
    in >> from >> to >> asset >> amount >> usd;
    std::optional<std::uint64_t> worth;
    if (usd >= 0) worth = static_cast<std::uint64_t>(usd);
    world.events->add_row(account_of(from), account_of(to), asset_of(asset), units(amount), worth);
  } else if (word == "seed" || word == "backseed") {
    std::size_t tx = 0, row = 0;
    std::string first, end;
    std::uint32_t label = 0;
    int side = 0;
    in >> tx >> row >> first >> end >> label >> side;
    (word == "seed" ? world.seeds : world.back_seeds)
        .push_back({TransferId(world.firsts[tx].number() + row), units(first), units(end),
                    Label(label), static_cast<SeedSide>(side)});
  } else if (word == "holding") {
    std::uint32_t account = 0, asset = 0, label = 0;
    in >> account >> asset >> label;
    world.holdings.push_back({{AccountId(account), asset_of(asset)}, Label(label)});
  }
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
  std::string command =
      "python3 " TRACEHOUND_ROOT "/tests/reference/account_worlds.py " + std::to_string(kWorlds);
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  ASSERT_NE(pipe, nullptr);
  std::unique_ptr<World> world;
  Expected expected;
  std::string method;
  int compared = 0;
  std::array<char, 4096> buffer{};
  while (fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    std::istringstream in(buffer.data());
    std::string word;
    in >> word;
    if (word == "world") {
      world = std::make_unique<World>();
      expected = {};
      method.clear();
      std::uint32_t accounts = 0, assets = 0;
      std::string skip;
      in >> world->name >> skip >> accounts >> skip >> assets;
      world->events = std::make_unique<ToyEvents>(accounts, assets);
    } else if (word == "method") {
      in >> method;
    } else if (word == "end") {
      compare(*world, expected);
      compare_back(*world, expected);
      ++compared;
      if (HasFailure()) return;
    } else if (method.empty()) {
      add_to_world(*world, word, in);
    } else {
      add_to_answer(expected, method, word, in);
    }
  }
  EXPECT_GT(compared, kWorlds * 9 / 10);
}

}  // namespace
}  // namespace tracehound::trace::accounts
