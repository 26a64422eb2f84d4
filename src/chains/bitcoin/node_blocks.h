// Blocks from a node, checked: nothing of what a node sends is believed that can be computed.
#pragma once

#include <cstdint>
#include <vector>

#include "chains/bitcoin/network.h"
#include "chains/bitcoin/node_rpc.h"
#include "chains/bitcoin/proof_of_work.h"
#include "ledger/rows.h"

namespace tracehound::chains::bitcoin {

// Consecutive blocks of the node's active chain, as they came.
struct BlockBatch {
  std::uint32_t first = 0;  // height
  std::vector<Hash256> hashes;
  HexTexts texts;

  std::uint64_t end() const { return first + hashes.size(); }
  std::uint64_t bytes() const { return texts.reply.size() / 2; }
};

// Fewer than `count` where the node's chain ends.
Attempt<BlockBatch> fetch_blocks(NodeRpc& node, std::uint32_t first, std::uint32_t count);

// Decodes and checks them, side by side: bytes, merkle root, proof of work, and that each is the
// block of its hash and builds on the one before it, the first on `previous` (none for genesis).
// Blocks before the first that fails a check are given, with what is wrong with that one.
// Setbacks: final (bad_input) for a block that no node should have; `changed` where two blocks do
// not follow one another.
struct CheckedBlocks {
  std::vector<ledger::BlockRows> rows;
  Attempt<void> rest;
};
CheckedBlocks check_blocks(const Network& network, const NodeRpc& node, const BlockBatch& batch,
                           const Hash256& previous);

// The work of the node's blocks from height `first` on, as far as its chain goes or until it is
// more than `enough`. Reads headers, checked as above.
Attempt<Work> work_of_branch(const Network& network, NodeRpc& node, std::uint32_t first,
                             const Hash256& previous, const Work& enough);

}  // namespace tracehound::chains::bitcoin
