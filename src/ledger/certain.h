// Reading that is certain of its rows, beside a writer that may take some back.
#pragma once

#include <fmt/format.h>

#include <string>
#include <type_traits>

#include "base/file.h"
#include "base/result.h"
#include "ledger/ledger.h"

namespace tracehound::ledger {

inline constexpr int kSnapshotTries = 5;

// What work(snapshot) gives, a Result. open() gives a Result of a snapshot: anything with a Ledger
// called `ledger`. Where committed rows were taken back during the work, what it gave is thrown
// away, a failure too, and it works again on a new snapshot. So `work` only finds out; what others
// see comes after.
// Errors: open's; the work's; rows were taken back every time.
template <typename Open, typename Work>
auto read_certain(FileSystem& files, Open open, Work work)
    -> std::invoke_result_t<Work, typename std::invoke_result_t<Open>::value_type&> {
  std::string folder;
  for (int tries = 0; tries < kSnapshotTries; ++tries) {
    TRY_ASSIGN(auto snapshot, open());
    auto found = work(snapshot);
    TRY_ASSIGN(bool holds, snapshot.ledger.still_holds(files));
    if (holds) return found;
    folder = snapshot.ledger.folder();
  }
  return machine_error(
      fmt::format("another process takes blocks back from the ledger in {} faster than they can be "
                  "read; run the command again when it is done",
                  folder));
}

}  // namespace tracehound::ledger
