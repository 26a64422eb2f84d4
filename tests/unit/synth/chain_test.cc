// The chain itself: a reader of real block files takes it, and its money is sound.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "unit/synth/world_reader.h"

namespace tracehound::synth {
namespace {

using test::AuditedWorld;
using test::FaultyFileSystem;

struct Size {
  std::uint32_t blocks;
  std::uint32_t txs_per_block;
  Theft theft;
};

AuditedWorld audited(const Size& size, std::uint64_t seed) {
  FaultyFileSystem disk;
  SynthReport report = test::make(disk, {.out = "",
                                         .blocks = size.blocks,
                                         .seed = seed,
                                         .theft = size.theft,
                                         .txs_per_block = size.txs_per_block});
  AuditedWorld world = test::audit(disk);
  EXPECT_EQ(world.times.size(), size.blocks);
  std::uint64_t transactions = 0;
  for (std::uint64_t count : world.transactions) transactions += count;
  EXPECT_EQ(transactions, report.transactions);
  return world;
}

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += sentence + "\n";
  return text;
}

TEST(SynthChain, worlds_of_every_size_and_theft__every_rule_of_money_is_kept) {
  constexpr std::array<Size, 8> kSizes = {{{160, 1, Theft::hot_wallet},
                                           {160, 1, Theft::wallet_sweep},
                                           {161, 5, Theft::hot_wallet},
                                           {230, 5, Theft::wallet_sweep},
                                           {400, 30, Theft::hot_wallet},
                                           {260, 100, Theft::wallet_sweep},
                                           {110, 40, Theft::none},
                                           {700, 3, Theft::wallet_sweep}}};
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    for (const Size& size : kSizes) {
      AuditedWorld world = audited(size, seed);
      EXPECT_TRUE(world.faults.empty())
          << size.blocks << " blocks of " << size.txs_per_block << ", seed " << seed << ":\n"
          << joined(world.faults);
    }
  }
}

TEST(SynthChain, three_thousand_a_block__a_settled_block_holds_them) {
  AuditedWorld world = audited({135, 3000, Theft::none}, 7);
  EXPECT_TRUE(world.faults.empty()) << joined(world.faults);
  EXPECT_GE(world.transactions.back(), 2990u);
  EXPECT_LE(world.transactions.back(), 3003u);
}

TEST(SynthChain, more_than_fits_and_a_theft__blocks_keep_under_the_weight_limit) {
  AuditedWorld world = audited({160, kTxsPerBlockMax, Theft::wallet_sweep}, 8);
  EXPECT_TRUE(world.faults.empty()) << joined(world.faults);
  EXPECT_GT(*std::ranges::max_element(world.weights), 3'500'000u);
}

TEST(SynthChain, past_the_last_subsidy__the_world_lives_on_fees) {
  // Regtest halves every 150 blocks: 33 times and nothing is left.
  AuditedWorld world = audited({5200, 2, Theft::hot_wallet}, 9);
  EXPECT_TRUE(world.faults.empty()) << joined(world.faults);
  EXPECT_GT(world.transactions.back() + world.transactions[5198], 3u);
}

TEST(SynthChain, only_the_genesis_block__is_a_chain_of_one) {
  AuditedWorld world = audited({1, 1, Theft::none}, 1);
  EXPECT_TRUE(world.faults.empty()) << joined(world.faults);
  EXPECT_EQ(world.times.front(), 1296688602u);
}

TEST(SynthChain, wanted_transactions__are_what_a_settled_block_holds) {
  AuditedWorld world = audited({300, 50, Theft::none}, 4);
  // The coinbase comes on top, and a bet is two transactions at once.
  for (std::size_t height = 150; height < 300; ++height) {
    EXPECT_GE(world.transactions[height], 50u) << height;
    EXPECT_LE(world.transactions[height], 52u) << height;
  }
}

TEST(SynthChain, coins_of_real_habit__every_kind_of_address_and_spends_in_the_same_block) {
  FaultyFileSystem disk;
  test::make(disk, {.out = "", .blocks = 200, .seed = 3});
  AuditedWorld world = test::audit(disk);
  std::map<std::string, int> prefixes;
  for (const auto& [outpoint, coin] : world.coins) {
    std::string prefix = coin.address.starts_with("bcrt1p") ? "taproot"
                         : coin.address.starts_with("bcrt1q")
                             ? coin.address.size() == 44 ? "witness key" : "witness script"
                         : coin.address.starts_with("2")          ? "script"
                         : coin.address.starts_with("multisig:")  ? "multisig"
                         : coin.address.starts_with("op_return:") ? "note"
                                                                  : "key";
    ++prefixes[prefix];
  }
  for (const char* kind :
       {"taproot", "witness key", "witness script", "script", "multisig", "note", "key"}) {
    EXPECT_GT(prefixes[kind], 20) << kind;
  }
}

}  // namespace
}  // namespace tracehound::synth
