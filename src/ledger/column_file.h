// One column while it is written: the committed rows as a map of the file; the sealed rows, which a
// commit is writing behind them; and the tail, rows since then. Nothing reaches the file before
// flush(). Reading any row and adding to the tail may go on while another thread flushes.
#pragma once

#include <memory>
#include <string>

#include "base/check.h"
#include "base/file.h"
#include "base/large_bytes.h"
#include "base/prefetch.h"
#include "base/result.h"

namespace tracehound::ledger {

class ColumnFile {
 public:
  ColumnFile(std::size_t width, std::string path) : width_(width), path_(std::move(path)) {}

  // A map of the file, which must have that many rows; nothing for no rows.
  Result<std::unique_ptr<Mapping>> map(FileSystem& files, std::uint64_t rows) const;
  // The first `rows` rows are the committed ones from now on, in `map`; the sealed ones are
  // forgotten; a tail stays. REQUIRES: no tail, or rows + tail is what there was.
  void use(std::unique_ptr<Mapping> map, std::uint64_t rows);

  std::size_t width() const { return width_; }  // bytes a row
  std::uint64_t committed_rows() const { return committed_rows_; }
  // The first row of the tail: every row before it is committed or being committed.
  std::uint64_t sealed_end() const { return committed_rows_ + sealed_.size() / width_; }
  std::uint64_t rows() const { return sealed_end() + tail_.size() / width_; }

  template <typename Field>
  void push(const Field& field) {
    CHECK(sizeof(Field) == width_);
    push_bytes({reinterpret_cast<const Byte*>(&field), sizeof(Field)});
  }
  void push_bytes(ByteView bytes) { tail_.append(bytes); }
  // Room for `count` more rows, to be filled in at once; valid until the next push.
  Byte* add_rows(std::uint64_t count) { return tail_.extend(count * width_); }

  // `count` rows' bytes. REQUIRES: all of them committed, all sealed or all in the tail.
  // Row numbers come out of other rows: one that does not exist is damage.
  ByteView bytes(std::uint64_t row, std::uint64_t count = 1) const {
    std::uint64_t start = row * width_;
    std::uint64_t size = count * width_;
    if (start < committed_.size()) {
      CHECK_LEDGER(size <= committed_.size() - start);
      return committed_.subspan(start, size);
    }
    return uncommitted(start - committed_.size(), size);
  }
  template <typename Field>
  Field get(std::uint64_t row) const {
    return load_le<Field>(bytes(row).data());
  }
  // Asks the memory for a row that will be read soon. REQUIRES: row < rows().
  void prefetch(std::uint64_t row) const { tracehound::prefetch(bytes(row).data()); }
  // REQUIRES: row lies in the tail.
  template <typename Field>
  void set_tail(std::uint64_t row, const Field& field) {
    CHECK(row >= sealed_end() && row < rows() && sizeof(Field) == width_);
    store_le(tail_.data() + (row - sealed_end()) * width_, field);
  }

  // The tail becomes the sealed rows. REQUIRES: no sealed rows.
  void seal();
  // Forgets every row that is not committed.
  void drop_uncommitted();

  // Writes the sealed rows behind the committed ones and syncs. They count as committed only after
  // open() with the new number. What lies there already is from before a kill or a step back.
  Status flush(FileSystem& files) const;
  // Opens the file for writes in place.
  Result<std::unique_ptr<WriteFile>> open_write(FileSystem& files) const {
    return files.open_write(path_);
  }

 private:
  ByteView uncommitted(std::uint64_t start, std::uint64_t size) const {
    ByteView rows = sealed_.view();
    if (start >= rows.size()) {
      start -= rows.size();
      rows = tail_.view();
    }
    CHECK_LEDGER(start <= rows.size() && size <= rows.size() - start);
    return rows.subspan(start, size);
  }

  std::size_t width_;
  std::string path_;
  std::unique_ptr<Mapping> map_;
  ByteView committed_;  // the committed rows in it
  std::uint64_t committed_rows_ = 0;
  LargeBytes sealed_;
  LargeBytes tail_;
};

}  // namespace tracehound::ledger
