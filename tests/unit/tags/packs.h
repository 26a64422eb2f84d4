// Packs and stores for tests, and everything a store answers as one text.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tags/diff.h"
#include "tags/services.h"
#include "tags/store.h"
#include "tags/tagpack.h"
#include "unit/tags/folder.h"

namespace tracehound::tags {

inline TagPack pack_of(std::string_view text, const std::string& name = "pack.yaml") {
  auto parsed = parse_tagpack(as_bytes(text), name);
  EXPECT_TRUE(parsed.has_value()) << parsed.error().message;
  return std::move(*parsed);
}

inline TagStore write_to(const Folder& folder, FileSystem& files = posix_files()) {
  auto store = TagStore::open_to_write(folder.path(), files);
  EXPECT_TRUE(store.has_value()) << store.error().message;
  return std::move(*store);
}

inline TagStore read_from(const Folder& folder, std::optional<std::int64_t> as_of = std::nullopt) {
  auto store = TagStore::open_to_read(folder.path(), as_of);
  EXPECT_TRUE(store.has_value()) << store.error().message;
  return std::move(*store);
}

inline AddedPack import_into(TagStore& store, const TagPack& pack, std::int64_t at) {
  auto added = store.add({&pack, 1}, at);
  EXPECT_TRUE(added.has_value()) << added.error().message;
  return std::move(added->at(0));
}

// Every field of a tag.
inline std::string all_of(const Tag& tag) {
  const Attribution& a = tag.attribution;
  std::string concepts;
  for (const std::string& one : a.concepts) concepts += one + ",";
  return fmt::format(
      "{} {} {} {}", static_cast<int>(tag.kind), tag.subject, tag.line,
      fmt::join(
          std::vector<std::string>{
              a.label, a.actor, a.category, a.abuse, concepts, std::string(a.confidence.id),
              std::string(a.is_cluster_definer ? "definer" : ""), a.currency, a.network, a.source,
              a.lastmod, a.tag_type, a.context, tag.pack.file, tag.pack.title, tag.pack.creator,
              tag.pack.description, sha256_text(tag.pack.sha256), tag.pack.recipe},
          "|"));
}

// What may be asked of a store, but for when its packs were added: each tag in order, what look-ups
// of its subject give, packs, actors, services, counts.
inline std::string answers(TagStore& store) {
  std::string text;
  std::vector<std::string> subjects;
  EXPECT_TRUE(store.for_each([&](const Tag& tag) {
    text += all_of(tag) + "\n";
    if (subjects.empty() || subjects.back() != tag.subject) subjects.push_back(tag.subject);
  }));
  for (const std::string& subject : subjects) {
    for (std::string_view chain : {"", "bitcoin:main", "litecoin:main"}) {
      text += fmt::format("{} on {}:\n", subject, chain);
      auto tags = store.find(subject, chain);
      for (const Tag& tag : *tags) text += "  " + all_of(tag) + "\n";
    }
  }
  auto packs = store.packs();
  for (const StoredPack& pack : *packs) {
    text += fmt::format("{} {} {} {} {}\n", pack.info.file, sha256_text(pack.info.sha256),
                        pack.tags, pack.actors, pack.skipped);
  }
  auto actors = store.actors();
  for (const Actor& actor : *actors) {
    text += fmt::format("{} {} {}\n", actor.id, actor.label, actor.line);
    text += fmt::format("  {}\n", store.actor(actor.id)->value().label);
  }
  auto services = service_addresses(store, "bitcoin:main");
  for (const ServiceAddress& one : *services) {
    text += fmt::format("{} {} {}\n", one.address, one.service.name, one.service.source);
  }
  auto counts = store.counts();
  EXPECT_TRUE(counts.has_value());
  return text + fmt::format("{} {} {}\n", counts->packs, counts->tags, counts->subjects);
}

}  // namespace tracehound::tags
