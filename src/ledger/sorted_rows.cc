#include "ledger/sorted_rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/check.h"

namespace tracehound::ledger {

namespace {

// Nothing in it yet: setting it to zero would cost a pass over memory.
std::span<std::uint64_t> room_for(std::uint64_t count, LargeBytes& bytes) {
  return {reinterpret_cast<std::uint64_t*>(bytes.extend(count * sizeof(std::uint64_t))), count};
}

// Bits [first, end) of an entry.
struct Bits {
  int first;
  int end;
};

// By those bits; entries that have the same keep their order. Least digit first, at most 11 bits at
// a time: a pass over memory that counts them all, and one for each that moves entries between the
// two rooms. They end in the first. REQUIRES: at most 33 bits; both rooms are of one size.
void sort_by(Bits bits, std::span<std::uint64_t>& entries, std::span<std::uint64_t>& other) {
  constexpr int kMostDigitBits = 11;
  constexpr int kMostDigits = 3;
  int number = (bits.end - bits.first + kMostDigitBits - 1) / kMostDigitBits;
  if (number == 0) return;
  CHECK(number <= kMostDigits);
  // As narrow as they can be: the fewer places are written to, the more of them stay in the cache.
  int digit_bits = (bits.end - bits.first + number - 1) / number;
  std::uint64_t mask = (std::uint64_t{1} << digit_bits) - 1;
  std::array<std::array<std::uint32_t, 1 << kMostDigitBits>, kMostDigits> counts{};
  auto digit = [&](std::uint64_t entry, int i) {
    return entry >> (bits.first + i * digit_bits) & mask;
  };
  for (std::uint64_t entry : entries) {
    for (int i = 0; i < number; ++i) ++counts[i][digit(entry, i)];
  }
  for (int i = 0; i < number; ++i) {
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
  if (key_width == 4) {
    std::uint64_t all = 0;
    for (std::uint64_t entry : order_) all |= entry;
    sort_by({kKeyStart, std::max(kKeyStart, static_cast<int>(std::bit_width(all)))}, order_, other);
    return;
  }
  // So many bits tell seven in eight hashes apart; the others are soon compared.
  int told = std::min<int>(64 - kKeyStart, static_cast<int>(std::bit_width(count)) + 2);
  sort_by({64 - told, 64}, order_, other);
  sort_alike(64 - told);
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

// Entries that are the same from that bit on are sorted by comparing keys, which keys made to be
// alike make slower and not more.
void SortedRows::sort_alike(int first_bit) {
  auto key = [this](std::uint64_t entry) { return keys_[entry & kRow]; };
  for (auto group = order_.begin(); group != order_.end();) {
    auto end = group + 1;
    while (end != order_.end() && *end >> first_bit == *group >> first_bit) ++end;
    if (end - group == 2) {  // nearly all of them; what follows asks for memory
      if (key(group[1]) < key(group[0])) std::swap(group[0], group[1]);
    } else if (end - group > 2) {
      std::ranges::stable_sort(group, end, {}, key);
    }
    group = end;
  }
}

}  // namespace tracehound::ledger
