// Every public GraphSense pack, its actor pack and the public lists of OFAC's addresses are read
// whole, and counted against a plain look at their lines.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tags/codes.h"
#include "tags/services.h"
#include "tags/source.h"
#include "tags/store.h"
#include "tags/tagpack.h"
#include "unit/tags/folder.h"

namespace tracehound::tags {
namespace {

const std::filesystem::path kPacks = TRACEHOUND_ROOT "/../shared/data/tags/packs";
const std::filesystem::path kActors =
    TRACEHOUND_ROOT "/../shared/data/tags/actors/graphsense.actorpack.yaml";
const std::filesystem::path kOfac = TRACEHOUND_ROOT "/../shared/data/tags/ofac";

// Lines that give an address: of these packs, one a tag. PyYAML counts the same 71,962.
std::uint64_t address_lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::uint64_t count = 0;
  for (std::string line; std::getline(file, line);) {
    auto start = line.find_first_not_of("- ");
    if (start != line.npos && line.compare(start, 8, "address:") == 0) ++count;
  }
  return count;
}

std::vector<std::string> pack_paths(const std::filesystem::path& folder = kPacks) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class RealPacks : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kPacks)) GTEST_SKIP() << "no " << kPacks;
  }
};

TEST_F(RealPacks, every_pack_is_read_with_every_tag) {
  std::uint64_t tags = 0;
  for (const std::string& path : pack_paths()) {
    auto pack = read_tagpack(posix_files(), path);
    ASSERT_TRUE(pack.has_value()) << pack.error().message;
    EXPECT_EQ(pack->tags.size(), address_lines(path)) << path;
    EXPECT_EQ(pack->complaint_count, 0U) << path;
    EXPECT_FALSE(pack->info.title.empty()) << path;
    EXPECT_FALSE(pack->info.creator.empty()) << path;
    tags += pack->tags.size();
  }
  EXPECT_EQ(tags, 71'962U);
}

TEST_F(RealPacks, each_tag_begins_on_the_line_it_names) {
  for (const std::string& path : pack_paths()) {
    auto pack = read_tagpack(posix_files(), path);
    ASSERT_TRUE(pack.has_value()) << pack.error().message;
    std::ifstream file(path);
    std::uint32_t number = 0;
    for (const PackTag& tag : pack->tags) {
      std::string line;
      while (number < tag.line && std::getline(file, line)) ++number;
      ASSERT_TRUE(line.find_first_not_of(' ') == line.find("- ")) << path << ":" << tag.line;
      std::string whole = line;  // the address need not come first
      while (whole.find("address:") == whole.npos && std::getline(file, line)) {
        ++number;
        whole += line;
      }
      if (tag.subject.starts_with("0x")) {
        for (char& c : whole) c = static_cast<char>(std::tolower(c));
      }
      ASSERT_NE(whole.find(tag.subject), std::string::npos) << path << ":" << tag.line;
    }
  }
}

TEST_F(RealPacks, services_come_out_of_the_store_by_name) {
  Folder folder;
  std::vector<TagPack> packs;
  for (const std::string& path : pack_paths()) {
    auto pack = read_tagpack(posix_files(), path);
    ASSERT_TRUE(pack.has_value()) << pack.error().message;
    packs.push_back(std::move(*pack));
  }
  {
    auto store = TagStore::open_to_write(folder.path());
    ASSERT_TRUE(store.has_value()) << store.error().message;
    auto added = store->add(packs, 0);
    ASSERT_TRUE(added.has_value()) << added.error().message;
  }
  auto store = TagStore::open_to_read(folder.path());
  ASSERT_TRUE(store.has_value()) << store.error().message;
  auto counts = store->counts();
  ASSERT_TRUE(counts.has_value());
  EXPECT_EQ(counts->packs, 64U);
  EXPECT_EQ(counts->tags, 71'962U);

  auto services = service_addresses(*store, "bitcoin:main");
  ASSERT_TRUE(services.has_value()) << services.error().message;
  std::map<std::string, std::string> names;
  std::map<std::string, std::uint64_t> by_category;
  for (const ServiceAddress& found : *services) {
    names[found.address] = found.service.name;
    ++by_category[found.service.category];
  }
  EXPECT_EQ(names["34xp4vRoCGJym3xR7yCVPFHoCNxv4Twseo"], "binance");
  EXPECT_EQ(names["1BCWMwpR4M1nYUuuYe2bmzrNuwGoF9ZAbA"], "hydramarket");
  EXPECT_FALSE(names.contains("134r8iHv69xdT6p5qVKTsHrcUEuBVZAYak"));  // Lazarus: category user
  // Distinct addresses, counted from the packs with a few lines of Python.
  EXPECT_EQ(by_category, (std::map<std::string, std::uint64_t>{{"exchange", 707},
                                                               {"hosted_wallet", 261},
                                                               {"mixing_service", 156},
                                                               {"market", 133},
                                                               {"gambling", 63}}));

  auto tags = store->find("134r8iHv69xdT6p5qVKTsHrcUEuBVZAYak", "bitcoin:main");
  ASSERT_TRUE(tags.has_value());
  ASSERT_EQ(tags->size(), 2U);  // in lazarus.yaml and in ofac.yaml
  EXPECT_TRUE(service_addresses(*store, "bitcoin:regtest")->empty());
}

TEST_F(RealPacks, every_actor_is_read_whole) {
  auto pack = read_tagpack(posix_files(), kActors);
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  EXPECT_EQ(pack->complaint_count, 0U);
  // As PyYAML counts them.
  EXPECT_EQ(pack->actors.size(), 3'813U);
  std::uint64_t labels = 0;
  std::uint64_t uris = 0;
  std::uint64_t categories = 0;
  std::uint64_t jurisdictions = 0;
  std::uint64_t aliases = 0;
  std::uint64_t contexts = 0;
  for (const Actor& actor : pack->actors) {
    labels += actor.label.empty() ? 0 : 1;
    uris += actor.uri.empty() ? 0 : 1;
    categories += actor.categories.size();
    jurisdictions += actor.jurisdictions.size();
    aliases += actor.aliases.size();
    contexts += actor.context.empty() ? 0 : 1;
  }
  EXPECT_EQ(labels, 3813U);
  EXPECT_EQ(uris, 3813U);
  EXPECT_EQ(categories, 4468U);
  EXPECT_EQ(jurisdictions, 785U);
  EXPECT_EQ(aliases, 512U);
  EXPECT_EQ(contexts, 3760U);
}

TEST_F(RealPacks, every_sanctions_list_is_read_by_its_name) {
  std::uint64_t tags = 0;
  for (const std::string& path : pack_paths(kOfac)) {
    auto pack = read_source(posix_files(), path, {}, {});
    ASSERT_TRUE(pack.has_value()) << pack.error().message;
    EXPECT_EQ(pack->complaint_count, 0U) << path;
    std::string code = path.substr(path.rfind('_') + 1);
    code.resize(code.size() - 4);
    for (const Attribution& a : pack->attributions) {
      EXPECT_EQ(a.currency, code);
      EXPECT_EQ(a.abuse, "sanction");
    }
    tags += pack->tags.size();
  }
  EXPECT_EQ(tags, 654U);  // lines of the 17 files
}

}  // namespace
}  // namespace tracehound::tags
