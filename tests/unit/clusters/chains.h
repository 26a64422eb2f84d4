// Chains for tests of clusterings, on a disk in memory.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "clusters/build.h"
#include "clusters/clustering.h"
#include "ledger/ledger.h"
#include "ledger/rows.h"
#include "ledger/writer.h"
#include "support/faulty_file_system.h"
#include "support/random_blocks.h"

namespace tracehound::clusters {

inline constexpr const char* kFolder = "ledger";

// Blocks whose transactions spend coins of one to four addresses and pay old and new ones: clusters
// of all sizes, and ever new ones.
class ChainMaker {
 public:
  explicit ChainMaker(std::uint64_t seed) : maker_(seed), random_(seed) {}

  ledger::BlockRows next(std::size_t transactions);
  // Copies take another way from here on.
  void reseed(std::uint64_t seed) {
    maker_.reseed(seed);
    random_ = test::Random(seed);
  }

 private:
  struct Coin {
    ledger::Outpoint outpoint;
    Amount value;
  };
  std::uint32_t pick_address();

  test::BlockMaker maker_;
  test::Random random_;
  std::vector<Coin> coins_;
  std::uint32_t addresses_ = 0;
};

// A ledger on a disk in memory, and what a test does to it.
struct World {
  test::FaultyFileSystem disk;

  // Appends and commits.
  void add(const std::vector<ledger::BlockRows>& blocks);
  void rewind(std::uint64_t blocks);
  ledger::Ledger open();
  BuildReport build(const Rules& rules = {}, const std::string& name = kDefaultName);
  // All files of clusterings but locks, by path.
  std::map<std::string, Bytes> files() const;
};

// The clusters of a ledger's addresses, found the slow way; the smallest address names each.
std::vector<std::uint32_t> slow_clusters(const ledger::Ledger& ledger,
                                         const JoinsNobody& joins_nobody = {});
// The same as an open clustering says.
std::vector<std::uint32_t> clusters_of(const Clustering& clustering, const ledger::Ledger& ledger);
// Sizes and members agree with cluster_of().
void expect_sound(const Clustering& clustering, const ledger::Ledger& ledger);

}  // namespace tracehound::clusters
