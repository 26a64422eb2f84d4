// Keys of addresses, accounts or transactions to their ids: a writer's fast memory. Two may share a
// key, so a match is only a candidate until the caller has compared the thing itself.
//
// Open addressing with linear probing, 16 bytes a slot, at most two thirds full. A slot remembers
// when it was last asked for, so that what has not been used for long can be forgotten.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/huge_pages.h"
#include "base/ids.h"
#include "base/prefetch.h"
#include "ledger/table_room.h"

namespace tracehound::ledger {

template <typename IdType>
class KeyTable {
 public:
  KeyTable() { clear(); }

  void clear() {
    slots_.assign(kFirstSlots, Slot{0, kEmpty, 0});
    size_ = 0;
  }
  std::uint64_t size() const { return size_; }
  // Slots entered or found from now on are younger than those before.
  void tick() { ++now_; }

  void prefetch(std::uint64_t key) const { tracehound::prefetch(&slots_[key & mask()]); }
  // The first id under the key, unless there is none: worth fetching before find() compares it.
  std::optional<IdType> likely(std::uint64_t key) const {
    for (std::uint64_t place = key & mask(); slots_[place].id != kEmpty;
         place = (place + 1) & mask()) {
      if (slots_[place].key == key) return IdType(slots_[place].id);
    }
    return std::nullopt;
  }
  // The id under the key for which same(id) holds.
  template <typename Same>
  std::optional<IdType> find(std::uint64_t key, Same same) {
    for (std::uint64_t place = key & mask(); slots_[place].id != kEmpty;
         place = (place + 1) & mask()) {
      if (slots_[place].key != key || !same(IdType(slots_[place].id))) continue;
      slots_[place].used = now_;
      return IdType(slots_[place].id);
    }
    return std::nullopt;
  }
  // The same question, for who only wants to know whether there is one.
  template <typename Same>
  bool contains(std::uint64_t key, Same same) const {
    for (std::uint64_t place = key & mask(); slots_[place].id != kEmpty;
         place = (place + 1) & mask()) {
      if (slots_[place].key == key && same(IdType(slots_[place].id))) return true;
    }
    return false;
  }
  // REQUIRES: the address is not here.
  void insert(std::uint64_t key, IdType id) {
    if (is_full(size_ + 1, slots_.size())) grow();
    place({key, id.number(), now_});
    ++size_;
  }

  // Whether `more` addresses fit without the table taking more than `bytes`, the moment of its
  // growing included.
  bool has_room(std::uint64_t more, std::uint64_t bytes) const {
    return bytes_to_hold(size_ + more, slots_.size(), sizeof(Slot)) <= bytes;
  }

  // Forgets every id below `first`.
  void forget_before(IdType first) {
    LargeVector<Slot> old = std::move(slots_);
    clear();
    for (const Slot& slot : old) {
      if (slot.id != kEmpty && slot.id >= first.number()) insert(slot.key, IdType(slot.id));
    }
  }

  // Forgets about half of the addresses before `end`, those that were not used for longest.
  void forget_unused_half(IdType end) {
    std::vector<std::uint32_t> ages;
    for (const Slot& slot : slots_) {
      if (slot.id < end.number()) ages.push_back(now_ - slot.used);
    }
    if (ages.empty()) return;
    auto middle = ages.begin() + static_cast<long>(ages.size() / 2);
    std::nth_element(ages.begin(), middle, ages.end());
    std::vector<Slot> kept;
    for (Slot& slot : slots_) {
      bool stays = slot.id >= end.number() || now_ - slot.used < *middle;
      if (slot.id != kEmpty && stays) kept.push_back(slot);
      slot.id = kEmpty;
    }
    size_ = kept.size();
    for (const Slot& slot : kept) place(slot);
  }

 private:
  struct Slot {
    std::uint64_t key;
    std::uint32_t id;
    std::uint32_t used;
  };
  static constexpr std::uint32_t kEmpty = 0xFFFF'FFFF;
  static constexpr std::uint64_t kFirstSlots = 1U << 4;

  std::uint64_t mask() const { return slots_.size() - 1; }
  void place(const Slot& slot) {
    std::uint64_t at = slot.key & mask();
    while (slots_[at].id != kEmpty) at = (at + 1) & mask();
    slots_[at] = slot;
  }
  void grow() {
    LargeVector<Slot> old = std::move(slots_);
    slots_.assign(old.size() * 2, Slot{0, kEmpty, 0});
    for (const Slot& slot : old) {
      if (slot.id != kEmpty) place(slot);
    }
  }

  LargeVector<Slot> slots_;
  std::uint64_t size_ = 0;
  std::uint32_t now_ = 0;
};

using AddressTable = KeyTable<AddressId>;

}  // namespace tracehound::ledger
