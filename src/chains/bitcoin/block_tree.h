// All blocks known by their headers, as a tree, and the branch with the most work in it.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "chains/bitcoin/block.h"
#include "chains/bitcoin/block_files.h"
#include "chains/bitcoin/network.h"
#include "chains/bitcoin/record_scan.h"

namespace tracehound::chains::bitcoin {

using BlockNode = Id<struct BlockNodeTag, std::uint32_t>;

// A block can be used if a whole copy of it lies in the files or if it stands in the ledger; it is
// connected if it and all blocks before it, down to the genesis block, can be used.
class BlockTree {
 public:
  // `ledger` holds the ledger's headers, genesis first.
  BlockTree(const Hash256& genesis, const std::vector<Header>& ledger,
            const std::vector<FoundBlock>& found);

  const Header& header(BlockNode node) const { return entry(node).header; }
  // Of the block and all before it, as far as the tree goes down.
  const Work& work(BlockNode node) const { return entry(node).work; }
  std::optional<BlockNode> find(const Hash256& hash) const;
  // Where a copy of the block lies that is not known to be damaged.
  std::optional<BlockPlace> place(BlockNode node) const;

  // The connected branch with the most work, genesis first; empty if nothing is connected. Among
  // tips of equal work `preferred` wins, then the tip whose hash is the smaller number, so that
  // the order of files and records never matters.
  std::vector<BlockNode> best_chain(const std::optional<Hash256>& preferred) const;
  // The connected block of the files with the most work; the same rule for ties.
  std::optional<BlockNode> best_in_files() const;

  // The copy that place() gives is damaged: from now on it gives the next one, if there is one.
  void drop_copy(BlockNode node);
  // These blocks do not stand in the ledger any more.
  void leave_ledger(const std::vector<BlockNode>& nodes);

  std::uint64_t duplicates() const { return duplicates_; }
  // Blocks of the files that are connected and not on this chain.
  std::uint64_t side_blocks(const std::vector<BlockNode>& chain) const;
  // Blocks of the files that are not connected.
  std::uint64_t unconnected() const;
  // The unconnected branch with the most work begins with `first`, whose previous block cannot be
  // used. Nothing when all blocks are connected.
  struct LooseEnd {
    BlockNode first;
    Hash256 missing;
  };
  std::optional<LooseEnd> loose_end() const;

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  struct Entry {
    Header header;
    Work work;
    std::uint32_t parent = kNone;
    std::uint32_t first_copy = kNone;
    bool in_ledger = false;
    bool connected = false;

    bool in_files() const { return first_copy != kNone; }
    bool usable() const { return in_ledger || in_files(); }
  };
  struct Copy {
    BlockPlace place;
    std::uint32_t next;
  };

  const Entry& entry(BlockNode node) const { return entries_[node.number()]; }
  std::uint32_t add(const Header& header);
  void put_in_order();
  void add_work();
  void connect();
  bool is_better(const Entry& a, const Entry& b) const;

  Hash256 genesis_;
  std::vector<Entry> entries_;
  std::vector<Copy> copies_;
  std::vector<std::uint32_t> order_;  // every block after the one before it
  std::unordered_map<Hash256, std::uint32_t> by_hash_;
  std::uint64_t duplicates_ = 0;
};

}  // namespace tracehound::chains::bitcoin
