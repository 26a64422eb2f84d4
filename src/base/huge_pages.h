// Memory for large tables that are read at random places: in pages of 2 MB where the system has
// them, so that a look-up costs one cache miss and not a page-table walk as well.
#pragma once

#include <cstddef>
#include <vector>

namespace tracehound {

inline constexpr std::size_t kCacheLine = 64;

// `bytes` bytes from the beginning of a cache line on, in huge pages if it is worth it. Ends the
// program when there is no memory, as operator new does.
void* allocate_large(std::size_t bytes);
void free_large(void* memory, std::size_t bytes);

template <typename T>
struct HugePages {
  static_assert(alignof(T) <= kCacheLine);
  using value_type = T;
  HugePages() = default;
  template <typename Other>
  explicit HugePages(const HugePages<Other>&) {}
  T* allocate(std::size_t count) { return static_cast<T*>(allocate_large(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) { free_large(memory, count * sizeof(T)); }
  friend bool operator==(const HugePages&, const HugePages&) { return true; }
};

template <typename T>
using LargeVector = std::vector<T, HugePages<T>>;

}  // namespace tracehound
