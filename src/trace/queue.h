// What waits for a transaction, given out in chain order.
//
// The problem: tainted coins come to be in one order and are spent in another, and the walk must
// meet the transactions that spend them in chain order without looking at any other. A binary heap
// costs a dozen cache misses a coin. But the walk only goes forward: nothing is ever queued at or
// before the transaction just taken. Such a monotone queue needs no comparisons: an item lies in
// the bucket of the highest base-2048 digit in which its key differs from the last key taken, and
// within that level in the bucket of its digit. When the keys in sight are used up, the first
// bucket of the lowest level in use opens: its items, which agree in all higher digits, fall to
// lower levels. A bucket of level 1 holds a window of 2048 keys; its items are put in order by
// counting, all at once, and then given out one after another from one run of memory, of which one
// can see what comes next and fetch what it will need. Level 0 is for those that come late, into
// the window being given out.
//
//   last key 0; keys 3, 2048, 2050, 5000000 -> level 0: {3}; level 1, digit 1: {2048, 2050}; level
//   2: {5000000}; take 3; then digit 1 of level 1 is put in order; 5000000 at its turn
//
// Cost: an item moves at most three times, on chains of 4 million transactions once, in runs of
// memory; the memory is that of the items waiting. Source: radix heaps, Ahuja, Mehlhorn, Orlin,
// Tarjan (1990); the counting is ours.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "base/check.h"
#include "trace/chunks.h"

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
    chunks_.add(bucket_of(key), key, rest...);
    ++size_;
  }
  // REQUIRES: likewise.
  void push(const Item& item) {
    CHECK(item.key() >= base_);
    chunks_.add(bucket_of(item.key()), item);
    ++size_;
  }

  // Takes all items of the least key, in memory that is the caller's until the next take(); what
  // is pushed meanwhile does not move them. REQUIRES: not empty.
  std::span<Item> take() {
    CHECK(!empty());
    opened_ = next_ == window_size_ && late_ == kNone;
    if (opened_) open_window();
    Item* first = window_.data() + next_;
    Item* end = window_.data() + window_size_;
    std::uint64_t in_window = first < end ? first->key() : kNone;
    base_ = static_cast<std::uint32_t>(std::min(in_window, late_));
    Item* next = first;
    while (next < end && next->key() == base_) ++next;
    passed_ = static_cast<std::size_t>(next - first);
    next_ += passed_;
    std::span<Item> taken{first, passed_};
    if (late_ == base_) taken = with_late(taken);
    size_ -= taken.size();
    return taken;
  }

  // What comes next of the window, but for what is late, from one distance to another; fewer at its
  // end. Whether the last take() opened the window, else how many of its items it passed. And how
  // many items the window, of 2048 keys, had when it was opened.
  std::span<const Item> ahead(std::size_t first, std::size_t end) const {
    std::size_t left = window_size_ - next_;
    first = std::min(first, left);
    return {window_.data() + next_ + first, std::min(end, left) - first};
  }
  bool opened() const { return opened_; }
  std::size_t passed() const { return passed_; }
  std::size_t window() const { return window_size_; }

 private:
  static constexpr std::uint32_t kBits = 11;
  static constexpr std::uint32_t kDigits = 1U << kBits;
  static constexpr std::size_t kLevels = (32 + kBits - 1) / kBits;
  static constexpr std::size_t kWords = kDigits / 64;
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  using Bucket = typename Chunks<Item>::List;

  // Which buckets of a level have items.
  struct Used {
    std::uint32_t buckets = 0;
    std::array<std::uint64_t, kWords> bits{};

    // REQUIRES: it had none.
    void add(std::uint32_t digit) {
      ++buckets;
      bits[digit / 64] |= std::uint64_t{1} << digit % 64;
    }
    // REQUIRES, of both: there is one. None is below `from`.
    std::uint32_t first(std::uint32_t from = 0) const {
      std::uint32_t word = from / 64;
      while (bits[word] == 0) ++word;
      return word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits[word]));
    }
    void remove(std::uint32_t digit) {
      bits[digit / 64] &= ~(std::uint64_t{1} << digit % 64);
      --buckets;
    }
  };

  // Where items of this key are kept; it is noted to be in use.
  Bucket& bucket_of(std::uint32_t key) {
    static_assert(kLevels == 3);
    std::uint32_t differs = key ^ base_;
    std::size_t level = (differs >> kBits != 0 ? 1 : 0) + (differs >> 2 * kBits != 0 ? 1 : 0);
    std::uint32_t digit = (key >> (level * kBits)) % kDigits;
    Bucket& bucket = buckets_[level * kDigits + digit];
    if (Chunks<Item>::empty(bucket)) {
      used_[level].add(digit);
      if (level == 0) late_ = std::min<std::uint64_t>(late_, key);
    }
    return bucket;
  }

  // What was taken of the window, and what came late for the same key.
  [[gnu::noinline]] std::span<Item> with_late(std::span<const Item> taken) {
    mixed_.assign(taken.begin(), taken.end());
    std::uint32_t digit = base_ % kDigits;
    Chunks<Item>::each(buckets_[digit], [&](const Item& item) { mixed_.push_back(item); });
    chunks_.clear(buckets_[digit]);
    used_[0].remove(digit);
    late_ = used_[0].buckets > 0 ? base_ - digit + used_[0].first(digit) : kNone;
    return mixed_;
  }

  // Fills the window, which is used up, from the first bucket of level 1. REQUIRES: level 0 is
  // empty, the queue is not.
  [[gnu::noinline]] void open_window() {
    while (true) {
      std::size_t level = 1;
      while (used_[level].buckets == 0) ++level;
      std::uint32_t digit = used_[level].first();
      used_[level].remove(digit);
      Bucket& bucket = buckets_[level * kDigits + digit];
      // Every level below is empty, so the base may move up to where this bucket begins.
      base_ = Chunks<Item>::any(bucket).key() >> (level * kBits) << (level * kBits);
      if (level == 1) {
        sort_window(bucket);
      } else {
        Chunks<Item>::each(bucket,
                           [&](const Item& item) { chunks_.add(bucket_of(item.key()), item); });
      }
      chunks_.clear(bucket);
      // Of a higher level, some may have fallen to level 0, which is as good as late.
      if (level == 1 || used_[0].buckets > 0) return;
    }
  }

  void sort_window(const Bucket& bucket) {
    places_.assign(kDigits + 1, 0);
    window_size_ = 0;
    Chunks<Item>::each(bucket, [&](const Item& item) {
      ++places_[item.key() % kDigits + 1];
      ++window_size_;
    });
    if (window_.size() < window_size_) window_.resize(window_size_, Chunks<Item>::any(bucket));
    next_ = 0;
    std::partial_sum(places_.begin(), places_.end(), places_.begin());
    Chunks<Item>::each(bucket,
                       [&](const Item& item) { window_[places_[item.key() % kDigits]++] = item; });
  }

  Chunks<Item> chunks_;
  std::array<Bucket, kLevels * kDigits> buckets_;
  std::array<Used, kLevels> used_;
  std::uint32_t base_ = 0;  // at most the least key
  std::size_t size_ = 0;
  std::uint64_t late_ = kNone;  // the least key of level 0
  std::vector<Item> mixed_;     // what take() showed, if some of it came late

  std::vector<Item> window_;  // its first window_size_ are ascending; given out up to next_
  std::size_t window_size_ = 0;
  std::size_t next_ = 0;
  std::size_t passed_ = 0;
  bool opened_ = false;
  std::vector<std::uint32_t> places_;  // for sort_window()
};

}  // namespace tracehound::trace
