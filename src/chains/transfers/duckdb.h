// DuckDB, opened at run time where it is installed: the one reader of Parquet that keeps up with
// its writers. Of its C interface only what is used here is declared, by hand
// (docs/decisions/0082).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tracehound::chains::transfers {

// A few thousand rows of texts. Valid while it is being handed over.
class TextChunk {
 public:
  std::size_t rows() const { return rows_; }
  // "" where the cell is null. REQUIRES: column and row are there.
  std::string_view cell(std::size_t column, std::size_t row) const;

 private:
  friend class DuckDb;
  struct Vector {
    const char* texts = nullptr;             // 16 bytes each
    const std::uint64_t* present = nullptr;  // a bit each; nothing: no nulls
  };
  std::vector<Vector> vectors_;
  std::size_t rows_ = 0;
};

// A database in memory that may read one file and nothing else, neither from disk nor from the
// network. Not thread-safe; it works on as many threads as thread_limit() says.
class DuckDb {
  struct Interface;

 public:
  // `library` is the file of libduckdb.so; "" is the one that the system finds.
  // `readable`: the file. Errors (machine): no such library, with what to install; one that lacks
  // what is needed.
  static Result<std::unique_ptr<DuckDb>> open(const std::string& library,
                                              const std::string& readable);
  explicit DuckDb(std::unique_ptr<Interface> interface);
  ~DuckDb();
  DuckDb(const DuckDb&) = delete;
  DuckDb& operator=(const DuckDb&) = delete;

  // Runs a query whose columns are all texts and hands over its rows in order, until take() gives
  // false. Errors (bad_input): what DuckDB says, its first line.
  Status each(const std::string& sql, const std::function<bool(const TextChunk&)>& take);

 private:
  Status start(const std::string& readable);
  Status run(const std::string& sql);

  std::unique_ptr<Interface> c_;
  void* database_ = nullptr;
  void* connection_ = nullptr;
};

// In SQL: 'it''s', "a ""column""".
std::string sql_text(std::string_view text);
std::string sql_name(std::string_view name);

}  // namespace tracehound::chains::transfers
