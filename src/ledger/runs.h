// Indexes as immutable sorted runs.
//
// A run is one file: the (key, row) entries of a range of rows, packed, sorted by key and then by
// row. A look-up asks every run of the index; since runs cover ascending ranges, the rows come out
// ascending. Which ranges there are depends on the row count alone (run_ranges), so that a chain
// taken in at one go and in ten pieces ends in the same files; a range once full is never written
// again, the last one is rewritten at each commit and has at most 2^16 rows, or merges upward when
// full. With n rows there are at most 7 runs a tier, so about 7 log8(n / 2^16) + 1 in all.
//
// Two rows may share a key (64 bits of a hash, on purpose or by accident): callers compare the row
// itself. Keys made to collide cost time, never a wrong answer.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

struct RowRange {
  std::uint64_t first;
  std::uint64_t end;
  friend auto operator<=>(const RowRange&, const RowRange&) = default;
};

// The ranges that `rows` rows are split into.
std::vector<RowRange> run_ranges(std::uint64_t rows);

// "txid.0-65536": its file name under runs/.
std::string run_name(const IndexSpec& spec, const RowRange& range);
std::string runs_folder(const std::string& folder);
const IndexSpec& spec_of(Index index);

// Writes and syncs one run. `key_of` gives a row's key.
Status write_run(FileSystem& files, const std::string& folder, const IndexSpec& spec,
                 const RowRange& range, const std::function<std::uint64_t(std::uint64_t)>& key_of);

// The runs of one index over `rows` rows, open for look-ups. Thread-safe.
class RunIndex {
 public:
  // Errors: a run is missing or has the wrong length.
  static Result<std::unique_ptr<RunIndex>> open(FileSystem& files, const std::string& folder,
                                                const IndexSpec& spec, std::uint64_t rows);
  // The rows with that key, ascending.
  std::vector<std::uint64_t> find(std::uint64_t key) const;

  struct Run {
    RowRange range;
    std::unique_ptr<Mapping> map;
  };
  const std::vector<Run>& runs() const { return runs_; }
  const IndexSpec& spec() const { return *spec_; }
  std::uint64_t key_at(const Run& run, std::uint64_t entry) const;
  std::uint64_t row_at(const Run& run, std::uint64_t entry) const;

 private:
  const IndexSpec* spec_ = nullptr;
  std::vector<Run> runs_;
};

}  // namespace tracehound::ledger
