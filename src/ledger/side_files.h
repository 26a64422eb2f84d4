// The small files beside the manifest by which processes know of one another. None is part of the
// ledger: a copy without them is whole.
//
//   lock      held by the one writer; its process id while it runs
//   writing   there from a writer's first change until it ends well: after a kill, the next writer
//             looks for what the killed one left
//   readers   held by every reader for as long as it has columns mapped; files are cut shorter only
//             while nobody holds it
//   rewinds   how often rows that were committed have been taken back: a reader that finds the
//             number it began with has seen no row of two different chains
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "ledger/layout.h"

namespace tracehound::ledger {

// The writer's side.
class SideFiles {
 public:
  SideFiles(FileSystem& files, const std::string& folder) : files_(files), folder_(folder) {}

  // Whether the last writer was killed, or could not clear up after a failure; and for a copy made
  // without side files, of which nobody knows.
  bool was_interrupted() const;
  // Before the first change to any file of the ledger.
  Status mark_writing();
  // When the writer ends and everything on disk is as committed.
  void clear_mark();

  // After the manifest went back, before any row is written over.
  Status count_rewind();

  // Cuts what lies behind the committed rows, unless a reader might have it mapped.
  Status cut_columns(const Layout& committed);

 private:
  FileSystem& files_;
  std::string folder_;
  bool marked_ = false;
};

// The reader's side: held as long as columns are mapped. Nothing where the ledger lies on a medium
// that cannot be locked, which no writer writes either.
Result<std::unique_ptr<Lock>> hold_for_reading(FileSystem& files, const std::string& folder);
// 0 where there is no such file.
Result<std::uint64_t> read_rewinds(FileSystem& files, const std::string& folder);

}  // namespace tracehound::ledger
