// The graph for pictures: its books balance at every node, cut or not.
#include "trace/flow.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "support/random_blocks.h"
#include "support/random_chain.h"
#include "trace/backward.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::Random;
using test::seeds_of;
using test::ToyChain;

const char* kTheft = R"(
block
  mine a: 60@A 40@B
block
  tx t: a:0 a:1 -> 70@C 25@D          # fee 5
block
  tx u: t:0 -> 50@shop 20@C
)";

std::vector<std::string> lines_of(const ToyChain& chain, const Trace& trace,
                                  const FlowGraph& graph) {
  auto name = [&](std::uint32_t number) {
    const FlowNode& node = graph.nodes[number];
    if (node.kind == FlowNodeKind::rest) return std::string("rest");
    if (node.kind == FlowNodeKind::owner) return chain.address_name(node.owner);
    return node.service ? trace.services[*node.service].name : std::string(name_of(node.ending));
  };
  std::vector<std::string> lines;
  for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
    const FlowNode& node = graph.nodes[i];
    lines.push_back(fmt::format("{}: {} + {} = {} + {}", name(i), node.seeded, node.received,
                                node.sent, node.rests));
  }
  for (const FlowEdge& edge : graph.edges) {
    lines.push_back(fmt::format("{} -> {}: {} in {}", name(edge.from), name(edge.to), edge.amount,
                                edge.transactions));
  }
  return lines;
}

Trace traced(const ToyChain& chain, std::string_view seeds, MethodKind method,
             std::string_view services, Options options = {}) {
  options.parcels = true;
  return test::trace_of(chain, seeds, method, services, options);
}

// What must hold for every graph of a method that conserves.
void expect_balanced(const Trace& trace, const FlowGraph& graph) {
  Amount seeded = 0;
  Amount rests = 0;
  std::vector<Amount> sent(graph.nodes.size());
  std::vector<Amount> received(graph.nodes.size());
  for (const FlowEdge& edge : graph.edges) {
    sent.at(edge.from) += edge.amount;
    received.at(edge.to) += edge.amount;
    EXPECT_LE(edge.first, edge.last);
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const FlowNode& node = graph.nodes[i];
    EXPECT_EQ(node.seeded + node.received, node.sent + node.rests) << i;
    EXPECT_EQ(node.sent, sent[i]) << i;
    EXPECT_EQ(node.received, received[i]) << i;
    seeded += node.seeded;
    rests += node.rests;
  }
  EXPECT_EQ(seeded, trace.effective);
  EXPECT_EQ(rests, trace.total);
}

TEST(Flow, two_owners_pay_together__each_sends_what_it_had) {
  ToyChain chain(kTheft);
  Trace trace = traced(chain, "a:0 a:1", MethodKind::fifo, "shop=Shop");
  FlowGraph graph = flow_graph(trace, chain.ledger());
  EXPECT_EQ(
      lines_of(chain, trace, graph),
      (std::vector<std::string>{
          "A: 60 + 0 = 60 + 0", "B: 40 + 0 = 40 + 0", "C: 0 + 90 = 70 + 20", "D: 0 + 25 = 0 + 25",
          "Shop: 0 + 50 = 0 + 50", "fees: 0 + 5 = 0 + 5", "A -> C: 60 in 1", "B -> C: 10 in 1",
          "B -> D: 25 in 1", "B -> fees: 5 in 1", "C -> C: 20 in 1", "C -> Shop: 50 in 1"}));
  EXPECT_EQ(graph.cut_nodes, 0u);
}

TEST(Flow, by_hop__an_owner_is_a_node_for_each_hop) {
  ToyChain chain(kTheft);
  Trace trace = traced(chain, "a:0 a:1", MethodKind::fifo, "");
  FlowGraph graph = flow_graph(trace, chain.ledger(), {.by_hop = true});
  std::vector<std::uint32_t> hops;
  for (const FlowNode& node : graph.nodes) {
    if (node.kind == FlowNodeKind::owner && chain.address_name(node.owner) == "C") {
      hops.push_back(node.hop);
    }
  }
  EXPECT_EQ(hops, (std::vector<std::uint32_t>{1, 2}));
  expect_balanced(trace, graph);
}

TEST(Flow, clusters_given__addresses_of_one_are_one_owner) {
  ToyChain chain(kTheft);
  Trace trace = traced(chain, "a:0 a:1", MethodKind::fifo, "");
  std::vector<std::uint32_t> clusters(chain.ledger().counts().addresses);
  std::iota(clusters.begin(), clusters.end(), 0U);
  clusters[chain.address("B").number()] = chain.address("A").number();
  FlowGraph graph = flow_graph(trace, chain.ledger(), {.cluster_of_address = clusters});
  EXPECT_EQ(lines_of(chain, trace, graph).front(), "A: 100 + 0 = 100 + 0");
  expect_balanced(trace, graph);
}

TEST(Flow, poison__edges_follow_the_parcels) {
  ToyChain chain(kTheft);
  Trace trace = traced(chain, "a:0", MethodKind::poison, "shop=Shop");
  FlowGraph graph = flow_graph(trace, chain.ledger());
  EXPECT_FALSE(graph.conserves);
  auto lines = lines_of(chain, trace, graph);
  EXPECT_NE(std::ranges::find(lines, "A -> C: 70 in 1"), lines.end());
}

TEST(Flow, too_large_for_the_picture__the_smallest_become_one_and_the_books_balance) {
  std::string text = "block\n  mine a: 10000@thief\nblock\n  tx t: a:0 ->";
  for (int i = 1; i <= 100; ++i) text += fmt::format(" {}@p{}", i, i);
  ToyChain chain(text + "\n");
  Trace trace = traced(chain, "a:0", MethodKind::fifo, "");
  for (std::size_t most : {kFewestNodes, std::size_t{3}, std::size_t{10}, std::size_t{50}}) {
    SCOPED_TRACE(most);
    FlowGraph graph = flow_graph(trace, chain.ledger(), {.most_nodes = most});
    EXPECT_EQ(graph.nodes.size(), most);
    EXPECT_EQ(graph.nodes.back().kind, FlowNodeKind::rest);
    EXPECT_EQ(graph.cut_nodes, 102 - (most - 1));  // the thief, 100 payees, the fees
    expect_balanced(trace, graph);
  }
  FlowGraph whole = flow_graph(trace, chain.ledger(), {.most_nodes = 102});
  EXPECT_EQ(whole.nodes.size(), 102u);
  EXPECT_EQ(whole.cut_nodes, 0u);
}

TEST(Flow, more_edges_than_a_picture_takes__the_smallest_go_through_the_rest) {
  // Twelve owners who each pay all the others.
  std::string text = "block\n  mine a:";
  for (int i = 0; i < 12; ++i) text += fmt::format(" 1000@o{}", i);
  text += "\nblock\n";
  for (int i = 0; i < 12; ++i) {
    text += fmt::format("  tx t{}: a:{} ->", i, i);
    for (int j = 0; j < 12; ++j) text += fmt::format(" {}@o{}", 20 + i + j, j);
    text += "\n";
  }
  ToyChain chain(text);
  std::string seeds;
  for (int i = 0; i < 12; ++i) seeds += fmt::format(" a:{}", i);
  Trace trace = traced(chain, seeds, MethodKind::fifo, "");
  FlowGraph whole = flow_graph(trace, chain.ledger());
  FlowGraph cut = flow_graph(trace, chain.ledger(), {.most_nodes = 14});
  EXPECT_EQ(whole.cut_edges, 0u);
  EXPECT_GT(whole.edges.size(), kEdgesPerNode * 14);
  EXPECT_GT(cut.cut_edges, 0u);
  EXPECT_LE(cut.edges.size(), kEdgesPerNode * 14);
  EXPECT_LE(cut.nodes.size(), 14u);
  expect_balanced(trace, cut);
}

// Three seeds of a label each on a random chain.
std::vector<Seed> some_seeds(const ToyChain& chain, Random& random) {
  std::vector<Seed> seeds;
  for (std::uint32_t label = 1; label <= 3; ++label) {
    CoinId coin(random.below(chain.ledger().counts().coins));
    Amount value = chain.ledger().value(coin);
    if (value > 0) seeds.push_back({coin, 0, value, Label(label)});
  }
  return seeds;
}

TEST(Flow, random_chains_by_every_method_and_fee_rule__balance_at_every_node_however_cut) {
  std::size_t nodes = 0;
  for (std::uint64_t number = 1; number <= 80; ++number) {
    bool miner = number % 2 == 0;
    Random random(number);
    auto text = miner ? test::random_mined_chain(number) : test::random_chain(number);
    ToyChain chain(text.text, miner ? "bitcoin:regtest" : "toy:test");
    std::vector<Seed> seeds = some_seeds(chain, random);
    if (seeds.empty()) continue;
    Stops stops = test::stops_of(chain, text.services);
    Options options{.parcels = true, .fees = miner ? FeeRule::miner : FeeRule::sink};
    if (number % 3 == 0) options.cuts.max_hops = 3;
    for (MethodKind method : {MethodKind::haircut, MethodKind::fifo, MethodKind::lifo,
                              MethodKind::tiho, MethodKind::tilo, MethodKind::seniority}) {
      SCOPED_TRACE(fmt::format("chain {}, {}", number, name_of(method)));
      auto trace = run(chain.ledger(), seeds, method, stops, options);
      ASSERT_TRUE(trace.has_value()) << trace.error().message;
      for (std::size_t most : {std::size_t{1000}, std::size_t{5}}) {
        FlowGraph graph =
            flow_graph(*trace, chain.ledger(), {.by_hop = number % 5 == 0, .most_nodes = most});
        expect_balanced(*trace, graph);
        nodes += graph.nodes.size();
      }
    }
  }
  EXPECT_GT(nodes, 5000u) << "these chains show little";
}

TEST(Flow, backward_on_random_chains__balances_too) {
  for (std::uint64_t number = 1; number <= 40; ++number) {
    Random random(number);
    auto text = test::random_chain(number);
    ToyChain chain(text.text);
    std::vector<Seed> seeds = some_seeds(chain, random);
    if (seeds.empty()) continue;
    for (MethodKind method : {MethodKind::haircut, MethodKind::fifo, MethodKind::lifo}) {
      SCOPED_TRACE(fmt::format("chain {}, {}", number, name_of(method)));
      auto trace = run_back(chain.ledger(), seeds, method, Stops(), {.parcels = true});
      ASSERT_TRUE(trace.has_value()) << trace.error().message;
      expect_balanced(*trace, flow_graph(*trace, chain.ledger()));
    }
  }
}

}  // namespace
}  // namespace tracehound::trace
