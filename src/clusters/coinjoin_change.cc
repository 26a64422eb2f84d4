// In a round with one denomination d everyone brings coins, gets one output of d, which looks like
// everybody else's, and the change, which does not: it is what was brought, less d, less a share of
// the fee, or plus what a maker earns.
//
//   in 1500000 in 2300000 in 1100000; out 1000000 x3, 499800, 1299800, 99800; fee 600
//   1500000 - 1000000 = 500000, and 499800 alone is near it: input 0 has that change
//
// A pair is told only where the values leave no other reading: one input alone explains the change
// (its address brings nothing else here), the difference is at most the whole fee and a hundredth
// of d, no other output is as near to that input and no other input to that output, and no output
// has the same value. Who brought several coins is not solved for, and gets none: with many inputs
// nearly any sum can be made up (joinmarket.cc). How often pairs are right in
// rounds of strangers is not known: nobody has published who paid what.
//
// Cost: inputs times outputs.

#include "clusters/coinjoin_change.h"

#include <algorithm>
#include <optional>

namespace tracehound::clusters {

namespace {

// What one maker earns is below this part of d.
constexpr Amount kEarnedPart = 100;

bool has_one_denomination(Protocol protocol) {
  return protocol == Protocol::joinmarket || protocol == Protocol::equal_outputs ||
         protocol == Protocol::wasabi1;
}

class Pairs {
 public:
  Pairs(const TransactionView& transaction, Amount denomination)
      : inputs_(transaction.inputs), outputs_(transaction.outputs), denomination_(denomination) {
    Amount in = 0;
    Amount out = 0;
    for (const ViewedCoin& coin : inputs_) in += coin.value;
    for (const ViewedCoin& coin : outputs_) out += coin.value;
    most_paid_ = denomination_ / kEarnedPart + (in > out ? in - out : 0);
  }

  std::vector<CoinJoinChange> find() const {
    std::vector<CoinJoinChange> pairs;
    for (std::uint32_t input = 0; input < inputs_.size(); ++input) {
      auto output = only(outputs_.size(), [&](std::uint32_t o) { return fits(input, o); });
      if (!output || !stands_alone(input, *output)) continue;
      auto back = only(inputs_.size(), [&](std::uint32_t i) { return fits(i, *output); });
      if (back == input) pairs.push_back({input, *output});
    }
    return pairs;
  }

 private:
  // The one that fits, if there is exactly one.
  template <typename Fits>
  static std::optional<std::uint32_t> only(std::size_t count, Fits fits) {
    std::optional<std::uint32_t> found;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!fits(i)) continue;
      if (found) return std::nullopt;
      found = i;
    }
    return found;
  }

  bool fits(std::uint32_t input, std::uint32_t output) const {
    const ViewedCoin& change = outputs_[output];
    if (change.value == denomination_ || change.value == 0) return false;
    if (change.script == ledger::ScriptKind::op_return) return false;
    if (inputs_[input].value <= denomination_) return false;
    Amount left = inputs_[input].value - denomination_;
    return left >= change.value ? left - change.value <= most_paid_
                                : change.value - left <= denomination_ / kEarnedPart;
  }

  bool stands_alone(std::uint32_t input, std::uint32_t output) const {
    auto same_owner = [&](const ViewedCoin& coin) {
      return coin.address == inputs_[input].address;
    };
    auto same_value = [&](const ViewedCoin& coin) { return coin.value == outputs_[output].value; };
    return inputs_[input].value > outputs_[output].value &&
           std::ranges::count_if(inputs_, same_owner) == 1 &&
           std::ranges::count_if(outputs_, same_value) == 1;
  }

  std::span<const ViewedCoin> inputs_;
  std::span<const ViewedCoin> outputs_;
  Amount denomination_;
  Amount most_paid_;  // that an input's change may be short of
};

}  // namespace

std::vector<CoinJoinChange> coinjoin_changes(const TransactionView& transaction,
                                             const Recognised& recognised) {
  if (!has_one_denomination(recognised.protocol) || recognised.denomination == 0) return {};
  return Pairs(transaction, recognised.denomination).find();
}

std::vector<CoinJoinChange> coinjoin_changes(const ledger::Ledger& ledger, TxId tx) {
  auto recognised = Recogniser(ledger).alone(tx);
  if (!recognised || !is_coinjoin(recognised->protocol)) return {};
  ViewRoom room;
  return coinjoin_changes(view_of(ledger, tx, room), *recognised);
}

}  // namespace tracehound::clusters
