#include "ledger/column_file.h"

#include <fmt/format.h>

namespace tracehound::ledger {

Status ColumnFile::open(FileSystem& files, std::uint64_t rows) {
  tail_.clear();
  committed_rows_ = rows;
  map_.reset();
  if (rows == 0) return {};
  TRY_ASSIGN(map_, files.map(path_));
  if (map_->bytes().size() < rows * spec_->width) {
    return machine_error(
        fmt::format("{} has {} bytes where the manifest says {}; restore the ledger from a copy or "
                    "ingest again",
                    path_, map_->bytes().size(), rows * spec_->width));
  }
  return {};
}

ByteView ColumnFile::bytes(std::uint64_t row, std::uint64_t count) const {
  std::uint64_t size = count * spec_->width;
  if (row < committed_rows_) {
    CHECK(row + count <= committed_rows_);
    return map_->bytes().subspan(row * spec_->width, size);
  }
  std::uint64_t start = (row - committed_rows_) * spec_->width;
  CHECK(start + size <= tail_.size());
  return ByteView(tail_).subspan(start, size);
}

Status ColumnFile::flush(FileSystem& files) {
  std::uint64_t committed_size = committed_rows_ * spec_->width;
  TRY_ASSIGN(auto file, files.open_write(path_));
  if (file->size() != committed_size) TRY(file->truncate(committed_size));
  TRY(file->append(tail_));
  return file->sync();
}

}  // namespace tracehound::ledger
