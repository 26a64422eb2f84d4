// One column while it is written: the committed rows as a map of the file, the rows since the last
// commit in memory. Nothing reaches the file before flush().
#pragma once

#include <memory>
#include <string>

#include "base/check.h"
#include "base/file.h"
#include "base/result.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

class ColumnFile {
 public:
  ColumnFile(const ColumnSpec& spec, std::string path) : spec_(&spec), path_(std::move(path)) {}

  // Maps the first `rows` rows of the file; without rows the file need not be there.
  Status open(FileSystem& files, std::uint64_t rows);

  std::uint64_t rows() const { return committed_rows_ + tail_.size() / spec_->width; }
  std::uint64_t committed_rows() const { return committed_rows_; }

  template <typename Field>
  void push(const Field& field) {
    CHECK(sizeof(Field) == spec_->width);
    push_bytes({reinterpret_cast<const Byte*>(&field), sizeof(Field)});
  }
  void push_bytes(ByteView bytes) { tail_.insert(tail_.end(), bytes.begin(), bytes.end()); }

  // `count` rows' bytes. REQUIRES: all of them committed, or none.
  ByteView bytes(std::uint64_t row, std::uint64_t count = 1) const;
  template <typename Field>
  Field get(std::uint64_t row) const {
    return load_le<Field>(bytes(row).data());
  }
  // REQUIRES: row is not committed.
  template <typename Field>
  void set_tail(std::uint64_t row, const Field& field) {
    CHECK(row >= committed_rows_ && row < rows() && sizeof(Field) == spec_->width);
    store_le(tail_.data() + (row - committed_rows_) * spec_->width, field);
  }

  // Forgets the rows since the last commit.
  void drop_tail() { tail_.clear(); }

  // Writes the tail behind the committed rows (and cuts what a killed writer left there) and syncs.
  // The rows count as committed only after open() with the new number.
  Status flush(FileSystem& files);
  // Opens the file for writes in place.
  Result<std::unique_ptr<WriteFile>> open_write(FileSystem& files) const {
    return files.open_write(path_);
  }

 private:
  const ColumnSpec* spec_;
  std::string path_;
  std::unique_ptr<Mapping> map_;
  std::uint64_t committed_rows_ = 0;
  Bytes tail_;
};

}  // namespace tracehound::ledger
