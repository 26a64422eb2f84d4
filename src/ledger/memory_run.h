// Index runs and columns that lie in memory alone: for rows that no file of a ledger holds.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/ids.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

// Bytes of this process as a mapping.
class HeldBytes final : public Mapping {
 public:
  explicit HeldBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  ByteView bytes() const override { return bytes_; }

 private:
  Bytes bytes_;
};

struct RunEntry {
  std::uint64_t key;
  std::uint64_t row;
  friend auto operator<=>(const RunEntry&, const RunEntry&) = default;
};

// The bytes of a run of these entries, in any order. For an index with sums, `value_of` gives what
// they are of.
Bytes packed_run(const IndexSpec& spec, std::vector<RunEntry> entries,
                 const std::function<Amount(std::uint64_t row)>& value_of);

}  // namespace tracehound::ledger
