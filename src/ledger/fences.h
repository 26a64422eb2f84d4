// Where in a sorted run to look for a key, without searching all of it.
//
// The keys between a run's first and its last are parted into slices of equal width, a power of
// two, and the fences say at which entry each slice begins. A look-up reads two neighbouring fences
// and then the dozen entries between them: two cache misses, where a binary search of a million
// takes twenty and a guess from the key's value four. Hashes fill all slices alike. Addresses do
// not (many coins of a run belong to those that appeared with it), so slices can be crowded; a
// binary search of one slice is still shorter than one of the run.
//
//   slices of n entries: the largest power of two up to n / 8, from 1 to 2^24
//   uniform keys (hashes): slice = the key's highest bits
//   other keys: slice = (key - first key) >> shift, with the least shift that gives the last key
//   a slice
//
// A hash is in one run and asked of all. Beside each of their fences stands a signature of the
// slice's keys, 32 bits of which every key sets two: where they are not set the key is not, and
// its entries need not be read. With 8 keys a slice one run in six is searched in vain.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

inline constexpr std::uint64_t kFenceHeader = 12;   // first key (8), shift (4); uniform keys: none
inline constexpr std::uint64_t kEntriesASlice = 8;  // at least, on average
inline constexpr std::uint64_t kMostSlices = 1 << 24;  // what a writer keeps of them is 128 MB

constexpr std::uint64_t slices_of(std::uint64_t entries) {
  return std::bit_floor(std::clamp<std::uint64_t>(entries / kEntriesASlice, 1, kMostSlices));
}
// An entry's number (4) and, of uniform keys, a signature (4).
constexpr std::uint64_t fence_width(const IndexSpec& spec) { return spec.uniform_keys ? 8 : 4; }
constexpr std::uint64_t fence_bytes(const IndexSpec& spec, std::uint64_t entries) {
  return (spec.uniform_keys ? 0 : kFenceHeader) + slices_of(entries) * fence_width(spec);
}
// What a uniform key sets in the signature of its slice: its lowest bits say which.
constexpr std::uint32_t signature_of(std::uint64_t key) {
  return std::uint32_t{1} << (key & 31) | std::uint32_t{1} << (key >> 5 & 31);
}

struct Slicing {
  std::uint64_t first_key = 0;
  std::uint32_t shift = 0;

  // What is known without looking at the keys; that is all of it where they are uniform.
  static Slicing of(const IndexSpec& spec, std::uint64_t slices) {
    if (!spec.uniform_keys) return {};
    return {.shift = static_cast<std::uint32_t>(64 - std::countr_zero(slices))};
  }
  // REQUIRES: key >= first_key. Past the last slice for a key past the last one.
  std::uint64_t slice_of(std::uint64_t key) const {
    return shift >= 64 ? 0 : (key - first_key) >> shift;
  }
};

// The fences of entries that come one after the other.
class FenceBuilder {
 public:
  // `entries`: how many there will be.
  FenceBuilder(const IndexSpec& spec, std::uint64_t entries)
      : uniform_(spec.uniform_keys),
        slicing_(Slicing::of(spec, slices_of(entries))),
        counts_(slices_of(entries)),
        signatures_(spec.uniform_keys ? counts_.size() : 0) {}

  // REQUIRES: no key before was larger.
  void add(std::uint64_t key) {
    if (entries_ == 0 && !uniform_) slicing_.first_key = key;
    std::uint64_t slice = slicing_.slice_of(key);
    for (; slice >= counts_.size(); slice = slicing_.slice_of(key)) fold();
    ++counts_[slice];
    if (uniform_) signatures_[slice] |= signature_of(key);
    used_ = slice + 1;
    ++entries_;
  }
  // As they stand in the run's file.
  Bytes bytes() const;

 private:
  void fold();

  bool uniform_;
  Slicing slicing_;
  std::uint64_t entries_ = 0;
  std::vector<std::uint32_t> counts_;      // entries of each slice
  std::vector<std::uint32_t> signatures_;  // of uniform keys alone
  std::uint64_t used_ = 0;                 // slices before this one may have some
};

}  // namespace tracehound::ledger
