// A ledger in memory that holds some transactions of a chain and not the others: what a bundle of
// evidence can be traced on. Heights, times and chain order are the chain's; ids are its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/rows.h"

namespace tracehound::ledger {

// REQUIRES: at least one header; heights ascend and have one.
struct PartOfChain {
  std::string chain;
  ByteView headers;                // 80 bytes each, without a gap
  std::uint32_t first_height = 0;  // of the first; below it the ledger has zeros
  Hash256 tip_hash;                // of the last
  BlockRows rows;                  // the transactions, in chain order; header and hash mean nothing
  std::vector<std::uint32_t> heights;  // of each transaction
  std::vector<bool> coinbase;          // likewise
};

// REQUIRES of what is asked of the ledger: what a transaction's inputs are is asked only of those
// that are complete. Of the others it has the inputs whose coins are here; block checksums are
// zeros, an address's coins are those that are here, and it knows no wrappers. A block of which
// nothing is here has one transaction without id, inputs and outputs.
struct PartLedger {
  Ledger ledger;
  std::vector<bool> complete;  // of each transaction: all that it spends is here, or a coinbase
};

// Errors (bad_input), naming transaction and input: a coin that two transactions spend, that is
// spent before it is made, or that a transaction here does not have; a complete transaction that
// pays out more than it takes in.
Result<PartLedger> assemble(const PartOfChain& part);

}  // namespace tracehound::ledger
