// From parcels to a graph whose books balance at every node.
//
// The problem: a parcel says how many units a transaction brought into a coin, but of its several
// inputs it names one only. Edges drawn from that one input would show owners that send what they
// never got. Yet what each input brings is known: all that earlier parcels and seeds laid into that
// coin, less what ended there. So for each transaction and label there are two lists of the same
// sum, what comes in and what goes out, and edges are laid between them by walking both at once
// (the north-west corner rule):
//
//   in  A 60, B 40;  out C 70, D 25, fee 5   ->   A-C 60, B-C 10, B-D 25, B-fee 5
//
// Which of A and B paid C is a convention and means nothing; every node's sums are exact, and there
// are fewer edges than inputs and outputs together. Inputs of one owner (or one cluster) are one
// entry, so at clusters, whose coins are spent together, the convention rarely shows.
//
// A fee that flows on (`--fees miner`) goes into the node of the fees and out of it again into what
// its block's coinbase made. Backward, a coin leads to the transaction that created it; all else is
// the same. Under a method that does not conserve, edges follow the parcels and nothing balances.
//
// Cost: a sort of the parcels, and a map with an entry for each node and edge. Cutting the graph
// down: the smallest nodes are put together into one, edges and all, which keeps every sum; then,
// of too many edges, the smallest are led through that node: A-B 3 becomes A-rest 3 and rest-B 3.
#include "trace/flow.h"

#include <algorithm>
#include <map>
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
  DestinationKind ending = DestinationKind::held;
  std::optional<std::uint32_t> service;

  std::pair<CoinId, Label> key() const { return {coin, label}; }
};

// Units of one label that one transaction takes in or gives out.
struct Side {
  TxId transaction;
  Label label;
  std::uint32_t node = 0;
  Amount amount = 0;

  auto key() const { return std::tie(transaction, label); }
};

class Builder {
 public:
  Builder(const Trace& trace, const ledger::Ledger& ledger, const FlowOptions& options)
      : trace_(trace), ledger_(ledger), options_(options), backward_(is_backward(trace)) {}

  FlowGraph build() {
    list_arrivals();
    for (const Arrival& arrival : arrivals_) settle(arrival);
    for (const Parcel& parcel : trace_.parcels) give_out(parcel);
    join_sides();
    return parts_.take(trace_.conserves);
  }

 private:
  static bool is_backward(const Trace& trace) { return trace.direction == Direction::backward; }

  void list_arrivals() {
    for (const Parcel& parcel : trace_.parcels) {
      if (parcel.to) {
        arrivals_.push_back({*parcel.to, parcel.label, parcel.hop, parcel.amount, 0, 0, 0, {}, {}});
      }
    }
    for (const SeedCoin& seed : trace_.seeds) {
      arrivals_.push_back({seed.coin, seed.label, 0, 0, seed.amount, 0, 0, {}, {}});
    }
    for (const Destination& destination : trace_.destinations) {
      bool held = destination.kind == DestinationKind::held;
      for (const Landing& landing : destination.coins) {
        Arrival end{landing.coin, landing.label, landing.hops, 0, 0, 0, 0, {}, {}};
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

  // What the coin's owner has of it at first, what rests there, and what goes on.
  void settle(const Arrival& arrival) {
    Amount stopped = std::min(arrival.moved, arrival.ended);  // those went straight to the ending
    Amount reached = arrival.moved - stopped + arrival.seeded;
    Amount rests = std::min(arrival.held + arrival.ended - stopped, reached);
    if (reached == 0) return;
    std::uint32_t node = owner_node(arrival.coin, arrival.hop);
    parts_.node(node).seeded += arrival.seeded;
    parts_.node(node).rests += rests;
    if (arrival.seeded > 0) {
      parts_.note_arrival(node, 0, ledger_.time(ledger_.creator(arrival.coin)));
      ++parts_.node(node).coins;
    }
    if (reached == rests || !trace_.conserves) return;
    std::optional<TxId> next = ledger_.creator(arrival.coin);
    if (!backward_) next = ledger_.spender(arrival.coin);
    if (next) ins_.push_back({*next, arrival.label, node, reached - rests});
  }

  void give_out(const Parcel& parcel) {
    std::uint32_t time = ledger_.time(parcel.transaction);
    Amount left = parcel.amount;
    if (!parcel.to) {
      give(parcel, fee_node(parcel), left, time);
      return;
    }
    const Arrival& arrival = arrival_of(*parcel.to, parcel.label);
    Amount stopped = std::min(left, std::min(arrival.moved, arrival.ended));
    if (stopped > 0) {
      give(parcel, parts_.ending(arrival.ending, arrival.service), stopped, time);
      left -= stopped;
    }
    if (left > 0) give(parcel, owner_node(*parcel.to, arrival.hop), left, time);
  }

  void give(const Parcel& parcel, std::uint32_t node, Amount amount, std::uint32_t time) {
    parts_.note_arrival(node, parcel.hop, time);
    ++parts_.node(node).coins;
    bool ends = parts_.node(node).kind == FlowNodeKind::ending;
    if (ends) parts_.node(node).rests += amount;
    if (trace_.conserves) {
      outs_.push_back({parcel.transaction, parcel.label, node, amount});
    } else {
      auto from = owner_node(parcel.from, arrival_of(parcel.from, parcel.label).hop);
      parts_.add_edge(from, node, amount, parcel.transaction, time);
    }
  }

  // Where a parcel without a coin goes: the fees, or what a coinbase did not claim; backward, what
  // was newly made.
  std::uint32_t fee_node(const Parcel& parcel) {
    if (backward_) return parts_.ending(DestinationKind::mined, {});
    bool miner = trace_.fees == FeeRule::miner;
    if (miner && ledger_.is_coinbase(parcel.transaction)) {
      return parts_.ending(DestinationKind::burned, {});
    }
    std::uint32_t node = parts_.ending(DestinationKind::fees, {});
    if (miner && !ledger_.is_unconfirmed(parcel.transaction)) {
      TxId coinbase = ledger_.transactions(ledger_.height(parcel.transaction)).first;
      ins_.push_back({coinbase, parcel.label, node, parcel.amount});
      parts_.node(node).rests -= parcel.amount;  // give() counts it as resting there
    }
    return node;
  }

  // Lays edges between what each transaction takes in and gives out, label by label.
  void join_sides() {
    auto key = [](const Side& side) { return side.key(); };
    std::ranges::stable_sort(ins_, {}, key);
    std::ranges::stable_sort(outs_, {}, key);
    std::size_t in = 0;
    for (Side& out : outs_) {
      while (in < ins_.size() && ins_[in].key() < out.key()) ++in;
      std::uint32_t time = ledger_.time(out.transaction);
      while (out.amount > 0 && in < ins_.size() && ins_[in].key() == out.key()) {
        Amount amount = std::min(out.amount, ins_[in].amount);
        parts_.add_edge(ins_[in].node, out.node, amount, out.transaction, time);
        out.amount -= amount;
        ins_[in].amount -= amount;
        if (ins_[in].amount == 0) ++in;
      }
      CHECK(out.amount == 0);  // a balanced trace lays no unit into a coin from nowhere
    }
  }

  const Arrival& arrival_of(CoinId coin, Label label) const {
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
  bool backward_;
  std::vector<Arrival> arrivals_;  // by coin, then label
  std::vector<Side> ins_;
  std::vector<Side> outs_;
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
