// The checksum of one block's rows, shared by writer and check.
#pragma once

#define XXH_STATIC_LINKING_ONLY  // for a state that is no allocation: there are many blocks
#include <xxhash.h>

#include <array>
#include <cstring>

#include "base/bytes.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

// What blocks of few rows have is brought together first: of two dozen short pieces one that is
// hashed at once.
class RowsChecksum {
 public:
  explicit RowsChecksum(std::uint64_t seed) : seed_(seed) {}

  void add(ByteView bytes) {
    if (bytes.size() > few_.size() - size_) take_few();
    if (bytes.size() <= few_.size() - size_) {
      std::memcpy(few_.data() + size_, bytes.data(), bytes.size());
      size_ += bytes.size();
    } else {
      XXH3_64bits_update(&state_, bytes.data(), bytes.size());
    }
  }
  std::uint64_t value() {
    if (!begun_) return XXH3_64bits_withSeed(few_.data(), size_, seed_);
    take_few();
    return XXH3_64bits_digest(&state_);
  }

 private:
  void take_few() {
    if (!begun_) {
      XXH3_INITSTATE(&state_);
      XXH3_64bits_reset_withSeed(&state_, seed_);
      begun_ = true;
    }
    XXH3_64bits_update(&state_, few_.data(), size_);
    size_ = 0;
  }

  std::uint64_t seed_;
  bool begun_ = false;
  std::size_t size_ = 0;  // of what few_ holds
  std::array<Byte, 4096> few_;
  XXH3_state_t state_;
};

// XXH3-64, seeded with the block before's checksum, over the rows between `before` and `after` of
// every column in table order, except coin.spender (written again later) and block.checksum.
// bytes_of(column, first_row, rows) gives the rows' bytes.
template <typename BytesOf>
std::uint64_t block_checksum(std::uint64_t seed, const Counts& before, const Counts& after,
                             BytesOf bytes_of) {
  RowsChecksum sum(seed);
  for (const ColumnSpec& spec : kColumns) {
    if (spec.column == Column::coin_spender || spec.column == Column::block_checksum) continue;
    std::uint64_t first = rows_of(spec.column, before);
    std::uint64_t rows = rows_of(spec.column, after) - first;
    if (rows > 0) sum.add(bytes_of(spec.column, first, rows));
  }
  return sum.value();
}

}  // namespace tracehound::ledger
