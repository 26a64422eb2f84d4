#include "ledger/memory_run.h"

#include <algorithm>

#include "ledger/fences.h"

namespace tracehound::ledger {

Bytes packed_run(const IndexSpec& spec, std::vector<RunEntry> entries,
                 const std::function<Amount(std::uint64_t row)>& value_of) {
  std::ranges::sort(entries);
  Bytes bytes;
  bytes.reserve(run_bytes(spec, entries.size()));
  auto put_number = [&](std::uint64_t number, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) bytes.push_back(static_cast<Byte>(number >> (8 * i)));
  };
  for (const RunEntry& entry : entries) {
    put_number(entry.key, spec.key_width);
    put_number(entry.row, spec.row_width);
  }
  Amount sum = 0;
  for (std::size_t i = 0; spec.sums && i < entries.size(); ++i) {
    sum += value_of(entries[i].row);
    if ((i + 1) % kSumStep == 0) put_number(sum, width::kAmount);
  }
  FenceBuilder fences(spec, entries.size());
  for (const RunEntry& entry : entries) fences.add(entry.key);
  Bytes fence_rows = fences.bytes();
  bytes.insert(bytes.end(), fence_rows.begin(), fence_rows.end());
  return bytes;
}

}  // namespace tracehound::ledger
