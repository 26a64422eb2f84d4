// Which coins can be spent, by outpoint: the resolver's fast memory while a chain is written.
//
// An open-addressing table with linear probing and no tombstones (a removal shifts its followers
// back). The key is the first 128 bits of the txid and the output number: two txids that share 128
// bits would take 2^64 hashes to make. 32 bytes a slot, at most two thirds full.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/huge_pages.h"
#include "base/ids.h"
#include "ledger/rows.h"

namespace tracehound::ledger {

struct UnspentCoin {
  CoinId coin;
  Amount value;
};

class UnspentTable {
 public:
  UnspentTable();

  // Output numbers at or above this are refused by the writer: no block has room for them.
  static constexpr std::uint32_t kOutputLimit = 1U << 24;

  // Gives the coin that stood under the same outpoint before, if any (BIP 30), and replaces it.
  // REQUIRES: outpoint.index < kOutputLimit.
  std::optional<UnspentCoin> insert(const Outpoint& outpoint, const UnspentCoin& coin);
  // Removes and gives the coin; nothing when it is not here.
  std::optional<UnspentCoin> take(const Outpoint& outpoint);
  // Asks the memory for the slot that insert() or take() will look at.
  void prefetch(const Outpoint& outpoint) const;
  std::uint64_t size() const { return size_; }
  void clear();

  // Whether `more` coins fit without the table taking more than `bytes`, the moment of its growing
  // included.
  bool has_room(std::uint64_t more, std::uint64_t bytes) const;
  // Forgets about the older half of the coins before `end`: by their ids, the oldest go.
  void forget_older_half(CoinId end);

 private:
  struct Slot {
    std::uint64_t key_low;
    std::uint64_t key_high;
    std::uint64_t coin_and_index;  // coin id << 24 | output number; all ones: empty
    Amount value;
  };
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};

  std::uint64_t find(const Outpoint& outpoint) const;
  std::uint64_t home(const Slot& slot) const;
  void place_all(std::span<const Slot> slots);
  void grow();

  LargeVector<Slot> slots_;
  std::uint64_t mask_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace tracehound::ledger
