#include "tags/store.h"
#include "tags/tagpack.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "unit/tags/faulty_vfs.h"
#include "unit/tags/folder.h"

namespace tracehound::tags {
namespace {

TagPack pack(std::string_view text, const std::string& name = "pack.yaml") {
  auto parsed = parse_tagpack(as_bytes(text), name);
  EXPECT_TRUE(parsed.has_value()) << parsed.error().message;
  return std::move(*parsed);
}

TagPack small_pack() {
  return pack(
      "title: Small\ncreator: C\ncurrency: BTC\nlabel: Shop\nsource: https://example.org\n"
      "category: exchange\nconfidence: forensic\nis_cluster_definer: true\n"
      "concepts: [exchange, cold_wallet]\ntags:\n- address: a\n- address: b\n"
      "- {address: a, label: Again, actor: shop, is_cluster_definer: false}\n"
      "- {tx_hash: t, abuse: scam, tag_type: event, lastmod: 2024-01-02, context: '{}'}\n");
}

// Large enough for its import to take many writes.
TagPack large_pack() {
  std::string text = "title: Large\ncurrency: BTC\ntags:\n";
  for (int i = 0; i < 300; ++i) {
    text += fmt::format(
        "- {{address: a{0}, label: Label {0}, source: 'https://example.org/{0}'}}\n", i);
  }
  return pack(text, "large.yaml");
}

TagStore writer(const Folder& folder) {
  auto store = TagStore::open_to_write(folder.path());
  EXPECT_TRUE(store.has_value()) << store.error().message;
  return std::move(*store);
}

TagStore reader(const Folder& folder) {
  auto store = TagStore::open_to_read(folder.path());
  EXPECT_TRUE(store.has_value()) << store.error().message;
  return std::move(*store);
}

AddedPack added(TagStore& store, const TagPack& one) {
  auto all = store.add({&one, 1}, 1700000000);
  EXPECT_TRUE(all.has_value()) << all.error().message;
  EXPECT_EQ(all->size(), 1U);
  return all->at(0);
}

std::uint64_t tags_in(TagStore& store) { return store.counts().value().tags; }

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string store_path(const Folder& folder) { return folder.path() + "/tags.sqlite"; }

std::vector<std::string> names_in(const Folder& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

TEST(TagStore, what_was_imported_is_found_whole) {
  Folder folder;
  {
    TagStore store = writer(folder);
    AddedPack one = added(store, small_pack());
    EXPECT_FALSE(one.was_there);
    EXPECT_EQ(one.tags, 4U);
  }
  TagStore store = reader(folder);
  TagPack wanted = small_pack();
  auto found = store.find("a");
  ASSERT_TRUE(found.has_value()) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).attribution, wanted.attributions[0]);
  EXPECT_EQ(found->at(0).line, 11U);
  EXPECT_EQ(found->at(1).attribution, wanted.attributions[1]);
  EXPECT_EQ(found->at(1).attribution.label, "Again");
  EXPECT_EQ(found->at(1).line, 13U);
  EXPECT_EQ(found->at(0).pack.title, "Small");
  EXPECT_EQ(found->at(0).pack.file, "pack.yaml");
  EXPECT_EQ(found->at(0).pack.sha256, wanted.info.sha256);
  auto event = store.find("t");
  ASSERT_EQ(event->size(), 1U);
  EXPECT_EQ(event->at(0).kind, SubjectKind::transaction);
  EXPECT_EQ(event->at(0).attribution, wanted.attributions[2]);
  EXPECT_TRUE(store.find("nobody")->empty());
  EXPECT_TRUE(store.find("")->empty());
}

TEST(TagStore, a_chain_sees_only_the_tags_that_speak_of_it) {
  Folder folder;
  TagStore store = writer(folder);
  added(store, pack("label: L\ntags:\n- {address: a, currency: BTC}\n"
                    "- {address: a, currency: BTC, network: regtest}\n"
                    "- {address: a, currency: ETH}\n"));
  EXPECT_EQ(store.find("a")->size(), 3U);
  EXPECT_EQ(store.find("a", "bitcoin:main")->size(), 1U);
  ASSERT_EQ(store.find("a", "bitcoin:regtest")->size(), 1U);
  EXPECT_EQ(store.find("a", "bitcoin:regtest")->at(0).line, 4U);
  EXPECT_TRUE(store.find("a", "litecoin:main")->empty());
}

TEST(TagStore, an_address_is_found_in_capitals_too) {
  Folder folder;
  TagStore store = writer(folder);
  added(store, pack("label: L\ncurrency: BTC\ntags:\n- address: bc1qabc\n"));
  EXPECT_EQ(store.find("BC1QABC")->size(), 1U);
}

TEST(TagStore, the_same_pack_again_changes_nothing) {
  Folder folder;
  {
    TagStore store = writer(folder);
    added(store, small_pack());
  }
  std::string before = bytes_of(store_path(folder));
  {
    TagStore store = writer(folder);
    AddedPack again = added(store, small_pack());
    EXPECT_TRUE(again.was_there);
    EXPECT_EQ(again.tags, 4U);
    EXPECT_EQ(tags_in(store), 4U);
  }
  EXPECT_EQ(bytes_of(store_path(folder)), before);
}

TEST(TagStore, packs_of_other_names_stand_side_by_side) {
  Folder folder;
  TagStore store = writer(folder);
  added(store, pack("label: Old\ncurrency: BTC\ntags: [{address: a}]\n"));
  AddedPack other =
      added(store, pack("label: New\ncurrency: BTC\ntags: [{address: a}]\n", "other.yaml"));
  EXPECT_FALSE(other.was_there);
  EXPECT_FALSE(other.replaced.has_value());
  auto found = store.find("a");
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).attribution.label, "Old");
  EXPECT_EQ(found->at(1).attribution.label, "New");
}

TEST(TagStore, packs_are_listed_in_the_order_they_came) {
  Folder folder;
  TagStore store = writer(folder);
  std::vector<TagPack> two = {pack("title: Z\ntags: [x]\n", "z.yaml"), small_pack()};
  ASSERT_TRUE(store.add(two, 1700000000).has_value());
  auto packs = store.packs();
  ASSERT_TRUE(packs.has_value());
  ASSERT_EQ(packs->size(), 2U);
  EXPECT_EQ(packs->at(0).info.file, "z.yaml");
  EXPECT_EQ(packs->at(0).skipped, 1U);
  EXPECT_EQ(packs->at(0).added_at, 1700000000);
  EXPECT_EQ(packs->at(1).info.title, "Small");
  EXPECT_EQ(packs->at(1).tags, 4U);
  auto counts = store.counts();
  EXPECT_EQ(counts->packs, 2U);
  EXPECT_EQ(counts->tags, 4U);
  EXPECT_EQ(counts->subjects, 3U);
}

TEST(TagStore, every_tag_is_visited_by_subject) {
  Folder folder;
  TagStore store = writer(folder);
  added(store, small_pack());
  std::vector<std::string> seen;
  ASSERT_TRUE(store.for_each(
      [&](const Tag& tag) { seen.push_back(fmt::format("{}:{}", tag.subject, tag.line)); }));
  EXPECT_EQ(seen, (std::vector<std::string>{"a:11", "a:13", "b:12", "t:14"}));
}

TEST(TagStore, a_ledger_without_a_store_has_no_tags_and_gets_no_file) {
  Folder folder;
  TagStore store = reader(folder);
  EXPECT_TRUE(store.find("a")->empty());
  EXPECT_TRUE(store.packs()->empty());
  EXPECT_EQ(tags_in(store), 0U);
  EXPECT_TRUE(names_in(folder).empty());
}

TEST(TagStore, an_empty_file_is_an_empty_store) {
  Folder folder;
  std::ofstream(store_path(folder)).close();
  {
    TagStore store = reader(folder);
    EXPECT_EQ(tags_in(store), 0U);
  }
  TagStore store = writer(folder);
  EXPECT_EQ(added(store, small_pack()).tags, 4U);
}

TEST(TagStore, an_empty_file_beside_the_run_of_its_tags__is_a_store_that_was_lost) {
  Folder folder;
  std::ofstream(store_path(folder)).close();
  std::ofstream(folder.path() + "/tags.run") << "what an import wrote";
  for (auto* open : {+[](const std::string& in) { return TagStore::open_to_read(in); },
                     +[](const std::string& in) { return TagStore::open_to_write(in); }}) {
    auto store = open(folder.path());
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().kind, ErrorKind::machine);
    EXPECT_NE(store.error().message.find("tags.run beside it was made of its tags"),
              std::string::npos);
  }
}

TEST(TagStore, reading_leaves_nothing_behind) {
  Folder folder;
  {
    TagStore store = writer(folder);
    added(store, small_pack());
  }
  std::string before = bytes_of(store_path(folder));
  {
    TagStore store = reader(folder);
    EXPECT_EQ(store.find("a")->size(), 2U);
  }
  EXPECT_EQ(names_in(folder), (std::vector<std::string>{"tags.run", "tags.sqlite"}));
  EXPECT_EQ(bytes_of(store_path(folder)), before);
}

TEST(TagStore, a_reader_keeps_its_snapshot_while_another_imports) {
  Folder folder;
  {
    TagStore store = writer(folder);
    added(store, small_pack());
  }
  TagStore before = reader(folder);
  {
    TagStore store = writer(folder);
    added(store, large_pack());
    EXPECT_EQ(tags_in(before), 4U);
  }
  EXPECT_EQ(tags_in(before), 4U);
  TagStore after = reader(folder);
  EXPECT_EQ(tags_in(after), 304U);
}

TEST(TagStore, nothing_can_be_added_through_a_reader) {
  Folder folder;
  {
    TagStore store = writer(folder);
    added(store, small_pack());
  }
  TagStore store = reader(folder);
  TagPack more = large_pack();
  auto outcome = store.add({&more, 1}, 0);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::machine);
  EXPECT_EQ(tags_in(store), 4U);
}

// Runs `body` in a child that may not write to the folder: as another user when we are root.
int outcome_without_rights(const std::function<int()>& body) {
  pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(100);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

TEST(TagStore, a_folder_nobody_may_write_to_can_be_read) {
  Folder folder;
  {
    TagStore store = writer(folder);
    added(store, small_pack());
  }
  using std::filesystem::perms;
  auto all_read = perms::owner_read | perms::group_read | perms::others_read;
  auto all_enter = perms::owner_exec | perms::group_exec | perms::others_exec;
  std::filesystem::permissions(store_path(folder), all_read);
  std::filesystem::permissions(folder.path(), all_read | all_enter);
  EXPECT_EQ(outcome_without_rights([&] {
              auto store = TagStore::open_to_read(folder.path());
              if (!store) return 1;
              auto found = store->find("a");
              return found && found->size() == 2 ? 0 : 2;
            }),
            0);
  EXPECT_EQ(outcome_without_rights([&] {
              auto store = TagStore::open_to_write(folder.path());
              if (store) return 1;
              bool named =
                  store.error().message.find("tags.sqlite may not be changed") != std::string::npos;
              return named && store.error().kind == ErrorKind::machine ? 0 : 2;
            }),
            0);
  // A log left by a killed import cannot be merged there, and is not passed over in silence.
  std::filesystem::permissions(folder.path(), perms::all);
  std::ofstream(store_path(folder) + "-wal") << "not empty";
  std::filesystem::permissions(folder.path(), all_read | all_enter);
  EXPECT_EQ(outcome_without_rights([&] {
              auto store = TagStore::open_to_read(folder.path());
              return !store && store.error().message.find("log") != std::string::npos ? 0 : 1;
            }),
            0);
  std::filesystem::permissions(folder.path(), perms::all);
}

TEST(TagStore, what_is_no_tag_store_is_refused_and_left_alone) {
  Folder folder;
  std::ofstream(store_path(folder)) << std::string(5000, 'x');
  std::string before = bytes_of(store_path(folder));
  for (bool write : {false, true}) {
    auto store =
        write ? TagStore::open_to_write(folder.path()) : TagStore::open_to_read(folder.path());
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().kind, ErrorKind::machine);
    EXPECT_NE(store.error().message.find("is damaged or no tag store"), std::string::npos);
  }
  EXPECT_EQ(bytes_of(store_path(folder)), before);
}

void run_sql(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
}

TEST(TagStore, another_programs_database_is_refused_and_left_alone) {
  Folder folder;
  run_sql(store_path(folder), "CREATE TABLE bookmarks(url)");
  std::string before = bytes_of(store_path(folder));
  for (bool write : {false, true}) {
    auto store =
        write ? TagStore::open_to_write(folder.path()) : TagStore::open_to_read(folder.path());
    ASSERT_FALSE(store.has_value());
    EXPECT_NE(store.error().message.find("another program's database"), std::string::npos);
  }
  EXPECT_EQ(bytes_of(store_path(folder)), before);
}

TEST(TagStore, another_format_says_so) {
  Folder folder;
  {
    TagStore store = writer(folder);
    added(store, small_pack());
  }
  run_sql(store_path(folder), "PRAGMA user_version = 7");
  for (bool write : {false, true}) {
    auto store =
        write ? TagStore::open_to_write(folder.path()) : TagStore::open_to_read(folder.path());
    ASSERT_FALSE(store.has_value());
    EXPECT_NE(store.error().message.find("has format 7, this program reads format 2"),
              std::string::npos);
  }
}

TEST(TagStore, two_importers_at_once_do_not_mix) {
  Folder folder;
  TagStore store = writer(folder);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(store_path(folder).c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  TagPack one = small_pack();
  auto outcome = store.add({&one, 1}, 0);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_NE(outcome.error().message.find("another process is changing"), std::string::npos);
  sqlite3_close(other);
  EXPECT_EQ(added(store, one).tags, 4U);
}

TEST(TagStore, a_full_disk_is_one_sentence_and_the_store_stays) {
  Folder folder;
  {
    TagStore store = writer(folder);
    added(store, small_pack());
  }
  std::uint64_t refused = 0;
  for (std::uint64_t at = 1;; ++at) {
    ASSERT_LT(at, 1000U);
    FaultyVfs disk(FaultyVfs::Fault::no_space, at);
    bool stored = false;
    {
      auto store = TagStore::open_to_write(folder.path());
      std::vector<TagPack> two = {pack("label: L\ncurrency: X\ntags: [{address: q}]\n"),
                                  large_pack()};
      auto outcome = store ? store->add(two, 0)
                           : Result<std::vector<AddedPack>>(std::unexpected(store.error()));
      stored = outcome.has_value();
      if (!stored) {
        ++refused;
        EXPECT_EQ(outcome.error().kind, ErrorKind::machine);
        EXPECT_NE(outcome.error().message.find("no space is left on the disk"), std::string::npos)
            << outcome.error().message;
      }
    }
    TagStore store = reader(folder);
    ASSERT_EQ(tags_in(store), stored ? 305U : 4U) << "at change " << at;
    if (stored) break;
  }
  EXPECT_GT(refused, 10U);
}

TEST(TagStore, an_import_killed_at_any_write_happened_or_did_not) {
  Folder folder;
  std::uint64_t before = 0;
  bool finished = false;
  for (std::uint64_t at = 1; !finished; ++at) {
    ASSERT_LT(at, 1000U);
    std::filesystem::remove_all(folder.path());
    std::filesystem::create_directory(folder.path());
    pid_t child = ::fork();
    if (child == 0) {
      FaultyVfs disk(FaultyVfs::Fault::killed, at);
      auto store = TagStore::open_to_write(folder.path());
      TagPack one = large_pack();
      bool stored = store && store->add({&one, 1}, 0);
      store = std::unexpected(Error{});  // closes it, which writes too
      ::_exit(stored ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status) && (WEXITSTATUS(status) == 9 || WEXITSTATUS(status) == 0));
    finished = WEXITSTATUS(status) == 0;
    {
      TagStore store = reader(folder);
      std::uint64_t tags = tags_in(store);
      ASSERT_TRUE(tags == 0 || tags == 300) << tags << " tags after a kill at change " << at;
      if (tags == 0) ++before;
    }
    TagStore store = writer(folder);
    ASSERT_EQ(added(store, large_pack()).tags, 300U);
    ASSERT_EQ(tags_in(store), 300U);
  }
  EXPECT_GT(before, 10U);
}

}  // namespace
}  // namespace tracehound::tags
