#include "ledger/column_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace tracehound::ledger {

namespace {

bool all_zeros(ByteView bytes) {
  return bytes.empty() ||
         (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace

Result<std::unique_ptr<Mapping>> ColumnFile::map(FileSystem& files, std::uint64_t rows) const {
  if (rows == 0) return nullptr;
  TRY_ASSIGN(auto map, files.map(path_));
  if (map->bytes().size() < rows * width_) {
    return machine_error(
        fmt::format("{} has {} bytes where the manifest says {}; restore the ledger from a copy "
                    "or ingest again",
                    path_, map->bytes().size(), rows * width_));
  }
  return map;
}

void ColumnFile::use(std::unique_ptr<Mapping> map, std::uint64_t rows) {
  map_ = std::move(map);
  committed_ = map_ ? map_->bytes().first(rows * width_) : ByteView{};
  committed_rows_ = rows;
  sealed_.clear();
}

void ColumnFile::seal() {
  CHECK(sealed_.empty());
  sealed_.swap(tail_);  // the room that the last commit's rows took is used again
}

void ColumnFile::drop_uncommitted() {
  sealed_.clear();
  tail_.clear();
}

Status ColumnFile::flush(FileSystem& files) const {
  std::uint64_t committed_size = committed_rows_ * width_;
  TRY_ASSIGN(auto file, files.open_write(path_));
  if (file->size() < committed_size) {
    return machine_error(
        fmt::format("{} has become shorter than what is committed of it; restore "
                    "the ledger from a copy or ingest again",
                    path_));
  }
  std::uint64_t over = std::min<std::uint64_t>(file->size() - committed_size, sealed_.size());
  TRY(file->write_at(committed_size, sealed_.view().first(over)));
  ByteView rest = sealed_.view().subspan(over);
  // A list has no fees, hashes of blocks and often positions: zeros need not be copied.
  TRY(all_zeros(rest) ? file->truncate(file->size() + rest.size()) : file->append(rest));
  return file->sync();
}

}  // namespace tracehound::ledger
