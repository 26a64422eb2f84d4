// Finds what waits for a transaction by the coins that its inputs name.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "trace/waiting.h"

namespace tracehound::trace {

// Looks through a few, and has a hash table of many.
class ByCoin {
 public:
  // What is shown must stay as it is while it is asked for. REQUIRES: each coin once.
  void show(std::span<const Waiting> waiting) {
    waiting_ = waiting;
    if (waiting.size() > kFew) fill_slots();
  }
  // Nothing: it does not wait.
  const Waiting* find(CoinId coin) const {
    if (waiting_.size() > kFew) return look_up(coin);
    for (const Waiting& waiting : waiting_) {
      if (waiting.coin() == coin) return &waiting;
    }
    return nullptr;
  }

 private:
  static constexpr std::size_t kFew = 6;

  std::size_t slot_of(CoinId coin) const { return coin.number() * 0x9E37'79B9'7F4A'7C15 >> shift_; }
  const Waiting* look_up(CoinId coin) const {
    std::size_t slot = slot_of(coin);
    while (slots_[slot] != nullptr && slots_[slot]->coin() != coin) slot = next(slot);
    return slots_[slot];
  }
  std::size_t next(std::size_t slot) const { return slot + 1 == slots_.size() ? 0 : slot + 1; }
  // At most half full.
  void fill_slots() {
    auto bits = static_cast<unsigned>(std::bit_width(2 * waiting_.size() - 1));
    slots_.assign(std::size_t{1} << bits, nullptr);
    shift_ = 64 - bits;
    for (const Waiting& waiting : waiting_) {
      std::size_t slot = slot_of(waiting.coin());
      while (slots_[slot] != nullptr) slot = next(slot);
      slots_[slot] = &waiting;
    }
  }

  std::span<const Waiting> waiting_;
  std::vector<const Waiting*> slots_;
  unsigned shift_ = 0;
};

}  // namespace tracehound::trace
