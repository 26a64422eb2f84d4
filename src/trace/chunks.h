// Lists that grow and are emptied all the time, out of one stock of small pieces of memory: nothing
// is copied to grow a list, and what one list gives back is still in the cache when another takes
// it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "base/huge_pages.h"
#include "base/prefetch.h"

namespace tracehound::trace {

template <typename Item>
class Chunks {
 private:
  static_assert(std::is_trivially_copyable_v<Item> && std::is_trivially_destructible_v<Item>);
  static constexpr std::uint32_t kItems = 31;  // of 32 bytes: with the link a kilobyte
  struct Chunk {
    union {
      Chunk* next;                         // of its list, or of the stock
      std::byte first_item[sizeof(Item)];  // so that no item lies across two cache lines
    };
    alignas(Item) std::byte room[kItems * sizeof(Item)];

    Item* items() { return reinterpret_cast<Item*>(room); }
    const Item* items() const { return reinterpret_cast<const Item*>(room); }
  };

 public:
  // Empty when made; its chunks belong to the Chunks that filled it.
  class List {
   private:
    friend class Chunks;
    Chunk* first_ = nullptr;   // the only one that is not full
    std::uint32_t count_ = 0;  // of items in it
  };

  Chunks() = default;
  Chunks(const Chunks&) = delete;
  Chunks& operator=(const Chunks&) = delete;

  template <typename... Parts>
  void add(List& list, const Parts&... parts) {
    if (list.first_ == nullptr || list.count_ == kItems) begin_chunk(list);
    std::construct_at(list.first_->items() + list.count_++, parts...);
  }
  static bool empty(const List& list) { return list.first_ == nullptr; }
  // REQUIRES: not empty.
  static const Item& any(const List& list) { return list.first_->items()[0]; }

  // Always in the same order, not that in which they were added.
  template <typename Visit>
  static void each(const List& list, Visit visit) {
    std::uint32_t count = list.count_;
    for (const Chunk* chunk = list.first_; chunk != nullptr; chunk = chunk->next) {
      const Chunk* ahead = chunk->next != nullptr ? chunk->next : chunk;
      for (std::uint32_t i = 0; i < count; ++i) {
        tracehound::prefetch(ahead->items() + i);
        visit(chunk->items()[i]);
      }
      count = kItems;
    }
  }
  void clear(List& list) {
    while (list.first_ != nullptr) {
      Chunk* next = list.first_->next;
      list.first_->next = stock_;
      stock_ = list.first_;
      list.first_ = next;
    }
    list.count_ = 0;
  }

 private:
  // Chunks; each block has twice as many as the one before, up to 8 MB, which is worth huge pages.
  static constexpr std::size_t kFirstBlock = 16;
  static constexpr std::size_t kLastBlock = 8192;

  void begin_chunk(List& list) {
    if (stock_ == nullptr) buy();
    Chunk* chunk = stock_;
    stock_ = chunk->next;
    chunk->next = list.first_;
    list.first_ = chunk;
    list.count_ = 0;
  }
  [[gnu::noinline]] void buy() {
    std::size_t count =
        blocks_.empty() ? kFirstBlock : std::min(2 * blocks_.back().size(), kLastBlock);
    blocks_.emplace_back(count);
    for (Chunk& chunk : blocks_.back()) {
      chunk.next = stock_;
      stock_ = &chunk;
    }
  }

  std::vector<LargeVector<Chunk>> blocks_;
  Chunk* stock_ = nullptr;
};

}  // namespace tracehound::trace
