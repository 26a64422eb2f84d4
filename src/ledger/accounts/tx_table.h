// Keys of transactions to their ids, as KeyTable has them of accounts, in half the memory: there
// are more of them, and nearly each is asked for once, to find that it is not there. A slot holds
// half the key; so a match is a candidate a little more often.
//
// Open addressing with linear probing, 8 bytes a slot, at most two thirds full. Where a slot is
// follows from the half key alone, in its order: growing goes through both tables front to back.
#pragma once

#include <cstdint>
#include <utility>

#include "base/huge_pages.h"
#include "base/ids.h"
#include "base/prefetch.h"
#include "ledger/table_room.h"

namespace tracehound::ledger::accounts {

class TxTable {
 public:
  TxTable() { clear(); }

  void clear() {
    slots_.assign(kFirstSlots, Slot{});
    size_ = 0;
  }
  std::uint64_t size() const { return size_; }
  void prefetch(std::uint64_t key) const { tracehound::prefetch(&slots_[home(half(key))]); }
  // Whether same(id) holds for an id under the key, or under another one with the same half.
  template <typename Same>
  bool contains(std::uint64_t key, Same same) const {
    std::uint32_t wanted = half(key);
    for (std::uint64_t at = home(wanted); slots_[at].id != kEmpty; at = after(at)) {
      if (slots_[at].half == wanted && same(TxId(slots_[at].id))) return true;
    }
    return false;
  }
  // REQUIRES: the transaction is not here.
  void insert(std::uint64_t key, TxId id) {
    if (is_full(size_ + 1, slots_.size())) grow();
    place({half(key), id.number()});
    ++size_;
  }
  // Whether it takes at most `bytes`, the moment of its growing included.
  bool has_room(std::uint64_t bytes) const {
    return bytes_to_hold(size_, slots_.size(), sizeof(Slot)) <= bytes;
  }
  // Forgets every id below `first`, and gives back the memory.
  void forget_before(TxId first) {
    LargeVector<Slot> old = std::move(slots_);
    clear();
    for (const Slot& slot : old) {
      if (slot.id == kEmpty || slot.id < first.number()) continue;
      if (is_full(size_ + 1, slots_.size())) grow();
      place(slot);
      ++size_;
    }
  }

 private:
  static constexpr std::uint32_t kEmpty = 0xFFFF'FFFF;
  static constexpr std::uint64_t kFirstSlots = 1U << 4;
  struct Slot {
    std::uint32_t half = 0;
    std::uint32_t id = kEmpty;
  };

  static std::uint32_t half(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 32); }
  std::uint64_t home(std::uint32_t half) const { return half * slots_.size() >> 32; }
  std::uint64_t after(std::uint64_t at) const { return (at + 1) & (slots_.size() - 1); }
  void place(const Slot& slot) {
    std::uint64_t at = home(slot.half);
    while (slots_[at].id != kEmpty) at = after(at);
    slots_[at] = slot;
  }
  void grow() {
    LargeVector<Slot> old = std::move(slots_);
    slots_.assign(old.size() * 2, Slot{});
    for (const Slot& slot : old) {
      if (slot.id != kEmpty) place(slot);
    }
  }

  LargeVector<Slot> slots_;
  std::uint64_t size_ = 0;
};

}  // namespace tracehound::ledger::accounts
