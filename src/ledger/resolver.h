// From outpoints to coins.
//
// The txid index on disk and the spender column know every committed coin; the table in memory is a
// cache of the unspent ones that also knows the uncommitted. While the table was never made to
// forget, an outpoint it does not have cannot be spent and the disk is not asked. Otherwise the
// outpoints of a block that the table lacks are looked up together, in the order of their keys.
//
// Two transactions may have one txid (BIP 30; Bitcoin has two such pairs of coinbases). The later
// takes the earlier's place: its unspent coins are replaced. Which transactions can repeat a txid
// is known without looking every one up: a coinbase, or one that spends from a txid that has been
// repeated, for any other spends something that can be spent but once.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ledger/columns.h"
#include "ledger/rows.h"
#include "ledger/runs.h"
#include "ledger/unspent.h"

namespace tracehound::ledger {

struct Spend {
  CoinId coin;
  TxId by;
  friend auto operator<=>(const Spend&, const Spend&) = default;
};

// What a block's inputs are, and what its transactions do besides.
struct Resolved {
  // One an input, in the block's order; nothing: no such coin to spend.
  std::vector<std::optional<UnspentCoin>> inputs;
  std::vector<Spend> replaced;  // coins that a transaction of the same txid takes the place of
  std::vector<TxId> repeats;    // transactions whose txid an earlier one has
};

class Resolver {
 public:
  Resolver(const Columns& columns) : columns_(columns) {}

  // Begins again from the committed rows: the newest unspent coins go into the table, as many as
  // fit. `index` covers every committed txid and is asked when the table cannot tell.
  void reset(const Counts& committed, const RunIndex* index, std::uint64_t memory);
  // More rows are committed now; `pending` are the spends that are not yet in the spender column.
  void committed(const Counts& counts, const RunIndex* index, const std::vector<Spend>& pending);
  // Whether so many more coins fit into the memory.
  bool has_room(std::uint64_t more) const { return table_.has_room(more, memory_); }
  void forget(const std::vector<Spend>& pending);

  // Takes the block's inputs and enters its outputs, whose coins begin at counts.coins and whose
  // transactions begin at counts.transactions (the rows before the block). An outpoint that cannot
  // be taken leaves its input empty; the block is then to be refused and the resolver reset.
  void resolve(const BlockRows& block, const Counts& counts, Resolved& resolved);

  // Every transaction of that id before `counts`, in chain order, from disk and from memory.
  std::vector<TxId> find_transactions(const Hash256& txid, const Counts& counts) const;

  std::uint64_t disk_lookups() const { return disk_lookups_; }

 private:
  void prefetch(const BlockRows& block, std::size_t tx) const;
  std::optional<TxId> repeated(const BlockRows& block, std::size_t number, std::size_t first_input,
                               const Counts& counts);
  void find_on_disk(const BlockRows& block, Resolved& resolved);
  std::optional<UnspentCoin> unspent_on_disk(TxId tx, std::uint32_t output) const;
  void note_pending(const std::vector<Spend>& pending);

  const Columns& columns_;
  UnspentTable table_;
  const RunIndex* index_ = nullptr;
  Counts committed_;
  bool complete_ = true;  // the table has every unspent coin
  std::uint64_t memory_ = 0;
  std::uint64_t disk_lookups_ = 0;
  // Committed coins whose spend is not on disk yet; kept only while the table is not complete.
  std::unordered_set<std::uint64_t> pending_;
  std::vector<Hash256> repeated_;  // txids that more than one transaction has
  // Uncommitted coinbases by their txids' prefixes; of several the last.
  std::unordered_map<std::uint64_t, TxId> fresh_coinbases_;
  std::vector<std::uint32_t> missing_;  // inputs that the table lacks
};

}  // namespace tracehound::ledger
