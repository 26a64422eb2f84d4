// The ledger's smaller parts: manifest text, run ranges, the unspent table, the run index.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "ledger/keys.h"
#include "ledger/manifest.h"
#include "ledger/memory_run.h"
#include "ledger/run_writer.h"
#include "ledger/runs.h"
#include "ledger/unspent.h"
#include "support/faulty_file_system.h"
#include "support/random_blocks.h"
#include "support/rounds.h"

namespace tracehound::ledger {
namespace {

using test::FaultyFileSystem;
using test::Random;

Manifest sample_manifest() {
  Manifest manifest;
  manifest.chain = "bitcoin:main";
  manifest.counts = {1, 9, 3, 4, 5, 6, 7};
  manifest.tip_hash = thread_hasher().sha256({});
  manifest.checksum = 0x0123456789abcdef;
  return manifest;
}

TEST(Manifest, its_text__reads_back) {
  auto parsed = parse_manifest(manifest_text(sample_manifest()), "m");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  EXPECT_EQ(*parsed, sample_manifest());
}

TEST(Manifest, any_changed_missing_or_added_byte__is_refused) {
  std::string text = manifest_text(sample_manifest());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(parse_manifest(changed, "m").has_value()) << i;
    EXPECT_FALSE(parse_manifest(text.substr(0, i), "m").has_value()) << i;
  }
  EXPECT_FALSE(parse_manifest(text + "\n", "m").has_value());
}

TEST(Manifest, another_format__is_named_with_the_version_that_wrote_it) {
  auto refused = [](std::string_view lines) {
    auto parsed = parse_manifest("tracehound ledger\n" + std::string(lines) + "chain x\n", "m");
    return parsed ? "read" : parsed.error().message;
  };
  EXPECT_EQ(
      refused("format 7\nwritten_by tracehound 3.1.4\n"),
      "m is of ledger format 7, written by tracehound 3.1.4, and this program reads format 5; "
      "ingest into a new folder, or use the version that wrote it");
  EXPECT_EQ(refused("format 4\n"),
            "m is of ledger format 4, written by a tracehound from before 0.1.0, and this program "
            "reads format 5; ingest into a new folder, or use the version that wrote it");
  EXPECT_NE(refused("format 5\n").find("is damaged"), std::string::npos);
}

TEST(Runs, ranges__cover_all_rows_once_and_full_ones_never_change) {
  Random random(1);
  std::vector<RowRange> before;
  std::uint64_t rows = 0;
  for (int i = 0; i < 2000; ++i) {
    rows += random.below(400'000);
    std::vector<RowRange> ranges = run_ranges(rows);
    std::uint64_t next = 0;
    for (const RowRange& range : ranges) {
      EXPECT_EQ(range.first, next);
      EXPECT_GT(range.end, range.first);
      next = range.end;
    }
    EXPECT_EQ(next, rows);
    // Growing never splits a range: each old boundary that is gone was merged away.
    for (const RowRange& range : before) {
      bool whole = std::ranges::any_of(ranges, [&](const RowRange& now) {
        return now.first <= range.first && range.end <= now.end;
      });
      EXPECT_TRUE(whole);
    }
    before = ranges;
  }
  EXPECT_TRUE(run_ranges(0).empty());
  EXPECT_EQ(run_ranges(1), (std::vector<RowRange>{{0, 1}}));
  EXPECT_EQ(run_ranges(kRunUnit * 8 + 1),
            (std::vector<RowRange>{{0, kRunUnit * 8}, {kRunUnit * 8, kRunUnit * 8 + 1}}));
}

TEST(Runs, a_lookup__gives_the_rows_of_its_key_in_order_over_all_runs) {
  FaultyFileSystem disk;
  ASSERT_TRUE(disk.make_folder(runs_folder("l")).has_value());
  const IndexSpec& spec = spec_of(Index::address_coin);
  auto key_of = [](std::uint64_t row) { return row * 7919 % 1000; };
  std::uint64_t rows = 2 * kRunUnit + 77;
  auto value_of = [](std::uint64_t row) { return row * 3 + 1; };
  auto sum_of = [&](std::span<const std::uint64_t> group) {
    Amount total = 0;
    for (std::uint64_t row : group) total += value_of(row);
    return total;
  };
  auto keys_of = [&](std::uint64_t first, std::span<std::uint64_t> keys) {
    for (std::uint64_t& key : keys) key = key_of(first++);
  };
  // In three commits, so that runs are merged of runs.
  std::uint64_t had = 0;
  for (std::uint64_t now : {kRunUnit / 2, kRunUnit + 5, rows}) {
    ASSERT_TRUE(write_runs(disk, "l", spec, {had, now, keys_of, sum_of}).has_value());
    had = now;
  }
  auto index = RunIndex::open(disk, "l", spec, rows);
  ASSERT_TRUE(index.has_value()) << index.error().message;
  for (std::uint64_t key : {0, 1, 500, 999}) {
    std::vector<std::uint64_t> expected;
    for (std::uint64_t row = 0; row < rows; ++row) {
      if (key_of(row) == key) expected.push_back(row);
    }
    EXPECT_EQ((*index)->find(key), expected);
    Amount received = 0;
    for (const RunSpan& span : (*index)->spans(key)) received += sum(span, value_of);
    EXPECT_EQ(received, sum_of(expected));
  }
  EXPECT_TRUE((*index)->find(1000).empty());
}

// Keys as hashes, as addresses (most of a run's new), all the same, and as far apart as they can
// be.
TEST(Fences, whatever_the_keys__a_slice_holds_those_of_its_width_and_no_others) {
  Random random(5);
  std::vector<std::vector<std::uint64_t>> samples = {{7}, std::vector<std::uint64_t>(500, 9)};
  samples.push_back({0, 0xFFFF'FFFF});
  for (std::uint64_t size : {2, 15, 16, 17, 1000, 20'000}) {
    samples.emplace_back();
    for (std::uint64_t i = 0; i < size; ++i) {
      samples.back().push_back(i % 3 == 0 ? random.below(1 << 20) : (1 << 20) + i / 5);
    }
    std::ranges::sort(samples.back());
  }
  for (const auto& keys : samples) {
    const IndexSpec& spec = spec_of(Index::address_coin);
    FenceBuilder builder(spec, keys.size());
    for (std::uint64_t key : keys) builder.add(key);
    Bytes bytes = builder.bytes();
    ASSERT_EQ(bytes.size(), fence_bytes(spec, keys.size()));
    std::uint64_t first = load_le<std::uint64_t>(bytes.data());
    std::uint32_t shift = load_le<std::uint32_t>(bytes.data() + 8);
    ASSERT_EQ(first, keys.front());
    std::uint64_t slices = slices_of(keys.size());
    EXPECT_LT((keys.back() - first) >> shift, slices);
    if (shift > 0) {
      EXPECT_GE((keys.back() - first) >> (shift - 1), slices);
    }
    for (std::uint64_t slice = 0; slice < slices; ++slice) {
      auto before = std::ranges::count_if(
          keys, [&](std::uint64_t key) { return (key - first) >> shift < slice; });
      EXPECT_EQ(load_le<std::uint32_t>(bytes.data() + 12 + slice * 4), before);
    }
  }
}

TEST(Fences, keys_that_are_hashes__are_parted_by_their_highest_bits) {
  Random random(6);
  std::vector<std::uint64_t> keys;
  for (int i = 0; i < 300; ++i) keys.push_back(random.next());
  std::ranges::sort(keys);
  const IndexSpec& spec = spec_of(Index::txid);
  FenceBuilder builder(spec, keys.size());
  for (std::uint64_t key : keys) builder.add(key);
  Bytes bytes = builder.bytes();
  ASSERT_EQ(bytes.size(), 32 * 8U);
  for (std::uint64_t slice = 0; slice < 32; ++slice) {
    auto before = std::ranges::count_if(keys, [&](std::uint64_t key) { return key >> 59 < slice; });
    EXPECT_EQ(load_le<std::uint32_t>(bytes.data() + slice * 8), before);
    std::uint32_t signature = 0;
    for (std::uint64_t key : keys) {
      if (key >> 59 != slice) continue;
      signature |= 1U << (key % 32);
      signature |= 1U << (key / 32 % 32);
    }
    EXPECT_EQ(load_le<std::uint32_t>(bytes.data() + slice * 8 + 4), signature);
  }
}

// A look-up of hashes passes over the runs whose signature says no: of few keys a slice those are
// most, and none that has the key is among them.
TEST(Fences, whatever_hashes_a_run_has__it_finds_them_and_reads_few_slices_for_others) {
  Random random(8);
  const IndexSpec& spec = spec_of(Index::txid);
  std::vector<RunEntry> entries;
  for (std::uint64_t row = 0; row < 4096; ++row) entries.push_back({random.next(), row});
  RowRange range{0, entries.size()};
  ledger::Run run(spec, range, std::make_unique<HeldBytes>(packed_run(spec, entries, {})));
  auto may_have = [&](std::uint64_t key) {
    std::uint32_t wanted = signature_of(key);
    return (run.signature(run.slicing().slice_of(key)) & wanted) == wanted;
  };
  for (const RunEntry& entry : entries) EXPECT_TRUE(may_have(entry.key));
  int in_vain = 0;
  for (int i = 0; i < 10'000; ++i) in_vain += may_have(random.next()) ? 1 : 0;
  EXPECT_GT(in_vain, 500);
  EXPECT_LT(in_vain, 2'500);
}

TEST(UnspentTable, any_mix_of_inserts_and_takes__agrees_with_a_map) {
  Random random(2);
  UnspentTable table;
  std::map<Outpoint, std::uint64_t> map;
  for (std::uint64_t step = 0; step < test::rounds(200'000); ++step) {
    Outpoint outpoint;
    // Few distinct prefixes, so that homes collide and chains are long.
    store_le(outpoint.txid.bytes.data(), random.below(64));
    store_le(outpoint.txid.bytes.data() + 8, random.below(64));
    outpoint.index = static_cast<std::uint32_t>(random.below(4));
    if (random.below(2) == 0) {
      auto before = table.insert(outpoint, {CoinId(step), step});
      auto known = map.find(outpoint);
      ASSERT_EQ(before.has_value(), known != map.end());
      if (before) {
        ASSERT_EQ(before->coin, CoinId(known->second));
      }
      map[outpoint] = step;
    } else {
      auto taken = table.take(outpoint);
      auto known = map.find(outpoint);
      ASSERT_EQ(taken.has_value(), known != map.end());
      if (!taken) continue;
      ASSERT_EQ(taken->coin, CoinId(known->second));
      ASSERT_EQ(taken->value, known->second);
      map.erase(known);
    }
    ASSERT_EQ(table.size(), map.size());
  }
}

}  // namespace
}  // namespace tracehound::ledger
