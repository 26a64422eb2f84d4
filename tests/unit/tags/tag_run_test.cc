// The run is a cache: with it, without it, or with a broken one, the answers are the same.
#include "tags/tag_run.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/faulty_file_system.h"
#include "unit/tags/packs.h"

namespace tracehound::tags {
namespace {

std::string run_path(const Folder& folder) { return folder.path() + "/tags.run"; }

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// A store with a pack replaced, one removed, one of actors, and subjects in several of them.
void fill(const Folder& folder, int tags) {
  TagStore store = write_to(folder);
  auto pack = [&](int from, int count, const std::string& label, const std::string& name) {
    std::string text =
        fmt::format("title: {0}\ncreator: C\nlabel: {0}\ncurrency: BTC\ntags:\n", label);
    for (int i = from; i < from + count; ++i) {
      text += fmt::format("- {{address: a{}, concepts: [x, y], category: exchange}}\n", i * 7919);
    }
    return pack_of(text, name);
  };
  import_into(store, pack(0, tags, "Old", "list.yaml"), 1);
  import_into(store, pack(0, tags, "New", "list.yaml"), 2);
  import_into(store, pack(tags / 2, tags, "Other", "other.yaml"), 3);
  import_into(store, pack(0, tags, "Gone", "gone.yaml"), 4);
  ASSERT_TRUE(store.remove("gone.yaml", 5).has_value());
  import_into(store, pack_of("actors: [{id: a, label: A}]\n", "actors.yaml"), 6);
  ASSERT_TRUE(store.has_run()) << store.run_remark();
}

TEST(TagRun, answers_are_those_of_the_store) {
  for (int tags : {1, 2, 3, 500}) {
    Folder folder;
    fill(folder, tags);
    TagStore with = read_from(folder);
    ASSERT_TRUE(with.has_run());
    std::string fast = answers(with);
    EXPECT_TRUE(with.find("nobody")->empty());
    std::filesystem::remove(run_path(folder));
    TagStore without = read_from(folder);
    ASSERT_FALSE(without.has_run());
    EXPECT_EQ(fast, answers(without));
    EXPECT_NE(fast.find("New"), std::string::npos);
    EXPECT_EQ(fast.find("Gone"), std::string::npos);
  }
}

TEST(TagRun, it_is_the_same_bytes_however_often_it_is_made) {
  Folder one;
  Folder two;
  fill(one, 100);
  fill(two, 100);
  EXPECT_EQ(bytes_of(run_path(one)), bytes_of(run_path(two)));
}

TEST(TagRun, a_bit_changed_anywhere_sets_it_aside) {
  Folder folder;
  fill(folder, 2);
  std::string whole = bytes_of(run_path(folder));
  std::string expected;
  {
    TagStore store = read_from(folder);
    expected = answers(store);
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    put(run_path(folder), damaged);
    TagStore store = read_from(folder);
    ASSERT_FALSE(store.has_run()) << "byte " << at;
    ASSERT_NE(store.run_remark(), "");
    if (at % 50 == 0) {
      ASSERT_EQ(answers(store), expected);
    }
  }
}

TEST(TagRun, a_run_cut_anywhere_is_set_aside) {
  Folder folder;
  fill(folder, 2);
  std::string whole = bytes_of(run_path(folder));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    put(run_path(folder), whole.substr(0, size));
    ASSERT_FALSE(read_from(folder).has_run()) << size << " bytes";
  }
  put(run_path(folder), whole + "x");
  EXPECT_FALSE(read_from(folder).has_run());
}

TEST(TagRun, one_of_an_earlier_state_is_set_aside_until_the_next_import) {
  Folder folder;
  fill(folder, 10);
  std::string old_run = bytes_of(run_path(folder));
  TagPack more = pack_of("label: L\ncurrency: BTC\ntags: [{address: m}]\n", "more.yaml");
  {
    TagStore store = write_to(folder);
    import_into(store, more, 7);
  }
  put(run_path(folder), old_run);
  {
    TagStore store = read_from(folder);
    EXPECT_FALSE(store.has_run());
    EXPECT_NE(store.run_remark().find("is of other tags"), std::string::npos);
    EXPECT_EQ(store.find("m")->size(), 1U);
    // It fits what was believed before, and may serve there.
    EXPECT_TRUE(read_from(folder, 6).has_run());
    EXPECT_TRUE(read_from(folder, 6).find("m")->empty());
  }
  TagStore store = write_to(folder);
  EXPECT_TRUE(import_into(store, more, 8).was_there);
  EXPECT_TRUE(store.has_run());
  EXPECT_TRUE(read_from(folder).has_run());
}

// The run lies on a disk in memory, whose power ends at each of its changes in turn.
TEST(TagRun, an_import_stands_wherever_the_power_ends_while_its_run_is_written) {
  TagPack first = pack_of("creator: C\nlabel: Old\ncurrency: BTC\ntags: [{address: a}]\n");
  TagPack next = pack_of("creator: C\nlabel: New\ncurrency: BTC\ntags: [{address: a}]\n");
  bool finished = false;
  for (std::uint64_t at = 0; !finished; ++at) {
    ASSERT_LT(at, 100U);
    for (std::uint64_t seed : {0, 1, 2, 3}) {
      Folder folder;
      test::FaultyFileSystem disk;
      ASSERT_TRUE(disk.make_folder(folder.path()));
      {
        TagStore store = write_to(folder, disk);
        import_into(store, first, 1);
        ASSERT_TRUE(store.has_run());
        disk.lose_power_after(at);
        import_into(store, next, 2);
        finished = store.has_run();
        EXPECT_EQ(store.find("a")->at(0).attribution.label, "New");
      }
      disk.restart(seed);
      auto store = TagStore::open_to_read(folder.path(), std::nullopt, disk);
      ASSERT_TRUE(store.has_value());
      ASSERT_EQ(store->find("a")->size(), 1U);
      EXPECT_EQ(store->find("a")->at(0).attribution.label, "New");
      auto then = TagStore::open_to_read(folder.path(), 1, disk);
      EXPECT_EQ(then->find("a")->at(0).attribution.label, "Old");
    }
  }
}

TEST(TagRun, a_full_disk_leaves_the_import_and_no_rest) {
  Folder folder;
  test::FaultyFileSystem disk;
  ASSERT_TRUE(disk.make_folder(folder.path()));
  TagStore store = write_to(folder, disk);
  disk.fail(test::FaultyFileSystem::Call::write, 2);
  import_into(store, pack_of("label: L\ncurrency: BTC\ntags: [{address: a}]\n"), 1);
  EXPECT_FALSE(store.has_run());
  EXPECT_NE(store.run_remark().find("No space left"), std::string::npos);
  EXPECT_EQ(store.find("a")->size(), 1U);
  EXPECT_TRUE(disk.contents().empty());
}

}  // namespace
}  // namespace tracehound::tags
