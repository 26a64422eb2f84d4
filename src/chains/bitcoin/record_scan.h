// Which records the block files hold: where each block lies and its header, and what lies there
// that is no whole block.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "chains/bitcoin/block.h"
#include "chains/bitcoin/block_files.h"
#include "chains/bitcoin/network.h"

namespace tracehound::chains::bitcoin {

// Something in a file that is no whole block: said to the user, then skipped.
struct Damage {
  std::string file;
  std::uint64_t offset;  // of the record, that is of its magic
  std::string what;      // a clause: what is wrong with it
  // The block before it, as far as its header can be believed.
  std::optional<Hash256> previous;
};

struct FoundBlock {
  Header header;
  BlockPlace place;
};

struct RecordScan {
  std::vector<FoundBlock> blocks;  // in order of file and place; their headers' work is proven
  std::vector<Damage> damaged;
  std::vector<Damage> unfinished;  // the last record of a file, still being written
  std::uint64_t bytes = 0;         // of the files
};

// Looks at the first bytes of each file. Errors (bad_input): they are another network's (says
// which one's they look like).
Status check_network(const BlockFiles& files, const Network& network);

// Whether a block's header was checked before (it stands in the ledger).
using IsKnown = std::function<bool(const Hash256&)>;

// Walks every record of every file. Reads headers only, but for the last record of a file and for
// places where a record is not followed by another.
// Errors: no record at all (bad_input); a file that cannot be read (machine).
Result<RecordScan> scan_records(const BlockFiles& files, const Network& network,
                                const IsKnown& is_known, Progress& progress);

}  // namespace tracehound::chains::bitcoin
