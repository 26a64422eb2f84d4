// Events: what begins and ends to be believed. Reading: store.cc.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include "base/check.h"
#include "tags/store.h"
#include "tags/store_rows.h"

namespace tracehound::tags {

struct TagStore::Event {
  std::int64_t at;
  const char* what;
  std::int64_t id = 0;
};

Result<std::int64_t> TagStore::event_of(Event& event) {
  if (event.id != 0) return event.id;
  TRY_ASSIGN(Statement insert,
             database_.prepare("INSERT INTO event(at, what) SELECT max(?1, coalesce((SELECT at "
                               "FROM event ORDER BY id DESC LIMIT 1), ?1)), ?2"));
  TRY(insert.bind(1, event.at).bind(2, std::string_view(event.what)).run());
  event.id = database_.last_row();
  return event.id;
}

Result<std::vector<AddedPack>> TagStore::add(std::span<const TagPack> packs, std::int64_t at) {
  Event event{at, "import"};
  TRY_ASSIGN(auto added, database_.in_transaction([&]() -> Result<std::vector<AddedPack>> {
    std::vector<AddedPack> all;
    for (const TagPack& pack : packs) {
      TRY_ASSIGN(AddedPack one, add_one(pack, event));
      all.push_back(std::move(one));
    }
    return all;
  }));
  renew_run();
  return added;
}

Result<AddedPack> TagStore::add_one(const TagPack& pack, Event& event) {
  AddedPack added;
  added.file = pack.info.file;
  added.skipped = pack.skipped;
  TRY_ASSIGN(Statement known,
             database_.prepare("SELECT p.tags, p.actors FROM pack p JOIN belief b ON b.pack = "
                               "p.id AND b.until = 0 WHERE p.sha256 = ?1 AND p.recipe = ?2"));
  known.bind(1, pack.info.sha256.view()).bind(2, pack.info.recipe);
  TRY_ASSIGN(added.was_there, known.step());
  if (added.was_there) {
    added.tags = static_cast<std::uint64_t>(known.number(0));
    added.actors = static_cast<std::uint64_t>(known.number(1));
    return added;
  }
  TRY_ASSIGN(Belief before, version_before(pack.info));
  if (before.id != 0 && event.id != 0 && before.since == event.id) {
    return bad_input(fmt::format(
        "two of these packs are called {} and have the same creator, so one would replace the "
        "other; import one of them by itself, under another --name",
        pack.info.file));
  }
  TRY_ASSIGN(std::int64_t now, event_of(event));
  TRY_ASSIGN(std::int64_t id, insert_pack(pack));
  if (before.id != 0) {
    TRY_ASSIGN(added.replaced, stored_pack(before.pack));
    TRY(close(before, now));
  }
  TRY(believe(id, now, before.id));
  TRY_ASSIGN(StoredPack stored, stored_pack(id));
  added.tags = stored.tags;
  added.actors = stored.actors;
  return added;
}

// The pack's id; its rows are there already if it was ever believed.
Result<std::int64_t> TagStore::insert_pack(const TagPack& pack) {
  TRY_ASSIGN(Statement known, database_.prepare("SELECT id FROM pack WHERE sha256 = ?1 AND recipe "
                                                "= ?2 AND file = ?3"));
  known.bind(1, pack.info.sha256.view()).bind(2, pack.info.recipe).bind(3, pack.info.file);
  TRY_ASSIGN(bool is_known, known.step());
  if (is_known) return known.number(0);
  TRY_ASSIGN(Statement insert,
             database_.prepare("INSERT INTO pack(sha256, recipe, file, title, creator, "
                               "description, tags, actors, skipped) VALUES(?1, ?2, ?3, ?4, ?5, ?6, "
                               "0, ?7, ?8)"));
  insert.bind(1, pack.info.sha256.view()).bind(2, pack.info.recipe).bind(3, pack.info.file);
  insert.bind(4, pack.info.title).bind(5, pack.info.creator).bind(6, pack.info.description);
  insert.bind(7, static_cast<std::int64_t>(pack.actors.size()));
  TRY(insert.bind(8, static_cast<std::int64_t>(pack.skipped)).run());
  std::int64_t id = database_.last_row();
  TRY_ASSIGN(std::vector<std::int64_t> attributions, insert_attributions(pack, id));
  TRY_ASSIGN(std::uint64_t tags, insert_tags(pack, attributions));
  TRY(insert_actors(pack, id));
  TRY_ASSIGN(Statement count, database_.prepare("UPDATE pack SET tags = ?1 WHERE id = ?2"));
  TRY(count.bind(1, static_cast<std::int64_t>(tags)).bind(2, id).run());
  return id;
}

Result<std::vector<std::int64_t>> TagStore::insert_attributions(const TagPack& pack,
                                                                std::int64_t pack_id) {
  TRY_ASSIGN(Statement insert,
             database_.prepare(
                 "INSERT INTO attribution(pack, label, actor, category, abuse, concepts, "
                 "confidence, is_cluster_definer, currency, network, source, lastmod, tag_type, "
                 "context) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"));
  std::vector<std::int64_t> ids;
  for (const Attribution& a : pack.attributions) {
    std::string concepts = joined_lines(a.concepts);
    insert.bind(1, pack_id).bind(2, a.label).bind(3, a.actor).bind(4, a.category).bind(5, a.abuse);
    insert.bind(6, concepts).bind(7, a.confidence.id);
    insert.bind(8, std::int64_t{a.is_cluster_definer}).bind(9, a.currency).bind(10, a.network);
    insert.bind(11, a.source).bind(12, a.lastmod).bind(13, a.tag_type).bind(14, a.context);
    TRY(insert.run());
    ids.push_back(database_.last_row());
  }
  return ids;
}

// By subject, so that the B-tree grows at its end, which is several times faster. A tag twice on
// one line is one tag.
Result<std::uint64_t> TagStore::insert_tags(const TagPack& pack,
                                            std::span<const std::int64_t> ids) {
  std::vector<std::uint32_t> order(pack.tags.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t i) {
    const PackTag& tag = pack.tags[i];
    return std::tuple(std::string_view(tag.subject), tag.attribution, tag.line, i);
  });
  TRY_ASSIGN(Statement insert,
             database_.prepare("INSERT INTO tag(subject, attribution, line, kind) "
                               "VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING"));
  std::uint64_t inserted = 0;
  for (std::uint32_t i : order) {
    const PackTag& tag = pack.tags[i];
    insert.bind(1, tag.subject).bind(2, ids[tag.attribution]).bind(3, std::int64_t{tag.line});
    TRY(insert.bind(4, static_cast<std::int64_t>(tag.kind)).run());
    inserted += static_cast<std::uint64_t>(database_.changes());
  }
  return inserted;
}

Status TagStore::insert_actors(const TagPack& pack, std::int64_t pack_id) {
  TRY_ASSIGN(Statement insert,
             database_.prepare("INSERT INTO actor(id, pack, label, uri, categories, jurisdictions, "
                               "aliases, context, line) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
                               "?9)"));
  for (const Actor& actor : pack.actors) {
    std::string categories = joined_lines(actor.categories);
    std::string jurisdictions = joined_lines(actor.jurisdictions);
    std::string aliases = joined_lines(actor.aliases);
    insert.bind(1, actor.id).bind(2, pack_id).bind(3, actor.label).bind(4, actor.uri);
    insert.bind(5, categories).bind(6, jurisdictions).bind(7, aliases);
    TRY(insert.bind(8, actor.context).bind(9, std::int64_t{actor.line}).run());
  }
  return {};
}

// ---- beliefs ------------------------------------------------------------------------------------

// The belief that holds in another version of the pack.
Result<TagStore::Belief> TagStore::version_before(const PackInfo& info) {
  TRY_ASSIGN(Statement one,
             database_.prepare(
                 "SELECT b.id, b.pack, b.since, b.replaces FROM belief b JOIN pack p ON p.id = "
                 "b.pack WHERE b.until = 0 AND p.file = ?1 AND p.creator = ?2 AND (?1 <> ?4 OR "
                 "p.title = ?3) ORDER BY b.id DESC"));
  one.bind(1, info.file).bind(2, info.creator).bind(3, info.title).bind(4, kStandardInput);
  TRY_ASSIGN(bool found, one.step());
  if (!found) return Belief{};
  return Belief{one.number(0), one.number(1), one.number(2), one.number(3)};
}

Status TagStore::close(const Belief& belief, std::int64_t event) {
  TRY_ASSIGN(Statement end,
             database_.prepare("UPDATE belief SET until = ?1 WHERE id = ?2 AND until = 0"));
  return end.bind(1, event).bind(2, belief.id).run();
}

Status TagStore::believe(std::int64_t pack, std::int64_t event, std::int64_t replaces) {
  TRY_ASSIGN(Statement insert, database_.prepare("INSERT INTO belief(pack, since, until, replaces) "
                                                 "VALUES(?1, ?2, 0, ?3)"));
  return insert.bind(1, pack).bind(2, event).bind(3, replaces).run();
}

Result<RemovedPack> TagStore::remove(std::string_view name, std::int64_t at) {
  Event event{at, "remove"};
  TRY_ASSIGN(auto removed, database_.in_transaction([&]() -> Result<RemovedPack> {
    TRY_ASSIGN(std::int64_t pack, pack_named(name, true));
    TRY_ASSIGN(Statement held,
               database_.prepare("SELECT b.id, b.replaces, r.pack, r.replaces FROM belief b LEFT "
                                 "JOIN belief r ON r.id = b.replaces WHERE b.until = 0 AND b.pack "
                                 "= ?1"));
    TRY_ASSIGN(bool found, held.bind(1, pack).step());
    if (!found) return machine_error("another process has just removed that pack");
    Belief belief{.id = held.number(0)};
    bool had_replaced = held.number(1) != 0;
    std::int64_t earlier = held.number(2);
    std::int64_t earlier_replaces = held.number(3);
    held.reset();
    TRY_ASSIGN(std::int64_t now, event_of(event));
    TRY(close(belief, now));
    RemovedPack outcome;
    TRY_ASSIGN(outcome.removed, stored_pack(pack));
    if (had_replaced) {
      TRY(believe(earlier, now, earlier_replaces));
      TRY_ASSIGN(outcome.back, stored_pack(earlier));
    }
    return outcome;
  }));
  renew_run();
  return removed;
}

Result<std::vector<ShrunkenPack>> TagStore::shrunken(std::span<const TagPack> packs) {
  std::vector<ShrunkenPack> all;
  for (const TagPack& pack : packs) {
    TRY_ASSIGN(Belief before, version_before(pack.info));
    if (before.id == 0) continue;
    TRY_ASSIGN(StoredPack stored, stored_pack(before.pack));
    if (stored.info.sha256 == pack.info.sha256 && stored.info.recipe == pack.info.recipe) continue;
    std::uint64_t now = pack.tags.size() + pack.actors.size();
    if (2 * now <= stored.tags + stored.actors) all.push_back({pack.info.file, now, stored});
  }
  return all;
}

// ---- the run ------------------------------------------------------------------------------------

// What was committed stays committed, whatever becomes of the run.
void TagStore::renew_run() {
  run_.reset();
  auto loaded = load_beliefs(std::numeric_limits<std::int64_t>::max());
  if (!loaded) {
    run_remark_ = loaded.error().message;
    return;
  }
  open_run();
  if (run_) return;
  std::string path = fmt::format("{}/{}", folder_, kRunFile);
  if (auto written = write_run(); !written) {
    std::string unfinished = path + ".new";
    if (files_->exists(unfinished)) (void)files_->remove(unfinished);
    run_remark_ = written.error().message;
    return;
  }
  open_run();
}

Status TagStore::write_run() {
  TagRunBuilder builder;
  constexpr auto kNone = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> packs(believed_.size(), kNone);
  for (std::size_t id = 0; id < believed_.size(); ++id) {
    if (!believed_[id]) continue;
    TRY_ASSIGN(StoredPack pack, stored_pack(static_cast<std::int64_t>(id)));
    packs[id] = builder.add_pack(pack.info);
  }
  std::vector<std::uint32_t> attributions;  // the run's number for the store's
  TRY(read_attributions([&](std::int64_t id, std::int64_t pack, const Attribution& attribution) {
    attributions.resize(static_cast<std::size_t>(id) + 1, kNone);
    if (!believes(pack)) return;
    attributions.back() =
        builder.add_attribution(packs[static_cast<std::size_t>(pack)], attribution);
  }));
  TRY_ASSIGN(Statement all,
             database_.prepare("SELECT subject, attribution, line, kind FROM tag ORDER BY subject, "
                               "attribution, line"));
  for (;;) {
    TRY_ASSIGN(bool row, all.step());
    if (!row) break;
    auto attribution = static_cast<std::size_t>(all.number(1));
    CHECK_LEDGER(attribution < attributions.size());
    if (attributions[attribution] == kNone) continue;
    builder.add_tag(all.text(0), static_cast<SubjectKind>(all.number(3)), attributions[attribution],
                    static_cast<std::uint32_t>(all.number(2)));
  }
  return builder.write(*files_, fmt::format("{}/{}", folder_, kRunFile), stamp_);
}

}  // namespace tracehound::tags
