// The main job's first half: a node's block files into a ledger.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "chains/bitcoin/block_files.h"
#include "chains/bitcoin/network.h"
#include "ledger/writer.h"

namespace tracehound::chains::bitcoin {

struct IngestOptions {
  std::optional<BlockHeight> to;  // stop after this height
  bool progress = true;
};

struct IngestReport {
  ScanReport scan;
  std::uint64_t blocks_before = 0;   // in the ledger when it began
  std::uint64_t blocks_rewound = 0;  // left a branch that is no longer the best
  std::uint64_t blocks_added = 0;
  std::uint64_t bytes_added = 0;  // of block records
  ledger::Counts counts;
  Hash256 tip_hash;
};

// Brings the ledger to the folder's best chain: goes on from where it stands, goes back first if
// its tip is no longer on the best chain, never shortens a chain that has more work than the
// folder's. On bad input the ledger is what it was before the call.
Result<IngestReport> ingest_blocks(FileSystem& files, const std::string& blocks_folder,
                                   const Network& network, const std::string& ledger_folder,
                                   const IngestOptions& options);

}  // namespace tracehound::chains::bitcoin
