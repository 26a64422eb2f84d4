// What the ledger held when a command began, so that a command that fails can put it back.
#pragma once

#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/rows.h"
#include "ledger/writer.h"

namespace tracehound::chains::bitcoin {

// A committed block as its decoder once handed it over. REQUIRES: height <= ledger.tip().
ledger::BlockRows rows_of_block(const ledger::Ledger& ledger, BlockHeight height);

// Going forward is undone by going back; going back is undone by what is remembered here. Holds
// the rows of the blocks that left the ledger: as much memory as the branch has bytes.
class StartingPoint {
 public:
  StartingPoint(FileSystem& files, std::string ledger_folder, std::uint64_t blocks)
      : files_(files), folder_(std::move(ledger_folder)), blocks_(blocks), kept_(blocks) {}

  std::uint64_t blocks() const { return blocks_; }
  // Blocks that have stood in the ledger all along.
  std::uint64_t kept() const { return kept_; }

  // To be called before each rewind to `blocks`.
  Status before_rewind(std::uint64_t blocks);
  // Puts the ledger back; committed when it returns.
  Status restore(ledger::Writer& writer) const;

 private:
  FileSystem& files_;
  std::string folder_;
  std::uint64_t blocks_;
  std::uint64_t kept_;
  std::vector<ledger::BlockRows> left_;  // of heights kept_ to blocks_, the highest first
};

}  // namespace tracehound::chains::bitcoin
