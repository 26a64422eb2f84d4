#include "base/huge_pages.h"

#include <sys/mman.h>

#include <new>

namespace tracehound {

namespace {

constexpr std::size_t kHugePage = std::size_t{1} << 21;
// Below this a table fits the page-table cache anyway.
constexpr std::size_t kWorthIt = 2 * kHugePage;

}  // namespace

void* allocate_large(std::size_t bytes) {
  if (bytes < kWorthIt) return ::operator new(bytes);
  void* memory = ::operator new(bytes, std::align_val_t{kHugePage});
  // Where the system has none to give, the memory is as good as any other.
  static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));
  return memory;
}

void free_large(void* memory, std::size_t bytes) {
  if (bytes < kWorthIt) {
    ::operator delete(memory);
  } else {
    ::operator delete(memory, std::align_val_t{kHugePage});
  }
}

}  // namespace tracehound
