// The main job's first half: a node's block files into a ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "chains/bitcoin/record_scan.h"
#include "ledger/writer.h"

namespace tracehound::chains::bitcoin {

struct IngestOptions {
  std::optional<BlockHeight> to = {};  // stop after this height
  bool progress = true;
  // What the work may take: half for the ledger's tables, the rest for blocks and rows on their way
  // to disk. It changes speed, never bytes.
  std::uint64_t memory_bytes = std::uint64_t{2} << 30;
  // Block bytes between two commits: what a kill costs. 0: a sixteenth of the memory, 256 MB at
  // most.
  std::uint64_t commit_bytes = 0;
};

// What lay in the folder.
struct ScanReport {
  std::uint64_t records = 0;             // whole, well-formed records
  std::uint64_t duplicates = 0;          // the same block again
  std::uint64_t side_blocks = 0;         // connected, on other branches than the ledger's
  std::uint64_t unconnected = 0;         // blocks whose chain of parents is not in the folder ...
  std::optional<Hash256> missing_block;  // ... for want of this one (the most work waits for it)
  std::vector<Damage> damaged;
  std::vector<Damage> unfinished;  // the last record of a file, still being written
};

struct IngestReport {
  ScanReport scan;
  std::uint64_t blocks_before = 0;   // in the ledger when it began
  std::uint64_t blocks_rewound = 0;  // left a branch that is no longer the best
  std::uint64_t blocks_added = 0;
  std::uint64_t bytes_added = 0;  // of block records
  // The folder's best chain leaves the ledger's without having more work (up to `to`): left alone.
  bool branch_kept = false;
  ledger::Counts counts;
  Hash256 tip_hash;
};

// Brings the ledger to the best chain of whole blocks: goes on from where it stands, goes back
// first if its tip is no longer on the best chain, never gives up a chain for one without more
// work. Damaged blocks, and what builds on them, are left out and reported.
// Errors (bad_input; the ledger is then what it was before the call): no block files; another
// network's; a chain that does not begin at the genesis block or in the ledger (names the missing
// hash); a block the ledger refuses (names height, file and byte); nothing could be added because
// of damage.
Result<IngestReport> ingest_blocks(FileSystem& files, const std::string& blocks_folder,
                                   const Network& network, const std::string& ledger_folder,
                                   const IngestOptions& options);

}  // namespace tracehound::chains::bitcoin
