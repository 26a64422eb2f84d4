#include "unit/incidents/report_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/bytes.h"

namespace tracehound::test {

using trace::DestinationKind;

namespace {

constexpr Amount kCoin = 100'000'000;

Hash256 hash_of(std::string_view what, std::uint64_t number) {
  return thread_hasher().sha256(as_bytes(fmt::format("{} {}", what, number)));
}

}  // namespace

ReportWorld::ReportWorld(std::uint64_t seed) : state_(seed) {
  about.title = "Hot wallet of an exchange, March 2024";
  about.tool_version = "tracehound 0.1.0";
  about.command = "tracehound trace --from 4a5e:0 --method fifo --ledger L --html report.html";
  about.stops = {"Addresses tagged exchange, hosted_wallet or gambling", "Unspendable scripts"};
  about.files = {"trace.csv", "trace.json"};
}

// splitmix64, reduced.
std::uint64_t ReportWorld::random(std::uint64_t below) {
  state_ += 0x9E3779B97F4A7C15;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return (z ^ (z >> 31)) % below;
}

TxId ReportWorld::add_transaction(std::uint32_t seconds) {
  time_ += seconds;
  transactions_.push_back(time_);
  return TxId(static_cast<std::uint32_t>(transactions_.size() - 1));
}

CoinId ReportWorld::add_coin(TxId creator, std::uint32_t output, Amount amount, Label label,
                             std::uint32_t hop) {
  Coin coin;
  coin.creator = creator;
  coin.output = output;
  coin.amount = amount;
  coin.label = label;
  coin.hop = hop;
  coins_.push_back(coin);
  return CoinId(coins_.size() - 1);
}

CoinId ReportWorld::steal(Amount amount, Label label) {
  CoinId coin = add_coin(add_transaction(7), 1, amount, label, 0);
  coins_[coin.number()].seed = true;
  return coin;
}

std::vector<CoinId> ReportWorld::spend(const std::vector<CoinId>& coins,
                                       const std::vector<Amount>& amounts, std::uint32_t seconds) {
  TxId tx = add_transaction(seconds);
  Amount fee = 0;
  const Coin& first = coins_[coins.front().number()];
  Label label = first.label;
  std::uint32_t hop = first.hop;
  for (CoinId coin : coins) {
    Coin& spent = coins_[coin.number()];
    spent.spent = true;
    fee += spent.amount;
    hop = std::min(hop, spent.hop);
  }
  std::vector<CoinId> outputs;
  for (Amount amount : amounts) {
    auto output = static_cast<std::uint32_t>(outputs.size());
    outputs.push_back(add_coin(tx, output, amount, label, hop + 1));
    parcels_.push_back({tx, coins.front(), outputs.back(), amount, label, hop + 1});
    fee -= amount;
  }
  if (fee > 0) parcels_.push_back({tx, coins.front(), std::nullopt, fee, label, hop + 1});
  return outputs;
}

void ReportWorld::rest(CoinId coin, DestinationKind kind, Amount clean) {
  coins_[coin.number()].kind = kind;
  coins_[coin.number()].clean = clean;
}

void ReportWorld::rest_at(CoinId coin, const std::string& service, const std::string& category,
                          Amount clean) {
  rest(coin, DestinationKind::service, clean);
  coins_[coin.number()].service = service;
  coins_[coin.number()].category = category;
}

trace::Trace ReportWorld::trace(trace::MethodKind method) {
  trace::Trace trace;
  trace.method = method;
  trace.conserves = method != trace::MethodKind::poison;
  trace.label_names = label_names;
  std::map<std::pair<std::string, std::string>, trace::Destination> services;
  std::map<DestinationKind, trace::Destination> kinds;
  for (std::uint64_t i = 0; i < coins_.size(); ++i) {
    const Coin& coin = coins_[i];
    if (coin.seed) {
      trace.seeds.push_back({CoinId(i), coin.amount, coin.amount, coin.amount, coin.label});
      trace.claimed += coin.amount;
      trace.effective += coin.amount;
    }
    if (coin.spent) continue;
    auto& destination = coin.kind == DestinationKind::service
                            ? services[{coin.service, coin.category}]
                            : kinds[coin.kind];
    destination.amount += coin.amount;
    destination.coins.push_back(
        {CoinId(i), coin.amount + coin.clean, coin.amount, coin.label, coin.hop});
  }
  for (const trace::Parcel& parcel : parcels_) {
    if (!parcel.to) kinds[DestinationKind::fees].amount += parcel.amount;
  }
  for (auto& [name, destination] : services) {
    destination.service = static_cast<std::uint32_t>(trace.services.size());
    trace.services.push_back({name.first, name.second});
  }
  for (auto& [kind, destination] : kinds) {
    destination.kind = kind;
    trace.destinations.push_back(destination);
    if (kind != DestinationKind::held) continue;
    for (auto& [name, service] : services) {
      service.kind = DestinationKind::service;
      trace.destinations.push_back(service);
    }
    services.clear();
  }
  for (auto& [name, service] : services) {
    service.kind = DestinationKind::service;
    trace.destinations.push_back(service);
  }
  for (trace::Destination& destination : trace.destinations) {
    trace.total += destination.amount;
    if (!trace.conserves) destination.amount = 0;
  }
  if (!trace.conserves) trace.total = 0;
  trace.parcels = parcels_;
  trace.transactions_touched = transactions_.size();
  trace.coins_touched = coins_.size();
  return trace;
}

incidents::ReportLookup ReportWorld::lookup() const {
  incidents::ReportLookup lookup;
  lookup.chain = "bitcoin:main";
  lookup.tip_height = BlockHeight(840'000);
  lookup.tip_hash = hash_of("tip", 0);
  lookup.outpoint = [this](CoinId id) {
    const Coin& coin = coins_[id.number()];
    return ledger::Outpoint{hash_of("tx", coin.creator.number()), coin.output};
  };
  lookup.creator = [this](CoinId id) { return coins_[id.number()].creator; };
  lookup.txid = [](TxId tx) { return hash_of("tx", tx.number()); };
  lookup.height = [this](TxId tx) {
    return BlockHeight(834'000 + (transactions_[tx.number()] - transactions_[0]) / 600);
  };
  lookup.time = [this](BlockHeight height) {
    if (height.number() == 840'000) return transactions_.empty() ? time_ : transactions_.back();
    return transactions_[0] + (height.number() - 834'000) * 600;
  };
  lookup.address = [](CoinId coin) {
    return AddressId(static_cast<std::uint32_t>(coin.number() / 2));
  };
  lookup.address_text = [](AddressId address) {
    std::string hex = hash_of("address", address.number()).text();
    return address.number() % 3 == 0 ? "bc1p" + hex.substr(0, 58) : "bc1q" + hex.substr(0, 38);
  };
  return lookup;
}

ReportWorld hot_wallet() {
  ReportWorld world(1);
  world.about.service_notes = {{"https://example.org/tagpacks/a.yaml", "90, manual_transaction"},
                               {"https://example.org/tagpacks/b.yaml", "50, forensic"},
                               {"", ""}};
  CoinId stolen = world.steal(123'450'000'000);
  auto split = world.spend({stolen}, {42'000'000'000, 45'000'000'000, 36'449'990'000}, 2900);
  world.rest(split[1], DestinationKind::held);
  CoinId change = split[0];
  for (int i = 0; i < 8; ++i) {
    Amount pay = 4'000'000'000 + world.random(2'000'000'000);
    Amount left = world.amount(change) - std::min(world.amount(change), pay + 12'345);
    auto peel =
        world.spend({change}, {pay, left}, 3600 + static_cast<unsigned>(world.random(40'000)));
    world.rest_at(peel[0], i % 3 == 0 ? "Northwind Exchange" : "Meridian", "exchange",
                  i == 4 ? 1'000'000'000 : 0);
    change = peel[1];
  }
  auto parts = world.spend({split[2]}, {30'000'000'000, 6'449'950'000}, 90'000);
  world.rest_at(parts[0], "Northwind Exchange", "exchange");
  auto more = world.spend({parts[1]}, {3'000'000'000, 3'449'900'000}, 200'000);
  world.rest_at(more[0], "Lantern Gaming", "gambling");
  return world;
}

ReportWorld wallet_sweep(std::size_t services, std::size_t steps) {
  ReportWorld world(2);
  world.about.title = "Browser wallets emptied, March 2024";
  world.label_names = {"wallets of the first wave", "wallets of the second wave"};
  std::vector<CoinId> live;
  for (std::uint32_t wave = 1; wave <= 2; ++wave) {
    std::vector<CoinId> swept;
    Amount sum = 0;
    for (int i = 0; i < 110; ++i) {
      swept.push_back(world.steal(kCoin / 100 + world.random(9 * kCoin), Label(wave)));
      sum += world.amount(swept.back());
    }
    live.push_back(world.spend(swept, {sum - 150'000}, 4000).front());
  }
  for (std::size_t step = 0; step < steps && !live.empty(); ++step) {
    std::size_t pick = world.random(live.size());
    CoinId coin = live[pick];
    live.erase(live.begin() + static_cast<std::ptrdiff_t>(pick));
    Amount amount = world.amount(coin);
    if (amount < 100'000) continue;
    Amount pay = amount / (3 + world.random(30)) + 1;
    auto outputs = world.spend({coin}, {pay, amount - pay - 2'000},
                               600 + static_cast<std::uint32_t>(world.random(9000)));
    std::uint64_t what = world.random(10);
    if (what < 7) {
      std::uint64_t service = std::min(world.random(services), world.random(services));
      world.rest_at(outputs[0], fmt::format("Service {:04}", service),
                    service % 5 == 0 ? "gambling" : "exchange");
    } else if (what == 7) {
      world.rest(outputs[0], DestinationKind::mixed);
    } else if (what == 8) {
      live.push_back(outputs[0]);
    }
    live.push_back(outputs[1]);
  }
  return world;
}

ReportWorld peel_chain(std::uint32_t hops) {
  ReportWorld world(3);
  CoinId change = world.steal(5000 * kCoin);
  for (std::uint32_t hop = 0; hop < hops; ++hop) {
    Amount pay = world.amount(change) / 900 + world.random(kCoin / 100);
    auto peel = world.spend({change}, {pay, world.amount(change) - pay - 300}, 1200);
    if (hop % 4 != 0) world.rest_at(peel[0], fmt::format("Service {}", hop % 5), "exchange");
    change = peel[1];
  }
  return world;
}

ReportWorld hostile() {
  ReportWorld world(4);
  const std::string script = "<script>alert('x')</script>";
  world.about.title = "</title><script>alert(1)</script>";
  world.about.command = "tracehound trace --from \"a\" & <b>";
  world.about.stops = {"</dd><img src=x onerror=alert(1)>"};
  world.about.tool_version = "0.1<i>";
  world.about.service_notes = {{"javascript:alert(1)\" onclick=\"alert(2)", "<b>high</b>"},
                               {script, script}};
  world.label_names = {
      "a \xE2\x80\xAE"
      "drawkcab",
      "\x01\x1B[31m\xFF\xC0\xAF"};
  CoinId one = world.steal(7 * kCoin, Label(1));
  CoinId two = world.steal(5 * kCoin, Label(2));
  auto a = world.spend({one}, {3 * kCoin, 4 * kCoin - 500}, 900);
  world.rest_at(a[0], script, "\"><svg onload=alert(1)>");
  world.rest_at(a[1],
                "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xE2\x80\xAE"
                "evil\xE2\x80\xAC & 'sons' \"x\"",
                "a&b");
  auto b = world.spend({two}, {5 * kCoin}, 900);
  world.rest_at(b[0], std::string(300, 'W') + "]]>-->", "exchange");
  return world;
}

ReportWorld all_kinds() {
  ReportWorld world(5);
  CoinId stolen = world.steal(700 * kCoin);
  auto parts = world.spend({stolen}, std::vector<Amount>(6, 110 * kCoin), 600);
  world.rest_at(parts[0], "Meridian", "exchange");
  world.rest(parts[1], DestinationKind::mixed);
  world.rest(parts[2], DestinationKind::crossed);
  world.rest(parts[3], DestinationKind::burned);
  world.rest(parts[4], DestinationKind::cut);
  return world;
}

incidents::ReportData report_of(ReportWorld world, trace::MethodKind method) {
  return incidents::make_report_data(world.trace(method), world.lookup(), world.about);
}

}  // namespace tracehound::test
