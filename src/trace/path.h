// The strongest paths between two sets of coins.
//
// A path is a chain of coins c0, c1, ... ck, each an output of the transaction that spends the one
// before, with only c0 in FROM and only ck in TO. What it carries is the haircut amount along it
// alone: all of c0's units set out, and in each transaction the path's next coin takes the share of
// them that its value is of the sum of the inputs' values, rounded down to whole units:
//   a0 = value(c0),  ai = floor(a(i-1) * value(ci) / sum of the inputs of ci's transaction)
// A path that carries no whole unit is none. What other coins bring into the transactions on the
// way, also from FROM, does not count: the amounts of all paths into ck sum to what a haircut trace
// of FROM finds in ck, but for rounding down and for paths that lead on through coins of FROM or
// TO.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"
#include "trace/stops.h"

namespace tracehound::trace {

struct PathStep {
  TxId transaction;   // spends the coin before
  CoinId coin;        // and creates this one
  Amount amount = 0;  // what of the path's units is in it

  friend bool operator==(const PathStep&, const PathStep&) = default;
};

struct Path {
  CoinId from;
  Amount value = 0;             // of `from`: what sets out
  std::vector<PathStep> steps;  // none when a coin is in both sets

  Amount amount() const { return steps.empty() ? value : steps.back().amount; }
  CoinId to() const { return steps.empty() ? from : steps.back().coin; }
};

struct PathOptions {
  std::size_t paths = 5;         // how many to find at most
  std::uint64_t work = 1000000;  // visits of transactions before the search gives up
};

struct Paths {
  std::vector<Path>
      paths;  // by falling amount; of equals, that which ends in the earlier coin first
  std::uint64_t visits = 0;  // of transactions: one may be visited again by another path
  // The bound on work was hit. What is listed is still the strongest there is; weaker paths, or the
  // only ones, may be missing.
  bool cut = false;
};

// No path goes on through a coin that a stop holds for, but it may begin or end in one.
// Deterministic. Errors (usage): an empty set; no paths asked for. Errors (bad_input): a coin the
// ledger does not have. Errors (machine): the ledger contradicts itself.
Result<Paths> find_paths(const ledger::Ledger& ledger, std::span<const CoinId> from,
                         std::span<const CoinId> to, const Stops& stops,
                         const PathOptions& options = {});

}  // namespace tracehound::trace
