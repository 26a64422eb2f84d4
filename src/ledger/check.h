// Re-reads a whole ledger and says what is wrong and where.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ledger/ledger.h"

namespace tracehound::ledger {

struct CheckReport {
  std::uint64_t bytes_read = 0;
  // One sentence each, at most kMostFindings; `findings_total` counts on.
  std::vector<std::string> findings;
  std::uint64_t findings_total = 0;

  static constexpr std::size_t kMostFindings = 20;
  bool clean() const { return findings_total == 0; }
};

// Every block's checksum against its rows and the manifest; the headers as a hash chain; row
// numbers that must ascend; every spend against its input, both ways; every transaction's sums;
// every index entry against its row; every wrapper against the spend that shows it; the list of
// repeated txids; every block's txids against its header's merkle root. Proof of work was checked
// when the blocks came in and is covered by the hash chain. Works on as many threads as there are,
// and finds the same in the same order with any.
// `on_bytes`, if there is one, is told now and then how many of bytes_to_check() are read; by any
// thread, one at a time.
CheckReport check_ledger(const Ledger& ledger,
                         const std::function<void(std::uint64_t)>& on_bytes = {});

// Unspent coins that name a spender past the tip. A writer at work leaves such, and so does a
// killed one, whose mark makes the next writer clear them (side_files.h). Without a mark nobody
// would, and the spends would come true once the ledger has grown that far: a finding of `report`.
Status check_leftovers(FileSystem& files, const Ledger& ledger, CheckReport& report);

// All committed columns and runs.
std::uint64_t bytes_to_check(const Ledger& ledger);

}  // namespace tracehound::ledger
