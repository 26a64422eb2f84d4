// A flow graph as GraphML, the XML that networkx, Gephi, yEd and igraph read.
// Source: the GraphML primer, graphml.graphdrawing.org.
#include <fmt/format.h>

#include <array>
#include <string_view>

#include "base/check.h"
#include "trace/write_flow.h"
#include "trace/write_text.h"

namespace tracehound::trace {

namespace {

struct Key {
  std::string_view id;
  std::string_view owner;  // node, edge or graph
  std::string_view name;
  std::string_view type;
};
constexpr std::array kKeys = {
    Key{"k", "node", "kind", "string"},       Key{"n", "node", "label", "string"},
    Key{"y", "node", "category", "string"},   Key{"h", "node", "hop", "int"},
    Key{"c", "node", "coins", "long"},        Key{"s", "node", "seeded", "long"},
    Key{"r", "node", "received", "long"},     Key{"o", "node", "sent", "long"},
    Key{"e", "node", "rests", "long"},        Key{"f", "node", "first", "string"},
    Key{"l", "node", "last", "string"},       Key{"a", "edge", "amount", "long"},
    Key{"t", "edge", "transactions", "long"}, Key{"ef", "edge", "first", "string"},
    Key{"el", "edge", "last", "string"},      Key{"gm", "graph", "method", "string"},
    Key{"gc", "graph", "chain", "string"},    Key{"gn", "graph", "cut_nodes", "long"},
    Key{"ge", "graph", "cut_edges", "long"},
};

class Document {
 public:
  Document(const FlowGraph& graph, const Trace& trace, const ledger::Ledger& ledger,
           const AddressText& address)
      : graph_(graph), trace_(trace), ledger_(ledger), address_(address) {}

  std::string write() {
    xml_ =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";
    for (const Key& key : kKeys) {
      xml_ += fmt::format("<key id=\"{}\" for=\"{}\" attr.name=\"{}\" attr.type=\"{}\"/>\n", key.id,
                          key.owner, key.name, key.type);
    }
    xml_ += "<graph edgedefault=\"directed\">\n";
    add("gm", name_of(trace_.method));
    add("gc", ledger_.chain());
    add("gn", graph_.cut_nodes);
    add("ge", graph_.cut_edges);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) write_node(i);
    for (const FlowEdge& edge : graph_.edges) write_edge(edge);
    return std::move(xml_) + "</graph>\n</graphml>\n";
  }

 private:
  void add(std::string_view key, std::string_view text) {
    if (text.empty()) return;
    xml_ += fmt::format("<data key=\"{}\">{}</data>\n", key, xml_text(text));
  }
  void add(std::string_view key, std::uint64_t number) {
    xml_ += fmt::format("<data key=\"{}\">{}</data>\n", key, number);
  }
  // Nothing where no block time is known.
  void add_time(std::string_view key, std::uint32_t time) {
    if (time > 0) add(key, iso_time(time));
  }

  void write_node(std::size_t number) {
    const FlowNode& node = graph_.nodes[number];
    xml_ += fmt::format("<node id=\"n{}\">\n", number);
    add("k", kind_of(node));
    add("n", name_of_node(node));
    if (node.service) add("y", trace_.services[*node.service].category);
    add("h", std::uint64_t{node.hop});
    add("c", node.coins);
    if (graph_.conserves) {
      add("s", node.seeded);
      add("r", node.received);
      add("o", node.sent);
      add("e", node.rests);
    }
    add_time("f", node.first);
    add_time("l", node.last);
    xml_ += "</node>\n";
  }

  void write_edge(const FlowEdge& edge) {
    xml_ += fmt::format("<edge source=\"n{}\" target=\"n{}\">\n", edge.from, edge.to);
    add("a", edge.amount);
    add("t", edge.transactions);
    add_time("ef", edge.first);
    add_time("el", edge.last);
    xml_ += "</edge>\n";
  }

  std::string_view kind_of(const FlowNode& node) const {
    switch (node.kind) {
      case FlowNodeKind::owner:
        return graph_.by_cluster ? "cluster" : "address";
      case FlowNodeKind::ending:
        return name_of(node.ending);
      case FlowNodeKind::rest:
        return "rest";
    }
    CHECK(false);
  }

  std::string name_of_node(const FlowNode& node) const {
    if (node.kind == FlowNodeKind::owner) return address_(node.owner);
    if (node.service) return trace_.services[*node.service].name;
    if (node.kind == FlowNodeKind::ending) return std::string(name_of(node.ending));
    return fmt::format("{} smaller nodes", graph_.cut_nodes);
  }

  const FlowGraph& graph_;
  const Trace& trace_;
  const ledger::Ledger& ledger_;
  const AddressText& address_;
  std::string xml_;
};

}  // namespace

std::string to_graphml(const FlowGraph& graph, const Trace& trace, const ledger::Ledger& ledger,
                       const AddressText& address) {
  return Document(graph, trace, ledger, address).write();
}

}  // namespace tracehound::trace
