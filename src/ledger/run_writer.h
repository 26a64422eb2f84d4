// Making index runs: at each commit, those of the new row count that the old one did not have.
//
// A wanted run is a merge. Its sources are the old runs that share rows with it (sorted already,
// read front to back) and the rows no old run has, whose keys are asked for and sorted here. When
// the ledger goes back, an old run may be larger than the wanted one: its rows outside are passed
// over. So nothing that was sorted once is sorted again, and memory holds the new rows alone.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "base/file.h"
#include "base/ids.h"
#include "base/result.h"
#include "ledger/layout.h"
#include "ledger/schema.h"
#include "ledger/sorted_rows.h"

namespace tracehound::ledger {

struct IndexRows {
  std::uint64_t had;  // rows that the runs on disk cover
  std::uint64_t now;  // rows that they shall cover
  // The keys of the rows from `first` on.
  SortedRows::KeysOf keys_of;
  // The sum of these rows' values, wrapping; asked only of an index with sums.
  std::function<Amount(std::span<const std::uint64_t> rows)> sum_of;
};

// Writes, syncs and renames into place every missing run, several side by side; old ones stay. The
// caller makes the names
// durable (sync_folder) and drops the old runs once nobody needs them.
Status write_runs(FileSystem& files, const std::string& folder, const IndexSpec& spec,
                  const IndexRows& rows);

// Removes every run but those that a ledger of these rows has.
Status keep_runs(FileSystem& files, const std::string& folder, const Layout& wanted);

}  // namespace tracehound::ledger
