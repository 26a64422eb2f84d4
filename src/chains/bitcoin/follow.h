// Live: a ledger that stays at the tip of a running node's chain, and the node's mempool beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/file.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "chains/bitcoin/node_rpc.h"
#include "ledger/schema.h"

namespace tracehound::chains::bitcoin {

struct FollowOptions {
  Milliseconds poll{2'000};   // between two questions once at the tip; news from the node ends it
  bool until_synced = false;  // end once nothing is left to take
  bool progress = true;
  // A commit follows after so many blocks, bytes of blocks or that much time, and at the tip. The
  // ledger's bytes do not depend on them, nor on the size of a batch.
  std::uint64_t commit_blocks = 2'000;
  std::uint64_t commit_bytes = 256U << 20;
  Milliseconds commit_time{15'000};
  std::uint64_t batch_bytes = 8U << 20;  // asked for at once, about
  // Called with one line when the tip or the node's state changes.
  std::function<void(const std::string&)> say = [](const std::string&) {};
};

struct FollowReport {
  std::uint64_t blocks_added = 0;
  std::uint64_t blocks_left = 0;  // of branches that the node has left
  ledger::Counts counts;
  Hash256 tip_hash;
};

// Brings the ledger to the node's tip and keeps it there until `clock` says that the user wants to
// end; commits before it returns. The node is not trusted: each block is checked as ingest checks
// it, and the ledger refuses spends that cannot be.
//
// Where the node's chain is not an extension of the ledger's, the ledger follows
// - a branch with more work;
// - a branch with as much, if the node knows the ledger's tip and is not on it;
// - any, also downwards, if the node holds the ledger's tip for invalid.
// Else the node lags behind: the ledger waits for it (docs/decisions/0030).
//
// A node that is away, starting or confused is asked again, after pauses from 0.25 s up to 30 s.
// Errors: usage and machine as Writer has them; bad_input: another chain's node or ledger, a block
// that fails a check, a block that the node has pruned. The ledger is then at a commit: where a
// branch turned out to be bad, at the one it would have left for it.
Result<FollowReport> follow_node(FileSystem& files, NodeRpc& node, Clock& clock,
                                 const Network& network, const std::string& ledger_folder,
                                 const FollowOptions& options);

}  // namespace tracehound::chains::bitcoin
