// Opening a ledger's files to read, whatever its rows mean.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "ledger/layout.h"
#include "ledger/runs.h"
#include "ledger/side_files.h"

namespace tracehound::ledger {

// In the order of the layout.
struct SnapshotFiles {
  std::vector<std::unique_ptr<Mapping>> columns;  // each as long as the layout says, or longer
  std::vector<std::unique_ptr<RunIndex>> indexes;
};
// Errors (machine): a file is missing or shorter than the layout says.
Result<SnapshotFiles> open_files(FileSystem& files, const std::string& folder,
                                 const Layout& layout);

// What a reader holds besides.
struct Reading {
  std::unique_ptr<Lock> lock;
  std::uint64_t rewinds = 0;
};

// Opens what the manifest names: `read` gives it, `open` the snapshot of it. A writer that commits
// between the two takes the old runs away: then the manifest has changed, and the new one is read.
template <typename Read, typename Open>
auto open_settled(FileSystem& files, const std::string& folder, Reading& reading, Read read,
                  Open open) -> decltype(open(*read())) {
  TRY_ASSIGN(reading.lock, hold_for_reading(files, folder));
  for (;;) {
    TRY_ASSIGN(reading.rewinds, read_rewinds(files, folder));
    TRY_ASSIGN(auto manifest, read());
    auto snapshot = open(manifest);
    TRY_ASSIGN(auto now, read());
    if (now == manifest) return snapshot;
  }
}

// The last row in [0, rows) whose field is at most `value`. Fields ascend; field_at(0) <= value.
template <typename FieldAt>
std::uint64_t last_at_most(std::uint64_t rows, std::uint64_t value, FieldAt field_at) {
  std::uint64_t low = 0;
  std::uint64_t high = rows;
  while (high - low > 1) {
    std::uint64_t middle = low + (high - low) / 2;
    (field_at(middle) <= value ? low : high) = middle;
  }
  return low;
}

}  // namespace tracehound::ledger
