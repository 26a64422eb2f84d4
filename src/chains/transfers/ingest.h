// A list of transfers into an account ledger: the rows are put in order by block, then by
// transaction as the list first names it, then by position. A list that is in order already streams
// through; another is read whole.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "chains/transfers/rows.h"
#include "ledger/accounts/writer.h"

namespace tracehound::chains::transfers {

// Rows of a list, batch by batch. What the batches point into lives as long as the source.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // take(batch) for each, in the order of the list, until it gives false; before that
  // beside(batch), of several batches at once. Lines are counted from 1.
  // May be asked again. Errors (bad_input): a row that cannot be read, with file and line.
  virtual Status each(const std::function<void(RowBatch&)>& beside,
                      const std::function<bool(RowBatch&&)>& take) = 0;
  // Takes back a batch that is done with: the next one is read into its memory. Any thread may.
  void give_back(RowBatch&& batch);
  virtual std::uint64_t bytes() const = 0;
  virtual const std::string& name() const = 0;
  // What its rows are counted in, for errors.
  virtual std::string_view counted_in() const { return "line"; }

 protected:
  // An empty one.
  RowBatch unused_batch();

 private:
  std::mutex unused_mutex_;
  std::vector<RowBatch> unused_;
};

// It is read in pieces of about that size, which show in nothing but speed.
// Errors: cannot be read; no heading; the map's columns are not there.
Result<std::unique_ptr<RowSource>> open_csv(FileSystem& files, const std::string& path,
                                            const TransferMap& map,
                                            std::size_t piece_bytes = std::size_t{1} << 18);
// `library`: see DuckDb::open. Errors: besides, no DuckDB; a column of the map that is nested.
Result<std::unique_ptr<RowSource>> open_parquet(FileSystem& files, const std::string& path,
                                                const std::string& library, const TransferMap& map);

struct IngestReport {
  std::uint64_t rows = 0;
  std::uint64_t blocks = 0;
  std::uint64_t transactions = 0;
  std::uint64_t transfers = 0;
  Remarks remarks;
  bool sorted = false;              // the list was not in order
  ledger::accounts::Counts counts;  // of the ledger now
};

struct IngestOptions {
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
  std::uint64_t commit_rows = std::uint64_t{1} << 19;
};

// Labels that a list gives accounts: told once for each (account, label), in the list's order.
using OnLabel = std::function<void(std::string_view account, std::string_view label)>;

// Called when all of the list is taken in and told, before it counts. Its failure is the ingest's.
using BeforeCommit = std::function<Status()>;

// Adds the list behind what the ledger has, or makes the ledger. After a failure the ledger is as
// it was. Errors: the source's; two rows of one transaction and position that differ (with both
// lines); a transaction in two blocks; a row at or before the ledger's last block; the ledger's.
Result<IngestReport> ingest_transfers(FileSystem& files, const std::string& folder,
                                      const TransferMap& map, RowSource& source,
                                      const IngestOptions& options, const OnLabel& on_label = {},
                                      const BeforeCommit& before_commit = {});

}  // namespace tracehound::chains::transfers
