#include "tags/diff.h"

#include <gtest/gtest.h>

#include "unit/tags/packs.h"

namespace tracehound::tags {
namespace {

TEST(Diff, what_was_added_removed_and_changed) {
  TagPack before = pack_of(
      "label: L\ncurrency: BTC\ntags:\n- address: gone\n- address: same\n- address: other\n"
      "- {address: other, label: kept}\nactors:\n- {id: a, label: A}\n- {id: b}\n");
  TagPack now = pack_of(
      "currency: BTC\nactors:\n- {id: a, label: B}\n- {id: b}\ntags:\n"
      "- {address: other, label: kept}\n- {address: other, label: New}\n"
      "- {address: same, label: L}\n- {address: fresh, label: L}\n");
  auto found = changes(before, now);
  ASSERT_EQ(found.size(), 4U);
  using Texts = std::vector<std::string>;
  EXPECT_EQ(found[0].kind, ChangeKind::added);
  EXPECT_EQ(found[0].subject, "fresh");
  EXPECT_EQ(found[0].now, Texts{"L, BTC BTC, confidence unknown"});
  EXPECT_EQ(found[1].kind, ChangeKind::removed);
  EXPECT_EQ(found[1].subject, "gone");
  EXPECT_EQ(found[1].before, Texts{"L, BTC BTC, confidence unknown"});
  EXPECT_EQ(found[2].kind, ChangeKind::changed);
  EXPECT_EQ(found[2].subject, "other");
  EXPECT_EQ(found[2].before,
            (Texts{"L, BTC BTC, confidence unknown", "kept, BTC BTC, confidence unknown"}));
  EXPECT_EQ(found[2].now,
            (Texts{"New, BTC BTC, confidence unknown", "kept, BTC BTC, confidence unknown"}));
  EXPECT_EQ(found[3].kind, ChangeKind::changed);
  EXPECT_TRUE(found[3].is_actor);
  EXPECT_EQ(found[3].subject, "a");
}

TEST(Diff, every_field_counts) {
  std::string same = "label: L\ncurrency: BTC\ntags:\n";
  TagPack plain = pack_of(same + "- address: a\n");
  for (std::string_view field :
       {"actor: x", "category: x", "abuse: x", "concepts: [x]", "confidence: forensic",
        "is_cluster_definer: true", "network: regtest", "source: x", "lastmod: x", "tag_type: x",
        "context: x", "label: x", "currency: LTC"}) {
    TagPack other = pack_of(same + fmt::format("- {{address: a, {}}}\n", field));
    EXPECT_EQ(changes(plain, other).size(), 1U) << field;
    EXPECT_TRUE(changes(other, other).empty()) << field;
  }
}

}  // namespace
}  // namespace tracehound::tags
