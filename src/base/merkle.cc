#include "base/merkle.h"

#include <array>
#include <utility>

#include "base/check.h"

namespace tracehound {

MerkleRoot merkle_root(std::vector<Hash256>& level, Hasher& hasher) {
  CHECK(!level.empty());
  bool repeats = false;
  while (level.size() > 1) {
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) repeats |= level[i] == level[i + 1];
    if (level.size() % 2 != 0) level.push_back(level.back());
    hasher.sha256d_neighbours(level);
    level.resize(level.size() / 2);
  }
  return {level.front(), repeats};
}

MerkleTree::MerkleTree(std::vector<Hash256> leaves, Hasher& hasher) {
  CHECK(!leaves.empty());
  for (std::vector<Hash256> level = std::move(leaves); level.size() > 1;) {
    if (level.size() % 2 != 0) level.push_back(level.back());
    levels_.push_back(level);
    hasher.sha256d_neighbours(level);
    level.resize(level.size() / 2);
  }
}

std::vector<Hash256> MerkleTree::branch(std::size_t leaf) const {
  std::vector<Hash256> branch;
  for (const std::vector<Hash256>& level : levels_) {
    CHECK(leaf < level.size());
    branch.push_back(level[leaf ^ 1]);
    leaf /= 2;
  }
  return branch;
}

std::optional<Hash256> root_of_branch(const Hash256& leaf, std::uint64_t position,
                                      std::span<const Hash256> branch, Hasher& hasher) {
  std::array<Hash256, 2> pair{leaf, leaf};
  for (const Hash256& beside : branch) {
    bool right = position % 2 != 0;
    if (right && beside == pair[0]) return std::nullopt;
    pair = right ? std::array{beside, pair[0]} : std::array{pair[0], beside};
    hasher.sha256d_neighbours(pair);
    position /= 2;
  }
  if (position != 0) return std::nullopt;
  return pair[0];
}

}  // namespace tracehound
