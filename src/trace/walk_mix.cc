// Through a mix by what is known of it: the change of those whose change is known is followed.
//
// Whoever brought one coin into a mix and got back a change of known value has paid the rest in.
// The change can only come out of that coin; so each such pair is divided by itself first, as a
// transaction with one input and the outputs [what was paid in, the change], as the method does it.
// What is left of all inputs then goes to the other outputs and the fee, as the method divides what
// is left of the transaction, and ends there as `mixed`.
//
//   inputs A 15, B 23, of which A is stolen; outputs 10, 10, change of A 4, change of B 12, fee 2
//   pairs (A, 4), (B, 12): A gives [11, 4], all stolen; of B nothing is
//   left: inputs 11 stolen, 11 clean; outputs 10, 10, fee 2: fifo 10, 1, 0
//
// Taint thus never leaks into the change of a stranger, and the thief's does not end in the mix.
// Pairs count whether or not there is taint in them: what a mix does is the same for all.

#include <array>

#include "base/check.h"
#include "trace/walk.h"

namespace tracehound::trace {

// One lane's runs of one coin, kept while others are divided.
struct Walk::KeptRuns {
  std::array<std::vector<Run>, kMostLanes> runs;

  void show(LaneRuns& shown) const {
    shown.clear();
    for (std::size_t lane = 0; lane < kMostLanes; ++lane) shown.set(lane, runs[lane]);
  }
};

// REQUIRES: gather() and gather_outputs() were called; of a mix whose changes are followed.
void Walk::follow_changes(Columns::Inputs inputs, CoinId first_output) {
  std::vector<MixChange> pairs = stops_.mix_changes(ledger_, at_);
  std::vector<KeptRuns> outputs(values_.size());
  std::vector<Amount> whole = values_;
  std::vector<KeptRuns> paid_in(pairs.size());
  std::vector<bool> is_change(values_.size());
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    is_change[pairs[p].output] = true;
    split_change(inputs, pairs[p], first_output, whole, paid_in[p], outputs[pairs[p].output]);
  }
  enter_rest(inputs, pairs, paid_in, whole);
  values_.clear();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (!is_change[i]) values_.push_back(whole[i]);
  }
  for_each_lane(touched_, [&](std::size_t lane) { lanes_[lane].divide(values_, total_, false); });
  keep_outputs(is_change, first_output, outputs);
  make_fee();
  for_each_lane(touched_,
                [&](std::size_t lane) { lanes_[lane].found.transactions_touched -= pairs.size(); });
  LaneRuns runs;
  for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
    outputs[i].show(runs);
    in_mix_ = !is_change[i];
    if (runs.lanes() == 0 && !makes_seeds_) continue;
    arrive(CoinId(first_output.number() + i), whole[i], runs);
  }
  in_mix_ = false;
}

// One input into what was paid in and the change.
void Walk::split_change(Columns::Inputs inputs, const MixChange& pair, CoinId first_output,
                        std::span<const Amount> whole, KeptRuns& paid_in, KeptRuns& change) {
  CoinId coin = columns_.input_coin(inputs.first + pair.input);
  Amount value = columns_.value(coin);
  CHECK(whole[pair.output] < value);
  std::array<Amount, 3> parts = {value - whole[pair.output], whole[pair.output], 0};
  for_each_lane(touched_, [&](std::size_t lane) { lanes_[lane].begin(); });
  enter(coin, value, arriving_by_coin_.find(coin));
  for_each_lane(touched_, [&](std::size_t lane) {
    lanes_[lane].divide(parts, value, false);
    RunView rest = lanes_[lane].output(0);
    paid_in.runs[lane].assign(rest.begin(), rest.end());
    for (Run& run : paid_in.runs[lane]) run.hops -= run.label != kClean ? 1 : 0;
    RunView out = lanes_[lane].output(1);
    change.runs[lane].assign(out.begin(), out.end());
    if (options_.parcels && !out.empty()) {
      CoinId to(first_output.number() + pair.output);
      lanes_[lane].add_parcels(at_, 1, to, out);
    }
  });
}

// The inputs in their order, of those with a change what was paid in.
void Walk::enter_rest(Columns::Inputs inputs, std::span<const MixChange> pairs,
                      std::span<const KeptRuns> paid_in, std::span<const Amount> whole) {
  for_each_lane(touched_, [&](std::size_t lane) { lanes_[lane].begin(); });
  total_ = 0;
  std::size_t next = 0;
  for (std::uint64_t i = inputs.first; i < inputs.end; ++i) {
    CoinId coin = columns_.input_coin(i);
    bool paired = next < pairs.size() && pairs[next].input == i - inputs.first;
    if (!paired) {
      enter(coin, columns_.value(coin), arriving_by_coin_.find(coin));
      continue;
    }
    Amount value = columns_.value(coin) - whole[pairs[next].output];
    LaneSet tainted = 0;
    for_each_lane(touched_, [&](std::size_t lane) {
      const std::vector<Run>& runs = paid_in[next].runs[lane];
      if (runs.empty()) return;
      lanes_[lane].enter(coin, value, runs);
      tainted |= static_cast<LaneSet>(1U << lane);
    });
    enter_clean(value, static_cast<LaneSet>(touched_ & ~tainted));
    ++next;
  }
}

// What the division of the rest gives each output that is no change.
void Walk::keep_outputs(const std::vector<bool>& is_change, CoinId first_output,
                        std::span<KeptRuns> outputs) {
  std::size_t place = 0;
  for (std::size_t i = 0; i + 1 < is_change.size(); ++i) {
    if (is_change[i]) continue;
    for_each_lane(touched_, [&](std::size_t lane) {
      RunView out = lanes_[lane].output(place);
      outputs[i].runs[lane].assign(out.begin(), out.end());
      if (options_.parcels && !out.empty()) {
        lanes_[lane].add_parcels(at_, place, CoinId(first_output.number() + i), out);
      }
    });
    ++place;
  }
}

}  // namespace tracehound::trace
