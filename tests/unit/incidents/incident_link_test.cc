#include "incidents/link.h"

#include <gtest/gtest.h>

#include "incidents/incident_seeds.h"
#include "support/toy_chain.h"

namespace tracehound::incidents {
namespace {

using test::ToyChain;
using trace::MethodKind;

std::vector<trace::Seed> seeds_of(const ToyChain& chain, const std::string& a,
                                  const std::string& b) {
  std::vector<trace::Seed> seeds;
  for (const auto& [text, label] : {std::pair(a, 1U), std::pair(b, 2U)}) {
    auto seed = trace::resolve_seed(chain.ledger(), chain.seed_text(text), Label(label));
    EXPECT_TRUE(seed.has_value()) << seed.error().message;
    if (seed) seeds.push_back(*seed);
  }
  return seeds;
}

Link link_of(const ToyChain& chain, const std::string& a, const std::string& b, LinkOptions how) {
  how.names = {"A", "B"};
  auto link = link_incidents(chain.ledger(), seeds_of(chain, a, b), trace::Stops(), how);
  EXPECT_TRUE(link.has_value()) << link.error().message;
  return link ? std::move(*link) : Link{};
}

// a and b are stolen; each moves once; t joins them; u spends what t made; w receives of each
// without joining them.
const char* kJoined = R"(
block
  mine c: 100@victim 60@other 40@clean
block
  tx a: c:0 -> 70@thief 30@shop
  tx b: c:1 -> 40@hand 20@shop
block
  tx t: a:0 b:0 -> 110@joint
block
  tx u: t:0 -> 60@end 50@rest
)";

TEST(IncidentLink, coins_that_are_spent_together__meet_first_in_that_transaction) {
  ToyChain chain(kJoined);
  Link link = link_of(chain, "c:0", "c:1", {});
  EXPECT_TRUE(link.met());
  ASSERT_EQ(link.first_meetings.rows.size(), 1U);
  EXPECT_EQ(link.first_meetings.rows[0].transaction, chain.transaction("t"));
  EXPECT_EQ(link.first_meetings.rows[0].amount, (Pair{70, 40}));
  ASSERT_EQ(link.transactions.rows.size(), 2U);
  EXPECT_EQ(link.transactions.rows[1].transaction, chain.transaction("u"));
  EXPECT_FALSE(link.transactions.rows[1].first);
  ASSERT_EQ(link.coins.rows.size(), 3U);
  EXPECT_EQ(link.coins.rows[0].coin, chain.coin("t:0"));
  EXPECT_EQ(link.coins.rows[0].amount, (Pair{70, 40}));
  EXPECT_EQ(link.effective, (Pair{100, 60}));
}

TEST(IncidentLink, an_address_that_received_of_both_apart__is_a_meeting_too) {
  ToyChain chain(kJoined);
  Link link = link_of(chain, "c:0", "c:1", {});
  auto shop =
      std::ranges::find(link.addresses.rows, chain.address("shop"), &LinkedAddress::address);
  ASSERT_NE(shop, link.addresses.rows.end());
  EXPECT_EQ(shop->amount, (Pair{30, 20}));
  EXPECT_EQ(shop->coins, (std::array<std::uint64_t, 2>{1, 1}));
  EXPECT_EQ(link.addresses.rows.front().address, chain.address("joint"));
  EXPECT_EQ(link.clusters, std::nullopt);
}

TEST(IncidentLink, clusters__gather_addresses_of_one_owner) {
  ToyChain chain(kJoined);
  LinkOptions how;
  std::uint32_t thief = chain.address("thief").number();
  std::uint32_t hand = chain.address("hand").number();
  how.cluster_of = [&](AddressId address) {
    return address.number() == hand ? thief : address.number();
  };
  Link link = link_of(chain, "c:0", "c:1", how);
  ASSERT_TRUE(link.clusters.has_value());
  auto one = std::ranges::find(link.clusters->rows, thief, &LinkedCluster::cluster);
  ASSERT_NE(one, link.clusters->rows.end());
  EXPECT_EQ(one->amount, (Pair{70, 40}));
}

TEST(IncidentLink, money_that_stays_apart__does_not_meet) {
  ToyChain chain(kJoined);
  Link link = link_of(chain, "c:2", "c:1", {});
  EXPECT_FALSE(link.met());
  EXPECT_EQ(link.coins.all, 0U);
  EXPECT_TRUE(link.services.empty());
}

TEST(IncidentLink, a_coin_both_claim__is_the_first_ones_and_said_so) {
  ToyChain chain(kJoined);
  Link link = link_of(chain, "c:0[0,60)", "c:0[50,100)", {});
  EXPECT_EQ(link.claimed, (Pair{60, 50}));
  EXPECT_EQ(link.effective, (Pair{60, 40}));
  ASSERT_FALSE(link.coins.rows.empty());
  EXPECT_TRUE(link.coins.rows[0].is_seed);
}

TEST(IncidentLink, the_same_seed_in_both__is_a_tie_of_its_own) {
  ToyChain chain(kJoined);
  Link link = link_of(chain, "c:0", "c:0", {});
  EXPECT_TRUE(link.met());
  EXPECT_EQ(link.transactions.all, 0U);  // all units are the first one's
  ASSERT_EQ(link.seeds.rows.size(), 1U);
  EXPECT_EQ(link.seeds.rows[0].claimed, (Pair{100, 100}));
  EXPECT_EQ(link.seeds.rows[0].claimed_twice, 100U);
  EXPECT_EQ(link.seeds.rows[0].effective, (Pair{100, 0}));
}

TEST(IncidentLink, a_seed_that_is_loot_of_the_other__is_a_tie_of_its_own) {
  ToyChain chain(kJoined);
  for (MethodKind method : {MethodKind::haircut, MethodKind::fifo, MethodKind::poison}) {
    LinkOptions how;
    how.method = method;
    Link link = link_of(chain, "c:0", "a:0", how);
    EXPECT_TRUE(link.met());
    ASSERT_EQ(link.seeds.rows.size(), 1U);
    EXPECT_EQ(link.seeds.rows[0].coin, chain.coin("a:0"));
    EXPECT_EQ(link.seeds.rows[0].claimed, (Pair{0, 70}));
    EXPECT_EQ(link.seeds.rows[0].effective, (Pair{0, 0}));
    EXPECT_EQ(link.seeds.rows[0].arrived, (Pair{70, 0}));
  }
  Link turned = link_of(chain, "a:0", "c:0", {});
  ASSERT_EQ(turned.seeds.rows.size(), 1U);
  EXPECT_EQ(turned.seeds.rows[0].arrived, (Pair{0, 70}));
}

TEST(IncidentLink, parts_of_a_coin_side_by_side__are_not_claimed_twice) {
  ToyChain chain(kJoined);
  EXPECT_EQ(link_of(chain, "c:0[0,50)", "c:0[50,100)", {}).seeds.all, 0U);
  Link link = link_of(chain, "c:0[0,60)", "c:0[50,100)", {});
  ASSERT_EQ(link.seeds.rows.size(), 1U);
  EXPECT_EQ(link.seeds.rows[0].claimed_twice, 10U);
}

TEST(IncidentLink, long_lists__are_cut_and_counted_whole) {
  ToyChain chain(kJoined);
  LinkOptions how;
  how.most = 1;
  Link link = link_of(chain, "c:0", "c:1", how);
  EXPECT_EQ(link.coins.rows.size(), 1U);
  EXPECT_EQ(link.coins.all, 3U);
  EXPECT_EQ(link.transactions.rows.size(), 1U);
  EXPECT_EQ(link.transactions.all, 2U);
}

TEST(IncidentLink, by_fifo__coins_hold_of_both_only_where_the_line_crosses) {
  ToyChain chain(kJoined);
  LinkOptions how;
  how.method = MethodKind::fifo;
  Link link = link_of(chain, "c:0", "c:1", how);
  ASSERT_EQ(link.coins.rows.size(), 2U);  // t:0, and u:1 with 10 of A and 40 of B
  EXPECT_EQ(link.coins.rows[1].coin, chain.coin("u:1"));
  EXPECT_EQ(link.coins.rows[1].amount, (Pair{10, 40}));
}

// ---- seeds of a file ----------------------------------------------------------------------------

Result<FoundSeeds> find(const ToyChain& chain, const std::string& text, LabelOf label_of) {
  auto incident = parse_incident(as_bytes(text), "i.yaml");
  EXPECT_TRUE(incident.has_value()) << incident.error().message;
  return find_seeds(chain.ledger(), *incident, "i.yaml", label_of);
}

TEST(IncidentSeeds, each_victim__is_a_label_where_that_is_asked) {
  ToyChain chain(kJoined);
  std::string text = "name: x\nvictims: [{name: v}, {name: w}]\nseeds:\n- {coin: '" +
                     chain.seed_text("c:0") + "', victim: w}\n- {coin: '" + chain.seed_text("c:1") +
                     "', victim: v}\n- coin: " + chain.seed_text("c:2") + "\n";
  auto by_victim = find(chain, text, LabelOf::victim);
  ASSERT_TRUE(by_victim.has_value()) << by_victim.error().message;
  EXPECT_EQ(by_victim->labels, (std::vector<std::string>{"w", "v", "x"}));
  EXPECT_EQ(by_victim->seeds[2].label, Label(3));
  auto whole = find(chain, text, LabelOf::incident);
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->labels, (std::vector<std::string>{"x"}));
}

TEST(IncidentSeeds, seeds_of_other_chains__are_left_out_and_counted) {
  ToyChain chain(kJoined);
  std::string other =
      "- {address: '0x1db92e2eebc8e0c075a02bea49a2935bcd2dfcf4', chain: "
      "'ethereum:main'}\n";
  auto found = find(chain, "name: x\nseeds:\n" + other + "- coin: " + chain.seed_text("c:0") + "\n",
                    LabelOf::incident);
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->left_out.on_other_chains, 1U);
  EXPECT_EQ(found->seeds.size(), 1U);
  auto none = find(chain, "name: x\nseeds:\n" + other, LabelOf::incident);
  ASSERT_FALSE(none.has_value());
  EXPECT_NE(none.error().message.find("is about ethereum:main"), std::string::npos);
}

TEST(IncidentSeeds, what_does_not_fit__is_named_at_its_line) {
  ToyChain chain(kJoined);
  auto message = [&](const std::string& seeds) {
    auto found = find(chain, "name: x\nseeds:\n" + seeds, LabelOf::incident);
    return found ? std::string("found") : found.error().message;
  };
  std::string coin = chain.seed_text("c:0");
  EXPECT_NE(message("- {coin: '" + coin + "', amount: '7'}\n").find("i.yaml:3: the amount 7"),
            std::string::npos);
  EXPECT_NE(message("- coin: " + coin + "\n- coin: " + coin + "[0,1)\n").find("i.yaml:4: "),
            std::string::npos);
  EXPECT_NE(message("- coin: " + std::string(64, '7') + ":0\n").find("i.yaml:3: "),
            std::string::npos);
}

}  // namespace
}  // namespace tracehound::incidents
