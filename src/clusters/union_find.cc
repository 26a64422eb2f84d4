#include "clusters/union_find.h"

#include <algorithm>

#include "base/check.h"
#include "base/parallel.h"

namespace tracehound::clusters {

// From all threads: what takes the time is that the system gives the memory.
UnionFind::UnionFind(std::span<const std::uint32_t> roots, std::uint64_t count) {
  CHECK(roots.size() <= count);
  parent_ = {reinterpret_cast<std::uint32_t*>(memory_.extend(count * sizeof(std::uint32_t))),
             static_cast<std::size_t>(count)};
  constexpr std::size_t kPart = std::size_t{1} << 19;  // 2 MB, a huge page
  parallel_for((parent_.size() + kPart - 1) / kPart, [&](std::size_t part) {
    std::size_t end = std::min(parent_.size(), (part + 1) * kPart);
    for (std::size_t i = part * kPart; i < end; ++i) {
      parent_[i] = i < roots.size() ? roots[i] : static_cast<std::uint32_t>(i);
    }
  });
}

std::span<const std::uint32_t> UnionFind::flatten() {
  constexpr std::size_t kAhead =
      32;  // so many numbers before it is read, a name's own is asked for
  for (std::size_t i = 0; i < parent_.size(); ++i) {
    if (i + kAhead < parent_.size()) prefetch(parent_[i + kAhead]);
    // Names are smaller than those that give them, so the named one is done already.
    parent_[i] = parent_[parent_[i]];
  }
  return parent_;
}

std::uint32_t SparseUnionFind::halve(std::uint32_t number) {
  std::uint32_t root = find(number);
  while (number != root) {
    std::uint32_t& parent = parent_.at(number);
    number = parent;
    parent = root;
  }
  return root;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> SparseUnionFind::sets() const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> all;
  all.reserve(parent_.size());
  for (const auto& [number, parent] : parent_) all.emplace_back(find(parent), number);
  std::ranges::sort(all);
  return all;
}

}  // namespace tracehound::clusters
