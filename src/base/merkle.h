// The merkle root of a block: what its header says of its transactions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/hash.h"

namespace tracehound {

struct MerkleRoot {
  Hash256 root;
  // Two equal neighbours were paired on some level: the list may have been lengthened by repeating
  // its tail, which leaves the root as it was (CVE-2012-2459).
  bool repeats = false;
};

// REQUIRES: at least one leaf. `level` is used up.
MerkleRoot merkle_root(std::vector<Hash256>& level, Hasher& hasher);

// All levels of a block's tree, for the branches of many of its leaves.
class MerkleTree {
 public:
  // REQUIRES: at least one leaf.
  MerkleTree(std::vector<Hash256> leaves, Hasher& hasher);
  // What a leaf's way to the root needs: on each level the hash beside it, from the leaves up.
  // REQUIRES: leaf is below the number of leaves.
  std::vector<Hash256> branch(std::size_t leaf) const;

 private:
  std::vector<std::vector<Hash256>> levels_;  // the leaves first; the root left out
};

// The root that a leaf and its branch lead to. Nothing where the branch is none: the position is
// past what so many levels hold, or a right-hand hash equals the one to its left, which stands for
// a leaf that was listed twice (CVE-2012-2459).
std::optional<Hash256> root_of_branch(const Hash256& leaf, std::uint64_t position,
                                      std::span<const Hash256> branch, Hasher& hasher);

}  // namespace tracehound
