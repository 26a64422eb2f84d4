// Following a node: its chain as it grows and turns back, and what it may say that is not so.
#include "chains/bitcoin/follow.h"

#include <algorithm>
#include <random>

#include "ledger/writer.h"
#include "unit/chains_bitcoin/follow_fixture.h"

namespace tracehound::chains::bitcoin {
namespace {

using test::kCoin;
using test::pay_to;
using test::RegtestChain;
using test::Tx;

class FollowTest : public FollowFixture {};

TEST_F(FollowTest, an_empty_ledger__gets_the_whole_chain_and_each_new_block) {
  RegtestChain chain = chain_of(40);
  node.set_chain(chain.blocks());
  FollowReport report = followed({[&] {
                                    EXPECT_EQ(blocks(), 40U);  // committed before it waits
                                    chain.mine();
                                    node.set_chain(chain.blocks());
                                  },
                                  [&] { EXPECT_EQ(tip(), chain.tip()); }});
  EXPECT_EQ(report.blocks_added, 41U);
  EXPECT_EQ(report.blocks_left, 0U);
  EXPECT_EQ(report.tip_hash, chain.tip());
  expect_chain(chain);
  EXPECT_EQ(times_said("following the node at NODE: bitcoin:regtest, its tip at height 39"), 1U);
  EXPECT_EQ(times_said("took 40 blocks; tip"), 1U);
  EXPECT_EQ(times_said("at height 40"), 1U);
  EXPECT_EQ(said.size(), 3U);
}

TEST_F(FollowTest, answers_in_another_order__are_the_same_answers) {
  RegtestChain chain = chain_of(60);
  node.set_chain(chain.blocks());
  node.backwards = true;
  followed();
  expect_chain(chain);
}

TEST_F(FollowTest, small_batches_and_commits__give_the_same_bytes) {
  RegtestChain chain = chain_of(60);
  node.set_chain(chain.blocks());
  followed();
  auto whole = disk.contents();
  test::FaultyFileSystem other;
  options.commit_blocks = 3;
  options.batch_bytes = 500;
  StoryClock pace;
  NodeRpc rpc(node, other, login, "NODE");
  FollowOptions with = options;
  with.progress = false;
  ASSERT_TRUE(follow_node(other, rpc, pace, *find_network("regtest"), "L", with).has_value());
  auto pieces = other.contents();
  for (const auto& [path, bytes] : whole) {
    if (!path.starts_with("L/columns/") && path != "L/manifest") continue;
    EXPECT_EQ(pieces[path], bytes) << path;
  }
}

TEST_F(FollowTest, until_synced__ends_at_the_tip) {
  RegtestChain chain = chain_of(30);
  node.set_chain(chain.blocks());
  options.until_synced = true;
  bool waited = false;
  followed({[&] { waited = true; }});
  EXPECT_FALSE(waited);
  expect_chain(chain);
}

TEST_F(FollowTest, the_wish_to_end_while_catching_up__ends_at_a_commit) {
  RegtestChain chain = chain_of(300);
  node.set_chain(chain.blocks());
  options.batch_bytes = 2'000;
  int batches = 0;
  node.instead = [&](const std::string& asked) -> FakeNode::Reply {
    if (asked.contains("getblock\"") && ++batches == 4) clock->end();
    return std::nullopt;
  };
  FollowReport report = followed();
  EXPECT_GT(report.counts.blocks, 16U);
  EXPECT_LT(report.counts.blocks, 300U);
  EXPECT_EQ(blocks(), report.counts.blocks);
  node.instead = nullptr;
  followed();
  expect_chain(chain);
}

// ---- reorganisations ----------------------------------------------------------------------------

TEST_F(FollowTest, a_branch_with_more_work_thirty_blocks_deep__is_followed) {
  RegtestChain chain = chain_of(60);
  RegtestChain other = chain.branch(30, 7);
  grow(other, 31);
  node.set_chain(chain.blocks());
  FollowReport report = followed({[&] { node.set_chain(other.blocks()); }});
  EXPECT_EQ(report.blocks_left, 30U);
  expect_chain(other);
  EXPECT_EQ(times_said("reorganisation: the node left 30 blocks, back to height 29"), 1U);
}

TEST_F(FollowTest, a_branch_of_as_much_work__is_followed_if_the_node_has_left_ours) {
  RegtestChain chain = chain_of(20);
  RegtestChain other = chain.branch(18, 7);
  grow(other, 2);
  node.set_chain(chain.blocks());
  followed({[&] { node.set_chain(other.blocks()); }});
  expect_chain(other);
}

TEST_F(FollowTest, a_branch_of_as_much_work__is_not_followed_if_the_node_never_saw_ours) {
  RegtestChain chain = chain_of(20);
  RegtestChain other = chain.branch(18, 7);
  grow(other, 2);
  node.set_chain(chain.blocks());
  followed({[&] {
              node.forget();
              node.set_chain(other.blocks());
            },
            [] {}, [&] { EXPECT_EQ(tip(), chain.tip()); },
            [&] {
              other.mine();
              node.set_chain(other.blocks());
            }});
  EXPECT_EQ(times_said("lags behind"), 1U);
  expect_chain(other);
}

TEST_F(FollowTest, a_node_on_the_way_to_our_tip__is_waited_for) {
  RegtestChain chain = chain_of(50);
  node.set_chain(chain.blocks());
  auto first = [&](std::size_t blocks) {
    node.set_chain({chain.blocks().begin(), chain.blocks().begin() + static_cast<long>(blocks)});
  };
  followed({[&] { first(10); }, [] {}, [&] { EXPECT_EQ(blocks(), 50U); },
            [&] {
              node.forget();
              first(20);
            },
            [] {}, [&] { EXPECT_EQ(blocks(), 50U); },
            [&] {
              chain.mine();
              node.set_chain(chain.blocks());
            }});
  expect_chain(chain);
  EXPECT_EQ(times_said("lags behind"), 1U);
  EXPECT_EQ(times_said("reorganisation"), 0U);
}

TEST_F(FollowTest, blocks_that_the_node_holds_for_invalid__leave_the_ledger) {
  RegtestChain chain = chain_of(50);
  node.set_chain(chain.blocks());
  RegtestChain shorter = chain.branch(20, 1);
  RegtestChain longer = chain;
  grow(longer, 4);
  followed({[&] {
              // The invalid branch goes on past our tip, which is found inside it.
              node.set_chain(longer.blocks());
              node.set_chain(shorter.blocks());
              node.invalid = {longer.tip()};
            },
            [&] {
              EXPECT_EQ(blocks(), 20U);
              EXPECT_EQ(tip(), shorter.tip());
              node.invalid.clear();
              node.set_chain(chain.blocks());
            }});
  expect_chain(chain);
}

TEST_F(FollowTest, the_node_turns_back_while_it_is_asked__costs_no_pause) {
  RegtestChain chain = chain_of(40);
  RegtestChain other = chain.branch(10, 3);
  grow(other, 40);
  node.set_chain(chain.blocks());
  int hashes = 0;
  node.instead = [&](const std::string& asked) -> FakeNode::Reply {
    if (asked.contains("getblockhash") && ++hashes == 3) node.set_chain(other.blocks());
    return std::nullopt;
  };
  followed();
  expect_chain(other);
  EXPECT_TRUE(clock->pauses.empty());
}

TEST_F(FollowTest, a_branch_that_spends_what_is_not_there__puts_the_ledger_back) {
  RegtestChain chain = chain_of(20);
  RegtestChain other = chain.branch(15, 2);
  grow(other, 2);
  other.mine(
      {Tx{.in = {{chain.branch(18, 9).next_coinbase().outpoint(0)}}, .out = {{kCoin, pay_to(1)}}}});
  grow(other, 5);
  node.set_chain(chain.blocks());
  Error error = refused({[&] { node.set_chain(other.blocks()); }});
  EXPECT_EQ(error.kind, ErrorKind::bad_input);
  EXPECT_TRUE(error.message.contains("which no block has created")) << error.message;
  expect_chain(chain);
}

TEST_F(FollowTest, two_hundred_random_turns__the_ledger_is_at_the_node_s_tip_after_each) {
  std::mt19937_64 random(5);
  RegtestChain chain = chain_of(120);
  node.set_chain(chain.blocks());
  std::uint32_t name = 0;
  Story story;
  std::size_t moved = 0;
  for (int turn = 0; turn < 200; ++turn) {
    story.push_back([&, turn] {
      ASSERT_EQ(tip(), chain.tip()) << turn;
      ASSERT_EQ(blocks(), chain.size()) << turn;
      Hash256 before = chain.tip();
      std::size_t depth = random() % 4 == 0 ? random() % 100 : random() % 5;
      depth = std::min(depth, chain.size() - 1);
      bool shorter = random() % 3 == 0;
      RegtestChain other = chain.branch(chain.size() - depth, ++name);
      node.invalid.clear();
      grow(other, shorter ? random() % (depth + 1) : depth + random() % 4);
      if (other.size() < chain.size()) node.invalid = {before};
      chain = other;
      node.set_chain(chain.blocks());
      moved += chain.tip() != before;
    });
  }
  options.commit_blocks = 7;
  followed(std::move(story));
  EXPECT_GT(moved, 150U);
  expect_chain(chain);
}

// ---- lies and limits ----------------------------------------------------------------------------

TEST_F(FollowTest, a_block_that_is_not_what_its_hash_says__is_refused) {
  RegtestChain chain = chain_of(30);
  node.set_chain(chain.blocks());
  Bytes damaged = chain.blocks()[25];
  damaged.back() ^= 1;
  node.lies[chain.hash(25)] = damaged;
  Error error = refused();
  EXPECT_EQ(error.kind, ErrorKind::bad_input);
  EXPECT_TRUE(error.message.contains("at height 25 ")) << error.message;
  EXPECT_TRUE(error.message.contains("merkle root")) << error.message;
  expect_chain(chain.branch(25, 0));
}

TEST_F(FollowTest, another_block_than_was_asked_for__is_refused) {
  RegtestChain chain = chain_of(30);
  node.set_chain(chain.blocks());
  node.lies[chain.hash(7)] = chain.blocks()[8];
  Error error = refused();
  EXPECT_TRUE(error.message.contains("came as the block " + chain.hash(8).text())) << error.message;
  expect_chain(chain.branch(7, 0));
}

TEST_F(FollowTest, a_block_without_its_proof_of_work__is_refused) {
  RegtestChain chain = chain_of(10);
  RegtestChain next = chain_of(11);
  Bytes block = next.blocks().back();
  for (std::uint32_t nonce = 0; test::block_hash(block).bytes[31] < 0x80; ++nonce) {
    store_le(block.data() + 76, nonce);  // the target is half of all hashes
  }
  std::vector<Bytes> blocks = chain.blocks();
  blocks.push_back(block);
  node.set_chain(blocks);
  Error error = refused();
  EXPECT_TRUE(error.message.contains("lacks its proof of work")) << error.message;
  expect_chain(chain);
}

TEST_F(FollowTest, a_branch_of_headers_without_work__does_not_move_the_ledger) {
  RegtestChain chain = chain_of(20);
  node.set_chain(chain.blocks());
  RegtestChain other = chain.branch(10, 4);
  grow(other, 12);
  Error error = refused({[&] {
    node.forget();
    node.set_chain(other.blocks());
    Bytes lie = other.blocks()[12];
    store_le<std::uint32_t>(lie.data() + 72, 0x03000001);  // a target that takes 2^255 tries
    node.lies[other.hash(12)] = lie;
  }});
  EXPECT_EQ(error.kind, ErrorKind::bad_input);
  expect_chain(chain);
}

TEST_F(FollowTest, a_pruned_block__is_one_sentence) {
  RegtestChain chain = chain_of(30);
  node.set_chain(chain.blocks());
  node.pruned = {chain.hash(3)};
  Error error = refused();
  EXPECT_EQ(error.kind, ErrorKind::bad_input);
  EXPECT_TRUE(error.message.contains("has pruned block " + chain.hash(3).text()));
}

TEST_F(FollowTest, a_node_of_another_chain__is_refused_before_a_ledger_is_begun) {
  RegtestChain chain = chain_of(3);
  std::vector<Bytes> others = {chain.blocks()[1]};
  node.set_chain(others);
  Error error = refused();
  EXPECT_EQ(error.kind, ErrorKind::bad_input);
  EXPECT_TRUE(error.message.contains("is on another chain")) << error.message;
  EXPECT_TRUE(disk.contents().empty());
}

TEST_F(FollowTest, a_ledger_in_use_or_of_another_chain__is_refused_before_the_node_is_asked) {
  RegtestChain chain = chain_of(3);
  node.set_chain(chain.blocks());
  followed();
  node.asked.clear();
  {
    auto writer = ledger::Writer::open(disk, "L", "bitcoin:regtest");
    ASSERT_TRUE(writer.has_value());
    EXPECT_EQ(refused().kind, ErrorKind::machine);
  }
  NodeRpc rpc(node, disk, login, "NODE");
  StoryClock pace;
  auto other = follow_node(disk, rpc, pace, *find_network("main"), "L", options);
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().kind, ErrorKind::bad_input);
  EXPECT_TRUE(node.asked.empty());
}

}  // namespace
}  // namespace tracehound::chains::bitcoin
