// Makes a report's Flow: who rests how many hops from the theft.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "incidents/report.h"

namespace tracehound::incidents {

// Units of one coin at rest, or of one fee.
struct Rest {
  std::size_t destination = 0;  // index into the destinations
  std::uint32_t hop = 0;
  TxId transaction;  // that brought them there
  Units amount;
};

// Units that a transaction brought into a coin.
struct Move {
  std::uint32_t hop = 0;  // of that coin
  TxId transaction;
  Units amount;
};

// The hops of each column after the seed's, as [first, last]: single while they fit, pooled in
// growing ranges beyond, the last one cut at `deepest`. Ten columns at most with the seed's.
std::vector<std::pair<std::uint32_t, std::uint32_t>> hop_ranges(std::uint32_t deepest);

// `describe` gives a transaction's id, height and time. Services beyond the largest few are folded
// into one node, exactly. `conserves` says whether size is amounts or coins.
Flow make_flow(std::span<const ReportDestination> destinations, std::span<const Rest> rests,
               std::span<const Move> moves, bool conserves,
               const std::function<FlowTransaction(TxId)>& describe);

}  // namespace tracehound::incidents
