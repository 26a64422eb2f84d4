// What was believed when, versions of packs, and imports undone.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <sstream>

#include "unit/tags/packs.h"

namespace tracehound::tags {
namespace {

TagPack version(int number, const std::string& name = "list.yaml") {
  std::string text = "title: T\ncreator: C\ncurrency: BTC\ntags:\n- {address: always, label: L}\n";
  text += fmt::format("- {{address: a{0}, label: 'L{0}'}}\n", number);
  return pack_of(text, name);
}

std::vector<std::string> labels(TagStore& store, std::string_view subject) {
  std::vector<std::string> found;
  auto tags = store.find(subject);
  for (const Tag& tag : *tags) found.push_back(tag.attribution.label);
  return found;
}

TEST(TagHistory, a_new_version_takes_the_place_of_the_one_before) {
  Folder folder;
  TagStore store = write_to(folder);
  EXPECT_FALSE(import_into(store, version(1), 100).replaced.has_value());
  AddedPack second = import_into(store, version(2), 200);
  ASSERT_TRUE(second.replaced.has_value());
  EXPECT_EQ(second.replaced->info.sha256, version(1).info.sha256);
  EXPECT_EQ(second.replaced->added_at, 100);
  EXPECT_EQ(second.replaced->tags, 2U);
  EXPECT_TRUE(labels(store, "a1").empty());
  EXPECT_EQ(labels(store, "a2"), std::vector<std::string>{"L2"});
  EXPECT_EQ(store.find("always")->size(), 1U);
  EXPECT_EQ(store.packs()->size(), 1U);
  EXPECT_EQ(store.counts()->tags, 2U);
}

TEST(TagHistory, another_creator_s_pack_of_that_name_replaces_nothing) {
  Folder folder;
  TagStore store = write_to(folder);
  import_into(store, version(1), 100);
  TagPack theirs =
      pack_of("creator: D\nlabel: D\ncurrency: BTC\ntags: [{address: d}]\n", "list.yaml");
  EXPECT_FALSE(import_into(store, theirs, 200).replaced.has_value());
  EXPECT_EQ(store.packs()->size(), 2U);
}

TEST(TagHistory, standard_input_replaces_only_what_has_its_title) {
  Folder folder;
  TagStore store = write_to(folder);
  std::string name(kStandardInput);
  import_into(store, pack_of("title: A\nlabel: L\ncurrency: BTC\ntags: [{address: a}]\n", name), 1);
  TagPack other = pack_of("title: B\nlabel: L\ncurrency: BTC\ntags: [{address: b}]\n", name);
  EXPECT_FALSE(import_into(store, other, 2).replaced.has_value());
  TagPack next = pack_of("title: A\nlabel: L\ncurrency: BTC\ntags: [{address: c}]\n", name);
  EXPECT_TRUE(import_into(store, next, 3).replaced.has_value());
  EXPECT_EQ(store.packs()->size(), 2U);
}

TEST(TagHistory, two_versions_in_one_import_are_refused_and_nothing_stays) {
  Folder folder;
  TagStore store = write_to(folder);
  std::vector<TagPack> two = {version(1), version(2)};
  auto outcome = store.add(two, 100);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::bad_input);
  EXPECT_NE(outcome.error().message.find("two of these packs are called list.yaml"),
            std::string::npos);
  EXPECT_TRUE(store.packs()->empty());
}

TEST(TagHistory, the_same_bytes_read_in_another_way_are_another_pack) {
  Folder folder;
  TagStore store = write_to(folder);
  TagPack other = version(1);
  other.info.recipe = "currency=\"LTC\"";
  import_into(store, version(1), 1);
  EXPECT_FALSE(import_into(store, other, 2).was_there);
  EXPECT_TRUE(import_into(store, other, 3).was_there);
}

TEST(TagHistory, what_was_believed_at_each_moment_can_be_asked) {
  Folder folder;
  {
    TagStore store = write_to(folder);
    import_into(store, version(1), 100);
    import_into(store, version(2), 200);
    ASSERT_TRUE(store.remove("list.yaml", 300).has_value());
    import_into(store, version(3), 400);
  }
  struct Moment {
    std::int64_t at;
    std::vector<int> believed;
  };
  for (const Moment& moment :
       {Moment{99, {}}, Moment{100, {1}}, Moment{199, {1}}, Moment{200, {2}}, Moment{299, {2}},
        Moment{300, {1}}, Moment{399, {1}}, Moment{400, {3}}, Moment{4'000'000'000, {3}}}) {
    TagStore then = read_from(folder, moment.at);
    for (int number : {1, 2, 3}) {
      bool expected = std::ranges::find(moment.believed, number) != moment.believed.end();
      EXPECT_EQ(!then.find(fmt::format("a{}", number))->empty(), expected)
          << number << " at " << moment.at;
    }
    EXPECT_EQ(then.packs()->size(), moment.believed.size());
    EXPECT_EQ(then.counts()->tags, 2 * moment.believed.size());
    std::uint64_t visited = 0;
    ASSERT_TRUE(then.for_each([&](const Tag&) { ++visited; }));
    EXPECT_EQ(visited, 2 * moment.believed.size());
  }
}

TEST(TagHistory, a_clock_that_goes_back_does_not_reorder_what_was_believed) {
  Folder folder;
  {
    TagStore store = write_to(folder);
    import_into(store, version(1), 1000);
    import_into(store, version(2), 500);
  }
  EXPECT_TRUE(read_from(folder, 999).packs()->empty());
  TagStore then = read_from(folder, 1000);
  EXPECT_EQ(labels(then, "a2"), std::vector<std::string>{"L2"});
  EXPECT_TRUE(labels(then, "a1").empty());
}

TEST(TagHistory, versions_come_back_one_by_one) {
  Folder folder;
  TagStore store = write_to(folder);
  std::vector<std::string> before;
  // The last is an old version imported again: it is what it replaced that comes back.
  for (int number : {1, 2, 3, 1}) {
    before.push_back(answers(store));
    import_into(store, version(number), 100);
  }
  for (; !before.empty(); before.pop_back()) {
    auto removed = store.remove("list.yaml", 200);
    ASSERT_TRUE(removed.has_value()) << removed.error().message;
    EXPECT_EQ(removed->back.has_value(), before.size() > 1);
    EXPECT_EQ(answers(store), before.back());
  }
  auto none = store.remove("list.yaml", 300);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().kind, ErrorKind::no);
}

TEST(TagHistory, a_pack_is_named_by_its_file_or_its_hash_and_never_by_half) {
  Folder folder;
  TagStore store = write_to(folder);
  TagPack theirs =
      pack_of("creator: D\nlabel: D\ncurrency: BTC\ntags: [{address: d}]\n", "list.yaml");
  import_into(store, version(1), 1);
  import_into(store, theirs, 2);
  auto both = store.remove("list.yaml", 3);
  ASSERT_FALSE(both.has_value());
  EXPECT_EQ(both.error().kind, ErrorKind::bad_input);
  EXPECT_NE(both.error().message.find("2 packs in"), std::string::npos);
  std::string hash = sha256_text(theirs.info.sha256);
  EXPECT_FALSE(store.remove(hash.substr(0, 7), 3).has_value());
  EXPECT_EQ(store.packs()->size(), 2U);
  ASSERT_TRUE(store.remove(hash.substr(0, 8), 3).has_value());
  EXPECT_EQ(store.packs()->at(0).info.creator, "C");
}

TEST(TagHistory, a_pack_no_longer_believed_is_still_there_by_its_hash) {
  Folder folder;
  TagStore store = write_to(folder);
  import_into(store, version(1), 1);
  import_into(store, version(2), 2);
  auto old = store.pack(sha256_text(version(1).info.sha256).substr(0, 16));
  ASSERT_TRUE(old.has_value()) << old.error().message;
  EXPECT_TRUE(changes(*old, version(1)).empty());
  EXPECT_EQ(old->tags.size(), 2U);
  auto now = store.pack("list.yaml");
  ASSERT_TRUE(now.has_value());
  EXPECT_TRUE(changes(*now, version(2)).empty());
  EXPECT_EQ(changes(*now, *old).size(), 2U);
}

TEST(TagHistory, a_list_that_shrinks_by_half_is_pointed_out) {
  Folder folder;
  TagStore store = write_to(folder);
  auto list = [](int tags) {
    std::string text = "creator: C\nlabel: L\ncurrency: BTC\ntags:\n";
    for (int i = 0; i < tags; ++i) text += fmt::format("- address: a{}\n", i);
    return tags == 0 ? pack_of("creator: C\ntags: []\n", "list.yaml") : pack_of(text, "list.yaml");
  };
  import_into(store, list(10), 100);
  for (int tags : {0, 5, 6, 10, 11}) {
    TagPack next = list(tags);
    auto shrunken = store.shrunken({&next, 1});
    ASSERT_TRUE(shrunken.has_value());
    ASSERT_EQ(shrunken->size(), tags <= 5 ? 1U : 0U) << tags;
    if (tags > 5) continue;
    EXPECT_EQ(shrunken->at(0).now, static_cast<std::uint64_t>(tags));
    EXPECT_EQ(shrunken->at(0).before.tags, 10U);
  }
  TagPack other = version(1, "other.yaml");
  EXPECT_TRUE(store.shrunken({&other, 1})->empty());
}

// A pack of random tags and actors; names, subjects and labels are few, so that packs overlap.
TagPack random_pack(std::mt19937& random) {
  std::string text = fmt::format("title: T{}\ncreator: C\nconfidence: {}\n", random() % 1000,
                                 random() % 2 == 0 ? "forensic" : "heuristic");
  text += "actors:\n";
  for (unsigned i = 0; i < random() % 3; ++i) {
    text += fmt::format("- {{id: x{}, label: X{}}}\n", i, random() % 3);
  }
  text += "tags:\n";
  for (unsigned i = 0; i < random() % 8; ++i) {
    text += fmt::format(
        "- {{address: a{}, label: L{}, category: exchange, source: s{}, currency: {}}}\n",
        random() % 6, random() % 3, random() % 3, random() % 2 == 0 ? "BTC" : "LTC");
  }
  if (text.ends_with("tags:\n")) text += "- just text\n";
  std::string::size_type none = text.find("actors:\ntags:");
  if (none != text.npos) text.erase(none, 8);
  return pack_of(text, fmt::format("n{}.yaml", random() % 3));
}

TEST(TagHistory, undoing_imports_last_first_gives_back_every_state_before) {
  for (unsigned seed = 0; seed < 6; ++seed) {
    std::mt19937 random(seed);
    Folder folder;
    TagStore store = write_to(folder);
    std::vector<std::pair<std::string, Hash256>> before;
    for (std::int64_t at = 0; at < 40; ++at) {
      if (before.empty() || random() % 5 < 3) {
        std::string state = answers(store);
        TagPack pack = random_pack(random);
        if (import_into(store, pack, at).was_there) continue;
        before.emplace_back(state, pack.info.sha256);
      } else {
        ASSERT_TRUE(store.remove(sha256_text(before.back().second), at).has_value());
        ASSERT_EQ(answers(store), before.back().first) << "seed " << seed << " at " << at;
        before.pop_back();
      }
    }
  }
}

// Lines of a text in their order, so that stores can be compared that took packs in another order.
std::string sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  std::ranges::sort(lines);
  return fmt::format("{}", fmt::join(lines, "\n"));
}

TEST(TagHistory, an_import_undone_out_of_turn_is_as_if_it_had_never_been) {
  for (unsigned seed = 100; seed < 104; ++seed) {
    std::mt19937 random(seed);
    Folder folder;
    TagStore store = write_to(folder);
    std::vector<TagPack> imports;
    for (int i = 0; i < 8; ++i) {
      TagPack pack = random_pack(random);
      if (!import_into(store, pack, i).was_there) imports.push_back(std::move(pack));
    }
    auto believed = store.packs();
    Hash256 victim = believed->at(random() % believed->size()).info.sha256;
    ASSERT_TRUE(store.remove(sha256_text(victim), 100).has_value());
    Folder other_folder;
    TagStore other = write_to(other_folder);
    for (const TagPack& pack : imports) {
      if (pack.info.sha256 != victim) import_into(other, pack, 1);
    }
    auto count = [](TagStore& of) {
      std::string text;
      EXPECT_TRUE(of.for_each([&](const Tag& tag) { text += all_of(tag) + "\n"; }));
      auto packs = of.packs();
      for (const StoredPack& pack : *packs) text += sha256_text(pack.info.sha256) + "\n";
      return text;
    };
    EXPECT_EQ(sorted_lines(count(store)), sorted_lines(count(other))) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tracehound::tags
