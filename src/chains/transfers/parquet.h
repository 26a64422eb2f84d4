// A Parquet file as a table of texts, each cell as CSV would have it: bytes as 0x and hexadecimal
// digits, times as seconds since 1970, numbers in decimal digits, nulls as nothing. So whatever
// reads CSV reads Parquet, and the same rows make the same ledger.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "chains/transfers/duckdb.h"

namespace tracehound::chains::transfers {

class ParquetTable;

// Whether the name ends in .parquet (or .parq, .pq).
bool is_parquet_name(std::string_view path);

// Rows of a table, some at a time. The table has to outlive it.
class ParquetRows {
 public:
  // Nothing behind the last ones. Errors (bad_input, naming the file): damaged.
  Result<std::optional<TextChunk>> next();

 private:
  friend class ParquetTable;
  ParquetRows(const ParquetTable& table, TextRows rows) : table_(&table), rows_(std::move(rows)) {}

  const ParquetTable* table_;
  TextRows rows_;
  std::uint64_t given_ = 0;
};

class ParquetTable {
 public:
  // `library`: see DuckDb::open. Errors: cannot be read; no Parquet; no DuckDB.
  static Result<std::unique_ptr<ParquetTable>> open(FileSystem& files, const std::string& path,
                                                    const std::string& library);

  // Knows no columns yet: open() gives one that does.
  ParquetTable(std::string path, std::uint64_t bytes) : path_(std::move(path)), bytes_(bytes) {}

  std::span<const std::string> columns() const { return columns_; }
  // Whether a column's cells are lists or structures: they come as JSON, lists of bytes as [0x...].
  bool is_nested(std::size_t column) const;
  // As DuckDB calls it; decimals that it does not read exactly as their file does.
  const std::string& type(std::size_t column) const { return types_[column]; }
  std::uint64_t rows() const { return rows_; }
  // Of the file.
  std::uint64_t bytes() const { return bytes_; }
  const std::string& path() const { return path_; }

  // All rows in the file's order; a chunk's columns are those asked for.
  // Errors (bad_input, naming the file): damaged; a column of decimals that DuckDB would round.
  Result<ParquetRows> read(std::span<const std::size_t> columns) const;

 private:
  friend class ParquetRows;
  Status read_schema();
  Status read_wide_decimals();
  Status ask(const std::string& sql, const std::function<void(const TextChunk&)>& take) const;
  std::string text_of(std::size_t column) const;
  std::unexpected<Error> unreadable(const Error& error) const;

  std::string path_;
  std::uint64_t bytes_;
  std::unique_ptr<DuckDb> database_;
  std::string absolute_;
  std::string source_;  // the file, in SQL
  std::vector<std::string> columns_;
  std::vector<std::string> types_;
  std::vector<std::size_t> wide_decimals_;  // columns
  std::uint64_t rows_ = 0;
};

}  // namespace tracehound::chains::transfers
