// DuckDB, opened at run time where it is installed: the one reader of Parquet that keeps up with
// its writers. Of its C interface only what is used here is declared, by hand
// (docs/decisions/0082).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tracehound::chains::transfers {

// A few thousand rows of texts.
class TextChunk {
 public:
  std::size_t rows() const { return rows_; }
  // "" where the cell is null. REQUIRES: column and row are there.
  std::string_view cell(std::size_t column, std::size_t row) const;
  // What its texts lie in: they stay as long as this or the chunk does.
  const std::shared_ptr<void>& memory() const { return memory_; }

 private:
  friend class TextRows;
  struct Vector {
    const char* texts = nullptr;             // 16 bytes each
    const std::uint64_t* present = nullptr;  // a bit each; nothing: no nulls
  };
  std::vector<Vector> vectors_;
  std::size_t rows_ = 0;
  std::shared_ptr<void> memory_;
};

// The rows that a query gives, in order, some at a time. Not thread-safe, and not beside another of
// the same database, which has to outlive it.
class TextRows {
 public:
  struct State;
  explicit TextRows(std::unique_ptr<State> state);
  TextRows(TextRows&&) noexcept;
  TextRows& operator=(TextRows&&) noexcept;
  ~TextRows();

  // Nothing behind the last ones. Errors (bad_input): what DuckDB says, its first line.
  Result<std::optional<TextChunk>> next();

 private:
  std::unique_ptr<State> state_;
};

// A database in memory that may read one file and nothing else, neither from disk nor from the
// network. Not thread-safe; it works on as many threads as thread_limit() says.
class DuckDb {
 public:
  struct Interface;

  // `library` is the file of libduckdb.so; "" is the one that the system finds.
  // `readable`: the file. Errors (machine): no such library, with what to install; one that lacks
  // what is needed.
  static Result<std::unique_ptr<DuckDb>> open(const std::string& library,
                                              const std::string& readable);
  explicit DuckDb(std::shared_ptr<Interface> interface);
  ~DuckDb();
  DuckDb(const DuckDb&) = delete;
  DuckDb& operator=(const DuckDb&) = delete;

  // Runs a query whose columns are all texts.
  // Errors (bad_input): what DuckDB says, its first line.
  Result<TextRows> query(const std::string& sql);

 private:
  Status start(const std::string& readable);
  Status run(const std::string& sql);

  std::shared_ptr<Interface> c_;  // also of chunks that are still looked at
  void* database_ = nullptr;
  void* connection_ = nullptr;
};

// In SQL: 'it''s', "a ""column""".
std::string sql_text(std::string_view text);
std::string sql_name(std::string_view name);

}  // namespace tracehound::chains::transfers
