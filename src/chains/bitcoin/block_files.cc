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
  if (files.map(folder)) {
    return bad_input(
        fmt::format("{} is a file; give the folder it lies in, {}", folder, folder_of(folder)));
  }
  return names;
}

}  // namespace

Result<BlockFiles> BlockFiles::open(FileSystem& files, const std::string& folder) {
  BlockFiles opened;
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
    TRY_ASSIGN(auto map, files.map(path));
    opened.maps_.push_back(std::move(map));
  }
  return opened;
}

std::uint64_t BlockFiles::total_bytes() const {
  std::uint64_t total = 0;
  for (const auto& map : maps_) total += map->bytes().size();
  return total;
}

ByteView BlockFiles::read(std::uint32_t file, std::uint64_t offset, std::uint64_t size,
                          Bytes& scratch) const {
  ByteView bytes = maps_[file]->bytes();
  CHECK(offset <= bytes.size() && size <= bytes.size() - offset);
  ByteView part = bytes.subspan(offset, size);
  if (!has_key()) return part;
  Key turned;  // the key as it lies from `offset` on
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i] = key_[(offset + i) % key_.size()];
  auto word = load_le<std::uint64_t>(turned.data());
  scratch.resize(size);
  std::uint64_t done = 0;
  for (; done + sizeof word <= size; done += sizeof word) {
    store_le(scratch.data() + done, load_le<std::uint64_t>(part.data() + done) ^ word);
  }
  for (; done < size; ++done) scratch[done] = part[done] ^ turned[done % turned.size()];
  return scratch;
}

std::optional<std::uint64_t> BlockFiles::find(std::uint32_t file, std::uint32_t pattern,
                                              std::uint64_t from) const {
  Bytes scratch;
  std::uint64_t end = size(file);
  while (from < end && end - from >= sizeof pattern) {
    ByteView window = read(file, from, std::min(kSearchWindow, end - from), scratch);
    const void* hit = ::memmem(window.data(), window.size(), &pattern, sizeof pattern);
    if (hit != nullptr) {
      return from + static_cast<std::uint64_t>(static_cast<const Byte*>(hit) - window.data());
    }
    // A match may lie across two windows.
    from += window.size() - (sizeof pattern - 1);
  }
  return std::nullopt;
}

bool BlockFiles::is_padding(std::uint32_t file, std::uint64_t from, std::uint64_t to) const {
  CHECK(from <= to && to <= size(file));
  ByteView bytes = maps_[file]->bytes().subspan(from, to - from);
  // Bytes that all repeat with the period of the key are the key, or zeros, if the first ones are.
  constexpr std::size_t kPeriod = sizeof(Key);
  std::size_t head = std::min(bytes.size(), kPeriod);
  bool zeros = true;
  bool keys = true;
  for (std::size_t i = 0; i < head; ++i) {
    zeros = zeros && bytes[i] == 0;
    keys = keys && bytes[i] == key_[(from + i) % kPeriod];
  }
  if (!zeros && !keys) return false;
  return std::memcmp(bytes.data(), bytes.data() + head, bytes.size() - head) == 0;
}

}  // namespace tracehound::chains::bitcoin
