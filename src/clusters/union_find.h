// Which numbers are in one set, while sets are joined: union-find.
//
// Each number names another one of its set, or itself; who names itself is the root. Following the
// names leads to the root, and on the way each number is made to name its grandparent (path
// halving), so the next walk is half as long. A union makes the larger root name the smaller:
//
//   unite(7, 3): 7 -> 3      unite(9, 7): 9 -> 3      unite(3, 1): 3 -> 1, and find(9) is 1
//
// Linking by number, and not by size as textbooks do, makes the root the set's smallest number
// whatever the order of the unions was, so a set's name depends on nothing but its members. With
// path halving alone a walk is still logarithmic in the mean (Tarjan and van Leeuwen, 1984), and
// numbers here are given out in the order things appear: most walks are a step or two.
//
// Cost: 4 bytes a number. Limits: sets are joined, never split, and by one thread at a time. All
// others may ask meanwhile, without locks: a union writes to a root, halving only to what is no
// root any more, so no write undoes another, and whatever order they come in, names lead upwards
// within a set. Who asks while sets are joined may be told of two that they are apart still; that
// they are one is never taken back.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/large_bytes.h"

namespace tracehound::clusters {

// Over all numbers below a count.
class UnionFind {
 public:
  // Each alone.
  explicit UnionFind(std::uint64_t count) : UnionFind({}, count) {}
  // Those of `roots` as it says, which is what flatten() gave; the others, up to `count`, alone.
  // REQUIRES: roots.size() <= count.
  UnionFind(std::span<const std::uint32_t> roots, std::uint64_t count);

  // Thread-safe.
  std::uint32_t find(std::uint32_t number) {
    for (std::uint32_t name = named_by(number); name != number; name = named_by(number)) {
      std::uint32_t above = named_by(name);
      if (above == name) return name;
      set(number, above);
      number = above;
    }
    return number;
  }
  // Thread-safe.
  bool are_one(std::uint32_t one, std::uint32_t other) {
    while (true) {
      one = find(one);
      other = find(other);
      if (one == other) return true;
      // Unless the first root was joined to something while the second was sought.
      if (named_by(one) == one) return false;
    }
  }
  // Whether they were in two sets. One thread at a time.
  bool unite(std::uint32_t one, std::uint32_t other) {
    one = find(one);
    other = find(other);
    if (one == other) return false;
    if (one > other) std::swap(one, other);
    set(other, one);
    return true;
  }
  void prefetch(std::uint32_t number) const { __builtin_prefetch(&parent_[number]); }

  // Afterwards every number names its root, which is the smallest of its set. REQUIRES: nobody asks
  // or joins meanwhile.
  std::span<const std::uint32_t> flatten();
  // The memory, for other use: what flatten() gave is no more.
  LargeBytes take() && { return std::move(memory_); }

 private:
  // Whoever sees a name sees all that led to it: so what was one is not apart later.
  std::uint32_t named_by(std::uint32_t number) {
    return std::atomic_ref<std::uint32_t>(parent_[number]).load(std::memory_order_acquire);
  }
  void set(std::uint32_t number, std::uint32_t name) {
    std::atomic_ref<std::uint32_t>(parent_[number]).store(name, std::memory_order_release);
  }

  LargeBytes memory_;
  std::span<std::uint32_t> parent_;  // in there
};

// The same over few of very many numbers: those never joined take no room.
class SparseUnionFind {
 public:
  std::uint32_t find(std::uint32_t number) const {
    for (auto at = parent_.find(number); at != parent_.end(); at = parent_.find(number)) {
      if (at->second == number) break;
      number = at->second;
    }
    return number;
  }
  bool unite(std::uint32_t one, std::uint32_t other) {
    one = halve(one);
    other = halve(other);
    if (one == other) return false;
    if (one > other) std::swap(one, other);
    parent_[other] = one;
    parent_.try_emplace(one, one);
    return true;
  }
  bool empty() const { return parent_.empty(); }

  // (root, number) of every number that was ever joined to another, sorted.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> sets() const;

 private:
  // find(), and the way to it made shorter.
  std::uint32_t halve(std::uint32_t number);

  std::unordered_map<std::uint32_t, std::uint32_t> parent_;
};

}  // namespace tracehound::clusters
