// Unconfirmed transactions laid over a snapshot, in memory alone.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/rows.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

// Transactions that no block holds yet, as a decoder gives them.
struct UnconfirmedRows {
  // No coinbase, and each transaction behind those it spends from. Header and hash mean nothing.
  BlockRows rows;
  std::vector<std::uint32_t> first_seen;  // of each transaction, in seconds since 1970
  std::uint32_t taken_at = 0;             // when all of them were together, likewise
  std::uint64_t unread = 0;               // more that no decoder could read; they count as left out
};

// From now on this one snapshot has them: as rows behind the confirmed ones, and one block behind
// the tip that they are in (ledger.h says what differs from a real one). A transaction is left out,
// and with it all that spends from it, if it spends a coin that the ledger does not have or that is
// spent, here or by a transaction before it; if it pays out more than it takes in; if the ledger
// has it already. Costs a look-up for each input and each output. No file changes.
// Errors (machine), and then nothing is added: a file cannot be mapped; no room for so many ids.
// REQUIRES: none were added before.
Status add_unconfirmed(FileSystem& files, Ledger& ledger, const UnconfirmedRows& unconfirmed);

// What is added to a Ledger.
struct Overlay {
  Unconfirmed facts;
  Counts counts;                                  // the confirmed rows and the new ones
  std::vector<std::unique_ptr<Mapping>> columns;  // as kColumns, with the new rows
  std::vector<std::pair<Index, Run>> runs;        // over the new rows
  std::vector<std::pair<CoinId, TxId>> spends;    // by coin: what the transactions spend
  std::vector<std::uint32_t> first_seen;          // of each new transaction
};

}  // namespace tracehound::ledger
