#include "ledger/sorted_rows.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace tracehound::ledger {

namespace {

// Nothing in it yet: setting it to zero would cost a pass over memory.
std::span<std::uint64_t> room_for(std::uint64_t count, LargeBytes& bytes) {
  return {reinterpret_cast<std::uint64_t*>(bytes.extend(count * sizeof(std::uint64_t))), count};
}

// By the highest 32 bits; entries that have the same keep their order. Least digit first, 11 bits
// at a time: a pass over memory that counts them all, and one for each that moves entries between
// the two rooms. They end in the first. REQUIRES: both are of one size.
void sort_by_high_half(std::span<std::uint64_t>& entries, std::span<std::uint64_t>& other) {
  constexpr int kDigitBits = 11;
  constexpr std::uint64_t kDigits = 1U << kDigitBits;
  constexpr int kNumber = 3;
  std::array<std::array<std::uint32_t, kDigits>, kNumber> counts{};
  auto digit = [](std::uint64_t entry, int number) {
    return entry >> (32 + number * kDigitBits) & (kDigits - 1);
  };
  for (std::uint64_t entry : entries) {
    for (int i = 0; i < kNumber; ++i) ++counts[i][digit(entry, i)];
  }
  for (int i = 0; i < kNumber; ++i) {
    auto& starts = counts[i];
    if (std::ranges::find(starts, entries.size()) != starts.end()) continue;  // all the same digit
    std::uint32_t next = 0;
    for (std::uint32_t& start : starts) next += std::exchange(start, next);
    for (std::uint64_t entry : entries) other[starts[digit(entry, i)]++] = entry;
    std::swap(entries, other);
  }
}

}  // namespace

SortedRows::SortedRows(std::uint64_t first, std::uint64_t count, std::size_t key_width,
                       const KeysOf& keys_of)
    : first_(first) {
  CHECK(count <= kRow && (key_width == 4 || key_width == 8));
  if (key_width == 8) keys_ = room_for(count, key_room_);
  order_ = room_for(count, room_);
  ask_keys(key_width, keys_of);
  std::span<std::uint64_t> other = room_for(count, other_room_);
  sort_by_high_half(order_, other);
  if (key_width == 4) return;
  sort_alike();
  for (std::uint64_t place = 0; place < count; ++place) other[place] = keys_[order_[place] & kRow];
  keys_ = other;
}

void SortedRows::ask_keys(std::size_t key_width, const KeysOf& keys_of) {
  std::array<std::uint64_t, 64> some;
  for (std::uint64_t row = 0; row < order_.size(); row += some.size()) {
    std::uint64_t size = std::min<std::uint64_t>(some.size(), order_.size() - row);
    std::span keys = key_width == 8 ? keys_.subspan(row, size) : std::span(some).first(size);
    keys_of(first_ + row, keys);
    std::uint64_t shift = key_width == 8 ? 0 : 32;
    for (std::uint64_t i = 0; i < size; ++i)
      order_[row + i] = (keys[i] << shift & ~kRow) | (row + i);
  }
}

// The highest 32 bits tell nearly all hashes apart; what they do not is sorted by comparing, which
// keys made to be alike make slower and not more.
void SortedRows::sort_alike() {
  for (auto group = order_.begin(); group != order_.end();) {
    auto end = group + 1;
    while (end != order_.end() && *end >> 32 == *group >> 32) ++end;
    if (end - group > 1) {
      std::ranges::stable_sort(group, end, {},
                               [this](std::uint64_t entry) { return keys_[entry & kRow]; });
    }
    group = end;
  }
}

}  // namespace tracehound::ledger
