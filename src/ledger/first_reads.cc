#include "ledger/first_reads.h"

#include <algorithm>

#include "base/will_need.h"

namespace tracehound::ledger {

FirstReads::FirstReads(ByteView bytes)
    : bytes_(bytes),
      asked_(std::make_unique<std::atomic<std::uint64_t>[]>(bytes.size() / (kPage * kBits) + 1)) {}

void FirstReads::ask_disk(std::uint64_t first, std::uint64_t last) const {
  for (std::uint64_t page = first; page <= last; ++page) {
    asked_[page / kBits].fetch_or(std::uint64_t{1} << (page % kBits), std::memory_order_relaxed);
  }
  std::uint64_t start = first * kPage;
  std::uint64_t end = std::min<std::uint64_t>((last + 1) * kPage, bytes_.size());
  will_need(bytes_.subspan(start, end - start));
}

}  // namespace tracehound::ledger
