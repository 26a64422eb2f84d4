// How many bytes the parts of a ledger take.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "ledger/layout.h"

namespace tracehound::ledger {

struct DiskUse {
  struct Part {
    std::string name;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    std::uint64_t runs = 0;  // of an index
  };
  struct Table {
    std::string name;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    std::vector<Part> columns;
  };
  std::vector<Table> tables;
  std::vector<Part> indexes;
  std::uint64_t index_bytes = 0;
  std::uint64_t bytes = 0;
};

// Follows from the counts alone: rows have one width and runs one form.
DiskUse disk_use(const Layout& files);
inline DiskUse disk_use(const Counts& counts) { return disk_use(layout(counts)); }

// What the columns and runs take now, committed or not.
Result<std::uint64_t> bytes_on_disk(FileSystem& files, const std::string& folder);

}  // namespace tracehound::ledger
