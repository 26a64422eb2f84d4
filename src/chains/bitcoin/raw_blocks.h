// Blocks as they were mined, for who needs more of them than a ledger keeps: from a node's files,
// or from a node. Each is checked against its hash and its Merkle root.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "chains/bitcoin/node_rpc.h"

namespace tracehound::chains::bitcoin {

// One transaction after the other, each as it lies in the block, and their ids.
struct RawTransactions {
  std::vector<ByteView> raw;  // into the block's bytes
  std::vector<Hash256> txids;
};
// Errors (bad_input), a clause: no whole block; not the transactions of its header.
Result<RawTransactions> raw_transactions(const Network& network, ByteView block);

// The bytes of a block, until the call ends; called side by side, once for each number.
using TakeBlock = std::function<Status(std::size_t number, ByteView block)>;

// Errors: a folder without block files; one of the blocks is in none of them (bad_input); what
// `take` finds.
Status blocks_from_files(FileSystem& files, const Network& network, const std::string& folder,
                         std::span<const Hash256> hashes, bool progress, const TakeBlock& take);
// Errors: the node's (machine); it has pruned one of the blocks (bad_input); what `take` finds.
Status blocks_from_node(NodeRpc& node, std::span<const Hash256> hashes, const TakeBlock& take);

}  // namespace tracehound::chains::bitcoin
