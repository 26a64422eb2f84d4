#include "ledger/fences.h"

#include <utility>

namespace tracehound::ledger {

// The last key is known when it comes: until then slices are as narrow as they can be, and two
// become one whenever there are too many.
void FenceBuilder::fold() {
  ++slicing_.shift;
  for (std::uint64_t i = 0; i < used_; ++i) {
    std::uint32_t count = std::exchange(counts_[i], 0);
    counts_[i / 2] += count;
  }
  used_ = (used_ + 1) / 2;
}

Bytes FenceBuilder::bytes() const {
  Bytes bytes((uniform_ ? 0 : kFenceHeader) +
              (counts_.size() + signatures_.size()) * sizeof(std::uint32_t));
  Byte* at = bytes.data();
  if (!uniform_) {
    store_le(at, slicing_.first_key);
    store_le(at + sizeof slicing_.first_key, slicing_.shift);
    at += kFenceHeader;
  }
  std::uint32_t before = 0;
  auto put = [&at](std::uint32_t number) {
    store_le(at, number);
    at += sizeof number;
  };
  for (std::size_t slice = 0; slice < counts_.size(); ++slice) {
    put(before);
    if (uniform_) put(signatures_[slice]);
    before += counts_[slice];
  }
  return bytes;
}

}  // namespace tracehound::ledger
