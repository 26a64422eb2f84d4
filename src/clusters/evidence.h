// What a cluster rests on: transactions that show two addresses to be in one hand.
//
// A cluster's evidence is a spanning forest: the edges that Kruskal's algorithm keeps when it goes
// through the chain in order, that is, those that joined two sets which nothing before had joined.
// A cluster of n addresses has n - 1 of them.
//
//   tx 5 spends coins of a and b     kept: a-b
//   tx 8 spends coins of b and c     kept: b-c
//   tx 9 spends coins of a and c     not kept: they were one already
//
// Chain order makes it the one right forest. It is the same on any number of threads and in any
// number of pieces. And going back to a block is cutting the edges after it: an edge was left out
// only because earlier ones had joined its ends, and those are not cut.
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace tracehound::clusters {

// A cluster is named by the smallest AddressId in it, which is the address that the chain showed
// first.
using ClusterId = Id<struct ClusterTag, std::uint32_t>;

// Rules are numbered in each clustering: which names they have stands in its manifest. The first is
// always this one: inputs of one transaction, unless it is a CoinJoin.
inline constexpr std::uint8_t kMultiInput = 0;
inline constexpr const char* kMultiInputName = "multi-input";
// In percent, as tags have it. A guess of change has less, so it never wins over this.
inline constexpr std::uint8_t kMultiInputConfidence = 95;
// The second is always this one: a script's hash and the script, which a spend has shown. The
// edge's first end is the wrapper. No guess: a hash has no second script.
inline constexpr std::uint8_t kWrapper = 1;
inline constexpr const char* kWrapperName = "wrapper";
inline constexpr std::uint8_t kWrapperConfidence = 100;
// From here on, guesses of change.
inline constexpr std::uint8_t kFirstChangeRule = 2;

struct Edge {
  TxId transaction;
  AddressId first;  // multi-input: of the first input that names a key
  AddressId second;
  std::uint8_t rule = kMultiInput;
  std::uint8_t confidence = kMultiInputConfidence;

  friend bool operator==(const Edge&, const Edge&) = default;
};

}  // namespace tracehound::clusters
