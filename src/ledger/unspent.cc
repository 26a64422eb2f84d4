#include "ledger/unspent.h"

#include <algorithm>

#include "base/check.h"
#include "ledger/table_room.h"

namespace tracehound::ledger {

namespace {

constexpr std::uint64_t kFirstSlots = 1U << 4;

std::uint64_t low_half(const Outpoint& outpoint) { return outpoint.txid.prefix(); }
std::uint64_t high_half(const Outpoint& outpoint) {
  return load_le<std::uint64_t>(outpoint.txid.bytes.data() + 8);
}
// Outputs of one transaction land apart; the txid itself is already uniform.
std::uint64_t mix(std::uint64_t key, std::uint32_t index) {
  return key + index * std::uint64_t{0x9E3779B97F4A7C15};
}

}  // namespace

UnspentTable::UnspentTable() { clear(); }

void UnspentTable::clear() {
  slots_.assign(kFirstSlots, Slot{0, 0, kEmpty, 0});
  mask_ = kFirstSlots - 1;
  size_ = 0;
}

std::uint64_t UnspentTable::home(const Slot& slot) const {
  auto index = static_cast<std::uint32_t>(slot.coin_and_index & (kOutputLimit - 1));
  return mix(slot.key_low, index) & mask_;
}

std::uint64_t UnspentTable::find(const Outpoint& outpoint) const {
  std::uint64_t place = mix(low_half(outpoint), outpoint.index) & mask_;
  for (;; place = (place + 1) & mask_) {
    const Slot& slot = slots_[place];
    if (slot.coin_and_index == kEmpty) return place;
    if (slot.key_low == low_half(outpoint) && slot.key_high == high_half(outpoint) &&
        (slot.coin_and_index & (kOutputLimit - 1)) == outpoint.index) {
      return place;
    }
  }
}

void UnspentTable::prefetch(const Outpoint& outpoint) const {
  __builtin_prefetch(&slots_[mix(low_half(outpoint), outpoint.index) & mask_]);
}

// Enters the slots that hold a coin. REQUIRES: every slot of the table is empty.
void UnspentTable::place_all(std::span<const Slot> slots) {
  for (const Slot& slot : slots) {
    if (slot.coin_and_index == kEmpty) continue;
    std::uint64_t place = home(slot);
    while (slots_[place].coin_and_index != kEmpty) place = (place + 1) & mask_;
    slots_[place] = slot;
  }
}

void UnspentTable::grow() {
  LargeVector<Slot> old = std::move(slots_);
  slots_.assign(old.size() * 2, Slot{0, 0, kEmpty, 0});
  mask_ = slots_.size() - 1;
  place_all(old);
}

bool UnspentTable::has_room(std::uint64_t more, std::uint64_t bytes) const {
  return bytes_to_hold(size_ + more, slots_.size(), sizeof(Slot)) <= bytes;
}

void UnspentTable::forget_older_half(CoinId end) {
  std::vector<std::uint64_t> ages;
  for (const Slot& slot : slots_) {
    if (slot.coin_and_index != kEmpty && slot.coin_and_index >> 24 < end.number()) {
      ages.push_back(slot.coin_and_index >> 24);
    }
  }
  if (ages.empty()) return;
  auto middle = ages.begin() + static_cast<long>(ages.size() / 2);
  std::nth_element(ages.begin(), middle, ages.end());
  std::vector<Slot> kept;
  for (Slot& slot : slots_) {
    if (slot.coin_and_index != kEmpty && slot.coin_and_index >> 24 > *middle) kept.push_back(slot);
    slot.coin_and_index = kEmpty;
  }
  size_ = kept.size();
  place_all(kept);
}

std::optional<UnspentCoin> UnspentTable::insert(const Outpoint& outpoint, const UnspentCoin& coin) {
  CHECK(outpoint.index < kOutputLimit && coin.coin.number() <= kUint40Max);
  if (is_full(size_ + 1, slots_.size())) grow();
  Slot& slot = slots_[find(outpoint)];
  std::optional<UnspentCoin> before;
  if (slot.coin_and_index != kEmpty) {
    before = UnspentCoin{CoinId(slot.coin_and_index >> 24), slot.value};
  } else {
    ++size_;
  }
  slot = {low_half(outpoint), high_half(outpoint), coin.coin.number() << 24 | outpoint.index,
          coin.value};
  return before;
}

std::optional<UnspentCoin> UnspentTable::take(const Outpoint& outpoint) {
  if (outpoint.index >= kOutputLimit) return std::nullopt;
  std::uint64_t hole = find(outpoint);
  if (slots_[hole].coin_and_index == kEmpty) return std::nullopt;
  UnspentCoin taken{CoinId(slots_[hole].coin_and_index >> 24), slots_[hole].value};
  // Close the hole: a later slot moves into it if its home does not lie between hole and itself.
  for (std::uint64_t place = (hole + 1) & mask_; slots_[place].coin_and_index != kEmpty;
       place = (place + 1) & mask_) {
    if (((place - home(slots_[place])) & mask_) >= ((place - hole) & mask_)) {
      slots_[hole] = slots_[place];
      hole = place;
    }
  }
  slots_[hole].coin_and_index = kEmpty;
  --size_;
  return taken;
}

}  // namespace tracehound::ledger
