// The commonest transaction, made short: one method that counts, and taint of one label that lies
// in few inputs as a single run each. Nothing then needs to be gathered by lane or by label: the
// taint coming in is a sum, each output gets a share, and the hops are one number. walk.cc says
// what happens in general; this must do the same, and the tests hold the two against each other:
// one method alone goes here, beside others it does not.
//
// Cost: about half the instructions of the general way, for most of all transactions of a trace.

#include <algorithm>

#include "trace/walk.h"

namespace tracehound::trace {

bool Walk::goes_plainly() const {
  if (!plain_ || makes_seeds_ || arriving_.size() > kFewArriving) return false;
  std::uint64_t label = arriving_.front().form();
  if (label > form::kLastLabel) return false;
  return std::ranges::all_of(arriving_,
                             [&](const Waiting& waiting) { return waiting.form() == label; });
}

[[gnu::flatten]] void Walk::visit_plainly(Columns::Inputs inputs, IdRange<CoinId> coins) {
  Run run{0, Label(static_cast<std::uint32_t>(arriving_.front().form())), ~0U};
  for (const Waiting& waiting : arriving_) {
    run.length += waiting.amount();
    run.hops = std::min(run.hops, waiting.size());
  }
  ++run.hops;
  Amount total = 0;
  std::size_t met = 0;
  for (std::uint64_t i = inputs.first; i < inputs.end; ++i) {
    CoinId coin = columns_.input_coin(i);
    const Waiting* waiting = find_arriving(coin);
    met += waiting ? 1 : 0;
    total += waiting ? waiting->value() : columns_.value(coin);
  }
  total_ = total;
  if (!gather_outputs(coins)) contradiction_ = kPaysTooMuch;
  if (met != arriving_.size()) contradiction_ = kSpendsOthers;
  if (!contradiction_.empty()) return;

  Lane& lane = lanes_.front();
  std::span<const Amount> shares = lane.divide_one({run.label, run.length}, values_, total);
  for (std::size_t i = 0; i + 1 < shares.size(); ++i) {
    run.length = shares[i];
    if (run.length == 0) continue;
    CoinId coin(coins.first.number() + i);
    ++lane.found.coins_touched;
    std::optional<Stop> stop = stop_at(coin);
    std::optional<TxId> spender = stop ? std::nullopt : columns_.spender(coin);
    if (!spender) {
      lane.land(coin, values_[i], {&run, 1}, stop.value_or(Stop{}));
    } else if (*spender <= visited_to_) {
      contradiction_ = kSpentTooSoon;
    } else {
      queue_.emplace(spender->number(), coin, values_[i],
                     PackedRuns{1, run.label.number(), run.hops, run.length});
    }
  }
  if (shares.back() == 0) return;
  lane.found.fees.add(run.label, shares.back());
  if (ledger_.is_unconfirmed(at_)) lane.found.unconfirmed_fees += shares.back();
}

}  // namespace tracehound::trace
