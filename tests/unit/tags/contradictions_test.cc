#include "tags/contradictions.h"

#include <gtest/gtest.h>

#include "unit/tags/packs.h"

namespace tracehound::tags {
namespace {

std::vector<std::string> found_in(TagStore& store) {
  std::vector<std::string> texts;
  auto all = contradictions(store);
  for (const Contradiction& one : *all) texts.push_back(text_of(one));
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Contradictions, tags_that_name_different_actors_are_both_kept_and_reported) {
  Folder folder;
  TagStore store = write_to(folder);
  import_into(store,
              pack_of("label: L\ncurrency: BTC\ntags:\n- {address: a, actor: x}\n"
                      "- {address: b, actor: x}\n",
                      "one.yaml"),
              1);
  EXPECT_EQ(found_in(store), Texts{});
  import_into(store,
              pack_of("label: L\ncurrency: XBT\nconfidence: forensic\ntags:\n"
                      "- {address: a, actor: y}\n- {address: b, actor: x}\n",
                      "two.yaml"),
              2);
  Texts expected = {
      "a (XBT XBT) is said to be y's (forensic, two.yaml:5) and x's (unknown, one.yaml:4)"};
  EXPECT_EQ(found_in(store), expected);
  auto tags = store.find("a");
  ASSERT_EQ(tags->size(), 2U);
  auto of_one = contradictions_in(store, *tags);
  ASSERT_EQ(of_one->size(), 1U);
  EXPECT_EQ(text_of(of_one->at(0)), expected[0]);
  EXPECT_TRUE(contradictions_in(store, *store.find("b"))->empty());
}

TEST(Contradictions, other_chains_thieves_and_mentions_contradict_nobody) {
  Folder folder;
  TagStore store = write_to(folder);
  import_into(store,
              pack_of("label: L\ncurrency: BTC\ntags:\n- {address: a, actor: x}\n"
                      "- {address: a, actor: y, currency: LTC}\n"
                      "- {address: a, actor: z, abuse: scam}\n"
                      "- {address: a, actor: w, tag_type: mention}\n"
                      "- {address: a, label: no actor}\n"),
              1);
  EXPECT_EQ(found_in(store), Texts{});
}

TEST(Contradictions, two_ids_of_one_actor_do_not_contradict) {
  Folder folder;
  TagStore store = write_to(folder);
  import_into(store,
              pack_of("label: L\ncurrency: BTC\ntags:\n- {address: a, actor: binance}\n"
                      "- {address: a, actor: binancecom}\n"),
              1);
  EXPECT_EQ(found_in(store).size(), 1U);
  import_into(store, pack_of("actors: [{id: binance, aliases: [binancecom]}]\n", "actors.yaml"), 2);
  EXPECT_EQ(found_in(store), Texts{});
}

}  // namespace
}  // namespace tracehound::tags
