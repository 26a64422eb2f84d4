// Finds holders by their ids, in one cache miss each: open addressing with linear probing, at most
// half full. Holders stay where they are while they are in it; the place of one that went is given
// to the next, with the memory it had.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/check.h"
#include "base/huge_pages.h"
#include "trace/accounts/events.h"
#include "trace/accounts/units.h"
#include "trace/result.h"

namespace tracehound::trace::accounts {

// A holder's units, a lane each; of one lane they lie here.
class LaneUnits {
 public:
  void resize(std::size_t lanes) {
    if (lanes == size_) return;
    many_ = lanes > 1 ? std::make_unique<Units[]>(lanes) : nullptr;
    size_ = static_cast<std::uint32_t>(lanes);
  }
  std::size_t size() const { return size_; }
  Units* begin() { return many_ ? many_.get() : &one_; }
  Units* end() { return begin() + size_; }
  const Units* begin() const { return many_ ? many_.get() : &one_; }
  const Units* end() const { return begin() + size_; }
  Units& operator[](std::size_t lane) { return begin()[lane]; }
  const Units& operator[](std::size_t lane) const { return begin()[lane]; }
  const Units& front() const { return *begin(); }

 private:
  Units one_;
  std::unique_ptr<Units[]> many_;
  std::uint32_t size_ = 0;
};

// With one lane and one label, a holder is all in one place: two cache lines.
struct alignas(kCacheLine) Holder {
  HolderId id;
  std::uint32_t shorts = 0;  // how often more went out than was known to be there
  std::uint16_t noted = 0;   // lanes, a bit each, that know of that
  bool idle = false;         // no taint, when it was last looked at
  bool gone = false;         // no longer active
  LaneUnits lanes;           // all of the same value, the balance

  const U256& balance() const { return lanes.front().value; }
  bool clean() const {
    for (const Units& units : lanes) {
      if (!units.clean()) return false;
    }
    return true;
  }
};

static_assert(sizeof(Holder) == 2 * kCacheLine && kMethodKinds <= 16);

// A node is whatever stands for one holder, with its `id`.
template <typename Node>
class HolderTable {
 public:
  HolderTable() : slots_(kFirstSlots) {}

  Node* find(HolderId id) const {
    for (std::size_t place = home(id);; place = next(place)) {
      const Slot& slot = slots_[place];
      if (slot.holder == nullptr || slot.id == id) return slot.holder;
    }
  }
  // Asks the memory for what find() reads.
  void expect(HolderId id) const { __builtin_prefetch(&slots_[home(id)]); }
  // REQUIRES: it is not here. Everything but its id is as its predecessor left it.
  Node& insert(HolderId id) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    if (free_.empty()) free_.push_back(&make());
    Node* holder = free_.back();
    free_.pop_back();
    holder->id = id;
    place(id, holder);
    ++size_;
    return *holder;
  }
  // REQUIRES: it is here.
  void erase(HolderId id) {
    std::size_t hole = home(id);
    while (!(slots_[hole].id == id && slots_[hole].holder != nullptr)) hole = next(hole);
    free_.push_back(slots_[hole].holder);
    --size_;
    // What stands behind moves up, unless that is before its home.
    for (std::size_t from = next(hole); slots_[from].holder != nullptr; from = next(from)) {
      std::size_t distance = (from - home(slots_[from].id)) & mask();
      if (distance < ((from - hole) & mask())) continue;
      slots_[hole] = slots_[from];
      hole = from;
    }
    slots_[hole].holder = nullptr;
  }

  std::size_t size() const { return size_; }
  // All of them, in no order that means anything.
  template <typename Take>
  void each(Take take) const {
    for (const Slot& slot : slots_) {
      if (slot.holder != nullptr) take(*slot.holder);
    }
  }

 private:
  struct Slot {
    HolderId id;
    Node* holder = nullptr;
  };
  static constexpr std::size_t kFirstSlots = 64;

  std::size_t mask() const { return slots_.size() - 1; }
  std::size_t next(std::size_t place) const { return (place + 1) & mask(); }
  std::size_t home(HolderId id) const { return HolderHash()(id) & mask(); }
  void place(HolderId id, Node* holder) {
    std::size_t at = home(id);
    while (slots_[at].holder != nullptr) at = next(at);
    slots_[at] = {id, holder};
  }
  Node& make() {
    constexpr std::size_t kFirst = 64;
    constexpr std::size_t kLargest = 10;  // doublings of it
    if (blocks_.empty() || blocks_.back().size() == blocks_.back().capacity()) {
      std::size_t room = kFirst << std::min(blocks_.size(), kLargest);
      blocks_.emplace_back().reserve(room);
    }
    return blocks_.back().emplace_back();
  }
  void grow() {
    LargeVector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.holder != nullptr) place(slot.id, slot.holder);
    }
  }

  LargeVector<Slot> slots_;
  std::size_t size_ = 0;
  std::vector<LargeVector<Node>> blocks_;  // of which none outgrows its room
  std::vector<Node*> free_;
};

}  // namespace tracehound::trace::accounts
