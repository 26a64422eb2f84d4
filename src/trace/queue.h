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

  // Makes an item of the key and the rest. REQUIRES: the key is not below the last one taken.
  template <typename... Rest>
  void emplace(std::uint32_t key, const Rest&... rest) {
    CHECK(key >= base_);
    bucket_of(key).emplace_back(key, rest...);
    ++size_;
  }
  // REQUIRES: likewise.
  void push(const Item& item) {
    CHECK(item.key() >= base_);
    bucket_of(item.key()).push_back(item);
    ++size_;
  }

  // Whether the last take() came upon keys it had not in sight before; and those that are in sight,
  // with their items: visit(key, items), ascending.
  bool looked_ahead() const { return looked_ahead_; }
  template <typename Visit>
  void in_sight(Visit visit) const {
    for (std::uint32_t word = 0; word < kWords; ++word) {
      for (std::uint64_t near = used_[0][word]; near != 0; near &= near - 1) {
        std::uint32_t digit = word * 64 + static_cast<std::uint32_t>(std::countr_zero(near));
        visit(base_ / kDigits * kDigits + digit, std::span<const Item>(buckets_[digit]));
      }
    }
  }

  // Takes all items of the least key into `into`, whose old content goes, and returns the key.
  // REQUIRES: not empty.
  std::uint32_t take(std::vector<Item>& into) {
    CHECK(!empty());
    into.clear();
    looked_ahead_ = false;
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
      looked_ahead_ = true;
    }
  }

 private:
  static constexpr std::uint32_t kBits = 8;
  static constexpr std::uint32_t kDigits = 1U << kBits;
  static constexpr std::size_t kLevels = (32 + kBits - 1) / kBits;
  static constexpr std::size_t kWords = kDigits / 64;
  static constexpr std::size_t kKeptCapacity = 256;  // items; larger buckets give their memory back

  // Where items of this key are kept; it is noted to be in use.
  std::vector<Item>& bucket_of(std::uint32_t key) {
    std::size_t level = (std::bit_width((key ^ base_) | 1U) - 1) / kBits;
    std::uint32_t digit = (key >> (level * kBits)) % kDigits;
    used_[level][digit / 64] |= std::uint64_t{1} << digit % 64;
    return buckets_[level * kDigits + digit];
  }

  // Every level below is empty, so the base may move up to where this bucket begins.
  void open(std::vector<Item>& bucket, std::size_t level) {
    base_ = bucket.front().key() >> (level * kBits) << (level * kBits);
    for (const Item& item : bucket) bucket_of(item.key()).push_back(item);
    bucket.clear();
    if (bucket.capacity() > kKeptCapacity) std::vector<Item>().swap(bucket);
  }

  std::array<std::vector<Item>, kLevels * kDigits> buckets_;
  std::array<std::array<std::uint64_t, kWords>, kLevels>
      used_{};              // bit d: bucket d of the level has items
  std::uint32_t base_ = 0;  // at most the least key
  std::size_t size_ = 0;
  bool looked_ahead_ = false;
};

}  // namespace tracehound::trace
