// All columns of a ledger while it is written.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "ledger/column_file.h"
#include "ledger/keys.h"

namespace tracehound::ledger {

// `Specs`: a ledger's columns in the order of their enumeration; rows_of() says how many rows each
// has under given counts.
template <const auto& Specs>
class ColumnSet {
 public:
  using Column = decltype(Specs[0].column);

  explicit ColumnSet(const std::string& folder) {
    for (const auto& spec : Specs) files_.emplace_back(spec.width, column_path(folder, spec.file));
  }

  ColumnFile& operator[](Column column) { return files_[static_cast<std::size_t>(column)]; }
  const ColumnFile& operator[](Column column) const {
    return files_[static_cast<std::size_t>(column)];
  }

  // Maps the committed rows; what was sealed is forgotten, a tail stays. A failure changes nothing.
  template <typename Counts>
  Status open(FileSystem& files, const Counts& committed) {
    std::vector<std::unique_ptr<Mapping>> maps;
    for (const auto& spec : Specs) {
      TRY_ASSIGN(auto map, (*this)[spec.column].map(files, rows_of(spec.column, committed)));
      maps.push_back(std::move(map));
    }
    for (std::size_t i = 0; i < files_.size(); ++i) {
      files_[i].use(std::move(maps[i]), rows_of(Specs[i].column, committed));
    }
    return {};
  }
  void seal() {
    for (ColumnFile& file : files_) file.seal();
  }
  void drop_uncommitted() {
    for (ColumnFile& file : files_) file.drop_uncommitted();
  }
  // Writes the sealed rows of every column and syncs them.
  Status flush(FileSystem& files) const {
    for (const ColumnFile& file : files_) TRY(file.flush(files));
    return {};
  }

  // The bytes of row `row` of a table of texts that end where `ends` says.
  ByteView text(Column ends, Column texts, std::uint64_t row) const {
    const ColumnFile& end_column = (*this)[ends];
    std::uint64_t start = row == 0 ? 0 : end_column.get<Uint40>(row - 1).number();
    std::uint64_t end = end_column.get<Uint40>(row).number();
    CHECK_LEDGER(start <= end);
    if (start == end) return {};
    return (*this)[texts].bytes(start, end - start);
  }

 private:
  std::vector<ColumnFile> files_;
};

}  // namespace tracehound::ledger
