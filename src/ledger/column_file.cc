#include "ledger/column_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace tracehound::ledger {

Status ColumnFile::open(FileSystem& files, std::uint64_t rows) {
  std::unique_ptr<Mapping> map;
  if (rows > 0) {
    TRY_ASSIGN(map, files.map(path_));
    if (map->bytes().size() < rows * spec_->width) {
      return machine_error(
          fmt::format("{} has {} bytes where the manifest says {}; restore the ledger from a copy "
                      "or ingest again",
                      path_, map->bytes().size(), rows * spec_->width));
    }
  }
  map_ = std::move(map);
  committed_rows_ = rows;
  sealed_.clear();
  return {};
}

ByteView ColumnFile::bytes(std::uint64_t row, std::uint64_t count) const {
  std::uint64_t size = count * spec_->width;
  if (row < committed_rows_) {
    CHECK(row + count <= committed_rows_);
    return map_->bytes().subspan(row * spec_->width, size);
  }
  std::uint64_t start = (row - committed_rows_) * spec_->width;
  if (start < sealed_.size()) {
    CHECK(start + size <= sealed_.size());
    return ByteView(sealed_).subspan(start, size);
  }
  start -= sealed_.size();
  CHECK(start + size <= tail_.size());
  return ByteView(tail_).subspan(start, size);
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
  std::uint64_t committed_size = committed_rows_ * spec_->width;
  TRY_ASSIGN(auto file, files.open_write(path_));
  if (file->size() < committed_size) {
    return machine_error(
        fmt::format("{} has become shorter than what is committed of it; restore "
                    "the ledger from a copy or ingest again",
                    path_));
  }
  std::uint64_t over = std::min<std::uint64_t>(file->size() - committed_size, sealed_.size());
  TRY(file->write_at(committed_size, ByteView(sealed_).first(over)));
  TRY(file->append(ByteView(sealed_).subspan(over)));
  return file->sync();
}

}  // namespace tracehound::ledger
