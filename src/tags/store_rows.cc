#include "tags/store_rows.h"

#include <fmt/format.h>

namespace tracehound::tags {

namespace {

// In the file's header: "TAGS", so that other programs' databases are told from ours.
constexpr std::int64_t kApplicationId = 0x54414753;

constexpr const char* kTables = R"(
  CREATE TABLE event(
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,  -- seconds since 1970, never less than the event's before
    what TEXT NOT NULL    -- import, remove
  ) STRICT;
  CREATE TABLE pack(
    id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL,
    recipe TEXT NOT NULL,
    file TEXT NOT NULL,
    title TEXT NOT NULL,
    creator TEXT NOT NULL,
    description TEXT NOT NULL,
    tags INTEGER NOT NULL,
    actors INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    UNIQUE(sha256, recipe, file)
  ) STRICT;
  CREATE TABLE belief(
    id INTEGER PRIMARY KEY,
    pack INTEGER NOT NULL REFERENCES pack,
    since INTEGER NOT NULL REFERENCES event,
    until INTEGER NOT NULL,    -- the event that ended it; 0: it holds
    replaces INTEGER NOT NULL  -- the belief it took the place of; 0: none
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
  CREATE TABLE actor(
    id TEXT NOT NULL,
    pack INTEGER NOT NULL REFERENCES pack,
    label TEXT NOT NULL,
    uri TEXT NOT NULL,
    categories TEXT NOT NULL,     -- one a line, as are the next two
    jurisdictions TEXT NOT NULL,
    aliases TEXT NOT NULL,
    context TEXT NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY(id, pack)
  ) STRICT, WITHOUT ROWID;
)";

}  // namespace

Status make_tables(Database& database) {
  return database.in_transaction([&]() -> Status {
    TRY(database.execute(kTables));
    TRY(database.execute(fmt::format("PRAGMA application_id = {}", kApplicationId).c_str()));
    return database.execute(fmt::format("PRAGMA user_version = {}", kStoreFormat).c_str());
  });
}

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

void read_attribution(const Statement& row, int first, Attribution& a) {
  a.label = row.text(first);
  a.actor = row.text(first + 1);
  a.category = row.text(first + 2);
  a.abuse = row.text(first + 3);
  split_lines(row.text(first + 4), a.concepts);
  a.confidence = confidence_named(row.text(first + 5)).value_or(kUnknownConfidence);
  a.is_cluster_definer = row.number(first + 6) != 0;
  a.currency = row.text(first + 7);
  a.network = row.text(first + 8);
  a.source = row.text(first + 9);
  a.lastmod = row.text(first + 10);
  a.tag_type = row.text(first + 11);
  a.context = row.text(first + 12);
}

void read_pack_info(const Statement& row, int first, PackInfo& info) {
  info.file = row.text(first + 1);
  info.title = row.text(first + 2);
  info.creator = row.text(first + 3);
  info.description = row.text(first + 4);
  ByteView sha256 = row.bytes(first + 5);
  info.sha256 = sha256.size() == 32 ? Hash256::from_bytes(sha256) : Hash256{};
  info.recipe = row.text(first + 6);
}

void read_actor(const Statement& row, int first, Actor& actor) {
  actor.id = row.text(first);
  actor.label = row.text(first + 1);
  actor.uri = row.text(first + 2);
  split_lines(row.text(first + 3), actor.categories);
  split_lines(row.text(first + 4), actor.jurisdictions);
  split_lines(row.text(first + 5), actor.aliases);
  actor.context = row.text(first + 6);
  actor.line = static_cast<std::uint32_t>(row.number(first + 7));
}

}  // namespace tracehound::tags
