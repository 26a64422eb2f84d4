// Memory for the run lists of waiting coins that have more than one run.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/huge_pages.h"
#include "trace/runs.h"

namespace tracehound::trace {

// Hands out slots whose sizes are powers of two from one block of memory and reuses the slots of
// lists taken away, so that it grows with the runs waiting at one time, not with the trace.
class RunStore {
 public:
  // Copies the runs in; their slot stays until remove(). May move what view() has shown.
  // REQUIRES: at least one run, which do not lie in this store.
  std::uint64_t add(RunView runs);
  // A slot for `count` runs, to be written where room() shows. REQUIRES: count is not 0.
  std::uint64_t take(std::size_t count);
  Run* room(std::uint64_t slot) { return runs_.data() + slot; }
  RunView view(std::uint64_t slot, std::uint32_t count) const {
    return RunView(runs_).subspan(slot, count);
  }
  // `count` as when it was added. The runs stay readable until the next add().
  void remove(std::uint64_t slot, std::uint32_t count);
  std::size_t capacity() const { return runs_.size(); }

 private:
  LargeVector<Run> runs_;                            // read at random places
  std::array<std::vector<std::uint64_t>, 33> free_;  // slots by the logarithm of their size
};

}  // namespace tracehound::trace
