#include "incidents/link.h"

#include <algorithm>
#include <limits>
#include <map>
#include <span>
#include <utility>

#include "trace/trace.h"

namespace tracehound::incidents {

namespace {

bool both(const Pair& amount) { return amount[0] > 0 && amount[1] > 0; }
Amount smaller(const Pair& amount) { return std::min(amount[0], amount[1]); }
Amount sum(Amount a, Amount b) {  // poison counts whole coins again and again
  Amount most = std::numeric_limits<Amount>::max();
  return most - a < b ? most : a + b;
}

// Every coin that holds units of an incident, in chain order.
std::vector<LinkedCoin> tainted_coins(const trace::Trace& trace, const ledger::Ledger& ledger) {
  struct Holding {
    CoinId coin;
    Label label;
    Amount amount;
    bool is_seed;
  };
  std::vector<Holding> holdings;
  for (const trace::SeedCoin& seed : trace.seeds) {
    holdings.push_back({seed.coin, seed.label, seed.amount, true});
  }
  for (const trace::Parcel& parcel : trace.parcels) {
    if (parcel.to) holdings.push_back({*parcel.to, parcel.label, parcel.amount, false});
  }
  std::ranges::stable_sort(holdings, {}, &Holding::coin);
  std::vector<LinkedCoin> coins;
  for (const Holding& holding : holdings) {
    if (coins.empty() || coins.back().coin != holding.coin) {
      coins.push_back({.coin = holding.coin, .value = ledger.value(holding.coin)});
    }
    Amount& amount = coins.back().amount[side_of(holding.label)];
    amount = std::min(sum(amount, holding.amount), coins.back().value);
    coins.back().is_seed |= holding.is_seed;
  }
  return coins;
}

// Units in both of two lists of ranges, each sorted and without overlap.
Amount common_units(std::span<const trace::Seed> a, std::span<const trace::Seed> b) {
  Amount common = 0;
  while (!a.empty() && !b.empty()) {
    Amount first = std::max(a.front().first, b.front().first);
    Amount end = std::min(a.front().end, b.front().end);
    if (first < end) common += end - first;
    std::span<const trace::Seed>& sooner = a.front().end < b.front().end ? a : b;
    sooner = sooner.subspan(1);
  }
  return common;
}

bool is_of_both(const LinkedSeed& seed) {
  auto lies_in = [&](std::size_t own, std::size_t other) {
    return seed.effective[own] < seed.claimed[own] && seed.arrived[other] > 0;
  };
  return seed.claimed_twice > 0 || lies_in(0, 1) || lies_in(1, 0);
}

// Seeds that both claim, or that lie in the other's money.
std::vector<LinkedSeed> shared_seeds(const trace::Trace& trace,
                                     std::span<const trace::Seed> asked) {
  std::map<CoinId, LinkedSeed> coins;
  for (const trace::SeedCoin& seed : trace.seeds) {
    LinkedSeed& coin = coins.try_emplace(seed.coin, LinkedSeed{.coin = seed.coin}).first->second;
    coin.claimed[side_of(seed.label)] += seed.claimed;
    coin.effective[side_of(seed.label)] += seed.amount;
  }
  for (const trace::Parcel& parcel : trace.parcels) {
    if (!parcel.to) continue;
    auto coin = coins.find(*parcel.to);
    if (coin == coins.end()) continue;
    Amount& arrived = coin->second.arrived[side_of(parcel.label)];
    arrived = sum(arrived, parcel.amount);
  }
  std::vector<trace::Seed> sorted(asked.begin(), asked.end());
  std::ranges::sort(sorted);  // by coin, label, range
  std::vector<LinkedSeed> list;
  for (auto& [id, coin] : coins) {
    auto of_coin = std::ranges::equal_range(sorted, id, {}, &trace::Seed::coin);
    auto of_b = std::ranges::find(of_coin, Label(2), &trace::Seed::label);
    coin.claimed_twice = common_units({of_coin.begin(), of_b}, {of_b, of_coin.end()});
    if (is_of_both(coin)) list.push_back(coin);
  }
  return list;
}

// Transactions that carry units of both.
std::vector<LinkedTransaction> meetings(const trace::Trace& trace) {
  std::vector<LinkedTransaction> list;
  for (const trace::Parcel& parcel : trace.parcels) {
    if (list.empty() || list.back().transaction != parcel.transaction) {
      if (!list.empty() && !both(list.back().amount)) list.pop_back();
      list.push_back({.transaction = parcel.transaction});
    }
    Amount& amount = list.back().amount[side_of(parcel.label)];
    amount = sum(amount, parcel.amount);
  }
  if (!list.empty() && !both(list.back().amount)) list.pop_back();
  return list;
}

void mark_first(std::vector<LinkedTransaction>& list, const std::vector<LinkedCoin>& met,
                const ledger::Ledger& ledger) {
  for (LinkedTransaction& meeting : list) {
    meeting.first = true;
    std::uint64_t inputs = ledger.input_count(meeting.transaction);
    for (std::uint64_t i = 0; i < inputs && meeting.first; ++i) {
      CoinId coin = ledger.input(meeting.transaction, i);
      meeting.first = !std::ranges::binary_search(met, coin, {}, &LinkedCoin::coin);
    }
  }
}

// The coins by what `key` makes of their address, where both incidents' lie; most money first.
template <typename Row, typename Key>
std::vector<Row> by_holder(const std::vector<LinkedCoin>& coins, const ledger::Ledger& ledger,
                           Key key) {
  std::map<std::uint32_t, Row> rows;
  for (const LinkedCoin& coin : coins) {
    Row& row = rows[key(ledger.address(coin.coin))];
    for (std::size_t side = 0; side < 2; ++side) {
      row.amount[side] = sum(row.amount[side], coin.amount[side]);
      row.coins[side] += coin.amount[side] > 0 ? 1 : 0;
    }
  }
  std::vector<Row> list;
  for (auto& [id, row] : rows) {
    if (!both(row.amount)) continue;
    if constexpr (std::is_same_v<Row, LinkedAddress>) row.address = AddressId(id);
    if constexpr (std::is_same_v<Row, LinkedCluster>) row.cluster = id;
    list.push_back(row);
  }
  std::ranges::stable_sort(list, std::ranges::greater{},
                           [](const Row& row) { return smaller(row.amount); });
  return list;
}

void take_services(Link& link) {
  for (const trace::Destination& destination : link.trace.destinations) {
    if (!destination.service) continue;
    LinkedService row{.service = *destination.service};
    for (const trace::LabelAmount& amount : destination.labels) {
      row.amount[side_of(amount.label)] = amount.amount;
    }
    if (both(row.amount)) link.services.push_back(row);
  }
}

}  // namespace

Result<Link> link_incidents(const ledger::Ledger& ledger, std::span<const trace::Seed> seeds,
                            const trace::Stops& stops, const LinkOptions& options) {
  trace::Options how;
  how.parcels = true;
  how.label_names = {options.names[0], options.names[1]};
  Link link;
  TRY_ASSIGN(link.trace, trace::run(ledger, seeds, options.method, stops, how));
  for (const trace::SeedCoin& seed : link.trace.seeds) {
    link.claimed[side_of(seed.label)] += seed.claimed;
    link.effective[side_of(seed.label)] += seed.amount;
  }

  link.seeds.rows = shared_seeds(link.trace, seeds);
  std::vector<LinkedCoin> coins = tainted_coins(link.trace, ledger);
  for (const LinkedCoin& coin : coins) {
    if (both(coin.amount)) link.coins.rows.push_back(coin);
  }
  link.transactions.rows = meetings(link.trace);
  mark_first(link.transactions.rows, link.coins.rows, ledger);
  for (const LinkedTransaction& meeting : link.transactions.rows) {
    if (meeting.first) link.first_meetings.rows.push_back(meeting);
  }
  auto itself = [](AddressId address) { return address.number(); };
  link.addresses.rows = by_holder<LinkedAddress>(coins, ledger, itself);
  if (options.cluster_of) {
    link.clusters.emplace();
    link.clusters->rows = by_holder<LinkedCluster>(coins, ledger, options.cluster_of);
    link.clusters->cut(options.most);
  }
  take_services(link);
  link.seeds.cut(options.most);
  link.coins.cut(options.most);
  link.transactions.cut(options.most);
  link.first_meetings.cut(options.most);
  link.addresses.cut(options.most);
  link.trace.parcels.clear();
  return link;
}

}  // namespace tracehound::incidents
