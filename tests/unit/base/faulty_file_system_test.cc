// The disk that fails on cue must itself be right, or every crash test that stands on it proves
// nothing.
#include "support/faulty_file_system.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/file.h"

namespace tracehound {
namespace {

using test::FaultyFileSystem;
using Call = FaultyFileSystem::Call;

std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

std::string read_text(FileSystem& files, const std::string& path) {
  auto bytes = read_file(files, path);
  return bytes ? text_of(*bytes) : "(none)";
}

// A folder with one durable file that holds `text`.
void lay_down(FaultyFileSystem& disk, const std::string& path, std::string_view text) {
  ASSERT_TRUE(disk.make_folder(folder_of(path)));
  ASSERT_TRUE(replace_file(disk, path, text));
}

TEST(FaultyFileSystem, without_a_cue__behaves_like_a_disk) {
  FaultyFileSystem disk;
  ASSERT_TRUE(disk.make_folder("a/b"));
  auto file = disk.open_write("a/b/f");
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->append(as_bytes("hello world")));
  ASSERT_TRUE((*file)->write_at(0, as_bytes("J")));
  std::array<Byte, 5> part;
  ASSERT_TRUE((*file)->read_at(6, part));
  EXPECT_EQ(text_of(Bytes(part.begin(), part.end())), "world");
  EXPECT_FALSE((*file)->read_at(7, part));
  EXPECT_EQ(read_text(disk, "a/b/f"), "Jello world");
  ASSERT_TRUE((*file)->truncate(3));
  ASSERT_TRUE((*file)->truncate(5));
  EXPECT_EQ(read_text(disk, "a/b/f"), std::string("Jel\0\0", 5));
  ASSERT_TRUE(disk.rename("a/b/f", "a/b/g"));
  EXPECT_EQ(*disk.list("a/b/"), std::vector<std::string>{"g"});
  EXPECT_FALSE(disk.exists("a/b/f"));
  EXPECT_TRUE(disk.exists("a/b"));
  ASSERT_TRUE(disk.remove("a/b/g"));
  EXPECT_TRUE(disk.contents().empty());
  EXPECT_FALSE(disk.open_write("nowhere/f"));
  EXPECT_FALSE(disk.list("nowhere"));
  EXPECT_FALSE(disk.rename("a/b/none", "a/b/other"));
  EXPECT_FALSE(disk.remove("a/b/none"));
}

TEST(FaultyFileSystem, mapped_file_is_written_in_place__the_mapping_sees_it) {
  FaultyFileSystem disk;
  lay_down(disk, "d/f", "before");
  auto mapping = disk.map("d/f");
  ASSERT_TRUE(mapping);
  auto file = disk.open_write("d/f");
  ASSERT_TRUE((*file)->write_at(0, as_bytes("B")));
  ASSERT_TRUE((*file)->append(Bytes(100'000)));
  EXPECT_EQ((*mapping)->bytes().size(), 6U);
  EXPECT_EQ((*mapping)->bytes()[0], 'B');
}

TEST(FaultyFileSystem, mapped_file_is_replaced_by_rename__the_mapping_keeps_the_old_bytes) {
  FaultyFileSystem disk;
  lay_down(disk, "d/f", "old");
  auto mapping = disk.map("d/f");
  ASSERT_TRUE(replace_file(disk, "d/f", "new"));
  EXPECT_EQ((*mapping)->bytes()[0], 'o');
  EXPECT_EQ(read_text(disk, "d/f"), "new");
}

TEST(FaultyFileSystem, each_kind_of_call__fails_on_cue_and_once) {
  struct Case {
    Call call;
    std::string_view tried;
  };
  for (auto [call, tried] :
       {Case{Call::open_write, "open for writing d/f.new"}, Case{Call::write, "d/f.new"},
        Case{Call::sync, "sync d/f.new"}, Case{Call::rename, "rename d/f.new"},
        Case{Call::sync_folder, "sync the folder d"}}) {
    FaultyFileSystem disk;
    lay_down(disk, "d/f", "old");
    disk.fail(call, 1);
    Status failed = replace_file(disk, "d/f", "new");
    ASSERT_FALSE(failed) << tried;
    EXPECT_EQ(failed.error().kind, ErrorKind::machine);
    EXPECT_NE(failed.error().message.find(tried), std::string::npos) << failed.error().message;
    EXPECT_TRUE(failed.error().message.ends_with("No space left on device"));
    EXPECT_TRUE(replace_file(disk, "d/f", "new")) << tried;
  }
}

TEST(FaultyFileSystem, map_and_remove_fail_on_cue) {
  FaultyFileSystem disk;
  lay_down(disk, "d/f", "old");
  disk.fail(Call::map, 2, "Input/output error");
  disk.fail(Call::remove, 1, "Read-only file system");
  EXPECT_TRUE(disk.map("d/f"));
  EXPECT_EQ(disk.map("d/f").error().message, "cannot open d/f: Input/output error");
  EXPECT_EQ(disk.remove("d/f").error().message, "cannot remove d/f: Read-only file system");
  EXPECT_TRUE(disk.exists("d/f"));
}

TEST(FaultyFileSystem, full_disk__fails_until_mended_and_leaves_half_a_write) {
  FaultyFileSystem disk;
  ASSERT_TRUE(disk.make_folder("d"));
  auto file = disk.open_write("d/f");
  disk.fail(Call::write, 2, "No space left on device", true);
  EXPECT_TRUE((*file)->append(as_bytes("1234")));
  EXPECT_FALSE((*file)->append(as_bytes("5678")));
  EXPECT_EQ((*file)->size(), 6U);
  EXPECT_FALSE((*file)->append(as_bytes("")));
  disk.mend();
  EXPECT_TRUE((*file)->append(as_bytes("9")));
  EXPECT_EQ(read_text(disk, "d/f"), "1234569");
}

TEST(FaultyFileSystem, calls_and_changes_are_counted) {
  FaultyFileSystem disk;
  lay_down(disk, "d/f", "bytes");
  EXPECT_EQ(disk.count(Call::open_write), 1U);
  EXPECT_EQ(disk.count(Call::write), 2U);  // truncate and append
  EXPECT_EQ(disk.count(Call::sync), 1U);
  EXPECT_EQ(disk.count(Call::rename), 1U);
  EXPECT_EQ(disk.count(Call::sync_folder), 1U);
  EXPECT_EQ(disk.changes(), 6U);
  ASSERT_TRUE(disk.map("d/f"));
  EXPECT_EQ(disk.count(Call::map), 1U);
  EXPECT_EQ(disk.changes(), 6U);
}

TEST(FaultyFileSystem, power_loss_with_seed_0__only_what_was_synced_is_left) {
  FaultyFileSystem disk;
  lay_down(disk, "d/f", "synced");
  auto file = disk.open_write("d/f");
  ASSERT_TRUE((*file)->append(as_bytes(" and not")));
  auto other = disk.open_write("d/new");
  ASSERT_TRUE((*other)->append(as_bytes("bytes synced, name not")));
  ASSERT_TRUE((*other)->sync());
  ASSERT_TRUE(disk.remove("d/f"));
  disk.restart(0);
  EXPECT_EQ(read_text(disk, "d/f"), "synced");
  EXPECT_FALSE(disk.exists("d/new"));
}

TEST(FaultyFileSystem, power_loss_with_seed_1__everything_is_left) {
  FaultyFileSystem disk;
  lay_down(disk, "d/f", "synced");
  auto file = disk.open_write("d/f");
  ASSERT_TRUE((*file)->append(as_bytes(" and not")));
  ASSERT_TRUE(disk.rename("d/f", "d/g"));
  disk.restart(1);
  EXPECT_EQ(read_text(disk, "d/g"), "synced and not");
  EXPECT_FALSE(disk.exists("d/f"));
}

TEST(FaultyFileSystem, power_loss__unsynced_sectors_survive_one_by_one) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 2; seed < 66; ++seed) {
    FaultyFileSystem disk;
    lay_down(disk, "d/f", std::string(1024, '-'));
    auto file = disk.open_write("d/f");
    ASSERT_TRUE((*file)->write_at(500, as_bytes(std::string(24, '+'))));  // across a sector's end
    disk.restart(seed);
    std::string after = read_text(disk, "d/f");
    ASSERT_EQ(after.size(), 1024U);
    EXPECT_EQ(after.substr(0, 500), std::string(500, '-'));
    EXPECT_EQ(after.substr(524), std::string(500, '-'));
    outcomes.insert(after.substr(500, 24));
  }
  std::string none(12, '-');
  std::string all(12, '+');
  EXPECT_EQ(outcomes, (std::set{none + none, none + all, all + none, all + all}));
}

TEST(FaultyFileSystem, power_loss__the_same_seed_gives_the_same_disk) {
  auto after = [](std::uint64_t seed) {
    FaultyFileSystem disk;
    lay_down(disk, "d/f", "x");
    auto file = disk.open_write("d/f");
    for (int i = 0; i < 20; ++i) EXPECT_TRUE((*file)->append(Bytes(700, static_cast<Byte>(i))));
    disk.restart(seed);
    return disk.contents();
  };
  EXPECT_EQ(after(7), after(7));
  EXPECT_NE(after(7), after(8));
}

TEST(FaultyFileSystem, power_goes_off__nothing_works_until_restart_and_old_handles_never_again) {
  FaultyFileSystem disk;
  lay_down(disk, "d/f", "x");
  auto file = disk.open_write("d/f");
  auto held = disk.lock("d/lock");
  ASSERT_TRUE(held);
  disk.lose_power_after(1);
  EXPECT_TRUE((*file)->append(as_bytes("y")));
  EXPECT_TRUE(disk.powered());
  EXPECT_FALSE((*file)->append(as_bytes("z")));
  EXPECT_FALSE(disk.powered());
  EXPECT_FALSE((*file)->sync());
  EXPECT_EQ(disk.map("d/f").error().message, "cannot open d/f: the power is off");
  EXPECT_FALSE(disk.list("d"));
  EXPECT_FALSE(disk.lock("d/other"));
  disk.restart(0);
  EXPECT_TRUE(disk.powered());
  EXPECT_TRUE(disk.lock("d/lock"));  // its holder died
  EXPECT_FALSE((*file)->append(as_bytes("w")));
  EXPECT_EQ(read_text(disk, "d/f"), "x");
}

TEST(FaultyFileSystem, second_lock__is_refused_while_the_first_lives) {
  FaultyFileSystem disk;
  auto first = disk.lock("lock");
  ASSERT_TRUE(first);
  auto second = disk.lock("lock");
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("another process"), std::string::npos);
  first->reset();
  EXPECT_TRUE(disk.lock("lock"));
}

// The one promise everything rests on, at every crash point and many outcomes of each.
TEST(FaultyFileSystem, replace_file_stopped_anywhere__leaves_the_old_bytes_or_the_new) {
  std::uint64_t changes = 0;
  {
    FaultyFileSystem disk;
    lay_down(disk, "d/f", "old");
    std::uint64_t before = disk.changes();
    ASSERT_TRUE(replace_file(disk, "d/f", "new bytes"));
    changes = disk.changes() - before;
  }
  std::set<std::string> outcomes;
  for (std::uint64_t point = 0; point <= changes; ++point) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      FaultyFileSystem disk;
      lay_down(disk, "d/f", "old");
      disk.lose_power_after(point);
      Status status = replace_file(disk, "d/f", "new bytes");
      EXPECT_EQ(status.has_value(), point == changes);
      disk.restart(seed);
      std::string after = read_text(disk, "d/f");
      EXPECT_TRUE(after == "old" || after == "new bytes") << after << " at change " << point;
      EXPECT_TRUE(!status || after == "new bytes") << after;
      outcomes.insert(after);
    }
  }
  EXPECT_EQ(outcomes.size(), 2U);
}

}  // namespace
}  // namespace tracehound
