#include "ledger/accounts/commit.h"

#include <algorithm>
#include <array>

#include "base/parallel.h"
#include "ledger/accounts/index_keys.h"
#include "ledger/commit.h"
#include "ledger/run_writer.h"
#include "ledger/runs.h"

namespace tracehound::ledger::accounts {

namespace {

struct WrittenRows {
  const Columns& columns;
  ByteView bytes(Column column, std::uint64_t row) const { return columns[column].bytes(row); }
  ByteView text(Column ends, Column texts, std::uint64_t row) const {
    return columns.text(ends, texts, row);
  }
};

}  // namespace

Status write_commit(FileSystem& files, const std::string& folder, const Columns& columns,
                    const Counts& before, const Manifest& after,
                    std::span<const std::uint64_t> tx_keys) {
  // Nobody reads any of it before the manifest names it, so the order does not matter: while rows
  // are on their way to the disk, the indexes are sorted.
  Status flushed;
  Status indexed;
  {
    Background flushing([&] { flushed = columns.flush(files); });
    indexed = write_indexes(files, folder, columns, before, after.counts, tx_keys);
  }
  TRY(flushed);
  TRY(indexed);
  return publish(files, folder, before.blocks == 0, manifest_text(after));
}

Status write_indexes(FileSystem& files, const std::string& folder, const Columns& columns,
                     const Counts& had, const Counts& now, std::span<const std::uint64_t> tx_keys) {
  WrittenRows rows{columns};
  std::array<Status, kIndexCount> written;
  parallel_for(kIndexCount, [&](std::size_t i) {
    const IndexSpec& spec = kIndexes[i];
    auto keys_of = [&](std::uint64_t first, std::span<std::uint64_t> keys) {
      if (spec.index == Index::transaction && !tx_keys.empty()) {
        std::ranges::copy(tx_keys.subspan(first - had.transactions, keys.size()), keys.begin());
        return;
      }
      for (std::uint64_t& key : keys) key = index_key(rows, spec.index, first++);
    };
    written[i] = write_runs(files, folder, spec.shape,
                            {.had = rows_of(spec.index, had),
                             .now = rows_of(spec.index, now),
                             .keys_of = keys_of,
                             .sum_of = {}});
  });
  for (const Status& status : written) TRY(status);
  return files.sync_folder(runs_folder(folder));
}

}  // namespace tracehound::ledger::accounts
