// Opening a store and reading it. Writing: store_write.cc.
#include "tags/store.h"

#include <fmt/format.h>

#include <filesystem>
#include <limits>

#include "base/check.h"
#include "tags/codes.h"
#include "tags/store_rows.h"

namespace tracehound::tags {

namespace {

constexpr std::int64_t kNow = std::numeric_limits<std::int64_t>::max();

std::string whole_tag(std::string_view rest) {
  return fmt::format(
      "SELECT t.kind, t.subject, t.line, {}, {} FROM tag t JOIN attribution a ON a.id = "
      "t.attribution JOIN pack p ON p.id = a.pack {} t.attribution, t.line",
      kAttributionColumns, kPackColumns, rest);
}

constexpr int kTagPack = 3 + kAttributionColumnCount;  // column of the pack's id

void read_tag(const Statement& row, Tag& tag) {
  tag.kind = static_cast<SubjectKind>(row.number(0));
  tag.subject = row.text(1);
  tag.line = static_cast<std::uint32_t>(row.number(2));
  read_attribution(row, 3, tag.attribution);
  read_pack_info(row, kTagPack, tag.pack);
}

std::uint64_t size_of(const std::string& path) {
  std::error_code failure;
  auto size = std::filesystem::file_size(path, failure);
  return failure ? 0 : size;
}

std::string log_of(const std::string& path) { return path + "-wal"; }

// Nothing was ever stored: no file, or the bytes of none (a first import that was killed).
bool holds_nothing(const std::string& path) {
  return size_of(path) == 0 && size_of(log_of(path)) == 0;
}

// A first import writes the run when the store holds the tags, so a run beside nothing was made of
// a store that is lost.
Status not_lost(FileSystem& files, const std::string& folder, const std::string& path) {
  if (!holds_nothing(path) || !files.exists(fmt::format("{}/{}", folder, kRunFile))) return {};
  return machine_error(fmt::format(
      "{} is empty or gone, while {} beside it was made of its tags; take the store from "
      "a copy of the ledger, or remove {} and import the packs again",
      path, kRunFile, kRunFile));
}

// The usual way, and where that cannot work because nothing may be written there, the frozen way.
Result<Database> open_existing(const std::string& path) {
  auto database = Database::open(path, Database::Mode::read);
  if (database) {
    auto readable = database->number("SELECT count(*) FROM sqlite_schema");
    if (readable) return database;
    database = std::unexpected(readable.error());
  }
  if (size_of(log_of(path)) > 0) {
    return machine_error(
        fmt::format("the last import into {} still lies in its log and may not be "
                    "merged here; open the ledger once where it may be written",
                    path));
  }
  auto frozen = Database::open(path, Database::Mode::frozen);
  if (frozen && frozen->number("SELECT count(*) FROM sqlite_schema")) return frozen;
  return database;
}

}  // namespace

Result<TagStore> TagStore::over(Database database) {
  TRY_ASSIGN(bool ready, has_our_tables(database));
  if (!ready) TRY(make_tables(database));
  TagStore store(std::move(database));
  TRY_ASSIGN(store.find_, store.database_.prepare(whole_tag("WHERE t.subject = ?1 ORDER BY")));
  return store;
}

Result<TagStore> TagStore::empty() {
  TRY_ASSIGN(Database database, Database::open("", Database::Mode::memory));
  return over(std::move(database));
}

Result<TagStore> TagStore::open_to_read(const std::string& folder,
                                        std::optional<std::int64_t> as_of, FileSystem& files) {
  std::string path = fmt::format("{}/{}", folder, kStoreFile);
  TRY(not_lost(files, folder, path));
  if (holds_nothing(path)) return empty();
  TRY_ASSIGN(Database database, open_existing(path));
  TRY_ASSIGN(bool ready, has_our_tables(database));
  if (!ready) return empty();
  TRY(database.execute("PRAGMA mmap_size = 1073741824"));
  TRY_ASSIGN(TagStore store, over(std::move(database)));
  store.files_ = &files;
  store.folder_ = folder;
  // One snapshot for the store's life, which also spares every look-up its locks.
  TRY(store.database_.execute("BEGIN"));
  TRY_ASSIGN(Statement last,
             store.database_.prepare("SELECT coalesce(max(id), 0) FROM event WHERE at <= ?1"));
  TRY_ASSIGN(bool row, last.bind(1, as_of.value_or(kNow)).step());
  CHECK(row);
  TRY(store.load_beliefs(last.number(0)));
  store.open_run();
  return store;
}

Result<TagStore> TagStore::open_to_write(const std::string& folder, FileSystem& files) {
  std::string path = fmt::format("{}/{}", folder, kStoreFile);
  TRY(not_lost(files, folder, path));
  TRY_ASSIGN(Database database, Database::open(path, Database::Mode::write));
  TRY(has_our_tables(database));  // before anything is changed in a file that is not ours
  TRY(database.execute("PRAGMA journal_mode = WAL"));
  TRY(database.execute("PRAGMA synchronous = FULL"));
  TRY(database.execute("PRAGMA cache_size = -65536"));  // KiB
  TRY_ASSIGN(TagStore store, over(std::move(database)));
  store.files_ = &files;
  store.folder_ = folder;
  TRY(store.load_beliefs(kNow));
  store.open_run();
  return store;
}

// What a pack says follows from its file's bytes and recipe, so those name what a run was made of.
Status TagStore::load_beliefs(std::int64_t last_event) {
  TRY_ASSIGN(Statement all,
             database_.prepare(fmt::format(
                 "SELECT {}, p.tags FROM belief b JOIN pack p ON p.id = b.pack WHERE b.since <= ?1 "
                 "AND (b.until = 0 OR b.until > ?1) ORDER BY p.id",
                 kPackColumns)));
  all.bind(1, last_event);
  believed_.clear();
  std::string made_of = "tag run 1\n";
  PackInfo info;
  for (;;) {
    TRY_ASSIGN(bool row, all.step());
    if (!row) break;
    auto id = static_cast<std::size_t>(all.number(0));
    read_pack_info(all, 0, info);
    if (id >= believed_.size()) believed_.resize(id + 1);
    believed_[id] = true;
    made_of += fmt::format("{} {} {} {}\n{}\n", id, sha256_text(info.sha256),
                           all.number(kPackColumnCount), info.file, info.recipe);
  }
  stamp_ = thread_hasher().sha256(as_bytes(made_of));
  return {};
}

void TagStore::open_run() {
  run_ = TagRun::open(*files_, fmt::format("{}/{}", folder_, kRunFile), stamp_, run_remark_);
}

Result<std::vector<Tag>> TagStore::find(std::string_view subject, std::string_view chain) {
  std::string normal = normal_subject(subject);
  std::string known_as = ledger_chain(chain);
  std::vector<Tag> tags;
  if (run_) {
    run_->find(normal, known_as, tags);
    return tags;
  }
  find_.bind(1, normal);
  for (;;) {
    TRY_ASSIGN(bool row, find_.step());
    if (!row) return tags;
    if (!believes(find_.number(kTagPack))) continue;
    Tag tag;
    read_tag(find_, tag);
    const Attribution& a = tag.attribution;
    if (chain.empty() || chain_of(a.currency, a.network) == known_as)
      tags.push_back(std::move(tag));
  }
}

Status TagStore::for_each(const std::function<void(const Tag&)>& visit) {
  if (run_) {
    run_->for_each(visit);
    return {};
  }
  TRY_ASSIGN(Statement all, database_.prepare(whole_tag("ORDER BY t.subject,")));
  Tag tag;
  for (;;) {
    TRY_ASSIGN(bool row, all.step());
    if (!row) return {};
    if (!believes(all.number(kTagPack))) continue;
    read_tag(all, tag);
    visit(tag);
  }
}

Result<StoredPack> TagStore::stored_pack(std::int64_t id) {
  TRY_ASSIGN(Statement one,
             database_.prepare(fmt::format(
                 "SELECT {}, p.tags, p.actors, p.skipped, (SELECT min(e.at) FROM belief b JOIN "
                 "event e ON e.id = b.since WHERE b.pack = p.id) FROM pack p WHERE p.id = ?1",
                 kPackColumns)));
  TRY_ASSIGN(bool row, one.bind(1, id).step());
  CHECK_LEDGER(row);
  StoredPack pack;
  read_pack_info(one, 0, pack.info);
  pack.tags = static_cast<std::uint64_t>(one.number(kPackColumnCount));
  pack.actors = static_cast<std::uint64_t>(one.number(kPackColumnCount + 1));
  pack.skipped = static_cast<std::uint64_t>(one.number(kPackColumnCount + 2));
  pack.added_at = one.number(kPackColumnCount + 3);
  return pack;
}

Result<std::vector<StoredPack>> TagStore::packs() {
  std::vector<StoredPack> packs;
  for (std::size_t id = 0; id < believed_.size(); ++id) {
    if (!believed_[id]) continue;
    TRY_ASSIGN(StoredPack pack, stored_pack(static_cast<std::int64_t>(id)));
    packs.push_back(std::move(pack));
  }
  return packs;
}

Result<std::optional<Actor>> TagStore::actor(std::string_view id) {
  std::string by_alias = "\n" + std::string(id) + "\n";
  for (std::string_view where : {"c.id = ?1", "instr(char(10) || c.aliases, ?1)"}) {
    TRY_ASSIGN(Statement all,
               database_.prepare(fmt::format("SELECT {}, c.pack FROM actor c WHERE {} ORDER BY "
                                             "c.pack DESC, c.id",
                                             kActorColumns, where)));
    all.bind(1, where.starts_with("c.id") ? id : std::string_view(by_alias));
    for (;;) {
      TRY_ASSIGN(bool row, all.step());
      if (!row) break;
      if (!believes(all.number(8))) continue;
      Actor actor;
      read_actor(all, 0, actor);
      return actor;
    }
  }
  return std::nullopt;
}

Result<std::vector<Actor>> TagStore::actors() {
  TRY_ASSIGN(Statement all,
             database_.prepare(fmt::format("SELECT {}, c.pack FROM actor c ORDER BY c.id, c.pack",
                                           kActorColumns)));
  std::vector<Actor> actors;
  for (;;) {
    TRY_ASSIGN(bool row, all.step());
    if (!row) return actors;
    if (believes(all.number(8))) read_actor(all, 0, actors.emplace_back());
  }
}

Status TagStore::read_attributions(
    const std::function<void(std::int64_t id, std::int64_t pack, const Attribution& attribution)>&
        visit) {
  TRY_ASSIGN(Statement all,
             database_.prepare(fmt::format(
                 "SELECT a.id, a.pack, {} FROM attribution a ORDER BY a.id", kAttributionColumns)));
  Attribution attribution;
  for (;;) {
    TRY_ASSIGN(bool row, all.step());
    if (!row) return {};
    read_attribution(all, 2, attribution);
    visit(all.number(0), all.number(1), attribution);
  }
}

Result<std::int64_t> TagStore::pack_named(std::string_view name, bool believed_only) {
  constexpr std::size_t kFewestDigits = 8;
  bool digits = name.size() >= kFewestDigits && name.size() <= 64 &&
                name.find_first_not_of("0123456789abcdef") == name.npos;
  TRY_ASSIGN(Statement all,
             database_.prepare("SELECT p.id, p.file, lower(hex(p.sha256)) FROM pack p ORDER BY "
                               "p.id"));
  std::vector<std::int64_t> fitting;
  for (;;) {
    TRY_ASSIGN(bool row, all.step());
    if (!row) break;
    bool by_hash = digits && all.text(2).starts_with(name);
    bool by_file = all.text(1) == name;
    bool counts = believes(all.number(0)) || (by_hash && !by_file && !believed_only);
    if ((by_hash || by_file) && counts) fitting.push_back(all.number(0));
  }
  if (fitting.empty()) {
    return fail(ErrorKind::no, fmt::format("no pack in {} is called {}; `tracehound tags list` "
                                           "names them",
                                           folder_, quoted(name)));
  }
  if (fitting.size() > 1) {
    return bad_input(
        fmt::format("{} packs in {} are called {}; give the first digits of the "
                    "SHA-256 that `tracehound tags list` shows",
                    fitting.size(), folder_, quoted(name)));
  }
  return fitting.front();
}

Result<TagPack> TagStore::pack(std::string_view name) {
  TRY_ASSIGN(std::int64_t id, pack_named(name, false));
  TagPack pack;
  TRY_ASSIGN(StoredPack stored, stored_pack(id));
  pack.info = stored.info;
  pack.skipped = stored.skipped;
  std::int64_t first = 0;  // a pack's attributions have consecutive ids
  TRY(read_attributions([&](std::int64_t number, std::int64_t of, const Attribution& attribution) {
    if (of != id) return;
    if (pack.attributions.empty()) first = number;
    pack.attributions.push_back(attribution);
  }));
  TRY_ASSIGN(Statement tags, database_.prepare("SELECT subject, attribution, line, kind FROM tag "
                                               "WHERE attribution >= ?1 AND attribution < ?2 "
                                               "ORDER BY line, subject, attribution"));
  tags.bind(1, first).bind(2, first + static_cast<std::int64_t>(pack.attributions.size()));
  for (;;) {
    TRY_ASSIGN(bool row, tags.step());
    if (!row) break;
    pack.tags.push_back({.kind = static_cast<SubjectKind>(tags.number(3)),
                         .subject = std::string(tags.text(0)),
                         .written = {},
                         .line = static_cast<std::uint32_t>(tags.number(2)),
                         .attribution = static_cast<std::uint32_t>(tags.number(1) - first)});
  }
  TRY_ASSIGN(Statement actors,
             database_.prepare(fmt::format("SELECT {} FROM actor c WHERE c.pack = ?1 ORDER BY "
                                           "c.line, c.id",
                                           kActorColumns)));
  actors.bind(1, id);
  for (;;) {
    TRY_ASSIGN(bool row, actors.step());
    if (!row) return pack;
    read_actor(actors, 0, pack.actors.emplace_back());
  }
}

Result<TagCounts> TagStore::counts() {
  std::vector<bool> counted;  // by attribution
  TRY(read_attributions([&](std::int64_t id, std::int64_t pack, const Attribution&) {
    counted.resize(static_cast<std::size_t>(id) + 1);
    counted.back() = believes(pack);
  }));
  TagCounts counts;
  for (bool believed : believed_) counts.packs += believed ? 1 : 0;
  TRY_ASSIGN(Statement all,
             database_.prepare("SELECT subject, attribution FROM tag ORDER BY subject"));
  std::string last;
  for (;;) {
    TRY_ASSIGN(bool row, all.step());
    if (!row) return counts;
    auto attribution = static_cast<std::size_t>(all.number(1));
    if (attribution >= counted.size() || !counted[attribution]) continue;
    bool again = counts.tags > 0 && all.text(0) == last;
    if (!again) last = all.text(0);
    counts.subjects += again ? 0 : 1;
    ++counts.tags;
  }
}

}  // namespace tracehound::tags
