// All columns of an account ledger while it is written, and the few row questions that its parts
// share.
#pragma once

#include <string>
#include <vector>

#include "ledger/accounts/rows.h"
#include "ledger/accounts/schema.h"
#include "ledger/column_file.h"

namespace tracehound::ledger::accounts {

std::string column_path(const std::string& folder, const ColumnSpec& spec);

class Columns {
 public:
  explicit Columns(const std::string& folder);

  ColumnFile& operator[](Column column) { return files_[static_cast<std::size_t>(column)]; }
  const ColumnFile& operator[](Column column) const {
    return files_[static_cast<std::size_t>(column)];
  }

  // Maps the committed rows; what was sealed is forgotten, a tail stays. A failure changes nothing.
  Status open(FileSystem& files, const Counts& committed);
  void seal();
  void drop_uncommitted();
  // Writes the sealed rows of every column and syncs them.
  Status flush(FileSystem& files) const;

  // The bytes of row `row` of a table of texts that end where `ends` says.
  ByteView text(Column ends, Column texts, std::uint64_t row) const;

 private:
  std::vector<ColumnFile> files_;
};

}  // namespace tracehound::ledger::accounts
