// A node's blocks folder: its blk*.dat files as bytes, with the key of xor.dat taken off, in memory
// that does not grow with them.
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

// What a node of version 28 or later lays over its block files, by file offset; zeros are no key.
using BlockFileKey = std::array<Byte, 8>;

// One block file, open: its bytes with the key taken off. Keeps the bytes it read last, so memory
// stays at one piece whatever the file's size. One thread at a time.
//
// A read that fails leaves its reason in status() and gives zeros; what was found with them means
// nothing.
class BlockFile {
 public:
  BlockFile(std::unique_ptr<ReadFile> file, const BlockFileKey& key);

  std::uint64_t size() const { return file_->size(); }
  const Status& status() const { return status_; }

  // The bytes at that place, until the next call. REQUIRES: the range lies inside the file.
  ByteView read(std::uint64_t offset, std::uint64_t size);

  // The first place at or after `from` where these four bytes, little-endian, stand.
  std::optional<std::uint64_t> find(std::uint32_t pattern, std::uint64_t from);

  // Whether nothing was ever written to [from, to): a node sets space aside before it fills it.
  // That space is zeros on disk even where there is a key (so it decodes to the key, over and
  // over); a tool that took off or put on the key of whole files leaves it the other way round.
  // Both count. An empty range is padding.
  bool is_padding(std::uint64_t from, std::uint64_t to);

 private:
  std::unique_ptr<ReadFile> file_;
  BlockFileKey key_;
  Bytes bytes_;
  std::uint64_t from_ = 0;  // where they lie in the file
  std::uint64_t end_ = 0;
  Status status_;
};

// The folder's files in order of their names. A file is opened when it is read and closed again, so
// that neither memory nor handles grow with the folder. Thread-safe.
class BlockFiles {
 public:
  // Errors (bad_input): no such folder; no blk*.dat in it (says what was looked for, and where some
  // lie if that is one folder below); xor.dat not 8 bytes.
  static Result<BlockFiles> open(FileSystem& files, const std::string& folder);

  const std::string& folder() const { return folder_; }
  std::uint32_t count() const { return static_cast<std::uint32_t>(paths_.size()); }
  const std::string& path(std::uint32_t file) const { return paths_[file]; }
  std::uint64_t total_bytes() const { return total_bytes_; }
  bool has_key() const { return key_ != BlockFileKey{}; }

  Result<BlockFile> open_file(std::uint32_t file) const;

  // The block's bytes, read into `scratch`, which grows to the largest of them; one a thread.
  Result<ByteView> load(const BlockPlace& place, Bytes& scratch) const;

 private:
  FileSystem* files_ = nullptr;
  std::string folder_;
  std::vector<std::string> paths_;
  std::uint64_t total_bytes_ = 0;
  BlockFileKey key_{};
};

}  // namespace tracehound::chains::bitcoin
