// From parcels to a graph whose books balance at every node.
//
// A parcel says how many units a transaction carried from one coin into another, and sums by either
// end are exact (parcel_maker.cc). So an owner has sent what parcels took out of its coins and got
// what they brought, and edges are sums of parcels between owners. What is left to tell is where
// units ended: those that a stop ended on arrival go to the node of that destination instead of the
// coin's owner, and what lies unspent rests with its owner.
//
// A fee that flows on (`--fees miner`) goes into the node of the fees and out of it again into what
// its block's coinbase made. Backward is the same. Under a method that does not conserve nothing
// balances.
//
// Cost: a sort of the parcels, and a map with an entry for each node and edge. Cutting the graph
// down: the smallest nodes are put together into one, edges and all, which keeps every sum; then,
// of too many edges, the smallest are led through that node: A-B 3 becomes A-rest 3 and rest-B 3.
#include "trace/flow.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "trace/flow_parts.h"

namespace tracehound::trace {

namespace {

// Units of one label that reached a coin, and what became of them there.
struct Arrival {
  CoinId coin;
  Label label;
  std::uint32_t hop = 0;
  Amount moved = 0;  // by parcels
  Amount seeded = 0;
  Amount ended = 0;  // in a destination other than `held`
  Amount held = 0;
  Amount stopping = 0;  // of `moved`, what parcels have still to bring straight to the ending
  DestinationKind ending = DestinationKind::held;
  std::optional<std::uint32_t> service;

  std::pair<CoinId, Label> key() const { return {coin, label}; }
};

class Builder {
 public:
  Builder(const Trace& trace, const ledger::Ledger& ledger, const FlowOptions& options)
      : trace_(trace), ledger_(ledger), options_(options) {}

  FlowGraph build() {
    list_arrivals();
    for (Arrival& arrival : arrivals_) settle(arrival);
    for (const Parcel& parcel : trace_.parcels) carry(parcel);
    return parts_.take(trace_.conserves);
  }

 private:
  void list_arrivals() {
    for (const Parcel& parcel : trace_.parcels) {
      if (parcel.to) {
        arrivals_.push_back(
            {*parcel.to, parcel.label, parcel.hop, parcel.amount, 0, 0, 0, 0, {}, {}});
      }
    }
    for (const SeedCoin& seed : trace_.seeds) {
      arrivals_.push_back({seed.coin, seed.label, 0, 0, seed.amount, 0, 0, 0, {}, {}});
    }
    for (const Destination& destination : trace_.destinations) {
      bool held = destination.kind == DestinationKind::held;
      for (const Landing& landing : destination.coins) {
        Arrival end{landing.coin, landing.label, landing.hops, 0, 0, 0, 0, 0, {}, {}};
        (held ? end.held : end.ended) = landing.amount;
        if (!held) end.ending = destination.kind;
        if (!held) end.service = destination.service;
        arrivals_.push_back(end);
      }
    }
    std::ranges::stable_sort(arrivals_, {}, &Arrival::key);
    merge_arrivals();
  }

  // One entry for each coin and label.
  void merge_arrivals() {
    std::size_t kept = 0;
    for (const Arrival& next : arrivals_) {
      if (kept == 0 || arrivals_[kept - 1].key() != next.key()) {
        arrivals_[kept++] = next;
        continue;
      }
      Arrival& all = arrivals_[kept - 1];
      all.hop = std::min(all.hop, next.hop);
      all.moved += next.moved;
      all.seeded += next.seeded;
      all.ended += next.ended;
      all.held += next.held;
      if (next.ending != DestinationKind::held) all.ending = next.ending;
      if (next.service) all.service = next.service;
    }
    arrivals_.resize(kept);
  }

  // What the coin's owner has of it at first, and what rests there.
  void settle(Arrival& arrival) {
    arrival.stopping = std::min(arrival.moved, arrival.ended);
    if (arrival.stopping > 0) ++parts_.node(parts_.ending(arrival.ending, arrival.service)).coins;
    Amount reached = arrival.moved - arrival.stopping + arrival.seeded;
    Amount rests = std::min(arrival.held + arrival.ended - arrival.stopping, reached);
    if (reached == 0) return;
    std::uint32_t node = owner_node(arrival.coin, arrival.hop);
    ++parts_.node(node).coins;
    parts_.node(node).seeded += arrival.seeded;
    parts_.node(node).rests += rests;
    if (arrival.seeded > 0) {
      parts_.note_arrival(node, 0, ledger_.time(ledger_.creator(arrival.coin)));
    }
  }

  void carry(const Parcel& parcel) {
    std::uint32_t from = parcel.from
                             ? owner_node(*parcel.from, arrival_of(*parcel.from, parcel.label).hop)
                             : parts_.ending(DestinationKind::fees, {});
    // What a coinbase takes out of a fee no longer rests there.
    if (!parcel.from) parts_.node(from).rests -= parcel.amount;
    Amount left = parcel.amount;
    if (!parcel.to) return give(parcel, from, fee_node(parcel), left);
    Arrival& arrival = arrival_of(*parcel.to, parcel.label);
    Amount stopped = std::min(left, arrival.stopping);
    if (stopped > 0) {
      give(parcel, from, parts_.ending(arrival.ending, arrival.service), stopped);
      arrival.stopping -= stopped;
      left -= stopped;
    }
    if (left > 0) give(parcel, from, owner_node(*parcel.to, arrival.hop), left);
  }

  void give(const Parcel& parcel, std::uint32_t from, std::uint32_t to, Amount amount) {
    std::uint32_t time = ledger_.time(parcel.transaction);
    parts_.note_arrival(to, parcel.hop, time);
    if (parts_.node(to).kind == FlowNodeKind::ending) parts_.node(to).rests += amount;
    parts_.add_edge(from, to, amount, parcel.transaction, time);
  }

  // Where a parcel into no coin goes: the fees, or what a coinbase did not claim.
  std::uint32_t fee_node(const Parcel& parcel) {
    bool unclaimed = parcel.to_fee == parcel.transaction && ledger_.is_coinbase(parcel.to_fee);
    std::uint32_t node =
        parts_.ending(unclaimed ? DestinationKind::burned : DestinationKind::fees, {});
    // Counted once, whoever paid it.
    auto fee = std::tuple(parcel.transaction, parcel.to_fee, parcel.label);
    if (last_fee_ != fee) ++parts_.node(node).coins;
    last_fee_ = fee;
    return node;
  }

  Arrival& arrival_of(CoinId coin, Label label) {
    auto found = std::ranges::lower_bound(arrivals_, std::pair(coin, label), {}, &Arrival::key);
    CHECK(found != arrivals_.end() && found->key() == std::pair(coin, label));
    return *found;
  }

  std::uint32_t owner_node(CoinId coin, std::uint32_t hop) {
    AddressId owner = ledger_.address(coin);
    // An address past the end, which only unconfirmed coins have, is alone.
    if (owner.number() < options_.cluster_of_address.size()) {
      owner = AddressId(options_.cluster_of_address[owner.number()]);
    }
    std::uint32_t period = 0;
    if (options_.period > 0) period = ledger_.time(ledger_.creator(coin)) / options_.period;
    return parts_.owner(owner, options_.by_hop ? hop : 0, period);
  }

  const Trace& trace_;
  const ledger::Ledger& ledger_;
  const FlowOptions& options_;
  std::vector<Arrival> arrivals_;  // by coin, then label
  std::optional<std::tuple<TxId, TxId, Label>> last_fee_;
  FlowParts parts_;
};

}  // namespace

FlowGraph flow_graph(const Trace& trace, const ledger::Ledger& ledger, const FlowOptions& options) {
  CHECK(options.most_nodes >= kFewestNodes);
  FlowGraph graph = Builder(trace, ledger, options).build();
  graph.by_cluster = !options.cluster_of_address.empty();
  cut_flow(graph, options.most_nodes);
  return graph;
}

}  // namespace tracehound::trace
