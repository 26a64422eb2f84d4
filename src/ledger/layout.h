// The files a ledger of so many rows consists of: it follows from the counts alone. What writers,
// `ledger compact` and `ledger stat` need to know of a ledger, whatever its rows mean.
#pragma once

#include <string_view>
#include <vector>

#include "ledger/schema.h"

namespace tracehound::ledger {

struct Layout {
  struct Column {
    std::string_view file;  // its name under columns/
    std::uint64_t rows;
    std::uint64_t width;  // of a row, in bytes
    std::uint64_t bytes() const { return rows * width; }
  };
  struct Indexed {
    const IndexSpec* spec;
    std::uint64_t rows;
  };
  std::vector<Column> columns;
  std::vector<Indexed> indexes;
};

// Of a coin ledger.
Layout layout(const Counts& counts);

}  // namespace tracehound::ledger
