#include "chains/bitcoin/block_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/check.h"
#include "base/text.h"

namespace tracehound::chains::bitcoin {

namespace {

constexpr std::uint64_t kSearchWindow = 1U << 20;
// Read at least: a record's head and its block's header, for which the first four bytes are asked.
constexpr std::uint64_t kLeastRead = kRecordHead + 80;

bool is_block_file(std::string_view name) {
  return name.starts_with("blk") && name.ends_with(".dat");
}

// Where block files may lie when the folder given has none.
std::string advice(FileSystem& files, const std::string& folder) {
  auto below = files.list(folder + "/blocks");
  if (below && std::ranges::any_of(*below, is_block_file)) {
    return fmt::format("there are some in {}/blocks: give that folder", folder);
  }
  return "give the folder named blocks inside a node's data folder";
}

Result<std::vector<std::string>> names_in(FileSystem& files, const std::string& folder) {
  auto names = files.list(folder);
  if (names) return names;
  if (!files.exists(folder)) {
    return bad_input(
        fmt::format("{}: no such folder; give a node's blocks folder, which holds blk00000.dat and "
                    "the files after it",
                    folder));
  }
  if (files.open_read(folder)) {
    return bad_input(
        fmt::format("{} is a file; give the folder it lies in, {}", folder, folder_of(folder)));
  }
  return names;
}

// Bytes that lie at `offset` in a file, with the key put on or taken off.
void turn(std::span<Byte> bytes, const BlockFileKey& key, std::uint64_t offset) {
  if (key == BlockFileKey{}) return;
  BlockFileKey turned;  // the key as it lies from `offset` on
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i] = key[(offset + i) % key.size()];
  auto word = load_le<std::uint64_t>(turned.data());
  std::size_t done = 0;
  for (; done + sizeof word <= bytes.size(); done += sizeof word) {
    store_le(bytes.data() + done, load_le<std::uint64_t>(bytes.data() + done) ^ word);
  }
  for (; done < bytes.size(); ++done) bytes[done] ^= turned[done % turned.size()];
}

}  // namespace

Result<BlockFiles> BlockFiles::open(FileSystem& files, const std::string& folder) {
  BlockFiles opened;
  opened.files_ = &files;
  opened.folder_ = folder;
  while (opened.folder_.size() > 1 && opened.folder_.ends_with('/')) opened.folder_.pop_back();
  TRY_ASSIGN(auto names, names_in(files, opened.folder_));
  for (const std::string& name : names) {
    if (is_block_file(name)) opened.paths_.push_back(opened.folder_ + "/" + name);
  }
  if (opened.paths_.empty()) {
    return bad_input(fmt::format("{} holds no block file (blk*.dat) among its {}; {}",
                                 opened.folder_, plural(names.size(), "file"),
                                 advice(files, opened.folder_)));
  }
  std::string key_path = opened.folder_ + "/xor.dat";
  if (files.exists(key_path)) {
    TRY_ASSIGN(auto key, read_file(files, key_path));
    if (key.size() != opened.key_.size()) {
      return bad_input(
          fmt::format("{} has {} where a node writes a key of {}; copy it again from the "
                      "node that wrote the block files",
                      key_path, plural(key.size(), "byte"), opened.key_.size()));
    }
    std::ranges::copy(key, opened.key_.begin());
  }
  for (const std::string& path : opened.paths_) {
    TRY_ASSIGN(auto file, files.open_read(path));
    opened.total_bytes_ += file->size();
  }
  return opened;
}

Result<BlockFile> BlockFiles::open_file(std::uint32_t file) const {
  TRY_ASSIGN(auto opened, files_->open_read(paths_[file]));
  return BlockFile(std::move(opened), key_);
}

Result<ByteView> BlockFiles::load(const BlockPlace& place, Bytes& scratch) const {
  TRY_ASSIGN(auto file, files_->open_read(paths_[place.file]));
  if (scratch.size() < place.size) scratch.resize(place.size);
  auto bytes = std::span(scratch).first(place.size);
  TRY(file->read_at(place.offset, bytes));
  turn(bytes, key_, place.offset);
  return bytes;
}

BlockFile::BlockFile(std::unique_ptr<ReadFile> file, const BlockFileKey& key)
    : file_(std::move(file)), key_(key) {}

ByteView BlockFile::read(std::uint64_t offset, std::uint64_t size) {
  CHECK(offset <= file_->size() && size <= file_->size() - offset);
  if (offset < from_ || offset + size > end_) {
    from_ = offset;
    end_ = offset + std::min(std::max(size, kLeastRead), file_->size() - offset);
    if (bytes_.size() < end_ - from_) bytes_.resize(end_ - from_);
    auto bytes = std::span(bytes_).first(end_ - from_);
    if (status_) status_ = file_->read_at(offset, bytes);
    if (status_) {
      turn(bytes, key_, offset);
    } else {
      std::ranges::fill(bytes, Byte{0});
    }
  }
  return ByteView(bytes_).subspan(offset - from_, size);
}

std::optional<std::uint64_t> BlockFile::find(std::uint32_t pattern, std::uint64_t from) {
  std::uint64_t end = size();
  while (from < end && end - from >= sizeof pattern) {
    ByteView window = read(from, std::min(kSearchWindow, end - from));
    const void* hit = ::memmem(window.data(), window.size(), &pattern, sizeof pattern);
    if (hit != nullptr) {
      return from + static_cast<std::uint64_t>(static_cast<const Byte*>(hit) - window.data());
    }
    // A match may lie across two windows.
    from += window.size() - (sizeof pattern - 1);
  }
  return std::nullopt;
}

bool BlockFile::is_padding(std::uint64_t from, std::uint64_t to) {
  CHECK(from <= to && to <= size());
  // Bytes that all repeat with the period of the key are the key, or zeros, if the first ones are.
  constexpr std::size_t kPeriod = sizeof(BlockFileKey);
  static_assert(kSearchWindow % kPeriod == 0);
  BlockFileKey head{};
  std::size_t head_size = std::min<std::uint64_t>(to - from, kPeriod);
  std::ranges::copy(read(from, head_size), head.begin());
  bool zeros = true;
  bool keys = true;
  for (std::size_t i = 0; i < head_size; ++i) {
    zeros = zeros && head[i] == 0;
    keys = keys && head[i] == key_[(from + i) % kPeriod];
  }
  if (!zeros && !keys) return false;
  for (; from < to; from += std::min(kSearchWindow, to - from)) {
    ByteView window = read(from, std::min(kSearchWindow, to - from));
    std::size_t first = std::min(window.size(), kPeriod);
    if (std::memcmp(window.data(), head.data(), first) != 0) return false;
    if (std::memcmp(window.data(), window.data() + first, window.size() - first) != 0) return false;
  }
  return true;
}

}  // namespace tracehound::chains::bitcoin
