#include "tags/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/check.h"

namespace tracehound::tags {

namespace {

constexpr int kPatience_ms = 3'000;  // for another process's transaction to end

std::unexpected<Error> sqlite_error(sqlite3* database, const std::string& path) {
  std::string_view reason = sqlite3_errmsg(database);
  switch (sqlite3_errcode(database) & 0xFF) {
    case SQLITE_FULL:
      return machine_error(
          fmt::format("no space is left on the disk for {}, which stays as it was; "
                      "free some and run the command again",
                      path));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return machine_error(
          fmt::format("another process is changing {}; wait for it to end and try again", path));
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return machine_error(
          fmt::format("{} is damaged or no tag store ({}); put back a copy, or "
                      "remove it and import the tag packs again",
                      path, reason));
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return machine_error(fmt::format(
          "{} may not be changed ({}); check the permissions of the file and its folder", path,
          reason));
    default:
      return machine_error(fmt::format("cannot use {}: {}", path, reason));
  }
}

// The path inside a file: URI.
std::string uri_escaped(const std::string& path) {
  std::string escaped;
  for (char c : path) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '/' || c == '.' || c == '_' || c == '-';
    escaped += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return escaped;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Statement& Statement::bind(int parameter, std::string_view text) {
  CHECK(sqlite3_bind_text64(statement_.get(), parameter, text.data() != nullptr ? text.data() : "",
                            text.size(), SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int parameter, std::int64_t number) {
  CHECK(sqlite3_bind_int64(statement_.get(), parameter, number) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int parameter, ByteView bytes) {
  CHECK(sqlite3_bind_blob64(statement_.get(), parameter, bytes.data(), bytes.size(),
                            SQLITE_STATIC) == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  auto failure = sqlite_error(sqlite3_db_handle(statement_.get()), *path_);
  reset();
  return failure;
}

Status Statement::run() {
  TRY_ASSIGN(bool row, step());
  CHECK(!row);
  return {};
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

ByteView Statement::bytes(int column) const {
  const auto* bytes = static_cast<const Byte*>(sqlite3_column_blob(statement_.get(), column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Database::Database(sqlite3* database, const std::string& path)
    : path_(std::make_unique<std::string>(path)), database_(database) {}

Result<Database> Database::open(const std::string& path, Mode mode) {
  std::string name = path;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case Mode::write:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
    case Mode::read:  // opened for writing, since SQLite leaves its side files behind otherwise
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case Mode::frozen:
      flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
      name = fmt::format("file:{}?mode=ro&immutable=1", uri_escaped(path));
      break;
    case Mode::memory:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;
      break;
  }
  sqlite3* raw = nullptr;
  int code = sqlite3_open_v2(name.c_str(), &raw, flags, nullptr);
  CHECK(raw != nullptr);  // out of memory
  Database database(raw, path);
  if (code != SQLITE_OK) return sqlite_error(raw, path);
  sqlite3_busy_timeout(raw, kPatience_ms);
  if (mode == Mode::read) TRY(database.execute("PRAGMA query_only = 1"));
  if (mode == Mode::write && sqlite3_db_readonly(raw, "main") == 1) {
    return machine_error(fmt::format("{} may not be changed; check the permissions", path));
  }
  return database;
}

Status Database::execute(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return sqlite_error(database_.get(), *path_);
  }
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) {
    return sqlite_error(database_.get(), *path_);
  }
  Statement statement;
  statement.statement_.reset(raw);
  statement.path_ = path_.get();
  return statement;
}

Result<std::int64_t> Database::number(std::string_view sql) {
  TRY_ASSIGN(Statement statement, prepare(sql));
  TRY_ASSIGN(bool row, statement.step());
  CHECK(row);
  return statement.number(0);
}

std::int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }
std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(database_.get()); }

void Database::roll_back() {
  if (sqlite3_get_autocommit(database_.get()) == 0) {
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

}  // namespace tracehound::tags
