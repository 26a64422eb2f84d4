// What the tests of `follow` share: a node that is not there, a clock that tells a story, a ledger
// on a disk in memory.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "chains/bitcoin/follow.h"
#include "chains/bitcoin/mempool.h"
#include "ledger/check.h"
#include "ledger/ledger.h"
#include "support/faulty_file_system.h"
#include "unit/chains_bitcoin/fake_node.h"

namespace tracehound::chains::bitcoin {

class FollowFixture : public ::testing::Test {
 protected:
  using Story = std::deque<std::function<void()>>;

  // Follows until the story is over.
  Result<FollowReport> follow(Story story = {}) {
    clock.emplace();
    clock->story = std::move(story);
    said.clear();
    FollowOptions with = options;
    with.progress = false;
    with.say = [this](const std::string& line) { said.push_back(line); };
    NodeRpc rpc(node, disk, login, "NODE");
    return follow_node(disk, rpc, *clock, *find_network("regtest"), "L", with);
  }
  FollowReport followed(Story story = {}) {
    auto report = follow(std::move(story));
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return report.value_or(FollowReport{});
  }
  Error refused(Story story = {}) {
    auto report = follow(std::move(story));
    EXPECT_FALSE(report.has_value());
    return report ? Error{} : report.error();
  }

  ledger::Ledger open() {
    auto ledger = ledger::Ledger::open(disk, "L");
    EXPECT_TRUE(ledger.has_value()) << ledger.error().message;
    return std::move(*ledger);
  }
  std::size_t blocks() { return open().counts().blocks; }
  Hash256 tip() {
    auto ledger = open();
    return ledger.block_hash(ledger.tip());
  }
  // The committed ledger is this chain, and nothing is wrong with it.
  void expect_chain(const test::RegtestChain& chain) {
    auto ledger = open();
    ASSERT_EQ(ledger.counts().blocks, chain.size());
    for (std::uint32_t height = 0; height < chain.size(); ++height) {
      ASSERT_EQ(ledger.block_hash(BlockHeight(height)), chain.hash(height)) << height;
    }
    auto checked = ledger::check_ledger(ledger);
    EXPECT_TRUE(checked.clean()) << checked.findings.front();
  }
  std::vector<Hash256> mempool_txids() {
    auto file = read_mempool(disk, "L");
    EXPECT_TRUE(file.has_value() && file->has_value());
    std::vector<Hash256> txids;
    for (const auto& tx : (*file)->transactions) {
      txids.push_back(thread_hasher().sha256d(tx.raw));  // none of them carries a witness
    }
    return txids;
  }
  std::size_t times_said(std::string_view part) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(said, [&](const std::string& line) { return line.contains(part); }));
  }

  test::FaultyFileSystem disk;
  FakeNode node;
  NodeLogin login;
  FollowOptions options;
  std::optional<StoryClock> clock;
  std::vector<std::string> said;
};

inline test::RegtestChain chain_of(std::size_t blocks) {
  test::RegtestChain chain;
  while (chain.size() < blocks) chain.mine();
  return chain;
}

inline void grow(test::RegtestChain& chain, std::size_t blocks) {
  for (std::size_t i = 0; i < blocks; ++i) chain.mine();
}

}  // namespace tracehound::chains::bitcoin
