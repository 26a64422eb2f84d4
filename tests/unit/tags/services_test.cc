#include "tags/services.h"
#include "tags/source.h"
#include "tags/tagpack.h"

#include <gtest/gtest.h>

#include "unit/tags/folder.h"
#include "unit/tags/packs.h"

namespace tracehound::tags {
namespace {

struct Said {
  std::string label;
  std::string category;
  std::string confidence = "web_crawl";
  std::string actor = "";
};

Tag tag(const Said& said) {
  Tag made;
  made.subject = "a";
  made.attribution.label = said.label;
  made.attribution.category = said.category;
  made.attribution.confidence = confidence_named(said.confidence).value();
  made.attribution.actor = said.actor;
  made.attribution.currency = made.attribution.network = "BTC";
  return made;
}

std::string name_among(const std::vector<Tag>& tags) {
  auto service = service_of(tags);
  return service ? service->name : "none";
}

TEST(Services, the_most_confident_tag_names_the_service) {
  EXPECT_EQ(name_among({tag({"A", "exchange", "web_crawl"}), tag({"B", "gambling", "forensic"}),
                        tag({"C", "market", "unknown"})}),
            "B");
}

TEST(Services, ties_go_by_label_whatever_the_order) {
  Tag a = tag({"A", "exchange"});
  Tag b = tag({"B", "exchange"});
  EXPECT_EQ(name_among({a, b}), "A");
  EXPECT_EQ(name_among({b, a}), "A");
}

TEST(Services, an_actor_names_it_before_the_label) {
  auto service =
      service_of(std::vector{tag({"Binance cold wallet", "exchange", "forensic", "binance"})});
  ASSERT_TRUE(service.has_value());
  EXPECT_EQ(service->name, "binance");
  EXPECT_EQ(service->category, "exchange");
  EXPECT_EQ(service->confidence.level, 50);
}

TEST(Services, packs_spell_categories_in_their_own_ways) {
  EXPECT_EQ(stop_category("wallet_service"), "hosted_wallet");
  EXPECT_EQ(stop_category("mixer"), "mixing_service");
  EXPECT_EQ(stop_category("bridge"), "defi_bridge");
  for (std::string_view category : kStopCategories) EXPECT_EQ(stop_category(category), category);
  for (const char* other :
       {"", "coinjoin", "user", "miner", "service", "organization", "defi_dex", "Exchange"}) {
    EXPECT_EQ(stop_category(other), "") << other;
  }
}

TEST(Services, a_concept_counts_where_the_category_says_nothing) {
  Tag by_concept = tag({"A", ""});
  by_concept.attribution.concepts = {"cold_wallet", "exchange", "gambling"};
  EXPECT_EQ(service_of(std::vector{by_concept})->category, "exchange");
  by_concept.attribution.category = "market";
  EXPECT_EQ(service_of(std::vector{by_concept})->category, "market");
}

TEST(Services, users_and_coinjoins_are_no_services) {
  EXPECT_EQ(name_among({tag({"A", "user", "override"}), tag({"B", "coinjoin", "override"})}),
            "none");
  EXPECT_EQ(name_among({}), "none");
}

TEST(Services, a_thiefs_address_is_not_the_exchange_it_robbed) {
  Tag thief = tag({"Exchange hack", "exchange", "override"});
  thief.attribution.abuse = "service_hack";
  EXPECT_EQ(name_among({thief}), "none");
  EXPECT_EQ(name_among({thief, tag({"Deposit", "exchange", "unknown"})}), "Deposit");
}

TEST(Services, a_sanctioned_service_is_still_one) {
  Tag mixer = tag({"Mixer", "mixing_service"});
  mixer.attribution.abuse = "sanction";
  EXPECT_EQ(name_among({mixer}), "Mixer");
}

TEST(Services, a_mere_mention_is_no_attribution) {
  Tag mention = tag({"Named on a forum", "exchange"});
  mention.attribution.tag_type = "mention";
  EXPECT_EQ(name_among({mention}), "none");
  mention.attribution.tag_type = "actor";
  EXPECT_EQ(name_among({mention}), "Named on a forum");
}

TEST(Services, only_the_wanted_categories_stop) {
  std::vector<Tag> tags = {tag({"A", "exchange", "override"}), tag({"B", "gambling"})};
  std::array<std::string_view, 1> wanted = {"gambling"};
  EXPECT_EQ(service_of(tags, wanted)->name, "B");
  EXPECT_FALSE(service_of(tags, std::span<const std::string_view>()).has_value());
}

TEST(Services, a_store_gives_each_address_of_the_chain_once) {
  Folder folder;
  auto store = TagStore::open_to_write(folder.path());
  ASSERT_TRUE(store.has_value()) << store.error().message;
  std::string text =
      "currency: BTC\ncategory: exchange\nlabel: L\ntags:\n"
      "- {address: c}\n- {address: b, network: regtest}\n- {address: a, confidence: forensic}\n"
      "- {address: a, confidence: authority_data, label: Best, category: gambling}\n"
      "- {address: a, label: Foreign, confidence: override, currency: LTC}\n"
      "- {tx_hash: d}\n- {address: e, category: user}\n";
  auto pack = parse_tagpack(as_bytes(text), "pack.yaml");
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  ASSERT_TRUE(store->add({&*pack, 1}, 0).has_value());
  auto found = service_addresses(*store, "bitcoin:main");
  ASSERT_TRUE(found.has_value()) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).address, "a");
  EXPECT_EQ(found->at(0).service.name, "Best");
  EXPECT_EQ(found->at(0).service.category, "gambling");
  EXPECT_EQ(found->at(1).address, "c");
  EXPECT_EQ(service_addresses(*store, "bitcoin:regtest")->at(0).address, "b");
}

TEST(Services, an_alias_of_an_actor_is_the_same_service) {
  Folder folder;
  TagStore store = write_to(folder);
  import_into(store,
              pack_of("label: L\ncategory: exchange\ncurrency: BTC\ntags:\n"
                      "- {address: a, actor: binance}\n- {address: b, actor: binancecom}\n"),
              1);
  EXPECT_EQ(service_addresses(store, "bitcoin:main")->at(1).service.name, "binancecom");
  import_into(store, pack_of("actors: [{id: binance, aliases: [binancecom]}]\n", "actors.yaml"), 2);
  auto found = service_addresses(store, "bitcoin:main");
  ASSERT_TRUE(found.has_value()) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).service.name, "binance");
  EXPECT_EQ(found->at(1).service.name, "binance");
}

TEST(Services, on_an_account_chain__from_a_plain_table_and_with_any_capitals) {
  Folder folder;
  TagStore store = write_to(folder);
  const std::string table =
      "address,label,category\n"
      "0xDE0B295669A9FD93D5F28D9EC85E40F4CB697BAE,Alder,exchange\n"
      "0x8589427373d6d84e98730d7795d8f6f8731fda16,Birch,mixer\n"
      "0x0000000000000000000000000000000000000001,Cedar,nothing\n";
  SourceOptions options;
  options.more.set(Field::currency, "ETH");
  auto pack = parse_source(as_bytes(table), "eth.csv", options, {});
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  import_into(store, *pack, 1);
  for (const char* chain : {"ethereum:main", "ethereum:1"}) {
    auto found = service_addresses(store, chain);
    ASSERT_TRUE(found.has_value()) << found.error().message;
    ASSERT_EQ(found->size(), 2U) << chain;
    EXPECT_EQ(found->at(1).address, "0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae");
    EXPECT_EQ(found->at(1).service.name, "Alder");
    EXPECT_EQ(found->at(0).service.category, "mixing_service");
    // Looked up as people write it: EIP-55's capitals.
    auto tags = store.find("0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe", chain);
    ASSERT_TRUE(tags.has_value());
    EXPECT_EQ(tags->size(), 1U);
  }
  EXPECT_TRUE(service_addresses(store, "bsc:main")->empty());
  EXPECT_TRUE(store.find("0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae", "ethereum:56")->empty());
}

}  // namespace
}  // namespace tracehound::tags
