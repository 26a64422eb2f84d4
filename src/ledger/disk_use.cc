#include "ledger/disk_use.h"

#include "ledger/keys.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

DiskUse disk_use(const Layout& files) {
  DiskUse use;
  for (const Layout::Column& column : files.columns) {
    std::string_view table = column.file.substr(0, column.file.find('.'));
    if (use.tables.empty() || use.tables.back().name != table) {
      use.tables.push_back({std::string(table), column.rows, 0, {}});
    }
    use.tables.back().columns.push_back({std::string(column.file), column.rows, column.bytes()});
    use.tables.back().bytes += column.bytes();
    use.bytes += column.bytes();
  }
  for (const auto& [spec, rows] : files.indexes) {
    DiskUse::Part index{std::string(spec->name), rows};
    for (const RowRange& range : run_ranges(rows)) {
      index.bytes += run_bytes(*spec, range.size());
      ++index.runs;
    }
    use.index_bytes += index.bytes;
    use.bytes += index.bytes;
    use.indexes.push_back(std::move(index));
  }
  return use;
}

Result<std::uint64_t> bytes_on_disk(FileSystem& files, const std::string& folder) {
  std::uint64_t bytes = 0;
  for (const std::string& part : {columns_folder(folder), runs_folder(folder)}) {
    TRY_ASSIGN(auto names, files.list(part));
    for (const std::string& name : names) {
      TRY_ASSIGN(auto map, files.map(part + "/" + name));
      bytes += map->bytes().size();
    }
  }
  return bytes;
}

}  // namespace tracehound::ledger
