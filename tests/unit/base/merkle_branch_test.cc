#include <gtest/gtest.h>

#include "base/merkle.h"

namespace tracehound {
namespace {

std::vector<Hash256> leaves(std::size_t count) {
  std::vector<Hash256> made;
  for (std::size_t i = 0; i < count; ++i) {
    Bytes bytes = {static_cast<Byte>(i), static_cast<Byte>(count)};
    made.push_back(thread_hasher().sha256d(bytes));
  }
  return made;
}

TEST(MerkleBranch, each_leaf_of_blocks_of_any_size__leads_to_the_root) {
  for (std::size_t count = 1; count <= 40; ++count) {
    auto all = leaves(count);
    auto level = all;
    Hash256 root = merkle_root(level, thread_hasher()).root;
    MerkleTree tree(all, thread_hasher());
    for (std::size_t i = 0; i < count; ++i) {
      auto branch = tree.branch(i);
      EXPECT_EQ(root_of_branch(all[i], i, branch, thread_hasher()), root) << i << " of " << count;
    }
  }
}

TEST(MerkleBranch, another_leaf_place_or_branch__does_not_lead_there) {
  auto all = leaves(11);
  auto level = all;
  Hash256 root = merkle_root(level, thread_hasher()).root;
  MerkleTree tree(all, thread_hasher());
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto branch = tree.branch(i);
    for (std::size_t place = 0; place < 40; ++place) {
      bool leads = root_of_branch(all[i], place, branch, thread_hasher()) == root;
      EXPECT_EQ(leads, place == i) << i << " at " << place;
    }
    EXPECT_NE(root_of_branch(all[(i + 1) % all.size()], i, branch, thread_hasher()), root);
    for (Hash256& beside : branch) {
      beside.bytes[5] ^= 1;
      EXPECT_NE(root_of_branch(all[i], i, branch, thread_hasher()), root);
      beside.bytes[5] ^= 1;
    }
  }
}

// CVE-2012-2459: the last of an odd level stands for itself and for the one that is not there.
TEST(MerkleBranch, a_last_leaf_said_to_stand_twice__is_refused) {
  auto all = leaves(3);
  MerkleTree tree(all, thread_hasher());
  auto branch = tree.branch(2);
  EXPECT_TRUE(root_of_branch(all[2], 2, branch, thread_hasher()));
  EXPECT_FALSE(root_of_branch(all[2], 3, branch, thread_hasher()));
}

}  // namespace
}  // namespace tracehound
