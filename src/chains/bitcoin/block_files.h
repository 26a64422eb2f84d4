// A node's blocks folder: its blk*.dat files as bytes, with the key of xor.dat taken off.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace tracehound::chains::bitcoin {

// Before each block in a file: the network's magic and the block's length, four bytes each.
inline constexpr std::uint64_t kRecordHead = 8;

// Where a block lies: byte offset of its header, past magic and length.
struct BlockPlace {
  std::uint32_t file = 0;
  std::uint64_t offset = 0;
  std::uint32_t size = 0;

  std::uint64_t record_offset() const { return offset - kRecordHead; }
};

// The folder's files in order of their names, mapped. Thread-safe for reading.
class BlockFiles {
 public:
  // Errors (bad_input): no such folder; no blk*.dat in it (says what was looked for, and where some
  // lie if that is one folder below); xor.dat not 8 bytes.
  static Result<BlockFiles> open(FileSystem& files, const std::string& folder);

  const std::string& folder() const { return folder_; }
  std::uint32_t count() const { return static_cast<std::uint32_t>(maps_.size()); }
  const std::string& path(std::uint32_t file) const { return paths_[file]; }
  std::uint64_t size(std::uint32_t file) const { return maps_[file]->bytes().size(); }
  std::uint64_t total_bytes() const;
  bool has_key() const { return key_ != Key{}; }

  // The bytes at that place: a view into the map, or into `scratch` where a key must be taken off.
  // REQUIRES: the range lies inside the file. A scratch per thread.
  ByteView read(std::uint32_t file, std::uint64_t offset, std::uint64_t size, Bytes& scratch) const;
  ByteView read(const BlockPlace& place, Bytes& scratch) const {
    return read(place.file, place.offset, place.size, scratch);
  }

  // The first place at or after `from` where these four bytes, little-endian, stand.
  std::optional<std::uint64_t> find(std::uint32_t file, std::uint32_t pattern,
                                    std::uint64_t from) const;

  // Whether nothing was ever written to [from, to): a node sets space aside before it fills it.
  // That space is zeros on disk even where there is a key (so it decodes to the key, over and
  // over); a tool that took off or put on the key of whole files leaves it the other way round.
  // Both count. An empty range is padding.
  bool is_padding(std::uint32_t file, std::uint64_t from, std::uint64_t to) const;

 private:
  using Key = std::array<Byte, 8>;

  std::string folder_;
  std::vector<std::string> paths_;
  std::vector<std::unique_ptr<Mapping>> maps_;
  Key key_{};
};

}  // namespace tracehound::chains::bitcoin
