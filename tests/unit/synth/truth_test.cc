// The theft and what is told about it: the truth sums up to the satoshi, and every coin it names is
// on the chain with that value and owner.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "unit/synth/truth_reader.h"
#include "unit/synth/world_reader.h"

namespace tracehound::synth {
namespace {

using test::AuditedCoin;
using test::AuditedWorld;
using test::FaultyFileSystem;
using test::Truth;

ledger::Outpoint outpoint_of(const std::string& text) {
  std::size_t colon = text.find(':');
  auto txid = Hash256::from_text(text.substr(0, colon));
  EXPECT_TRUE(txid.has_value()) << text;
  return {txid.value_or(Hash256{}), static_cast<std::uint32_t>(std::stoul(text.substr(colon + 1)))};
}

struct World {
  SynthReport report;
  AuditedWorld chain;
  Truth truth;
  std::string incident;
  std::string tags;
};

World world_of(std::uint32_t blocks, std::uint32_t txs_per_block, Theft theft, std::uint64_t seed,
               Style style = Style::mixed) {
  FaultyFileSystem disk;
  World world;
  world.report = test::make(disk, {.out = "",
                                   .blocks = blocks,
                                   .seed = seed,
                                   .theft = theft,
                                   .laundering = style,
                                   .txs_per_block = txs_per_block});
  world.chain = test::audit(disk);
  world.truth = test::read_truth(test::text_of(disk, "/world/truth.json"));
  world.tags = test::text_of(disk, "/world/tags.yaml");
  if (theft != Theft::none) world.incident = test::text_of(disk, "/world/incident.yaml");
  return world;
}

const AuditedCoin& coin_of(const World& world, const std::string& text) {
  static const AuditedCoin kNone;
  auto found = world.chain.coins.find(outpoint_of(text));
  EXPECT_NE(found, world.chain.coins.end()) << text << " is not on the chain";
  return found == world.chain.coins.end() ? kNone : found->second;
}

// Owner kind of an address, by the truth.
std::string owner_kind(const World& world, const std::string& address) {
  auto found = world.truth.addresses.find(address);
  EXPECT_NE(found, world.truth.addresses.end()) << address;
  if (found == world.truth.addresses.end()) return "";
  return world.truth.owner_kinds.at(found->second.first);
}

void expect_sound(const World& world) {
  const Truth& truth = world.truth;
  ASSERT_TRUE(truth.has_theft);
  EXPECT_EQ(truth.stolen, world.report.stolen);
  EXPECT_EQ(truth.total, truth.stolen);
  EXPECT_EQ(truth.coins.size(), world.report.stolen_coins);
  EXPECT_EQ(truth.height, world.report.theft_height);

  Amount stolen = 0;
  std::map<std::string, Amount> left;  // of each stolen coin, still to be accounted for
  for (const test::TruthCoin& coin : truth.coins) {
    const AuditedCoin& on_chain = coin_of(world, coin.coin);
    EXPECT_EQ(on_chain.value, coin.amount);
    EXPECT_EQ(on_chain.address, coin.address);
    EXPECT_EQ(owner_kind(world, coin.address), "thief");
    EXPECT_GE(on_chain.height, truth.height);
    EXPECT_TRUE(left.emplace(coin.coin, coin.amount).second) << "stolen twice: " << coin.coin;
    stolen += coin.amount;
  }
  EXPECT_EQ(stolen, truth.stolen);

  Amount sum = 0;
  std::set<std::string> named;
  for (const test::TruthDisposition& disposition : truth.dispositions) {
    sum += disposition.amount;
    Amount parts = 0;
    for (const auto& [coin, amount] : disposition.from) {
      ASSERT_TRUE(left.contains(coin));
      ASSERT_GE(left[coin], amount);
      left[coin] -= amount;
      parts += amount;
    }
    EXPECT_EQ(parts, disposition.amount);
    if (disposition.kind == "fees") continue;
    EXPECT_TRUE(named.insert(disposition.coin).second) << "named twice: " << disposition.coin;
    const AuditedCoin& on_chain = coin_of(world, disposition.coin);
    EXPECT_EQ(on_chain.value, disposition.amount);
    EXPECT_EQ(on_chain.address, disposition.address);
    if (disposition.kind == "held") {
      EXPECT_FALSE(on_chain.spent);
      EXPECT_EQ(owner_kind(world, disposition.address), "thief");
    } else {
      EXPECT_EQ(disposition.kind, "deposit");
      EXPECT_EQ(on_chain.height, disposition.height);
      EXPECT_EQ(truth.addresses.at(disposition.address),
                (std::pair<std::uint64_t, std::string>{disposition.service, "deposit"}));
    }
  }
  EXPECT_EQ(sum, truth.stolen);
  for (const auto& [coin, amount] : left) EXPECT_EQ(amount, 0u) << coin;

  // Nothing of the thief's was forgotten: all that lies at the thief's addresses is in the truth.
  for (const auto& [outpoint, coin] : world.chain.coins) {
    if (coin.spent || coin.value == 0) continue;
    if (owner_kind(world, coin.address) != "thief") continue;
    EXPECT_TRUE(named.contains(fmt::format("{}:{}", outpoint.txid.text(), outpoint.index)));
  }
}

void expect_seeds_in_incident(const World& world) {
  std::size_t seeds = 0;
  for (std::size_t at = world.incident.find("- coin: "); at != std::string::npos;
       at = world.incident.find("- coin: ", at + 1)) {
    ++seeds;
  }
  EXPECT_EQ(seeds, world.truth.coins.size());
  for (const test::TruthCoin& coin : world.truth.coins) {
    EXPECT_NE(
        world.incident.find(fmt::format("- coin: {}\n  amount: '{}'\n", coin.coin, coin.amount)),
        std::string::npos);
  }
  EXPECT_NE(world.incident.find("chain: bitcoin:regtest\n"), std::string::npos);
}

TEST(SynthTruth, both_thefts_at_several_sizes__every_stolen_satoshi_is_accounted_for) {
  for (Theft theft : {Theft::hot_wallet, Theft::wallet_sweep}) {
    for (auto [blocks, txs] : {std::pair{160u, 1u}, {160u, 20u}, {250u, 5u}, {400u, 60u}}) {
      for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        SCOPED_TRACE(
            fmt::format("{}, {} blocks of {}, seed {}", name_of(theft), blocks, txs, seed));
        World world = world_of(blocks, txs, theft, seed);
        expect_sound(world);
        expect_seeds_in_incident(world);
      }
    }
  }
}

TEST(SynthTruth, every_style_of_laundering__accounts_for_every_stolen_satoshi) {
  for (Style style : {Style::peel, Style::scatter}) {
    for (Theft theft : {Theft::hot_wallet, Theft::wallet_sweep}) {
      for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        SCOPED_TRACE(fmt::format("{}, {}, seed {}", name_of(style), name_of(theft), seed));
        World world = world_of(250, 20, theft, seed, style);
        expect_sound(world);
        for (const auto& [txid, with_thief] : world.truth.mixes) EXPECT_FALSE(with_thief) << txid;
      }
    }
  }
}

TEST(SynthTruth, the_style__shows_in_how_coins_reach_services) {
  // In a peel chain a deposit is one output of two; who scatters pays in whole coins.
  auto lone_deposits = [](const World& world) {
    std::size_t deposits = 0;
    std::size_t lone = 0;
    for (const auto& disposition : world.truth.dispositions) {
      if (disposition.kind != "deposit") continue;
      ++deposits;
      lone += world.chain.outputs.at(outpoint_of(disposition.coin).txid).size() == 1 ? 1 : 0;
    }
    EXPECT_GT(deposits, 10u);
    return std::pair(lone, deposits);
  };
  auto [peel_lone, peels] = lone_deposits(world_of(300, 30, Theft::hot_wallet, 3, Style::peel));
  EXPECT_LT(peel_lone * 4, peels);
  auto [scatter_lone, parts] =
      lone_deposits(world_of(300, 30, Theft::hot_wallet, 3, Style::scatter));
  EXPECT_EQ(scatter_lone, parts);
}

TEST(SynthTruth, every_coin_but_notes__has_an_owner) {
  World world = world_of(180, 40, Theft::hot_wallet, 5);
  std::size_t notes = 0;
  for (const auto& [outpoint, coin] : world.chain.coins) {
    if (coin.address.starts_with("op_return:")) {
      ++notes;
    } else {
      EXPECT_TRUE(world.truth.addresses.contains(coin.address)) << coin.address;
    }
  }
  EXPECT_GE(notes, 179u);  // each block's witness commitment, at least
}

TEST(SynthTruth, the_hot_wallet__loses_what_it_held_to_a_few_coins_of_one_victim) {
  World world = world_of(400, 100, Theft::hot_wallet, 1);
  EXPECT_EQ(world.report.theft_height, theft_height(400));
  EXPECT_GE(world.truth.coins.size(), 3u);
  EXPECT_LE(world.truth.coins.size(), 12u);
  std::set<std::uint64_t> victims;
  for (const auto& coin : world.truth.coins) victims.insert(coin.victim);
  ASSERT_EQ(victims.size(), 1u);
  EXPECT_EQ(world.truth.owner_kinds.at(*victims.begin()), "exchange");
  for (const auto& disposition : world.truth.dispositions) {
    if (disposition.kind == "deposit") {
      EXPECT_NE(disposition.service, *victims.begin());
    }
  }
}

TEST(SynthTruth, the_sweep__empties_hundreds_of_wallets_within_two_hours) {
  World world = world_of(400, 100, Theft::wallet_sweep, 1);
  std::set<std::uint64_t> victims;
  std::set<std::string> collectors;
  std::uint32_t last = 0;
  for (const auto& coin : world.truth.coins) {
    victims.insert(coin.victim);
    collectors.insert(coin.address);
    last = std::max(last, coin_of(world, coin.coin).height);
    EXPECT_EQ(world.truth.owner_kinds.at(coin.victim), "user");
  }
  EXPECT_GE(victims.size(), 200u);
  EXPECT_EQ(victims.size(), world.truth.coins.size());
  EXPECT_LE(collectors.size(), 8u);
  EXPECT_LE(last - world.report.theft_height, 12u);
}

TEST(SynthTruth, the_demo__ends_at_several_services_in_held_coins_and_through_mixes) {
  for (Theft theft : {Theft::hot_wallet, Theft::wallet_sweep}) {
    World world = world_of(400, 100, theft, 1);
    std::map<std::uint64_t, int> services;
    std::map<std::string, int> kinds;
    for (const auto& disposition : world.truth.dispositions) {
      ++kinds[disposition.kind];
      if (disposition.kind == "deposit") ++services[disposition.service];
    }
    EXPECT_GE(services.size(), 4u);
    EXPECT_GE(kinds["deposit"], 30);
    EXPECT_GE(kinds["held"], 8);
    int mixes = 0;
    for (const auto& [txid, thief] : world.truth.mixes) mixes += thief ? 1 : 0;
    EXPECT_GE(mixes, 2);
  }
}

TEST(SynthTruth, each_mix_it_names__has_five_equal_outputs_or_more) {
  World world = world_of(300, 60, Theft::hot_wallet, 2);
  EXPECT_GE(world.truth.mixes.size(), 10u);
  for (const auto& [txid, thief] : world.truth.mixes) {
    std::map<Amount, int> counts;
    for (Amount value : world.chain.outputs.at(Hash256::from_text(txid).value())) ++counts[value];
    int most = 0;
    for (const auto& [value, count] : counts) most = std::max(most, count);
    EXPECT_GE(most, 5) << txid;
  }
}

TEST(SynthTruth, tags__name_hot_wallets_of_services_and_nobody_else) {
  World world = world_of(200, 30, Theft::hot_wallet, 6);
  std::size_t tagged = 0;
  std::set<std::string> kinds;
  for (std::size_t at = world.tags.find("- address: "); at != std::string::npos;
       at = world.tags.find("- address: ", at + 1)) {
    std::size_t start = at + std::string("- address: ").size();
    std::string address = world.tags.substr(start, world.tags.find('\n', start) - start);
    kinds.insert(owner_kind(world, address));
    ++tagged;
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"exchange", "gambling", "miner", "payment_processor"}));
  std::size_t hot = 0;
  for (const auto& [address, owner] : world.truth.addresses) {
    if (owner.second != "hot") continue;
    ++hot;
    EXPECT_NE(world.tags.find("- address: " + address + "\n"), std::string::npos) << address;
  }
  EXPECT_GE(hot, 16u);  // two of each custodian and two more of the victim
  EXPECT_GT(tagged, hot);
}

TEST(SynthTruth, a_world_without_a_theft__tells_of_none) {
  World world = world_of(150, 10, Theft::none, 1);
  EXPECT_FALSE(world.truth.has_theft);
  for (const auto& [id, kind] : world.truth.owner_kinds) EXPECT_NE(kind, "thief");
  EXPECT_EQ(world.report.stolen, 0u);
}

}  // namespace
}  // namespace tracehound::synth
