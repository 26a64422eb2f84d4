#include "ledger/disk_use.h"

#include "ledger/keys.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

DiskUse disk_use(const Counts& counts) {
  DiskUse use;
  for (const ColumnSpec& spec : kColumns) {
    std::string_view table = spec.file.substr(0, spec.file.find('.'));
    std::uint64_t rows = rows_of(spec.column, counts);
    if (use.tables.empty() || use.tables.back().name != table) {
      use.tables.push_back({std::string(table), rows, 0, {}});
    }
    std::uint64_t bytes = rows * spec.width;
    use.tables.back().columns.push_back({std::string(spec.file), rows, bytes});
    use.tables.back().bytes += bytes;
    use.bytes += bytes;
  }
  for (const IndexSpec& spec : kIndexes) {
    DiskUse::Part index{std::string(spec.name), rows_of(spec.rows, counts)};
    for (const RowRange& range : run_ranges(index.rows)) {
      index.bytes += run_bytes(spec, range.size());
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
