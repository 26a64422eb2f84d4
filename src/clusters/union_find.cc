#include "clusters/union_find.h"

#include <algorithm>

namespace tracehound::clusters {

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
