#include "tags/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "base/check.h"
#include "tags/codes.h"

namespace tracehound::tags {

namespace {

// In the file's header: "TAGS", so that other programs' databases are told from ours.
constexpr std::int64_t kApplicationId = 0x54414753;

constexpr const char* kTables = R"(
  CREATE TABLE pack(
    id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    file TEXT NOT NULL,
    title TEXT NOT NULL,
    creator TEXT NOT NULL,
    description TEXT NOT NULL,
    tags INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    added_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE attribution(
    id INTEGER PRIMARY KEY,
    pack INTEGER NOT NULL REFERENCES pack,
    label TEXT NOT NULL,
    actor TEXT NOT NULL,
    category TEXT NOT NULL,
    abuse TEXT NOT NULL,
    concepts TEXT NOT NULL,  -- one a line
    confidence TEXT NOT NULL,
    is_cluster_definer INTEGER NOT NULL,
    currency TEXT NOT NULL,
    network TEXT NOT NULL,
    source TEXT NOT NULL,
    lastmod TEXT NOT NULL,
    tag_type TEXT NOT NULL,
    context TEXT NOT NULL
  ) STRICT;
  CREATE TABLE tag(
    subject TEXT NOT NULL,
    attribution INTEGER NOT NULL REFERENCES attribution,
    line INTEGER NOT NULL,
    kind INTEGER NOT NULL,  -- 0 address, 1 transaction
    PRIMARY KEY(subject, attribution, line)
  ) STRICT, WITHOUT ROWID;
)";

constexpr std::string_view kWholeTag = R"(
  SELECT t.kind, t.subject, t.line,
         a.label, a.actor, a.category, a.abuse, a.concepts, a.confidence, a.is_cluster_definer,
         a.currency, a.network, a.source, a.lastmod, a.tag_type, a.context,
         p.file, p.title, p.creator, p.description, p.sha256
  FROM tag t JOIN attribution a ON a.id = t.attribution JOIN pack p ON p.id = a.pack
)";

std::string joined_lines(const std::vector<std::string>& lines) {
  std::string joined;
  for (const std::string& line : lines) joined += line + '\n';
  return joined;
}

void split_lines(std::string_view text, std::vector<std::string>& lines) {
  lines.clear();
  for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
}

Hash256 sha256_of(ByteView bytes) {
  return bytes.size() == 32 ? Hash256::from_bytes(bytes) : Hash256{};
}

// The columns of kWholeTag. Assigns to what `tag` holds, so that a loop need not allocate.
void read_tag(const Statement& row, Tag& tag) {
  tag.kind = static_cast<SubjectKind>(row.number(0));
  tag.subject = row.text(1);
  tag.line = static_cast<std::uint32_t>(row.number(2));
  Attribution& a = tag.attribution;
  a.label = row.text(3);
  a.actor = row.text(4);
  a.category = row.text(5);
  a.abuse = row.text(6);
  split_lines(row.text(7), a.concepts);
  a.confidence = confidence_named(row.text(8)).value_or(kUnknownConfidence);
  a.is_cluster_definer = row.number(9) != 0;
  a.currency = row.text(10);
  a.network = row.text(11);
  a.source = row.text(12);
  a.lastmod = row.text(13);
  a.tag_type = row.text(14);
  a.context = row.text(15);
  tag.pack.file = row.text(16);
  tag.pack.title = row.text(17);
  tag.pack.creator = row.text(18);
  tag.pack.description = row.text(19);
  tag.pack.sha256 = sha256_of(row.bytes(20));
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

Status make_tables(Database& database) {
  return database.in_transaction([&]() -> Status {
    TRY(database.execute(kTables));
    TRY(database.execute(fmt::format("PRAGMA application_id = {}", kApplicationId).c_str()));
    return database.execute(fmt::format("PRAGMA user_version = {}", kStoreFormat).c_str());
  });
}

// False for a database without tables. Errors: somebody else's, or another format.
Result<bool> has_our_tables(Database& database) {
  TRY_ASSIGN(std::int64_t tables, database.number("SELECT count(*) FROM sqlite_schema"));
  TRY_ASSIGN(std::int64_t owner, database.number("PRAGMA application_id"));
  TRY_ASSIGN(std::int64_t format, database.number("PRAGMA user_version"));
  if (tables == 0) return false;
  if (owner != kApplicationId) {
    return machine_error(fmt::format("{} is another program's database, no tag store; move it away",
                                     database.path()));
  }
  if (format != kStoreFormat) {
    return machine_error(
        fmt::format("{} has format {}, this program reads format {}; use the "
                    "program that wrote it, or remove it and import again",
                    database.path(), format, kStoreFormat));
  }
  return true;
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
  TRY_ASSIGN(store.find_,
             store.database_.prepare(std::string(kWholeTag) +
                                     "WHERE t.subject = ?1 ORDER BY t.attribution, t.line"));
  return store;
}

Result<TagStore> TagStore::empty() {
  TRY_ASSIGN(Database database, Database::open("", Database::Mode::memory));
  return over(std::move(database));
}

Result<TagStore> TagStore::open_to_read(const std::string& folder) {
  std::string path = fmt::format("{}/{}", folder, kStoreFile);
  if (holds_nothing(path)) return empty();
  TRY_ASSIGN(Database database, open_existing(path));
  TRY_ASSIGN(bool ready, has_our_tables(database));
  if (!ready) return empty();
  TRY(database.execute("PRAGMA mmap_size = 1073741824"));
  TRY_ASSIGN(TagStore store, over(std::move(database)));
  // One snapshot for the store's life, which also spares every look-up its locks.
  TRY(store.database_.execute("BEGIN"));
  TRY(store.database_.number("SELECT count(*) FROM pack"));
  return store;
}

Result<TagStore> TagStore::open_to_write(const std::string& folder) {
  std::string path = fmt::format("{}/{}", folder, kStoreFile);
  TRY_ASSIGN(Database database, Database::open(path, Database::Mode::write));
  TRY(has_our_tables(database));  // before anything is changed in a file that is not ours
  TRY(database.execute("PRAGMA journal_mode = WAL"));
  TRY(database.execute("PRAGMA synchronous = FULL"));
  TRY(database.execute("PRAGMA cache_size = -65536"));  // KiB
  return over(std::move(database));
}

Result<std::vector<AddedPack>> TagStore::add(std::span<const TagPack> packs,
                                             std::int64_t added_at) {
  return database_.in_transaction([&]() -> Result<std::vector<AddedPack>> {
    std::vector<AddedPack> added;
    for (const TagPack& pack : packs) {
      TRY_ASSIGN(AddedPack one, add_one(pack, added_at));
      added.push_back(std::move(one));
    }
    return added;
  });
}

Result<AddedPack> TagStore::add_one(const TagPack& pack, std::int64_t added_at) {
  TRY_ASSIGN(Statement known, database_.prepare("SELECT tags FROM pack WHERE sha256 = ?1"));
  TRY_ASSIGN(bool was_there, known.bind(1, pack.info.sha256.view()).step());
  if (was_there) {
    auto tags = static_cast<std::uint64_t>(known.number(0));
    return AddedPack{pack.info.file, true, tags, pack.skipped};
  }
  TRY_ASSIGN(Statement insert,
             database_.prepare("INSERT INTO pack(sha256, file, title, creator, description, tags, "
                               "skipped, added_at) VALUES(?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)"));
  insert.bind(1, pack.info.sha256.view()).bind(2, pack.info.file).bind(3, pack.info.title);
  insert.bind(4, pack.info.creator).bind(5, pack.info.description);
  insert.bind(6, static_cast<std::int64_t>(pack.skipped)).bind(7, added_at);
  TRY(insert.run());
  std::int64_t pack_id = database_.last_row();
  TRY_ASSIGN(std::vector<std::int64_t> ids, insert_attributions(pack, pack_id));
  TRY_ASSIGN(std::uint64_t tags, insert_tags(pack, ids));
  TRY_ASSIGN(Statement count, database_.prepare("UPDATE pack SET tags = ?1 WHERE id = ?2"));
  TRY(count.bind(1, static_cast<std::int64_t>(tags)).bind(2, pack_id).run());
  return AddedPack{pack.info.file, false, tags, pack.skipped};
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

Result<std::vector<Tag>> TagStore::find(std::string_view subject, std::string_view chain) {
  std::string normal = normal_subject(subject);
  find_.bind(1, normal);
  std::vector<Tag> tags;
  for (;;) {
    TRY_ASSIGN(bool row, find_.step());
    if (!row) return tags;
    Tag tag;
    read_tag(find_, tag);
    const Attribution& a = tag.attribution;
    if (chain.empty() || chain_of(a.currency, a.network) == chain) tags.push_back(std::move(tag));
  }
}

Status TagStore::for_each(const std::function<void(const Tag&)>& visit) {
  TRY_ASSIGN(Statement all, database_.prepare(std::string(kWholeTag) +
                                              "ORDER BY t.subject, t.attribution, t.line"));
  Tag tag;
  for (;;) {
    TRY_ASSIGN(bool row, all.step());
    if (!row) return {};
    read_tag(all, tag);
    visit(tag);
  }
}

Result<std::vector<StoredPack>> TagStore::packs() {
  TRY_ASSIGN(Statement all,
             database_.prepare("SELECT file, title, creator, description, sha256, tags, skipped, "
                               "added_at FROM pack ORDER BY id"));
  std::vector<StoredPack> packs;
  for (;;) {
    TRY_ASSIGN(bool row, all.step());
    if (!row) return packs;
    StoredPack pack;
    pack.info.file = all.text(0);
    pack.info.title = all.text(1);
    pack.info.creator = all.text(2);
    pack.info.description = all.text(3);
    pack.info.sha256 = sha256_of(all.bytes(4));
    pack.tags = static_cast<std::uint64_t>(all.number(5));
    pack.skipped = static_cast<std::uint64_t>(all.number(6));
    pack.added_at = all.number(7);
    packs.push_back(std::move(pack));
  }
}

Result<TagCounts> TagStore::counts() {
  TRY_ASSIGN(std::int64_t packs, database_.number("SELECT count(*) FROM pack"));
  TRY_ASSIGN(std::int64_t tags, database_.number("SELECT count(*) FROM tag"));
  TRY_ASSIGN(std::int64_t subjects, database_.number("SELECT count(DISTINCT subject) FROM tag"));
  return TagCounts{static_cast<std::uint64_t>(packs), static_cast<std::uint64_t>(tags),
                   static_cast<std::uint64_t>(subjects)};
}

}  // namespace tracehound::tags
