// A node's chain into an account ledger: from where the ledger ends to the node's tip, back to the
// fork first where the node's chain left the ledger's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/file.h"
#include "chains/ethereum/node.h"
#include "ledger/accounts/schema.h"

namespace tracehound::chains::ethereum {

struct IngestOptions {
  std::optional<std::uint64_t> from;  // where a new ledger begins; block 0 without
  std::optional<std::uint64_t> to;    // the last block to take; the node's last one without
  bool traces = true;                 // false: without internal transfers
  std::set<std::string> wrappers;     // more contracts that wrap the native asset, lower case
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
  std::uint64_t commit_transfers = std::uint64_t{1} << 20;
  std::uint32_t commit_blocks = 1024;
  // Told now and then how many blocks of how many are done.
  std::function<void(std::uint64_t done, std::uint64_t of)> on_progress = {};
};

struct IngestReport {
  std::uint64_t blocks_added = 0;
  std::uint64_t blocks_rewound = 0;
  Tracing tracing = Tracing::none;  // how internal transfers were found
  bool interrupted = false;         // the user wanted it to end; what was taken in stays
  std::string chain;
  std::uint64_t tip = 0;
  ledger::accounts::Counts counts;
};

// What was taken in when it fails stays: the ledger is always at a whole block.
// Errors: the node's; the ledger is another chain's; it ends above `to`, or begins behind the fork.
Result<IngestReport> ingest_node(FileSystem& files, const std::string& folder, Node& node,
                                 Clock& clock, const IngestOptions& options);

}  // namespace tracehound::chains::ethereum
