// A trace as a graph for pictures: who the units passed through, how many, and when.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ledger/ledger.h"
#include "trace/result.h"

namespace tracehound::trace {

struct FlowOptions {
  // [address] is the smallest address of its cluster. Without it every address is an owner.
  std::span<const std::uint32_t> cluster_of_address = {};
  bool by_hop = false;       // an owner is one node for each hop at which units reach it
  std::uint32_t period = 0;  // seconds: and one for each such stretch of block time; 0: none
  // The picture's bound: the smallest nodes beyond it become one, and so do the smallest of more
  // than kEdgesPerNode times as many edges. At least kFewestNodes.
  std::size_t most_nodes = 1000;
};
inline constexpr std::size_t kFewestNodes = 2;
inline constexpr std::size_t kEdgesPerNode = 4;

enum class FlowNodeKind : std::uint8_t {
  owner,   // an address, or a cluster of them
  ending,  // a destination other than `held`: one node per kind, and per service
  rest,    // what the bound left out, all of it together
};

struct FlowNode {
  FlowNodeKind kind = FlowNodeKind::owner;
  AddressId owner;                                 // owners: the address, or the cluster's first
  DestinationKind ending = DestinationKind::held;  // endings
  std::optional<std::uint32_t> service;            // endings: index into Trace::services
  std::uint32_t hop = 0;                           // fewest of what reached it
  std::uint32_t first = 0;                         // block times of what reached it
  std::uint32_t last = 0;
  std::uint64_t coins = 0;  // a coin counts once for each label
  // The node's books: seeded + received = sent + rests, unless the method does not conserve.
  Amount seeded = 0;
  Amount received = 0;
  Amount sent = 0;
  Amount rests = 0;
};

struct FlowEdge {
  std::uint32_t from = 0;  // indexes into FlowGraph::nodes
  std::uint32_t to = 0;    // may be the same: change that went back to its owner
  Amount amount = 0;
  std::uint64_t transactions = 0;  // an upper bound where edges were put together
  std::uint32_t first = 0;         // block times
  std::uint32_t last = 0;
};

struct FlowGraph {
  bool conserves = true;
  bool by_cluster = false;      // owners are clusters, not addresses
  std::vector<FlowNode> nodes;  // owners by id, hop and time; endings by kind and service; the rest
  std::vector<FlowEdge> edges;  // by from, then to
  // What the bound left out, into the node `rest`.
  std::uint64_t cut_nodes = 0;
  std::uint64_t cut_edges = 0;
};

// REQUIRES: the trace is of that ledger, was made with Options::parcels and, if its method
// conserves, balances; most_nodes >= kFewestNodes.
FlowGraph flow_graph(const Trace& trace, const ledger::Ledger& ledger,
                     const FlowOptions& options = {});

}  // namespace tracehound::trace
