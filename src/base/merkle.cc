#include "base/merkle.h"

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

}  // namespace tracehound
