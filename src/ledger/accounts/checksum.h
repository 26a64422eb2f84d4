// The checksum of one block's rows, shared by writer and check.
#pragma once

#include "ledger/accounts/schema.h"
#include "ledger/checksum.h"

namespace tracehound::ledger::accounts {

// XXH3-64, seeded with the block before's checksum, over the rows between `before` and `after` of
// every column in table order, except block.checksum.
// bytes_of(column, first_row, rows) gives the rows' bytes.
template <typename BytesOf>
std::uint64_t block_checksum(std::uint64_t seed, const Counts& before, const Counts& after,
                             BytesOf bytes_of) {
  RowsChecksum sum(seed);
  for (const ColumnSpec& spec : kColumns) {
    if (spec.column == Column::block_checksum) continue;
    std::uint64_t first = rows_of(spec.column, before);
    std::uint64_t rows = rows_of(spec.column, after) - first;
    if (rows > 0) sum.add(bytes_of(spec.column, first, rows));
  }
  return sum.value();
}

}  // namespace tracehound::ledger::accounts
