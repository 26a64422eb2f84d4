// Random account worlds, as tests/reference/account_worlds.py tells them.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "support/toy_events.h"
#include "trace/accounts/backward.h"
#include "trace/accounts/trace.h"

namespace tracehound::trace::accounts {

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

inline AccountId account_of(std::int64_t number) {
  return number < 0 ? kNobody : AccountId(static_cast<std::uint32_t>(number));
}
inline U256 units(const std::string& text) { return U256::from_text(text).value(); }
inline AssetId asset_of(std::uint32_t number) { return AssetId(number); }

inline Stop stop_of(const std::string& kind, int service) {
  Stop stop;
  stop.kind = kind == "service"   ? DestinationKind::service
              : kind == "crossed" ? DestinationKind::crossed
                                  : DestinationKind::burned;
  if (service >= 0) stop.service = static_cast<std::uint32_t>(service);
  return stop;
}

// A line of a world's description.
inline void add_to_world(World& world, const std::string& word, std::istringstream& in) {
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

using Answer = std::function<void(const std::string& method, const std::string& word,
                                  std::istringstream& line)>;

// Goes through worlds 1 to `count`, but those in which nothing moves, until `end` says no, which
// gets each when it is whole. Before that `answer`, where there is one, gets the lines of the
// reference's answers.
inline void each_world(std::uint64_t count, const Answer& answer,
                       const std::function<bool(World&)>& end) {
  std::string command = "python3 " TRACEHOUND_ROOT "/tests/reference/account_worlds.py " +
                        std::to_string(count) + (answer ? " 1" : " 1 alone");
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::unique_ptr<World> world;
  std::string method;
  std::array<char, 4096> buffer{};
  while (pipe != nullptr && fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    std::istringstream in(buffer.data());
    std::string word;
    in >> word;
    if (word == "world") {
      world = std::make_unique<World>();
      method.clear();
      std::uint32_t accounts = 0, assets = 0;
      std::string skip;
      in >> world->name >> skip >> accounts >> skip >> assets;
      world->events = std::make_unique<ToyEvents>(accounts, assets);
    } else if (word == "method") {
      in >> method;
    } else if (word == "end") {
      if (!end(*world)) return;
    } else if (method.empty()) {
      add_to_world(*world, word, in);
    } else {
      answer(method, word, in);
    }
  }
}

}  // namespace tracehound::trace::accounts
