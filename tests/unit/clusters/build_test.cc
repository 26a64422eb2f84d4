// Clusterings on disk: the right clusters, the same bytes however they came to be, and nothing lost
// to a kill or to damage.
#include "clusters/build.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "base/parallel.h"
#include "clusters/co_spends.h"
#include "clusters/union_find.h"
#include "unit/clusters/chains.h"

namespace tracehound::clusters {
namespace {

using ledger::BlockRows;

std::vector<BlockRows> blocks_of(ChainMaker& maker, std::size_t count, std::size_t transactions) {
  std::vector<BlockRows> blocks;
  while (blocks.size() < count) blocks.push_back(maker.next(transactions));
  return blocks;
}

// What a build from nothing leaves, of a ledger that took in these blocks at one go.
std::map<std::string, Bytes> files_of(const std::vector<BlockRows>& blocks,
                                      const Rules& rules = {}) {
  World world;
  world.add(blocks);
  world.build(rules);
  return world.files();
}

Clustering opened(World& world, const ledger::Ledger& ledger, const Rules& rules = {}) {
  auto clustering = Clustering::open(world.disk, ledger, kDefaultName, rules);
  EXPECT_TRUE(clustering.has_value()) << clustering.error().message;
  return std::move(*clustering);
}

TEST(Clusters, of_random_chains__are_those_found_the_slow_way_built_or_not) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    ChainMaker maker(seed);
    World world;
    world.add(blocks_of(maker, 10 + seed * 2, seed % 7));
    auto ledger = world.open();
    auto expected = slow_clusters(ledger);
    {
      auto clustering = opened(world, ledger);
      EXPECT_EQ(clusters_of(clustering, ledger), expected) << "seed " << seed;
      expect_sound(clustering, ledger);
    }
    BuildReport report = world.build();
    EXPECT_EQ(report.facts.blocks, buried_blocks(ledger));
    auto clustering = opened(world, ledger);
    EXPECT_EQ(clusters_of(clustering, ledger), expected) << "seed " << seed;
    expect_sound(clustering, ledger);
  }
}

TEST(Clusters, transactions_that_join_nobody__leave_their_addresses_apart) {
  ChainMaker maker(3);
  World world;
  world.add(blocks_of(maker, 40, 5));
  Rules rules;
  rules.names.left_out = "thirds";
  rules.joins_nobody = [](const ledger::Ledger&, TxId tx) { return tx.number() % 3 == 0; };
  world.build(rules);
  auto ledger = world.open();
  auto clustering = opened(world, ledger, rules);
  EXPECT_EQ(clusters_of(clustering, ledger), slow_clusters(ledger, rules.joins_nobody));
  EXPECT_NE(clusters_of(clustering, ledger), slow_clusters(ledger));
}

TEST(Clusters, built_in_pieces__same_bytes_as_at_one_go) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    ChainMaker maker(seed);
    auto blocks = blocks_of(maker, 60, 4);
    World world;
    test::Random random(seed);
    for (std::size_t done = 0; done < blocks.size();) {
      std::size_t end = std::min<std::size_t>(blocks.size(), done + 1 + random.below(20));
      world.add({blocks.begin() + static_cast<std::ptrdiff_t>(done),
                 blocks.begin() + static_cast<std::ptrdiff_t>(end)});
      BuildReport report = world.build();
      EXPECT_EQ(report.damage, "");
      EXPECT_EQ(report.edges_kept, report.before ? report.before->edges : 0);
      done = end;
    }
    EXPECT_EQ(world.files(), files_of(blocks)) << "seed " << seed;
    EXPECT_TRUE(world.build().unchanged);
  }
}

TEST(Clusters, of_a_ledger_that_went_back_and_on__same_bytes_as_if_it_never_had) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    ChainMaker maker(seed);
    test::Random random(seed);
    World world;
    auto blocks = blocks_of(maker, 20 + random.below(20), 4);
    ChainMaker fork = maker;
    auto left = blocks_of(maker, 1 + random.below(30), 4);
    world.add(blocks);
    world.add(left);
    world.build();
    world.rewind(blocks.size());
    fork.reseed(seed + 1000);
    auto taken = blocks_of(fork, 1 + random.below(30), 4);
    world.add(taken);
    world.build();
    blocks.insert(blocks.end(), taken.begin(), taken.end());
    EXPECT_EQ(world.files(), files_of(blocks)) << "seed " << seed;
  }
}

TEST(Clusters, of_a_shallow_reorganisation__are_read_without_a_build) {
  ChainMaker maker(5);
  World world;
  world.add(blocks_of(maker, 40, 4));
  ChainMaker fork = maker;
  fork.reseed(50);
  world.add(blocks_of(maker, kBuried, 4));
  world.build();
  world.rewind(40);
  world.add(blocks_of(fork, 3, 4));
  auto ledger = world.open();
  auto clustering = opened(world, ledger);
  EXPECT_EQ(clustering.blocks_on_disk(), 40U);
  EXPECT_EQ(clusters_of(clustering, ledger), slow_clusters(ledger));
}

TEST(Clusters, of_a_ledger_that_went_back_deeply__are_refused_with_the_command_to_run) {
  ChainMaker maker(6);
  World world;
  world.add(blocks_of(maker, 40, 4));
  world.build();
  world.rewind(20);
  auto ledger = world.open();
  auto clustering = Clustering::open(world.disk, ledger, kDefaultName, {});
  ASSERT_FALSE(clustering.has_value());
  EXPECT_EQ(clustering.error().message,
            "the clustering multi-input in ledger is of blocks that the ledger has left; run "
            "`tracehound cluster build --ledger ledger`");
}

TEST(Clusters, on_one_thread_and_on_many__same_bytes) {
  ChainMaker maker(7);
  World world;
  world.add(blocks_of(maker, 58, 500));
  ASSERT_GT(world.open().counts().transactions, 17'000U);  // several parts, read side by side
  std::map<std::string, Bytes> first;
  for (unsigned threads : {1U, 2U, 7U}) {
    ThreadLimit limit(threads);
    World copy;
    for (const auto& [path, bytes] : world.disk.contents()) {
      ASSERT_TRUE(copy.disk.make_folder(folder_of(path)).has_value());
      ASSERT_TRUE(replace_file(copy.disk, path, ByteView(bytes)).has_value());
    }
    copy.build();
    if (first.empty()) first = copy.files();
    EXPECT_EQ(copy.files(), first) << threads;
  }
}

TEST(Clusters, evidence__is_a_forest_of_real_co_spends_that_gives_the_clusters_back) {
  ChainMaker maker(8);
  World world;
  world.add(blocks_of(maker, 80, 6));
  world.build();
  auto ledger = world.open();
  auto stored = Stored::open_now(world.disk, folder_of_name(kFolder, kDefaultName));
  ASSERT_TRUE(stored.has_value() && stored->has_value());
  const Stored& evidence = **stored;
  UnionFind sets(evidence.facts().addresses);
  TxId last{0};
  std::size_t wrappers = 0;
  ASSERT_GT(evidence.facts().edges, 50U);
  for (std::uint64_t row = 0; row < evidence.facts().edges; ++row) {
    Edge edge = evidence.edge(row);
    EXPECT_GE(edge.transaction, last);
    last = edge.transaction;
    EXPECT_TRUE(sets.unite(edge.first.number(), edge.second.number()));
    if (edge.rule == kWrapper) {
      ++wrappers;
      EXPECT_EQ(ledger.wrapper_at(edge.first),
                (ledger::Wrapper{edge.first, edge.second, edge.transaction}));
      continue;
    }
    auto spenders = spending_addresses(ledger, edge.transaction);
    EXPECT_EQ(edge.first, spenders.front());
    EXPECT_NE(std::ranges::find(spenders, edge.second), spenders.end());
  }
  EXPECT_GT(wrappers, 5U);
  EXPECT_TRUE(std::ranges::equal(sets.flatten(), evidence.numbers(Part::cluster_of)));
}

TEST(Clusters, evidence__is_what_one_thread_keeps_of_every_link_in_chain_order) {
  ChainMaker maker(11);
  World world;
  world.add(blocks_of(maker, 36, 500));
  ASSERT_GT(world.open().counts().transactions, 8'200U);  // two parts, read side by side
  Rules rules;
  rules.names.left_out = "thirds";
  rules.joins_nobody = [](const ledger::Ledger&, TxId tx) { return tx.number() % 3 == 0; };
  world.build(rules);
  auto ledger = world.open();
  auto stored = Stored::open_now(world.disk, folder_of_name(kFolder, kDefaultName));
  ASSERT_TRUE(stored.has_value() && stored->has_value());
  const Facts& facts = (*stored)->facts();
  UnionFind sets(facts.addresses);
  std::vector<Edge> expected;
  IdRange<TxId> all{TxId(0), TxId(static_cast<std::uint32_t>(facts.transactions))};
  for_each_link(ledger, all, rules.joins_nobody, [&](std::span<const Edge> links) {
    for (const Edge& link : links) {
      if (sets.unite(link.first.number(), link.second.number())) expected.push_back(link);
    }
    return true;
  });
  ASSERT_EQ(facts.edges, expected.size());
  for (std::uint64_t row = 0; row < facts.edges; ++row) {
    ASSERT_EQ((*stored)->edge(row), expected[row]) << row;
  }
}

TEST(Clusters, of_transactions_that_join_nothing_new__nobody_asks_what_they_are) {
  ChainMaker maker(12);
  World world;
  world.add(blocks_of(maker, 30, 50));
  auto ledger = world.open();
  UnionFind sets(ledger.counts().addresses);
  IdRange<TxId> all{TxId(0), TxId(static_cast<std::uint32_t>(ledger.counts().transactions))};
  std::size_t links = 0;
  auto join = [&](std::span<const Edge> part) {
    for (const Edge& link : part) sets.unite(link.first.number(), link.second.number());
    links += part.size();
    return true;
  };
  std::atomic<std::size_t> asked = 0;
  auto ask = [&](const ledger::Ledger&, TxId) { return ++asked == 0; };
  for_each_link(ledger, all, ask, join, &sets);
  EXPECT_GT(links, 100U);
  EXPECT_GT(asked, 50U);
  asked = links = 0;
  for_each_link(ledger, all, ask, join, &sets);
  EXPECT_EQ(asked, 0U);
  EXPECT_EQ(links, 0U);
}

// A World as it is before a second build, and that build with the power cut at one change.
struct SecondBuild {
  World world;

  SecondBuild() {
    static const std::vector<BlockRows> blocks = [] {
      ChainMaker maker(9);
      return blocks_of(maker, 40, 4);
    }();
    world.add({blocks.begin(), blocks.begin() + 25});
    world.build();
    world.add({blocks.begin() + 25, blocks.end()});
  }
  void run() {
    auto ledger = ledger::Ledger::open(world.disk, kFolder);
    if (ledger) static_cast<void>(build_clusters(world.disk, *ledger, {}));
  }
};

TEST(Clusters, power_cut_anywhere_in_a_build__leaves_the_old_ones_or_the_new) {
  SecondBuild whole;
  auto before = whole.world.files();
  std::uint64_t began = whole.world.disk.changes();
  whole.run();
  std::uint64_t changes = whole.world.disk.changes() - began;
  auto after = whole.world.files();
  ASSERT_NE(before, after);
  std::string manifest = facts_path(folder_of_name(kFolder, kDefaultName));
  bool saw_old = false;
  bool saw_new = false;
  for (std::uint64_t cut = 0; cut <= changes; ++cut) {
    for (std::uint64_t seed : {0U, 7U}) {
      SecondBuild second;
      second.world.disk.lose_power_after(cut);
      second.run();
      second.world.disk.restart(seed);
      auto found = second.world.files();
      bool old = found.at(manifest) == before.at(manifest);
      ASSERT_TRUE(old || found.at(manifest) == after.at(manifest)) << cut;
      for (const auto& [path, bytes] : old ? before : after) {
        ASSERT_TRUE(found.contains(path) && found.at(path) == bytes) << path << " at " << cut;
      }
      (old ? saw_old : saw_new) = true;
      second.world.build();
      EXPECT_EQ(second.world.files(), after) << cut;
    }
  }
  EXPECT_TRUE(saw_old && saw_new);
}

TEST(Clusters, every_call_that_can_fail_in_a_build__is_an_error_and_changes_nothing_that_is_read) {
  using Call = test::FaultyFileSystem::Call;
  for (Call call : {Call::open_write, Call::write, Call::sync, Call::rename, Call::map}) {
    for (std::uint64_t nth = 1; nth < 40; ++nth) {
      SecondBuild second;
      auto ledger = second.world.open();
      std::uint64_t before = second.world.disk.count(call);
      second.world.disk.fail(call, nth);
      auto report = build_clusters(second.world.disk, ledger, {});
      bool reached = second.world.disk.count(call) - before >= nth;
      second.world.disk.mend();
      auto clustering = Clustering::open(second.world.disk, ledger, kDefaultName, {});
      ASSERT_TRUE(clustering.has_value()) << clustering.error().message;
      EXPECT_EQ(clusters_of(*clustering, ledger), slow_clusters(ledger));
      if (!reached) break;
      // Damage to what was there is no error: the build begins anew.
      EXPECT_TRUE(!report || !report->damage.empty()) << static_cast<int>(call) << " " << nth;
    }
  }
}

TEST(Clusters, a_damaged_file__is_named_and_made_anew_by_a_build) {
  ChainMaker maker(10);
  World world;
  world.add(blocks_of(maker, 40, 4));
  world.build();
  auto sound = world.files();
  std::string folder = folder_of_name(kFolder, kDefaultName);
  for (const auto& [path, bytes] : sound) {
    if (path == facts_path(folder)) continue;
    Bytes damaged = bytes;
    damaged[damaged.size() / 2] ^= 1;
    ASSERT_TRUE(replace_file(world.disk, path, ByteView(damaged)).has_value());
    auto stored = Stored::open_now(world.disk, folder);
    ASSERT_TRUE(stored.has_value() && stored->has_value());
    auto checked = (*stored)->check();
    ASSERT_FALSE(checked.has_value()) << path;
    EXPECT_TRUE(checked.error().message.starts_with(path + " is damaged")) << path;
    EXPECT_TRUE(world.build().damage.starts_with(path));
    EXPECT_EQ(world.files(), sound);

    damaged.resize(bytes.size() - 1);
    ASSERT_TRUE(replace_file(world.disk, path, ByteView(damaged)).has_value());
    auto short_file = Stored::open_now(world.disk, folder);
    ASSERT_FALSE(short_file.has_value());
    EXPECT_TRUE(short_file.error().message.starts_with(path)) << short_file.error().message;
    world.build();
    EXPECT_EQ(world.files(), sound);
  }
}

TEST(Clusters, a_manifest_with_any_byte_changed__is_refused_and_made_anew) {
  ChainMaker maker(11);
  World world;
  world.add(blocks_of(maker, 20, 3));
  world.build();
  auto sound = world.files();
  std::string folder = folder_of_name(kFolder, kDefaultName);
  Bytes manifest = sound.at(facts_path(folder));
  for (std::size_t at = 0; at < manifest.size(); ++at) {
    Bytes damaged = manifest;
    damaged[at] ^= 1;
    ASSERT_TRUE(replace_file(world.disk, facts_path(folder), ByteView(damaged)).has_value());
    auto facts = read_facts(world.disk, folder);
    ASSERT_FALSE(facts.has_value()) << at;
  }
  EXPECT_NE(world.build().damage, "");
  EXPECT_EQ(world.files(), sound);
}

TEST(Clusters, built_by_other_rules__are_refused_when_read_and_made_anew_by_a_build) {
  ChainMaker maker(12);
  World world;
  auto blocks = blocks_of(maker, 30, 4);
  world.add(blocks);
  world.build();
  Rules rules;
  rules.names.left_out = "odd/1";
  rules.joins_nobody = [](const ledger::Ledger&, TxId tx) { return tx.number() % 2 == 1; };
  auto ledger = world.open();
  auto clustering = Clustering::open(world.disk, ledger, kDefaultName, rules);
  ASSERT_FALSE(clustering.has_value());
  EXPECT_EQ(clustering.error().message,
            "the clustering multi-input in ledger was built by other rules "
            "(multi-input,wrapper, leaving out none) than this program's; run `tracehound cluster "
            "build --ledger ledger`");
  EXPECT_EQ(world.build(rules).edges_kept, 0U);
  EXPECT_EQ(world.files(), files_of(blocks, rules));
}

TEST(Clusters, two_builds_of_one_name_at_once__the_second_is_refused) {
  ChainMaker maker(13);
  World world;
  world.add(blocks_of(maker, 20, 3));
  auto ledger = world.open();
  ASSERT_TRUE(world.disk.make_folder(clusters_folder(kFolder)).has_value());
  auto lock = world.disk.lock(folder_of_name(kFolder, kDefaultName) + ".lock");
  ASSERT_TRUE(lock.has_value());
  auto report = build_clusters(world.disk, ledger, {});
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().kind, ErrorKind::machine);
}

TEST(Clusters, read_whole_with_a_byte_changed__are_an_error_that_names_the_file_and_the_command) {
  ChainMaker maker(14);
  World world;
  world.add(blocks_of(maker, 40, 4));
  world.build();
  auto ledger = world.open();
  auto sound = world.files();
  for (const auto& [path, bytes] : sound) {
    if (path.find("/cluster_of.") == path.npos) continue;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      Bytes damaged = bytes;
      damaged[at] ^= 1;
      ASSERT_TRUE(replace_file(world.disk, path, ByteView(damaged)).has_value());
      auto stored = Stored::open_now(world.disk, folder_of_name(kFolder, kDefaultName));
      ASSERT_TRUE(stored.has_value() && stored->has_value());
      auto checked = (*stored)->check(Part::cluster_of);
      ASSERT_FALSE(checked.has_value()) << at;
      EXPECT_EQ(checked.error().message,
                path +
                    " is damaged: its bytes are not those that were written; run `tracehound "
                    "cluster build --ledger ledger` to make it anew");
      EXPECT_TRUE((*stored)->check(Part::member).has_value());
    }
    // An address is said to be of the oldest, which can be: only the sum tells.
    Bytes damaged = bytes;
    std::size_t at = damaged.size() - 4;
    while (load_le<std::uint32_t>(&damaged[at]) == 0) at -= 4;
    store_le(&damaged[at], std::uint32_t{0});
    ASSERT_TRUE(replace_file(world.disk, path, ByteView(damaged)).has_value());
    auto clustering = opened(world, ledger);
    auto all = clustering.of_all_addresses();
    ASSERT_FALSE(all.has_value());
    EXPECT_TRUE(all.error().message.starts_with(path + " is damaged"));
  }
}

TEST(Clusters, a_single_entry_that_cannot_be__ends_with_the_file_and_the_command) {
  ChainMaker maker(15);
  World world;
  world.add(blocks_of(maker, 40, 4));
  world.build();
  auto ledger = world.open();
  auto sound = world.files();
  for (const auto& [path, bytes] : sound) {
    for (const char* part : {"/cluster_of.", "/member.", "/edge.first.", "/edge.rule."}) {
      if (path.find(part) == path.npos) continue;
      Bytes damaged(bytes.size(), Byte{0xFF});
      ASSERT_TRUE(replace_file(world.disk, path, ByteView(damaged)).has_value());
      auto read_each = [&] {
        auto stored = Stored::open_now(world.disk, folder_of_name(kFolder, kDefaultName));
        static_cast<void>((*stored)->edge(0));
        static_cast<void>((*stored)->member(0));
        static_cast<void>((*stored)->cluster_of(AddressId(0)));
      };
      EXPECT_EXIT(read_each(), testing::ExitedWithCode(4),
                  "tracehound: ledger/clusters/multi-input" + std::string(part) +
                      ".* is damaged: .*; run `tracehound cluster build --ledger ledger`");
      ASSERT_TRUE(replace_file(world.disk, path, ByteView(bytes)).has_value());
    }
  }
}

// Twenty blocks that pay an address each; then all that they pay spent at once, and buried.
struct OneHand {
  test::BlockMaker maker{16};
  World world;
  test::BlockMaker::Spend all;

  OneHand() {
    for (std::uint32_t i = 0; i < 20; ++i) {
      auto block = maker.make({}, {50, 4 * i});  // none of them a wrapper
      all.inputs.push_back({block.transactions[0].txid, 0});
      world.add({block});
    }
    all.outputs.push_back({50, 0});
    bury();
  }
  void bury(const std::vector<test::BlockMaker::Spend>& spends = {}) {
    world.add({maker.make(spends, {50, 100})});
    for (std::uint64_t i = 0; i < kBuried; ++i) world.add({maker.make({}, {50, 100})});
  }
  void spend(std::size_t first, std::size_t count) {
    test::BlockMaker::Spend some{.inputs = {}, .outputs = {{50, 0}}};
    for (std::size_t i = first; i < first + count; ++i) some.inputs.push_back(all.inputs[i]);
    bury({some});
  }
};

TEST(Clusters, largest_share_more_than_doubled__is_an_alarm) {
  for (std::size_t then : {6U, 7U}) {
    OneHand hand;
    hand.spend(0, 3);
    EXPECT_FALSE(hand.world.build().largest_leapt(3));  // none before
    hand.spend(10, then);                               // of as many addresses
    BuildReport report = hand.world.build();
    EXPECT_EQ(report.facts.largest, then);
    EXPECT_EQ(report.largest_leapt(3), then > 6);
    EXPECT_FALSE(report.largest_leapt(4));
    EXPECT_FALSE(report.largest_leapt());
  }
}

TEST(Clusters, a_first_build_with_a_tenth_of_all_in_one_cluster__is_an_alarm) {
  OneHand hand;
  hand.spend(0, 3);  // of 21 addresses
  for (const char* name : {kDefaultName, "named"}) {
    BuildReport report = hand.world.build({}, name);
    EXPECT_FALSE(report.before.has_value());
    EXPECT_EQ(report.facts.largest, 3U);
    EXPECT_EQ(report.facts.addresses, 21U);
    EXPECT_TRUE(report.largest_is_huge(3));
    EXPECT_FALSE(report.largest_is_huge(4));
    EXPECT_FALSE(report.largest_is_huge());
    EXPECT_FALSE(hand.world.build({}, name).largest_is_huge(3));  // up to date: said already
  }
}

TEST(Clusters, a_first_build_with_less_in_one_cluster__is_none) {
  OneHand hand;
  hand.spend(0, 2);  // of 21
  BuildReport report = hand.world.build();
  EXPECT_EQ(report.facts.largest, 2U);
  EXPECT_FALSE(report.largest_is_huge(2));
}

}  // namespace
}  // namespace tracehound::clusters
