#include "ledger/snapshot.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "ledger/keys.h"

namespace tracehound::ledger {

Result<SnapshotFiles> open_files(FileSystem& files, const std::string& folder,
                                 const Layout& layout) {
  SnapshotFiles opened;
  for (const Layout::Column& column : layout.columns) {
    std::string path = column_path(folder, column.file);
    TRY_ASSIGN(auto map, files.map(path));
    if (map->bytes().size() < column.bytes()) {
      return machine_error(
          fmt::format("{} has {} where the manifest says {}; restore the ledger from a copy "
                      "or ingest again",
                      path, plural(map->bytes().size(), "byte"), column.bytes()));
    }
    opened.columns.push_back(std::move(map));
  }
  for (const auto& [spec, rows] : layout.indexes) {
    TRY_ASSIGN(auto index, RunIndex::open(files, folder, *spec, rows));
    opened.indexes.push_back(std::move(index));
  }
  return opened;
}

}  // namespace tracehound::ledger
