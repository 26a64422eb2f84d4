// What becomes of taint that is paid in fees.
//
// As a sink it ends there. But a fee is not lost: the block's miner gets it, and pays it out in the
// block's coinbase with the subsidy. Followed on, a coinbase is a transaction like any other, with
// inputs that are no coins:
//
//   block 7: coinbase c pays 5000000007 to its miner; t pays a fee of 5, all tainted; u one of 2
//   c's inputs: [subsidy 5000000000, clean] [fee of t: 5, tainted] [fee of u: 2, clean]
//   fifo: c:0 = [5000000000 clean][5 tainted][2 clean]; nothing is unclaimed
//
// The coinbase comes first in its block's chain order and takes in the fees of all that come after
// it. That does no harm: its coins can be spent in later blocks only. So fees wait under the key of
// the transaction behind their block, and the coinbase is settled when the walk gets there, before
// that transaction is visited.
//
// Cost: the fees of all a block's transactions are read, once for each block in which a tainted fee
// was paid; the ledger keeps no fees. Source: the coinbase rule of Bitcoin: outputs at most subsidy
// and fees; what is not claimed never comes to be.

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "ledger/subsidy.h"
#include "trace/walk.h"

namespace tracehound::trace {

// The fee of the transaction at hand, of which made_ is tainted.
void Walk::pay_fee(Amount fee) {
  if (made_.lanes() == 0) return;
  bool unconfirmed = ledger_.is_unconfirmed(at_);
  if (to_miner_ && !unconfirmed) {
    queue_.emplace(block_end(at_), at_, fee, waiting_runs_.put(made_, fee));
    return;
  }
  made_.each([&](std::size_t lane, RunView list) {
    for (const Run& run : list) {
      if (run.label != kClean) lanes_[lane].end_in_fee(run.label, run.length, unconfirmed);
    }
  });
}

// The number of the transaction behind the block that holds this one.
std::uint32_t Walk::block_end(TxId tx) {
  if (!block_.contains(tx)) block_ = ledger_.transactions(ledger_.height(tx));
  return block_.end.number();
}

// Whether what has arrived waited for the coinbase of the block that ends before this key. What
// else waits for it then does so a little longer.
bool Walk::is_block_end(std::uint32_t key) {
  auto for_coinbase = [&](const Waiting& waiting) {
    if (waiting.kind() != WaitingKind::seed) return waiting.kind() == WaitingKind::fee;
    return key == end_.number() || waiting.coin() < columns_.outputs(TxId(key)).first;
  };
  if (std::ranges::none_of(arriving_, for_coinbase)) return false;
  for (const Waiting& waiting : arriving_) {
    if (!for_coinbase(waiting)) queue_.push(waiting);
  }
  auto others = std::ranges::remove_if(
      arriving_, [&](const Waiting& waiting) { return !for_coinbase(waiting); });
  arriving_ = arriving_.first(arriving_.size() - others.size());
  return true;
}

Status Walk::settle_coinbase(std::uint32_t block_end) {
  visited_to_ = TxId(block_end - 1);
  BlockHeight height = ledger_.height(visited_to_);
  IdRange<TxId> block = ledger_.transactions(height);
  at_ = block.first;
  if (!ledger_.is_coinbase(at_)) {
    contradiction_ = "its block does not begin with a coinbase";
    return contradicts(at_);
  }
  makes_seeds_ = take_notes();
  IdRange<CoinId> coins = columns_.outputs(at_);
  if (arriving_.empty()) {
    LaneRuns clean;
    for (CoinId coin : coins) arrive(coin, columns_.value(coin), clean);
    return consistent(at_);
  }
  TRY(gather_fees(height, block));
  if (!gather_outputs(coins)) {
    return bad_input(fmt::format(
        "the coinbase of block {} pays out more than its subsidy and its fees, {} units; the chain "
        "does not follow the schedule of {}, so follow it without --fees miner",
        height.number(), total_, ledger_.chain()));
  }
  divide(coins.first, false);
  leave_unclaimed();
  for_each_lane(touched_, [&](std::size_t lane) { lanes_[lane].end_coinbase(); });
  return consistent(at_);
}

// The coinbase's inputs: the subsidy, then every transaction's fee.
Status Walk::gather_fees(BlockHeight height, IdRange<TxId> block) {
  std::ranges::sort(arriving_, {}, &Waiting::payer);
  touched_ = 0;
  for (const Waiting& waiting : arriving_) touched_ |= waiting.lanes();
  for_each_lane(touched_, [&](std::size_t lane) {
    lanes_[lane].begin();
    lanes_[lane].begin_coinbase();
  });
  total_ = 0;
  auto subsidy = options_.subsidy ? options_.subsidy : ledger::subsidy(ledger_.chain(), height);
  CHECK(subsidy.has_value());
  enter(CoinId(block.first.number()), *subsidy, nullptr);
  auto next = arriving_.begin();
  for (TxId tx(block.first.next()); tx != block.end; tx = tx.next()) {
    bool waited = next != arriving_.end() && next->payer() == tx;
    Amount fee = waited ? next->value() : fee_of(tx);
    TRY(consistent(tx));
    enter(CoinId(tx.number()), fee, waited ? &*next++ : nullptr);
  }
  CHECK(next == arriving_.end());
  for (const Waiting& waiting : arriving_) waiting_runs_.remove(waiting);
  return {};
}

Amount Walk::fee_of(TxId tx) {
  Columns::Inputs inputs = columns_.inputs(tx);
  Amount taken = 0;
  Amount paid = 0;
  for (std::uint64_t i = inputs.first; i < inputs.end; ++i) {
    taken += columns_.value(columns_.input_coin(i));
  }
  for (CoinId coin : columns_.outputs(tx)) paid += columns_.value(coin);
  if (paid > taken) contradiction_ = kPaysTooMuch;
  return taken - paid;
}

// What the miner did not claim is in no coin.
void Walk::leave_unclaimed() {
  for_each_lane(touched_, [&](std::size_t lane) {
    std::size_t last = values_.size() - 1;
    RunView list = lanes_[lane].output(last);
    if (options_.parcels) lanes_[lane].add_parcels(at_, last, std::nullopt, list);
    for (const Run& run : list) {
      if (run.label != kClean) lanes_[lane].found.unclaimed.add(run.label, run.length);
    }
  });
}

}  // namespace tracehound::trace
