// Nodes and edges of a flow graph while it is made (flow.cc), and how it is cut to size.
#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "trace/flow.h"

namespace tracehound::trace {

class FlowParts {
 public:
  // The node's number, which stays; made when it is asked for the first time.
  std::uint32_t owner(AddressId owner, std::uint32_t hop, std::uint32_t period);
  std::uint32_t ending(DestinationKind kind, std::optional<std::uint32_t> service);
  FlowNode& node(std::uint32_t number) { return nodes_[number]; }
  // Units reached the node at that hop and block time.
  void note_arrival(std::uint32_t node, std::uint32_t hop, std::uint32_t time);
  // Adds to the edge, and to what its ends sent and received. REQUIRES: the calls for one edge and
  // transaction come one after the other.
  void add_edge(std::uint32_t from, std::uint32_t to, Amount amount, TxId transaction,
                std::uint32_t time);

  // The graph in its order. The parts are used up.
  FlowGraph take(bool conserves);

 private:
  // Kind, then owner, hop and period, or ending and service.
  using Key = std::tuple<FlowNodeKind, std::uint32_t, std::uint32_t, std::uint32_t>;
  struct Edge {
    FlowEdge sums;
    TxId last_transaction;
  };
  std::uint32_t number_of(const Key& key, const FlowNode& fresh);

  std::map<Key, std::uint32_t> numbers_;
  std::vector<FlowNode> nodes_;
  std::vector<bool> reached_;  // whether note_arrival() was called
  std::map<std::pair<std::uint32_t, std::uint32_t>, Edge> edges_;
};

// Brings the graph within the bound (flow.cc's essay). Every sum stays. REQUIRES: most_nodes >=
// kFewestNodes; there is no node `rest` yet.
void cut_flow(FlowGraph& graph, std::size_t most_nodes);

}  // namespace tracehound::trace
