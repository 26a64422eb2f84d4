#include "chains/transfers/parquet.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/u256.h"

namespace tracehound::chains::transfers {

bool is_parquet_name(std::string_view path) {
  return path.ends_with(".parquet") || path.ends_with(".parq") || path.ends_with(".pq");
}

Result<std::unique_ptr<ParquetTable>> ParquetTable::open(FileSystem& files, const std::string& path,
                                                         const std::string& library) {
  constexpr std::string_view kMark = "PAR1";
  auto map = files.map(path);
  if (!map) return bad_input(map.error().message);
  std::string_view text(reinterpret_cast<const char*>((*map)->bytes().data()),
                        (*map)->bytes().size());
  if (!text.starts_with(kMark)) {
    return bad_input(fmt::format("{} is no Parquet file: it does not begin with PAR1", path));
  }
  if (text.size() < 3 * kMark.size() || !text.ends_with(kMark)) {
    return bad_input(fmt::format(
        "{} does not end as a Parquet file does: it was cut short; get it again", path));
  }
  if (path.find_first_of("*?[") != std::string::npos) {
    return bad_input(
        fmt::format("{}: DuckDB takes a name with *, ? or [ for a pattern; rename the file", path));
  }
  auto table = std::make_unique<ParquetTable>(path, text.size());
  std::string absolute = std::filesystem::absolute(path).string();
  table->source_ = fmt::format("read_parquet({}, hive_partitioning = false)", sql_text(absolute));
  TRY_ASSIGN(table->database_, DuckDb::open(library, absolute));
  TRY(table->read_schema());
  return table;
}

Status ParquetTable::ask(const std::string& sql,
                         const std::function<void(const TextChunk&)>& take) const {
  auto rows = database_->query(sql);
  if (!rows) return unreadable(rows.error());
  for (;;) {
    auto chunk = rows->next();
    if (!chunk) return unreadable(chunk.error());
    if (!*chunk) return {};
    take(**chunk);
  }
}

Status ParquetTable::read_schema() {
  TRY(ask(fmt::format("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {})", source_),
          [&](const TextChunk& chunk) {
            for (std::size_t row = 0; row < chunk.rows(); ++row) {
              columns_.emplace_back(chunk.cell(0, row));
              types_.emplace_back(chunk.cell(1, row));
            }
          }));
  return ask(fmt::format("SELECT CAST(count(*) AS VARCHAR) FROM {}", source_),
             [&](const TextChunk& chunk) {
               auto rows = U256::from_text(chunk.cell(0, 0));
               rows_ = rows ? rows->low() : 0;
             });
}

std::unexpected<Error> ParquetTable::unreadable(const Error& error) const {
  return fail(error.kind,
              fmt::format("{} cannot be read as Parquet; DuckDB says: {}", path_, error.message));
}

bool ParquetTable::is_nested(std::size_t column) const {
  const std::string& type = types_[column];
  return type.ends_with(']') || type.starts_with("STRUCT(") || type.starts_with("MAP(");
}

std::string ParquetTable::text_of(std::size_t column) const {
  std::string name = sql_name(columns_[column]);
  const std::string& type = types_[column];
  if (type == "VARCHAR") return name;
  if (type == "BLOB") {
    return fmt::format("CASE WHEN octet_length({0}) > 0 THEN '0x' || lower(hex({0})) END", name);
  }
  if (type == "BLOB[]") {
    return fmt::format("CAST(['0x' || lower(hex(x)) FOR x IN {}] AS VARCHAR)", name);
  }
  if (is_nested(column)) return fmt::format("CAST(to_json({}) AS VARCHAR)", name);
  if (type.starts_with("TIMESTAMP") || type == "DATE") {
    return fmt::format("CAST(epoch_us(CAST({} AS TIMESTAMP)) // 1000000 AS VARCHAR)", name);
  }
  return fmt::format("CAST({} AS VARCHAR)", name);
}

Result<ParquetRows> ParquetTable::read(std::span<const std::size_t> columns) const {
  std::vector<std::string> texts;
  for (std::size_t column : columns) texts.push_back(text_of(column));
  auto rows = database_->query(fmt::format("SELECT {} FROM {}", fmt::join(texts, ", "), source_));
  if (!rows) return unreadable(rows.error());
  return ParquetRows(*this, std::move(*rows));
}

Result<std::optional<TextChunk>> ParquetRows::next() {
  auto chunk = rows_.next();
  if (!chunk) return table_->unreadable(chunk.error());
  if (*chunk) {
    given_ += (*chunk)->rows();
  } else if (given_ != table_->rows()) {
    return bad_input(fmt::format("{} is damaged: it says that it has {} rows, and {} can be read",
                                 table_->path(), table_->rows(), given_));
  }
  return chunk;
}

}  // namespace tracehound::chains::transfers
