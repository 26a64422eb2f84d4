// The merkle root of a block: what its header says of its transactions.
#pragma once

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

}  // namespace tracehound
