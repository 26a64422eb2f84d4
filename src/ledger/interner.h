// Gives each address one id: a table from 64-bit address keys to ids. Two addresses may share a
// key, so a match is only a candidate until the caller has compared the address itself.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"

namespace tracehound::ledger {

class Interner {
 public:
  Interner() { clear(); }

  void clear() {
    slots_.assign(1U << 12, Slot{0, kEmpty});
    size_ = 0;
  }

  // The id under `key` for which same(id) holds; where there is none, `fresh` is entered and
  // given back.
  template <typename Same>
  AddressId intern(std::uint64_t key, AddressId fresh, Same same) {
    if ((size_ + 1) * 3 > slots_.size() * 2) grow();
    std::uint64_t mask = slots_.size() - 1;
    std::uint64_t place = key & mask;
    for (; slots_[place].id != kEmpty; place = (place + 1) & mask) {
      if (slots_[place].key == key && same(AddressId(slots_[place].id))) {
        return AddressId(slots_[place].id);
      }
    }
    slots_[place] = {key, fresh.number()};
    ++size_;
    return fresh;
  }

 private:
  struct Slot {
    std::uint64_t key;
    std::uint32_t id;
  };
  static constexpr std::uint32_t kEmpty = 0xFFFF'FFFF;

  void grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_.assign(old.size() * 2, Slot{0, kEmpty});
    std::uint64_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.id == kEmpty) continue;
      std::uint64_t place = slot.key & mask;
      while (slots_[place].id != kEmpty) place = (place + 1) & mask;
      slots_[place] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::uint64_t size_ = 0;
};

}  // namespace tracehound::ledger
