#include "chains/transfers/parquet.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

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
  table->absolute_ = absolute;
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
  TRY(read_wide_decimals());
  return ask(fmt::format("SELECT CAST(count(*) AS VARCHAR) FROM {}", source_),
             [&](const TextChunk& chunk) {
               auto rows = U256::from_text(chunk.cell(0, 0));
               rows_ = rows ? rows->low() : 0;
             });
}

// Decimals of more than 38 digits DuckDB gives as floating point numbers, which are not even near.
// The file's schema stands as a tree, depth first, and the table's columns are the root's children.
Status ParquetTable::read_wide_decimals() {
  constexpr std::uint64_t kMostExactDigits = 38;
  std::uint64_t inside = 0;  // elements to come that lie in the column begun last
  std::size_t column = 0;
  auto number = [](std::string_view text) { return U256::from_text(text).value_or(U256()).low(); };
  return ask(fmt::format("SELECT CAST(coalesce(num_children, 0) AS VARCHAR), "
                         "CAST(coalesce(\"precision\", 0) AS VARCHAR), CAST(\"scale\" AS VARCHAR) "
                         "FROM parquet_schema({})",
                         sql_text(absolute_)),
             [&, root = true](const TextChunk& chunk) mutable {
               for (std::size_t row = 0; row < chunk.rows(); ++row) {
                 std::uint64_t children = number(chunk.cell(0, row));
                 if (std::exchange(root, false)) continue;
                 if (inside > 0) {
                   inside += children - 1;
                 } else {
                   inside = children;
                   if (number(chunk.cell(1, row)) > kMostExactDigits && column < types_.size()) {
                     types_[column] =
                         fmt::format("DECIMAL({},{})", chunk.cell(1, row), chunk.cell(2, row));
                     wide_decimals_.push_back(column);
                   }
                   ++column;
                 }
               }
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
  for (std::size_t column : columns) {
    if (std::ranges::find(wide_decimals_, column) != wide_decimals_.end()) {
      return bad_input(fmt::format(
          "{}: column {} holds {}, and DuckDB reads decimals of at most 38 digits exactly; write "
          "it as text, or as 32 bytes",
          path_, columns_[column], types_[column]));
    }
    texts.push_back(text_of(column));
  }
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
