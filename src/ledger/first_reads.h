// Look-ups in few round trips to the disk.
//
// A page of a mapped file that is not in memory is loaded when it is touched, and who touches it
// waits: 0.1 ms each, one after the other. A look-up that knows which pages it is going to touch
// asks for all of them first; they are loaded side by side, and the wait is about that for one.
// Asking costs a system call, so a page is asked for once in the life of a mapping, and a bit
// remembers it (a 32768th of the file). A page that the system drops later is loaded by the touch,
// as it would be without this. No answer depends on any of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/bytes.h"

namespace tracehound::ledger {

// Thread-safe. Movable.
class FirstReads {
 public:
  FirstReads() = default;
  // REQUIRES: the bytes, those of a mapping, outlive it.
  explicit FirstReads(ByteView bytes);

  // `size` bytes from `offset` on will be read. REQUIRES: size > 0, and they are there.
  void ask(std::uint64_t offset, std::uint64_t size) const {
    std::uint64_t last = (offset + size - 1) / kPage;
    for (std::uint64_t page = offset / kPage; page <= last; ++page) {
      if (!asked(page)) return ask_disk(page, last);
    }
  }

 private:
  static constexpr std::uint64_t kPage = 4096;
  static constexpr std::uint64_t kBits = 64;

  bool asked(std::uint64_t page) const {
    return asked_[page / kBits].load(std::memory_order_relaxed) >> (page % kBits) & 1;
  }
  void ask_disk(std::uint64_t first, std::uint64_t last) const;

  ByteView bytes_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> asked_;
};

}  // namespace tracehound::ledger
