// The run as a whole: the same bytes from the same options, and every refusal in a sentence.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/parallel.h"
#include "synth/output.h"
#include "unit/synth/world_reader.h"

namespace tracehound::synth {
namespace {

using Call = test::FaultyFileSystem::Call;
using test::FaultyFileSystem;

std::map<std::string, Bytes> bytes_of(const SynthOptions& options) {
  FaultyFileSystem disk;
  test::make(disk, options);
  return disk.contents();
}

Error refusal(const SynthOptions& options) {
  FaultyFileSystem disk;
  auto report = make_world(disk, options);
  EXPECT_FALSE(report.has_value());
  EXPECT_TRUE(disk.contents().empty());
  return report ? Error{ErrorKind::no, "not refused"} : report.error();
}

TEST(SynthRun, the_same_options__give_the_same_bytes_in_every_file) {
  for (Theft theft : {Theft::hot_wallet, Theft::wallet_sweep}) {
    SynthOptions options{.out = "", .blocks = 200, .seed = 11, .theft = theft, .txs_per_block = 40};
    auto first = bytes_of(options);
    EXPECT_EQ(first.size(), 5u);
    auto again = bytes_of(options);
    EXPECT_TRUE(first == again);
    ThreadLimit one(1);
    EXPECT_TRUE(first == bytes_of(options));
  }
}

TEST(SynthRun, these_very_bytes__on_every_machine) {
  auto files = bytes_of({.out = "", .blocks = 160, .seed = 1, .txs_per_block = 5});
  // Changes with any change of the world, and then must be written anew, knowingly.
  EXPECT_EQ(fmt::format("{:016x}", xxh3(files.at("/world/blocks/blk00000.dat"))),
            "c30528498c0ed0f8");
  EXPECT_EQ(fmt::format("{:016x}", xxh3(files.at("/world/truth.json"))), "0826893a738b02da");
}

TEST(SynthRun, another_seed__gives_another_chain_truth_and_incident) {
  SynthOptions options{.out = "", .blocks = 200, .seed = 11, .txs_per_block = 40};
  auto first = bytes_of(options);
  options.seed = 12;
  auto other = bytes_of(options);
  for (const auto& [path, bytes] : first) EXPECT_FALSE(bytes == other.at(path)) << path;
}

TEST(SynthRun, where_it_is_written__does_not_show_in_the_bytes) {
  FaultyFileSystem disk;
  SynthOptions options{
      .out = "/a", .blocks = 110, .theft = Theft::none, .txs_per_block = 3, .progress = false};
  ASSERT_TRUE(make_world(disk, options));
  options.out = "/deep/er/b";
  ASSERT_TRUE(make_world(disk, options));
  for (const char* name : {"/blocks/blk00000.dat", "/tags.yaml", "/truth.json", "/synth.json"}) {
    EXPECT_TRUE(disk.contents().at(std::string("/a") + name) ==
                disk.contents().at(std::string("/deep/er/b") + name));
  }
}

TEST(SynthRun, too_few_blocks_for_a_theft__refused_with_how_many_it_takes) {
  for (std::uint32_t blocks : {1u, 101u, 159u}) {
    Error error = refusal({.out = "/w", .blocks = blocks});
    EXPECT_EQ(error.kind, ErrorKind::usage);
    EXPECT_NE(error.message.find("160"), std::string::npos) << error.message;
  }
}

TEST(SynthRun, sizes_out_of_range__refused_as_usage) {
  EXPECT_EQ(refusal({.out = "/w", .blocks = 0, .theft = Theft::none}).kind, ErrorKind::usage);
  EXPECT_EQ(refusal({.out = "/w", .blocks = 4'000'000'000}).kind, ErrorKind::usage);
  EXPECT_EQ(refusal({.out = "/w", .txs_per_block = 0}).kind, ErrorKind::usage);
  EXPECT_EQ(refusal({.out = "/w", .txs_per_block = 4001}).kind, ErrorKind::usage);
  EXPECT_EQ(refusal({.out = "/w", .txs_per_block = 4'000'000'000}).kind, ErrorKind::usage);
  EXPECT_EQ(refusal({.out = "/w", .blocks = 500'000, .txs_per_block = 4000}).kind,
            ErrorKind::usage);
  EXPECT_EQ(refusal({.out = ""}).kind, ErrorKind::usage);
}

TEST(SynthRun, a_folder_that_holds_a_world__is_refused_and_left_alone) {
  FaultyFileSystem disk;
  SynthOptions options{.out = "/world", .blocks = 5, .theft = Theft::none, .progress = false};
  ASSERT_TRUE(make_world(disk, options));
  auto before = disk.contents();
  auto again = make_world(disk, options);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, ErrorKind::bad_input);
  EXPECT_NE(again.error().message.find("/world already holds"), std::string::npos);
  EXPECT_TRUE(disk.contents() == before);
}

TEST(SynthRun, a_folder_with_block_files_only__is_refused) {
  FaultyFileSystem disk;
  ASSERT_TRUE(disk.make_folder("/world/blocks"));
  ASSERT_TRUE(replace_file(disk, "/world/blocks/blk00000.dat", std::string_view("x")));
  auto made = make_world(disk, {.out = "/world", .progress = false});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().kind, ErrorKind::bad_input);
}

TEST(SynthRun, an_empty_folder_that_is_there__is_used) {
  FaultyFileSystem disk;
  ASSERT_TRUE(disk.make_folder("/world/blocks"));
  EXPECT_TRUE(
      make_world(disk, {.out = "/world", .blocks = 3, .theft = Theft::none, .progress = false}));
}

TEST(SynthRun, a_folder_that_cannot_be_made__is_the_machines_error) {
  auto made = make_world(posix_files(), {.out = "/proc/no/world", .progress = false});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().kind, ErrorKind::machine);
  EXPECT_NE(made.error().message.find("/proc/no"), std::string::npos) << made.error().message;
}

TEST(SynthRun, a_disk_that_fails_at_any_write__says_so_and_leaves_nothing_behind) {
  SynthOptions options{.out = "/world", .blocks = 160, .txs_per_block = 2, .progress = false};
  FaultyFileSystem healthy;
  ASSERT_TRUE(make_world(healthy, options));
  for (Call call : {Call::open_write, Call::write, Call::sync, Call::sync_folder}) {
    std::uint64_t calls = healthy.count(call);
    ASSERT_GT(calls, 0u);
    for (std::uint64_t nth = 1; nth <= calls; ++nth) {
      FaultyFileSystem disk;
      disk.fail(call, nth, "No space left on device", true);
      auto made = make_world(disk, options);
      ASSERT_FALSE(made.has_value());
      EXPECT_EQ(made.error().kind, ErrorKind::machine);
      EXPECT_TRUE(disk.contents().empty());
      disk.mend();
      EXPECT_TRUE(make_world(disk, options)) << "the next try";
    }
  }
}

TEST(SynthRun, more_than_a_file_holds__goes_into_the_next_block_file) {
  FaultyFileSystem disk;
  ASSERT_TRUE(disk.make_folder("/blocks"));
  BlockFileWriter blocks(disk, "/blocks");
  Bytes record(32 << 20, 7);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(blocks.add(record));
  ASSERT_TRUE(blocks.add(Bytes(1, 8)));
  ASSERT_TRUE(blocks.close());
  EXPECT_EQ(blocks.count(), 2u);
  // Four records fill a file to its last byte.
  EXPECT_EQ(disk.map("/blocks/blk00000.dat").value()->bytes().size(), 128u << 20);
  EXPECT_EQ(disk.map("/blocks/blk00001.dat").value()->bytes().size(), (32u << 20) + 1);
  EXPECT_EQ(blocks.bytes(), 5 * record.size() + 1);
}

TEST(SynthRun, theft_names__read_back_as_themselves) {
  for (Theft theft : {Theft::none, Theft::hot_wallet, Theft::wallet_sweep}) {
    EXPECT_EQ(theft_named(name_of(theft)), theft);
  }
  EXPECT_FALSE(theft_named("hot_wallet").has_value());
}

TEST(SynthRun, style_names__read_back_as_themselves) {
  for (Style style : {Style::mixed, Style::peel, Style::scatter}) {
    EXPECT_EQ(style_named(name_of(style)), style);
  }
  EXPECT_FALSE(style_named("mix").has_value());
}

TEST(SynthRun, each_style__is_another_world_and_says_which_but_the_first) {
  std::set<std::string> chains;
  for (Style style : {Style::mixed, Style::peel, Style::scatter}) {
    FaultyFileSystem disk;
    test::make(disk, {.out = "", .blocks = 160, .laundering = style, .txs_per_block = 5});
    chains.insert(test::text_of(disk, "/world/blocks/blk00000.dat"));
    std::string name(name_of(style));
    bool first = style == Style::mixed;
    EXPECT_EQ(test::text_of(disk, "/world/synth.json").find("\"laundering\": \"" + name + "\"") ==
                  std::string::npos,
              first);
    EXPECT_EQ(test::text_of(disk, "/world/truth.json").find("\"laundering\":\"" + name + "\"") ==
                  std::string::npos,
              first);
  }
  EXPECT_EQ(chains.size(), 3u);
}

}  // namespace
}  // namespace tracehound::synth
