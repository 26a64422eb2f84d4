// What waits for a transaction, given out in chain order.
//
// The problem: tainted coins come to be in one order and are spent in another, and the walk must
// meet the transactions that spend them in chain order without looking at any other. A binary heap
// costs a dozen cache misses a coin. But the walk only goes forward: nothing is ever queued at or
// before the transaction just taken. Such a monotone queue needs no comparisons: an item lies in
// the bucket of the highest base-256 digit in which its key differs from the last key taken, and
// within that level in the bucket of its digit. Taking the least key opens the first bucket of the
// lowest level in use; its items, which agree in all higher digits, fall to lower levels.
//
//   last key 0; keys 3, 300, 301, 70000 -> level 0: {3}; level 1, digit 1: {300, 301}; level 2:
//   {70000}; take 3; then digit 1 of level 1 opens into level 0: {300}, {301}; then 70000 at its
//   turn
//
// Cost: an item moves at most four times, in runs of memory, so 10 to 30 ns in all; the memory is
// that of the items waiting. Source: radix heaps, Ahuja, Mehlhorn, Orlin, Tarjan (1990).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "base/check.h"

namespace tracehound::trace {

// Item has a member function key(), 32 bits, the same while it waits. Items of one key come out
// together, in no order that means anything, but the same one every time.
template <typename Item>
class RadixQueue {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // REQUIRES: item.key() is not below the last key taken.
  void push(const Item& item) {
    CHECK(item.key() >= base_);
    place(item);
    ++size_;
  }

  // The keys that come next, as far as they are near enough to be known already; says how many.
  std::size_t in_sight(std::span<std::uint32_t> keys) const {
    std::size_t count = 0;
    for (std::size_t word = 0; word < kWords; ++word) {
      for (std::uint64_t near = used_[0][word]; near != 0; near &= near - 1) {
        if (count == keys.size()) return count;
        auto digit = static_cast<std::uint32_t>(word * 64) +
                     static_cast<std::uint32_t>(std::countr_zero(near));
        keys[count++] = base_ / kDigits * kDigits + digit;
      }
    }
    return count;
  }

  // Takes all items of the least key into `into`, whose old content goes, and returns the key.
  // REQUIRES: not empty.
  std::uint32_t take(std::vector<Item>& into) {
    CHECK(!empty());
    into.clear();
    while (true) {
      std::size_t level = 0;
      std::size_t word = 0;
      while (used_[level][word] == 0) {
        if (++word == kWords) {
          word = 0;
          ++level;
        }
      }
      std::uint64_t& used = used_[level][word];
      std::size_t digit = word * 64 + static_cast<std::size_t>(std::countr_zero(used));
      used &= used - 1;
      std::vector<Item>& bucket = buckets_[level * kDigits + digit];
      if (level == 0) {
        std::swap(into, bucket);
        base_ = into.front().key();
        size_ -= into.size();
        return base_;
      }
      open(bucket, level);
    }
  }

 private:
  static constexpr std::uint32_t kBits = 8;
  static constexpr std::uint32_t kDigits = 1U << kBits;
  static constexpr std::size_t kLevels = (32 + kBits - 1) / kBits;
  static constexpr std::size_t kWords = kDigits / 64;
  static constexpr std::size_t kKeptCapacity = 256;  // items; larger buckets give their memory back

  void place(const Item& item) {
    std::uint32_t key = item.key();
    std::size_t level = (std::bit_width((key ^ base_) | 1U) - 1) / kBits;
    std::uint32_t digit = (key >> (level * kBits)) % kDigits;
    used_[level][digit / 64] |= std::uint64_t{1} << digit % 64;
    buckets_[level * kDigits + digit].push_back(item);
  }

  // Every level below is empty, so the base may move up to where this bucket begins.
  void open(std::vector<Item>& bucket, std::size_t level) {
    base_ = bucket.front().key() >> (level * kBits) << (level * kBits);
    for (const Item& item : bucket) place(item);
    bucket.clear();
    if (bucket.capacity() > kKeptCapacity) std::vector<Item>().swap(bucket);
  }

  std::array<std::vector<Item>, kLevels * kDigits> buckets_;
  std::array<std::array<std::uint64_t, kWords>, kLevels>
      used_{};              // bit d: bucket d of the level has items
  std::uint32_t base_ = 0;  // at most the least key
  std::size_t size_ = 0;
};

}  // namespace tracehound::trace
