// What of a ledger a trace rests on, so that it can be run again from that alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ledger/ledger.h"
#include "trace/result.h"
#include "trace/seeds.h"
#include "trace/stops.h"

namespace tracehound::evidence {

// What is touched by traces of one run, which has parcels.
struct Touched {
  std::vector<TxId> transactions;       // that carried taint on; chain order
  std::vector<AddressId> addresses;     // that received some, by id
  std::vector<BlockHeight> fee_blocks;  // whose fees flowed on into their coinbase
};
Touched touched_by(const ledger::Ledger& ledger, std::span<const trace::Trace> traces);

// The transactions that a bundle must hold, in chain order: those that were touched, that made a
// seed or that `co_spends` names; what made the coins they spend; all of the fee blocks with what
// made the coins those spend; and the coinbases that took the place of one of them (BIP 30).
std::vector<TxId> needed(const ledger::Ledger& ledger, const Touched& touched,
                         std::span<const trace::Seed> seeds, std::span<const TxId> co_spends);

}  // namespace tracehound::evidence
