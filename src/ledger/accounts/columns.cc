#include "ledger/accounts/columns.h"

#include "ledger/keys.h"

namespace tracehound::ledger::accounts {

std::string column_path(const std::string& folder, const ColumnSpec& spec) {
  return columns_folder(folder) + "/" + std::string(spec.file);
}

Columns::Columns(const std::string& folder) {
  for (const ColumnSpec& spec : kColumns) {
    files_.emplace_back(spec.width, column_path(folder, spec));
  }
}

Status Columns::open(FileSystem& files, const Counts& committed) {
  std::vector<std::unique_ptr<Mapping>> maps;
  for (const ColumnSpec& spec : kColumns) {
    TRY_ASSIGN(auto map, (*this)[spec.column].map(files, rows_of(spec.column, committed)));
    maps.push_back(std::move(map));
  }
  for (const ColumnSpec& spec : kColumns) {
    auto& map = maps[static_cast<std::size_t>(spec.column)];
    (*this)[spec.column].use(std::move(map), rows_of(spec.column, committed));
  }
  return {};
}

void Columns::seal() {
  for (ColumnFile& file : files_) file.seal();
}

void Columns::drop_uncommitted() {
  for (ColumnFile& file : files_) file.drop_uncommitted();
}

Status Columns::flush(FileSystem& files) const {
  for (const ColumnFile& file : files_) TRY(file.flush(files));
  return {};
}

ByteView Columns::text(Column ends, Column texts, std::uint64_t row) const {
  const ColumnFile& end_column = (*this)[ends];
  std::uint64_t start = row == 0 ? 0 : end_column.get<Uint40>(row - 1).number();
  std::uint64_t end = end_column.get<Uint40>(row).number();
  CHECK_LEDGER(start <= end);
  if (start == end) return {};
  return (*this)[texts].bytes(start, end - start);
}

}  // namespace tracehound::ledger::accounts
