#include "base/huge_pages.h"

#include <sys/mman.h>

#include <memory_resource>

namespace tracehound {

namespace {

constexpr std::size_t kHugePage = std::size_t{1} << 21;
// Below this a table fits the page-table cache anyway.
constexpr std::size_t kWorthIt = 2 * kHugePage;
constexpr std::size_t kSmall = kCacheLine;

}  // namespace

void* allocate_large(std::size_t bytes) {
  bool large = bytes >= kWorthIt;
  void* memory = std::pmr::new_delete_resource()->allocate(bytes, large ? kHugePage : kSmall);
  // Where the system has no huge pages to give, the memory is as good as any other.
  if (large) static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));
  return memory;
}

void free_large(void* memory, std::size_t bytes) {
  bool large = bytes >= kWorthIt;
  std::pmr::new_delete_resource()->deallocate(memory, bytes, large ? kHugePage : kSmall);
}

}  // namespace tracehound
