// Coins that anyone can spend join nobody: not in clusters, not in guesses of change, not in what
// explains them.
#include <gtest/gtest.h>

#include "clusters/clustering.h"
#include "clusters/constrained.h"
#include "clusters/explain.h"
#include "clusters/union_find.h"
#include "support/faulty_file_system.h"
#include "unit/clusters/shaped_chain.h"

namespace tracehound::clusters {
namespace {

using ledger::ScriptKind;

// Two payments of strangers, each with an anchor of the same script, which each spends with the
// payment: one names the anchor first. The second has two addresses of his own.
ShapedChain strangers(ScriptKind anchor) {
  return ShapedChain({{{.in = {}, .out = {{100, 1}, {1, 9, anchor}}}},
                      {{.in = {}, .out = {{100, 2}, {100, 3}, {1, 9, anchor}}}},
                      {{.in = {}, .out = {{50, 4}}},
                       {.in = {{0, 0}, {0, 1}}, .out = {{60, 5}, {40, 6}}},
                       {.in = {{1, 2}, {1, 0}, {1, 1}}, .out = {{150, 7}, {50, 8}}}}});
}

AddressId at(const ShapedChain& chain, std::uint32_t transaction, std::uint32_t output) {
  return chain.ledger().address(chain.coin(transaction, output));
}

TEST(Keyless, coins_of_each_kind__join_if_and_only_if_their_script_names_a_key) {
  for (ScriptKind kind :
       {ScriptKind::pubkey, ScriptKind::pubkey_hash, ScriptKind::script_hash,
        ScriptKind::witness_pubkey_hash, ScriptKind::witness_script_hash, ScriptKind::taproot,
        ScriptKind::witness_other, ScriptKind::multisig, ScriptKind::other}) {
    bool has_key = kind != ScriptKind::witness_other && kind != ScriptKind::other;
    ShapedChain chain = strangers(kind);
    test::FaultyFileSystem disk;
    auto clustering = Clustering::open(disk, chain.ledger(), kDefaultName, {});
    ASSERT_TRUE(clustering.has_value());
    auto same = [&](AddressId one, AddressId other) {
      return clustering->cluster_of(one) == clustering->cluster_of(other);
    };
    int number = static_cast<int>(kind);
    EXPECT_EQ(same(at(chain, 0, 0), at(chain, 0, 1)), has_key) << number;
    EXPECT_EQ(same(at(chain, 0, 0), at(chain, 1, 0)), has_key) << number;
    EXPECT_TRUE(same(at(chain, 1, 0), at(chain, 1, 1))) << number;
    EXPECT_EQ(names_a_key(chain.ledger().address_kind(at(chain, 0, 1))), has_key) << number;
  }
}

TEST(Keyless, a_walk__neither_passes_through_nor_begins_at_an_anchor) {
  ShapedChain chain = strangers(ScriptKind::witness_other);
  std::uint64_t budget = 100;
  Links links;
  View view;
  auto found = [&](AddressId from) {
    Walk walk(chain.ledger(), {}, links, view, budget);
    walk.go(from);
    return walk.found();
  };
  EXPECT_EQ(found(at(chain, 0, 0)), (std::vector{at(chain, 0, 0)}));
  EXPECT_EQ(found(at(chain, 0, 1)), (std::vector{at(chain, 0, 1)}));
  EXPECT_EQ(found(at(chain, 1, 0)), (std::vector{at(chain, 1, 0), at(chain, 1, 1)}));
}

TEST(Keyless, a_guess_of_change__is_the_first_payer_with_a_key_and_never_of_an_anchor) {
  // 0: two payers; 1: an anchor first, change 1; 2: its "change" is an anchor.
  ShapedChain chain({{{.in = {}, .out = {{100, 1}, {100, 2}, {1, 9, ScriptKind::other}}}},
                     {{.in = {}, .out = {{50, 4}}},
                      {.in = {{0, 2}, {0, 0}}, .out = {{60, 5}, {40, 6}}},
                      {.in = {{0, 1}}, .out = {{60, 7}, {40, 9, ScriptKind::other}}}}});
  Rules rules;
  rules.names.rules.push_back("second");
  rules.find_change = [](const ledger::Ledger&, TxId) {
    return ChangeLink{1, kFirstChangeRule, 50};
  };
  UnionFind sets(chain.ledger().counts().addresses);
  auto unions = join_by_change(chain.ledger(), {TxId(0), TxId(4)}, rules, sets);
  ASSERT_EQ(unions.joined.size(), 1U);
  EXPECT_EQ(unions.joined[0],
            (Edge{TxId(2), at(chain, 0, 0), at(chain, 2, 1), kFirstChangeRule, 50}));
  EXPECT_TRUE(unions.refused.empty());
}

}  // namespace
}  // namespace tracehound::clusters
