#include "clusters/union_find.h"

#include <algorithm>

namespace tracehound::clusters {

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
