// Reading a clustering beside the ledger it is of: which cluster an address is in, and who else.
//
// What is on disk ends some blocks before the ledger's tip. Of a clustering by multi-input alone
// the rest is added in memory when it is opened: the co-spends of the blocks after it, as unions of
// what is on disk. So an open clustering is always as of its ledger's tip, and no reorganisation of
// less than kBuried blocks is seen on disk at all. One with change rules ends where it was built.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/huge_pages.h"
#include "base/result.h"
#include "clusters/build.h"
#include "clusters/store.h"
#include "clusters/union_find.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

// Transactions that a reader takes upon itself: about half a second.
inline constexpr std::uint64_t kMostInMemory = 2'000'000;

// Of damage, single look-ups see what cannot be true (store.h), and what reads all sees all of it.
//
// Thread-safe for reading. Outlived by the ledger that it was opened with.
class Clustering {
 public:
  // With `rules` by the name it is to have. Where nothing was built yet, a multi-input clustering
  // is made in memory. Errors: no clustering of that name; built by other rules, of blocks that the
  // ledger has left, or too many blocks ago (each says to build); damaged.
  static Result<Clustering> open(FileSystem& files, const ledger::Ledger& ledger,
                                 const std::string& name, const Rules& rules);

  // The smallest address of its cluster: itself where it has been joined to nobody, or is newer
  // than the clustering.
  ClusterId cluster_of(AddressId address) const;
  // In addresses; 1 for one alone. REQUIRES: a cluster's id, as cluster_of() gives it.
  std::uint64_t size(ClusterId cluster) const;
  // Ascending: `most` from number `first` on.
  std::vector<AddressId> members(ClusterId cluster, std::uint64_t first = 0,
                                 std::uint64_t most = ~std::uint64_t{0}) const;
  // The cluster of every confirmed address, at its place. Errors: the file of them is damaged.
  Result<LargeVector<std::uint32_t>> of_all_addresses() const;

  // Blocks of the ledger that it covers, and those of them that are on disk.
  std::uint64_t blocks() const { return blocks_; }
  std::uint64_t blocks_on_disk() const { return stored_ ? stored_->facts().blocks : 0; }
  const RuleNames& rules() const { return rules_; }
  // Nothing where it is all in memory.
  const std::optional<Stored>& stored() const { return stored_; }
  // The evidence of the blocks that are not on disk, in chain order.
  const std::vector<Edge>& edges_in_memory() const { return edges_; }

 private:
  explicit Clustering(const ledger::Ledger& ledger) : ledger_(&ledger) {}
  Status catch_up(const JoinsNobody& joins_nobody);
  // On disk.
  ClusterId stored_cluster(AddressId address) const;
  std::uint64_t stored_size(std::uint32_t cluster) const;
  // The clusters on disk, or addresses newer than those, that are one now. Empty for none.
  std::vector<std::uint32_t> parts_of(ClusterId cluster) const;

  const ledger::Ledger* ledger_;
  std::string name_;
  RuleNames rules_;
  std::uint64_t blocks_ = 0;
  std::optional<Stored> stored_;
  SparseUnionFind joined_;  // of clusters on disk
  std::vector<std::pair<std::uint32_t, std::uint32_t>>
      sets_;  // its sets, (root, cluster) ascending
  std::vector<Edge> edges_;
};

}  // namespace tracehound::clusters
