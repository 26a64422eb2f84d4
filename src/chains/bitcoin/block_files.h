// A node's blocks folder: which records its blk*.dat files hold, and which of them form the chain
// with the most work.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "chains/bitcoin/block.h"
#include "chains/bitcoin/network.h"

namespace tracehound::chains::bitcoin {

// Where a block lies: byte offset of its header, past magic and length.
struct BlockPlace {
  std::uint32_t file = 0;
  std::uint64_t offset = 0;
  std::uint32_t size = 0;
};

// Something in a file that is no whole block: said to the user, then skipped.
struct Damage {
  std::string file;
  std::uint64_t offset;
  std::string what;  // one sentence
};

struct ScanReport {
  std::uint64_t records = 0;      // whole, well-formed records
  std::uint64_t duplicates = 0;   // the same block again
  std::uint64_t side_blocks = 0;  // on branches with less work
  std::uint64_t unconnected = 0;  // whole blocks whose chain of parents is not in the folder
  std::vector<Damage> damaged;
  std::vector<Damage> unfinished;  // the last record of a file, still being written
};

// The folder's files, mapped, with the 8-byte key of xor.dat taken off on reading.
class BlockFiles {
 public:
  // Errors: no such folder; no blk*.dat in it (says what was looked for); xor.dat not 8 bytes.
  static Result<BlockFiles> open(FileSystem& files, const std::string& folder);

  std::size_t count() const { return maps_.size(); }
  const std::string& path(std::uint32_t file) const { return paths_[file]; }
  std::uint64_t size(std::uint32_t file) const { return maps_[file]->bytes().size(); }
  std::uint64_t total_bytes() const;
  // The bytes at that place: a view into the map, or into `scratch` where a key must be taken off.
  // REQUIRES: the range lies inside the file. Thread-safe with a scratch per thread.
  ByteView read(std::uint32_t file, std::uint64_t offset, std::uint64_t size, Bytes& scratch) const;

 private:
  std::vector<std::string> paths_;
  std::vector<std::unique_ptr<Mapping>> maps_;
  std::array<Byte, 8> key_{};
};

struct ChainLink {
  Header header;
  BlockPlace place;
};

// Scans every record and gives the best chain from the genesis block up. The order of files and
// records does not matter; of two chains of equal work the one whose tip hash is smaller as a
// number wins, so the same blocks always give the same chain.
// Errors (bad_input): another network's files (says which network's they look like); no record at
// all; chain does not begin at the genesis block (names the missing hash).
struct BestChain {
  std::vector<ChainLink> links;  // [0] is the genesis block
  ScanReport report;
};
Result<BestChain> find_best_chain(const BlockFiles& files, const Network& network);

}  // namespace tracehound::chains::bitcoin
