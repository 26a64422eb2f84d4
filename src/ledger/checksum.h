// The checksum of one block's rows, shared by writer and check.
#pragma once

#include <xxhash.h>

#include <memory>

#include "base/bytes.h"
#include "base/check.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

// XXH3-64, seeded with the block before's checksum, over the rows between `before` and `after` of
// every column in table order, except coin.spender (written again later) and block.checksum.
// bytes_of(column, first_row, rows) gives the rows' bytes.
template <typename BytesOf>
std::uint64_t block_checksum(std::uint64_t seed, const Counts& before, const Counts& after,
                             BytesOf bytes_of) {
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                 XXH3_freeState);
  CHECK(state != nullptr);
  XXH3_64bits_reset_withSeed(state.get(), seed);
  for (const ColumnSpec& spec : kColumns) {
    if (spec.column == Column::coin_spender || spec.column == Column::block_checksum) continue;
    std::uint64_t first = rows_of(spec.column, before);
    std::uint64_t rows = rows_of(spec.column, after) - first;
    if (rows == 0) continue;
    ByteView bytes = bytes_of(spec.column, first, rows);
    XXH3_64bits_update(state.get(), bytes.data(), bytes.size());
  }
  return XXH3_64bits_digest(state.get());
}

}  // namespace tracehound::ledger
