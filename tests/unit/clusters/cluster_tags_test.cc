// Whose a cluster is, from what is said of its addresses.
#include "clusters/cluster_tags.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tracehound::clusters {
namespace {

AddressTag tag(std::uint32_t address, const char* actor, int level, bool definer = false) {
  return {.address = AddressId(address),
          .actor = actor,
          .label = std::string(actor) + " wallet",
          .category = "exchange",
          .level = level,
          .is_definer = definer,
          .source = "test"};
}

std::string name_of(std::vector<AddressTag> tags) {
  ClusterTag cluster = tag_of_cluster(tags);
  std::string name = cluster.name() != nullptr ? cluster.name()->best.who() : "-";
  std::ranges::reverse(tags);
  ClusterTag turned = tag_of_cluster(tags);
  EXPECT_EQ(turned.name() != nullptr ? turned.name()->best.who() : "-", name);
  EXPECT_EQ(turned.conflict(), cluster.conflict());
  return cluster.conflict() ? "conflict" : name;
}

TEST(ClusterTags, without_tags__no_name_and_no_conflict) { EXPECT_EQ(name_of({}), "-"); }

TEST(ClusterTags, the_surest_tag__names_the_cluster) {
  EXPECT_EQ(name_of({tag(1, "low", 20), tag(2, "high", 60), tag(3, "low", 5)}), "high");
}

TEST(ClusterTags, a_tag_made_for_the_cluster__comes_before_a_surer_one_that_was_not) {
  EXPECT_EQ(name_of({tag(1, "definer", 20, true), tag(2, "other", 40)}), "definer");
}

TEST(ClusterTags, of_equally_sure_tags__the_actor_on_more_addresses_then_the_name) {
  EXPECT_EQ(name_of({tag(1, "b", 20), tag(2, "a", 20), tag(3, "b", 20)}), "b");
  EXPECT_EQ(name_of({tag(1, "b", 20), tag(2, "a", 20)}), "a");
}

TEST(ClusterTags, two_strong_tags_of_different_actors__are_a_conflict_and_no_name) {
  EXPECT_EQ(name_of({tag(1, "a", 50), tag(2, "b", 100)}), "conflict");
  EXPECT_EQ(name_of({tag(1, "a", 49), tag(2, "b", 100)}), "b");
  EXPECT_EQ(name_of({tag(1, "a", 20, true), tag(2, "b", 50), tag(3, "c", 50)}), "conflict");
}

// "OFAC sanctioned address" beside an actor: a word about the address, and no second actor.
TEST(ClusterTags, a_strong_label_without_an_actor__contradicts_nobody) {
  AddressTag listed = tag(1, "", 100);
  EXPECT_EQ(name_of({listed, tag(2, "a", 50)}), " wallet");
  AddressTag other = listed;
  other.label = "hot wallet 2";
  EXPECT_EQ(name_of({listed, other}), " wallet");
  EXPECT_EQ(name_of({listed, tag(2, "a", 50), tag(3, "b", 50)}), "conflict");
  // A label that happens to be an actor's id does not hide that actor.
  AddressTag same = listed;
  same.label = "a";
  EXPECT_EQ(name_of({same, tag(2, "a", 50), tag(3, "b", 50)}), "conflict");
}

TEST(ClusterTags, two_strong_tags_of_one_actor__are_one_claim) {
  std::vector<AddressTag> tags = {tag(4, "a", 70), tag(2, "a", 70), tag(2, "a", 50)};
  EXPECT_EQ(name_of(tags), "a");
  ClusterTag cluster = tag_of_cluster(tags);
  ASSERT_EQ(cluster.claims.size(), 1U);
  EXPECT_EQ(cluster.claims[0].tags, 3U);
  EXPECT_EQ(cluster.claims[0].addresses, 2U);
  EXPECT_EQ(cluster.claims[0].best.address, AddressId(2));
}

TEST(ClusterTags, without_an_actor__the_label_says_who) {
  AddressTag bare = tag(1, "", 60);
  bare.label = "Hydra";
  EXPECT_EQ(name_of({bare}), "Hydra");
}

TEST(ClusterTags, of_many_clusters__each_has_its_own) {
  std::vector<AddressTag> tags = {tag(9, "a", 50), tag(3, "b", 60), tag(8, "c", 70)};
  std::vector<ClusterId> clusters = {ClusterId(7), ClusterId(3), ClusterId(7)};
  auto tagged = tags_of_clusters(tags, clusters);
  ASSERT_EQ(tagged.size(), 2U);
  EXPECT_EQ(tagged[0].cluster, ClusterId(3));
  EXPECT_EQ(tagged[0].tag.name()->best.who(), "b");
  EXPECT_TRUE(tagged[1].tag.conflict());
}

}  // namespace
}  // namespace tracehound::clusters
