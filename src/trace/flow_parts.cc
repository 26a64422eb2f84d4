#include "trace/flow_parts.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace tracehound::trace {

// ---- making -------------------------------------------------------------------------------------

std::uint32_t FlowParts::number_of(const Key& key, const FlowNode& fresh) {
  auto next = static_cast<std::uint32_t>(nodes_.size());
  auto [entry, made] = numbers_.try_emplace(key, next);
  if (made) {
    nodes_.push_back(fresh);
    reached_.push_back(false);
  }
  return entry->second;
}

std::uint32_t FlowParts::owner(AddressId owner, std::uint32_t hop, std::uint32_t period) {
  FlowNode fresh;
  fresh.owner = owner;
  return number_of({FlowNodeKind::owner, owner.number(), hop, period}, fresh);
}

std::uint32_t FlowParts::ending(DestinationKind kind, std::optional<std::uint32_t> service) {
  FlowNode fresh;
  fresh.kind = FlowNodeKind::ending;
  fresh.ending = kind;
  fresh.service = service;
  // A service's number one higher, so that none comes first.
  std::uint32_t place = service ? *service + 1 : 0;
  return number_of({FlowNodeKind::ending, static_cast<std::uint32_t>(kind), place, 0}, fresh);
}

void FlowParts::note_arrival(std::uint32_t number, std::uint32_t hop, std::uint32_t time) {
  FlowNode& node = nodes_[number];
  bool first = !reached_[number];
  reached_[number] = true;
  node.hop = first ? hop : std::min(node.hop, hop);
  node.first = first ? time : std::min(node.first, time);
  node.last = std::max(node.last, time);
}

void FlowParts::add_edge(std::uint32_t from, std::uint32_t to, Amount amount, TxId transaction,
                         std::uint32_t time) {
  auto [entry, fresh] = edges_.try_emplace({from, to});
  Edge& edge = entry->second;
  if (fresh || edge.last_transaction != transaction) ++edge.sums.transactions;
  edge.last_transaction = transaction;
  edge.sums.amount += amount;
  edge.sums.first = fresh ? time : std::min(edge.sums.first, time);
  edge.sums.last = std::max(edge.sums.last, time);
  nodes_[from].sent += amount;
  nodes_[to].received += amount;
}

FlowGraph FlowParts::take(bool conserves) {
  FlowGraph graph;
  graph.conserves = conserves;
  std::vector<std::uint32_t> now(nodes_.size());
  for (const auto& [key, number] : numbers_) {
    now[number] = static_cast<std::uint32_t>(graph.nodes.size());
    graph.nodes.push_back(nodes_[number]);
  }
  for (const auto& [ends, edge] : edges_) {
    FlowEdge sums = edge.sums;
    sums.from = now[ends.first];
    sums.to = now[ends.second];
    graph.edges.push_back(sums);
  }
  auto order = [](const FlowEdge& edge) { return std::tie(edge.from, edge.to); };
  std::ranges::sort(graph.edges, {}, order);
  return graph;
}

// ---- cutting ------------------------------------------------------------------------------------

namespace {

void add(FlowEdge& sum, const FlowEdge& edge) {
  sum.first = sum.transactions == 0 ? edge.first : std::min(sum.first, edge.first);
  sum.last = std::max(sum.last, edge.last);
  sum.amount += edge.amount;
  sum.transactions += edge.transactions;
}

// Edges of the same ends become one; by from, then to.
std::vector<FlowEdge> merged(const std::vector<FlowEdge>& edges) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, FlowEdge> sums;
  for (const FlowEdge& edge : edges) {
    FlowEdge& sum = sums[{edge.from, edge.to}];
    sum.from = edge.from;
    sum.to = edge.to;
    add(sum, edge);
  }
  std::vector<FlowEdge> all;
  for (const auto& [ends, sum] : sums) all.push_back(sum);
  return all;
}

// All but the first `keep` of the indexes, by falling weight; ties by index.
template <typename Weight>
std::vector<std::uint32_t> smallest(std::size_t count, std::size_t keep, Weight weight) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order,
                           [&](std::uint32_t a, std::uint32_t b) { return weight(a) > weight(b); });
  order.erase(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(std::min(keep, count)));
  return order;
}

// Puts the nodes together into one, the last; says its number.
std::uint32_t put_together(FlowGraph& graph, const std::vector<std::uint32_t>& cut) {
  std::vector<bool> goes(graph.nodes.size());
  for (std::uint32_t node : cut) goes[node] = true;
  FlowNode rest;
  rest.kind = FlowNodeKind::rest;
  std::vector<FlowNode> kept;
  std::vector<std::uint32_t> now(graph.nodes.size());
  bool first = true;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const FlowNode& node = graph.nodes[i];
    now[i] = static_cast<std::uint32_t>(kept.size());
    if (!goes[i]) {
      kept.push_back(node);
      continue;
    }
    rest.hop = first ? node.hop : std::min(rest.hop, node.hop);
    rest.first = first ? node.first : std::min(rest.first, node.first);
    rest.last = std::max(rest.last, node.last);
    rest.coins += node.coins;
    rest.seeded += node.seeded;
    rest.received += node.received;
    rest.sent += node.sent;
    rest.rests += node.rests;
    first = false;
  }
  auto number = static_cast<std::uint32_t>(kept.size());
  for (std::uint32_t node : cut) now[node] = number;
  kept.push_back(rest);
  graph.nodes = std::move(kept);
  for (FlowEdge& edge : graph.edges) {
    edge.from = now[edge.from];
    edge.to = now[edge.to];
  }
  graph.cut_nodes = cut.size();
  graph.edges = merged(graph.edges);
  return number;
}

// Leads the edges through the node.
void lead_through(FlowGraph& graph, const std::vector<std::uint32_t>& cut, std::uint32_t rest) {
  std::vector<bool> goes(graph.edges.size());
  for (std::uint32_t edge : cut) goes[edge] = true;
  std::vector<FlowEdge> edges;
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    const FlowEdge& edge = graph.edges[i];
    if (!goes[i] || edge.from == rest || edge.to == rest) {
      edges.push_back(edge);
      continue;
    }
    FlowEdge in = edge;
    FlowEdge out = edge;
    in.to = rest;
    out.from = rest;
    edges.push_back(in);
    edges.push_back(out);
    graph.nodes[rest].received += edge.amount;
    graph.nodes[rest].sent += edge.amount;
    ++graph.cut_edges;
  }
  graph.edges = merged(edges);
}

}  // namespace

void cut_flow(FlowGraph& graph, std::size_t most_nodes) {
  CHECK(most_nodes >= kFewestNodes);
  // With their edges led through the rest, nodes have two each; the others are the largest.
  std::size_t most_edges = (kEdgesPerNode - 2) * most_nodes;
  bool many_nodes = graph.nodes.size() > most_nodes;
  bool many_edges = graph.edges.size() > kEdgesPerNode * most_nodes;
  if (!many_nodes && !many_edges) return;
  auto flow_of = [&](std::uint32_t node) {
    return graph.nodes[node].seeded + graph.nodes[node].received;
  };
  std::size_t keep = std::min(graph.nodes.size(), most_nodes - 1);
  std::uint32_t rest = put_together(graph, smallest(graph.nodes.size(), keep, flow_of));
  if (graph.edges.size() <= kEdgesPerNode * most_nodes) return;
  auto amount_of = [&](std::uint32_t edge) { return graph.edges[edge].amount; };
  lead_through(graph, smallest(graph.edges.size(), most_edges, amount_of), rest);
}

}  // namespace tracehound::trace
