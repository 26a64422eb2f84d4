// Where a trace ends on purpose: stops of every kind, cuts, an interrupt.
#include <gtest/gtest.h>

#include <atomic>

#include "support/random_chain.h"
#include "unit/trace/trace_text.h"

namespace tracehound::trace {
namespace {

using test::ToyChain;
using Lines = std::vector<std::string>;

// A chain of payments, each into a coin of its own block: a:0 -> p:0 -> q:0 -> r:0, with parts left
// at other addresses on the way.
const char* kPayments = R"(
block
  mine a: 100@victim
block
  tx p: a:0 -> 90@alice 10@shop
block
  tx q: p:0 -> 70@bob 20@ash
block
  tx r: q:0 -> 60@carol 10@dave
)";

Lines places(const ToyChain& chain, const Result<Trace>& trace) {
  if (!trace) return {trace.error().message};
  Lines lines = test::lines_of_trace(chain, *trace);
  std::erase_if(lines, [](const std::string& line) { return line.starts_with("seed"); });
  for (std::string& line : lines) line.resize(std::min(line.size(), line.find(" hops")));
  return lines;
}

Lines places(const ToyChain& chain, const Stops& stops, const Options& options = {}) {
  return places(chain, run(chain.ledger(), test::seeds_of(chain, "a:0"), MethodKind::haircut, stops,
                           options));
}

TEST(StopRules, a_bridge__is_crossed_under_its_name) {
  ToyChain chain(kPayments);
  std::vector<std::string> bridges = {"defi_bridge"};
  std::vector<ServiceAddress> addresses = {{chain.address("alice"), 0}, {chain.address("shop"), 1}};
  Stops stops({.services = {{"Ferry", "defi_bridge"}, {"Shop", "market"}},
               .addresses = addresses,
               .bridges = bridges});
  EXPECT_EQ(places(chain, stops), (Lines{"service Shop p:1 10", "crossed Ferry p:0 90"}));
}

TEST(StopRules, a_burn_address__burns) {
  ToyChain chain(kPayments);
  std::vector<AddressId> burn = {chain.address("ash")};
  Stops stops(StopRules{.burn = burn});
  EXPECT_EQ(places(chain, stops),
            (Lines{"held p:1 10", "held r:0 60", "held r:1 10", "burned q:1 20"}));
}

TEST(StopRules, through_an_address__goes_on_though_it_is_a_service_s) {
  ToyChain chain(kPayments);
  std::vector<ServiceAddress> addresses = {{chain.address("alice"), 0}, {chain.address("bob"), 0}};
  std::vector<AddressId> through = {chain.address("alice")};
  Stops stops({.services = {{"Pay", "exchange"}}, .addresses = addresses, .through = through});
  EXPECT_EQ(places(chain, stops), (Lines{"held p:1 10", "held q:1 20", "service Pay q:0 70"}));
}

// alice and carol are one cluster, bob and dave another.
std::vector<std::uint32_t> two_clusters(const ToyChain& chain) {
  std::vector<std::uint32_t> cluster;
  for (std::uint32_t i = 0; i < chain.ledger().counts().addresses; ++i) cluster.push_back(i);
  auto join = [&](const char* a, const char* b) {
    std::uint32_t one = chain.address(a).number();
    std::uint32_t other = chain.address(b).number();
    cluster[one] = cluster[other] = std::min(one, other);
  };
  join("alice", "carol");
  join("bob", "dave");
  return cluster;
}

TEST(StopRules, a_tag_on_one_address__stops_its_whole_cluster) {
  ToyChain chain(kPayments);
  std::vector<std::uint32_t> clusters = two_clusters(chain);
  std::vector<ServiceAddress> addresses = {{chain.address("dave"), 0}};
  Stops stops(
      {.services = {{"Pay", "exchange"}}, .addresses = addresses, .cluster_of_address = clusters});
  EXPECT_EQ(places(chain, stops), (Lines{"held p:1 10", "held q:1 20", "service Pay q:0 70"}));
}

TEST(StopRules, through_a_cluster__goes_on_at_all_its_addresses) {
  ToyChain chain(kPayments);
  std::vector<std::uint32_t> clusters = two_clusters(chain);
  std::vector<ServiceAddress> addresses = {{chain.address("dave"), 0}, {chain.address("carol"), 1}};
  std::vector<AddressId> through = {chain.address("bob")};
  Stops stops({.services = {{"Pay", "exchange"}, {"Zed", "exchange"}},
               .addresses = addresses,
               .through_clusters = through,
               .cluster_of_address = clusters});
  EXPECT_EQ(places(chain, stops), (Lines{"held p:1 10", "service Zed p:0 90"}));
  stops = Stops({.services = {{"Pay", "exchange"}},
                 .addresses = std::span(addresses).first(1),
                 .through_clusters = through,
                 .cluster_of_address = clusters});
  EXPECT_EQ(places(chain, stops),
            (Lines{"held p:1 10", "held q:1 20", "held r:0 60", "held r:1 10"}));
}

class OneMix : public MixTest {
 public:
  explicit OneMix(TxId mix) : mix_(mix) {}
  bool is_mix(const ledger::Ledger&, TxId tx) const override { return tx == mix_; }

 private:
  TxId mix_;
};

TEST(StopRules, a_mix__ends_what_comes_out_of_it_but_for_services_and_fees) {
  ToyChain chain(R"(
block
  mine a: 100 50
block
  tx m: a:0 a:1 -> 60@x 80@shop
block
  tx n: m:0 -> 60
)");
  OneMix mix(chain.transaction("m"));
  std::vector<ServiceAddress> addresses = {{chain.address("shop"), 0}};
  StopRules rules{.services = {{"Shop", "market"}}, .addresses = addresses, .mix = &mix};
  // Haircut: 100 of 150 over 60, 80 and a fee of 10: 40, 53, 7.
  EXPECT_EQ(places(chain, Stops(rules)),
            (Lines{"service Shop m:1 53", "mixed m:0 40", "fees 7 label 1"}));
  // Through the mix even fifo goes by haircut.
  rules.mix_rule = MixRule::haircut;
  auto fifo = run(chain.ledger(), test::seeds_of(chain, "a:0"), MethodKind::fifo, Stops(rules));
  EXPECT_EQ(places(chain, fifo), (Lines{"held n:0 40", "service Shop m:1 53", "fees 7 label 1"}));
}

TEST(StopRules, fingerprint__differs_with_the_rules_not_with_their_order) {
  std::vector<ServiceAddress> addresses = {{AddressId(1), 0}, {AddressId(2), 1}};
  std::vector<ServiceAddress> turned = {{AddressId(2), 0}, {AddressId(1), 1}};
  Stops one({{"A", "exchange"}, {"B", "exchange"}}, addresses);
  Stops same({{"B", "exchange"}, {"A", "exchange"}}, turned);
  Stops other({{"B", "exchange"}, {"A", "exchange"}}, addresses);
  EXPECT_EQ(one.fingerprint(), same.fingerprint());
  EXPECT_NE(one.fingerprint(), other.fingerprint());
  EXPECT_NE(one.fingerprint(), Stops().fingerprint());
}

Options cut_below(Amount amount) {
  Options options;
  options.cuts.min_amount = amount;
  return options;
}
Options cut_beyond(std::uint32_t hops) {
  Options options;
  options.cuts.max_hops = hops;
  return options;
}
Options cut_after(std::uint32_t height) {
  Options options;
  options.cuts.until = BlockHeight(height);
  return options;
}

TEST(Cuts, min_amount__ends_smaller_parts_and_not_equal_ones) {
  ToyChain chain(kPayments);
  EXPECT_EQ(places(chain, Stops(), cut_below(20)),
            (Lines{"held q:1 20", "held r:0 60", "cut p:1 10", "cut r:1 10"}));
}

TEST(Cuts, max_hops__ends_what_lies_beyond) {
  ToyChain chain(kPayments);
  EXPECT_EQ(places(chain, Stops(), cut_beyond(1)),
            (Lines{"held p:1 10", "cut q:0 70", "cut q:1 20"}));
  EXPECT_EQ(places(chain, Stops(), cut_beyond(0)), (Lines{"cut p:0 90", "cut p:1 10"}));
}

TEST(Cuts, until__ends_what_was_made_later) {
  ToyChain chain(kPayments);
  EXPECT_EQ(places(chain, Stops(), cut_after(2)),
            (Lines{"held p:1 10", "held q:1 20", "cut r:0 60", "cut r:1 10"}));
}

TEST(Cuts, a_stop_comes_before_a_cut) {
  ToyChain chain(kPayments);
  EXPECT_EQ(places(chain, test::stops_of(chain, "shop=Shop"), cut_below(1000)),
            (Lines{"service Shop p:1 10", "cut p:0 90"}));
}

TEST(Cuts, until_before_the_seed__is_refused_with_both_heights) {
  ToyChain chain(kPayments);
  auto trace =
      run(chain.ledger(), test::seeds_of(chain, "q:0"), MethodKind::fifo, Stops(), cut_after(1));
  ASSERT_FALSE(trace.has_value());
  EXPECT_EQ(trace.error().kind, ErrorKind::bad_input);
  EXPECT_NE(trace.error().message.find("made at height 2, after the height 1"), std::string::npos)
      << trace.error().message;
}

TEST(AsOf, an_earlier_block__shows_where_everything_was_then) {
  ToyChain chain(kPayments);
  EXPECT_EQ(places(chain, Stops(), {.as_of = BlockHeight(2)}),
            (Lines{"held p:1 10", "held q:0 70", "held q:1 20"}));
  EXPECT_EQ(places(chain, Stops(), {.as_of = BlockHeight(0)}), (Lines{"held a:0 100"}));
  EXPECT_NE(places(chain, Stops(), {.as_of = BlockHeight(4)})[0].find("the ledger ends at 3"),
            std::string::npos);
}

// One coin paid on through more transactions than there are between two looks at the interrupt.
std::string long_chain() {
  std::string text = "block\n mine a: 100000 7\nblock\n tx t0: a:0 -> 99999\n";
  for (int i = 1; i < 9000; ++i) {
    if (i % 500 == 0) text += "block\n";
    text += " tx t" + std::to_string(i) + ": t" + std::to_string(i - 1) + ":0 -> " +
            std::to_string(99999 - i) + "\n";
  }
  return text + "block\n mine late: 5\n";
}

TEST(Interrupt, a_trace_told_to_stop__is_cut_where_it_stands_and_balances) {
  ToyChain chain(long_chain());
  std::atomic<bool> interrupt = true;
  Options options{.interrupt = &interrupt};
  for (MethodKind method : {MethodKind::haircut, MethodKind::fifo}) {
    auto trace = run(chain.ledger(), test::seeds_of(chain, "a:0 late:0"), method, Stops(), options);
    ASSERT_TRUE(trace.has_value()) << trace.error().message;
    EXPECT_TRUE(trace->interrupted);
    EXPECT_LT(trace->transactions_touched, 9000U);
    EXPECT_GT(trace->transactions_touched, 4000U);
    EXPECT_EQ(trace->effective, 100'005U) << "a seed not reached yet is cut where it lies";
    EXPECT_EQ(trace->total, trace->effective);
    ASSERT_EQ(trace->destinations.size(), 2U);
    EXPECT_EQ(trace->destinations[0].kind, DestinationKind::fees);
    EXPECT_EQ(trace->destinations[1].kind, DestinationKind::cut);
    EXPECT_EQ(trace->destinations[1].coins.size(), 2U);
  }
  interrupt = false;
  auto whole =
      run(chain.ledger(), test::seeds_of(chain, "a:0"), MethodKind::fifo, Stops(), options);
  ASSERT_TRUE(whole.has_value());
  EXPECT_FALSE(whole->interrupted);
  EXPECT_EQ(whole->transactions_touched, 9000U);
}

TEST(Interrupt, fees_on_their_way_to_a_miner__end_in_fees) {
  ToyChain chain(long_chain());
  std::atomic<bool> interrupt = true;
  Options options{.fees = FeeRule::miner, .subsidy = 1'000'000, .interrupt = &interrupt};
  auto trace =
      run(chain.ledger(), test::seeds_of(chain, "a:0"), MethodKind::haircut, Stops(), options);
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  EXPECT_TRUE(trace->interrupted);
  EXPECT_EQ(trace->destinations[0].kind, DestinationKind::held) << "coins of settled coinbases";
  EXPECT_EQ(trace->total, 100'000U);
}

}  // namespace
}  // namespace tracehound::trace
