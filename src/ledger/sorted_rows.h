// New rows of an index in the order of their keys: what a run is made of besides older runs.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "base/large_bytes.h"

namespace tracehound::ledger {

class SortedRows {
 public:
  // The keys of the rows from `first` on.
  using KeysOf = std::function<void(std::uint64_t first, std::span<std::uint64_t> keys)>;

  // Of rows [first, first + count), by key; rows of one key in their own order.
  // `key_width`: 4 or 8 bytes. REQUIRES: count < 2^32.
  SortedRows(std::uint64_t first, std::uint64_t count, std::size_t key_width,
             const KeysOf& keys_of);

  std::size_t size() const { return order_.size(); }
  std::uint64_t key(std::size_t place) const {
    return keys_.empty() ? order_[place] >> 32 : keys_[place];
  }
  std::uint64_t row(std::size_t place) const { return first_ + (order_[place] & kRow); }

 private:
  static constexpr std::uint64_t kRow = 0xFFFF'FFFF;
  static constexpr int kKeyStart = 32;  // the bit of an entry from which on it has the key's

  void ask_keys(std::size_t key_width, const KeysOf& keys_of);
  void sort_alike(int first_bit);

  std::uint64_t first_;
  LargeBytes key_room_;
  LargeBytes room_;
  LargeBytes other_room_;
  std::span<std::uint64_t>
      order_;                      // the key's highest 32 bits, and the row's number from first_ on
  std::span<std::uint64_t> keys_;  // only if they have 8 bytes: of the rows, and at last in order
};

}  // namespace tracehound::ledger
