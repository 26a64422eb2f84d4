// SQLite without its C: a connection, statements, and errors as sentences.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tracehound::tags {

// A prepared statement. Parameters are numbered from 1, columns from 0, as in SQLite.
class Statement {
 public:
  Statement() = default;

  Statement& bind(int parameter, std::string_view text);
  Statement& bind(int parameter, std::int64_t number);
  Statement& bind(int parameter, ByteView bytes);
  // True: a row is ready. False: done, and the statement is ready to run again.
  Result<bool> step();
  // Runs a statement that gives no rows.
  Status run();
  // Ready to run again before the last row was read.
  void reset();

  // Of the current row; views are valid until the next step.
  std::string_view text(int column) const;
  std::int64_t number(int column) const;
  ByteView bytes(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const std::string* path_ = nullptr;
};

// One thread at a time.
class Database {
 public:
  enum class Mode : std::uint8_t {
    write,   // makes the file where there is none
    read,    // sees what others commit; nothing may be changed through it
    frozen,  // for files nobody can change: takes no locks, needs no writable folder
    memory,  // an empty database that dies with the object
  };
  static Result<Database> open(const std::string& path, Mode mode);

  Status execute(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  // The one number that `sql` gives.
  Result<std::int64_t> number(std::string_view sql);
  // Rows changed by the last statement.
  std::int64_t changes() const;
  std::int64_t last_row() const;
  // All that `body` does, or nothing.
  template <typename Body>
  auto in_transaction(Body body) -> decltype(body()) {
    TRY(execute("BEGIN IMMEDIATE"));
    auto outcome = body();
    if (!outcome) {
      roll_back();
      return outcome;
    }
    if (auto committed = execute("COMMIT"); !committed) {
      roll_back();
      return std::unexpected(committed.error());
    }
    return outcome;
  }

  const std::string& path() const { return *path_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  Database(sqlite3* database, const std::string& path);
  void roll_back();

  std::unique_ptr<std::string> path_;  // statements point to it
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace tracehound::tags
