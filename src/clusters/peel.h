// Peel chains: one owner's coin goes from transaction to transaction, and each time a part is paid
// away (peeled off) and the rest goes on.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "clusters/change_fresh.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

// Which output of a transaction the owner goes on with (Kappos et al., "How to Peel a Million",
// USENIX Security 2022, in our words): the only output at an address not seen before; or, among the
// fresh ones, the only one spent in the way that this transaction spends. Nothing where that leaves
// none or several.
std::optional<CoinId> find_next(const ledger::Ledger& ledger, TxId tx);
std::optional<CoinId> find_next(const ledger::Ledger& ledger, TxId tx, FreshAddresses& fresh);
// Which input the owner came with: the only one that is its own transaction's find_next.
std::optional<CoinId> find_previous(const ledger::Ledger& ledger, TxId tx);

// Why a chain ends.
enum class PeelEnd : std::uint8_t {
  unspent,    // the rest lies there still
  peeled,     // backwards: what it begins with was itself paid away
  shape,      // the next transaction is no peel: not one owner's coins into two outputs
  coinbase,   // backwards: the coins were mined
  mix,        // the next transaction is a CoinJoin
  pause,      // more time lies between than the options allow
  undecided,  // no output is the rest for certain
  longest,    // the options allow no more
  joined,     // of find_peels: another chain goes on there, whose rest it spends too
};
std::string_view name_of(PeelEnd end);

struct PeelOptions {
  std::uint64_t hops_max = 100'000;
  // Between two of its transactions, in seconds of block time; 0 is no limit.
  std::uint32_t pause_max = 0;
  // Where find_next does not decide, go on with the larger output if it holds at least this many
  // hundredths of both; 0 ends the chain there.
  std::uint32_t larger_share = 70;
};

struct PeelHop {
  TxId tx;
  CoinId rest;    // the output that goes on
  CoinId peeled;  // the other one
  bool by_value;  // decided by the larger share, not by find_next
};

struct PeelChain {
  std::vector<PeelHop> hops;     // in chain order
  PeelEnd end = PeelEnd::shape;  // why it goes on no further, in the direction that was walked
};

// From a transaction on. No hops where it is no peel itself.
PeelChain follow_peel(const ledger::Ledger& ledger, TxId start, const PeelOptions& options = {});
// Up to a transaction, which is the last hop.
PeelChain follow_peel_back(const ledger::Ledger& ledger, TxId end, const PeelOptions& options = {});

// Every chain of `least` hops or more in these transactions, each transaction in one of them, by
// first transaction: each goes as far as follow_peel would from its first hop, but for the hops
// that lie after the range. One pass in chain order; memory for the chains that go on.
// `on_transaction`, if there is one, is told each transaction that is done.
std::vector<PeelChain> find_peels(const ledger::Ledger& ledger, IdRange<TxId> transactions,
                                  std::size_t least, const PeelOptions& options = {},
                                  const std::function<void(TxId)>& on_transaction = {});

}  // namespace tracehound::clusters
