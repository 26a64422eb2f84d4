// The short way through a transaction: of a trace of one label without parcels, and where no mix is
// gone through. It comes to what gather() and divide() come to and notes less. Of what goes in, for
// each lane: how much or, of an ordered one, a line of units; and the fewest hops. Of what comes
// out: each output's share, or its piece of the line.
//
//   inputs 30 tainted by haircut and fifo, 70 clean; outputs 50, 45, fee 5
//   entering: haircut 30; fifo [30 tainted][70 clean]
//   dealt: haircut the shares 15, 14, 1; fifo the lists [30], [], []
//   output 0: haircut [15] and fifo [30] wait together at its spender
//
// Nearly every transaction goes this way, and two kinds of it are shorter still: those by a single
// lane that counts (carry_sum), and those whose lanes have nothing but one row of shares between
// them, as poison and haircut have (deal_shared).

#include <algorithm>
#include <array>

#include "trace/walk.h"

namespace tracehound::trace {

namespace {
Amount tainted_in(RunView runs) {
  Amount sum = 0;
  for (const Run& run : runs) sum += run.label == kClean ? 0 : run.length;
  return sum;
}
}  // namespace

// What comes out of a lane: shares or, if there are none, lists of runs; and how far it is then.
struct Walk::Dealt {
  std::size_t lane;
  const Amount* shares;
  Division* lists;
  std::uint32_t hops;
};

// What comes out of all lanes, if some have the whole of each output, others none but these shares,
// and all are equally far.
struct Walk::Shared {
  LaneSet whole = 0;
  LaneSet part = 0;
  const Amount* shares = nullptr;  // of `part`
  std::uint32_t hops = 0;
};

void Walk::carry(Columns::Inputs inputs, IdRange<CoinId> outputs) {
  ++touched_by_lanes_[touched_].transactions;
  plain_ = !makes_seeds_ && !cuts_ && !keeps_resting_;
  bool alone = (touched_ & (touched_ - 1U)) == 0;
  if (alone && (touched_ & ordered_) == 0 && plain_) return carry_sum(inputs, outputs);
  std::array<Entering, kMostLanes> entering;
  gather_one_label(inputs, entering);
  if (!gather_outputs(outputs)) contradiction_ = kPaysTooMuch;
  if (!contradiction_.empty()) return;
  divide_one_label(entering, outputs.first);
}

// ---- by a single lane that counts ---------------------------------------------------------------

[[gnu::flatten, gnu::noinline]] void Walk::carry_sum(Columns::Inputs inputs,
                                                     IdRange<CoinId> outputs) {
  std::size_t lane = first_lane(touched_);
  auto [amount, hops] = gather_sum(inputs, lane);
  if (!gather_outputs(outputs)) contradiction_ = kPaysTooMuch;
  if (!contradiction_.empty()) return;
  const Amount* shares = lanes_[lane].divide_sum({*only_, amount}, values_, total_);
  deal_shared({.part = touched_, .shares = shares, .hops = hops + 1}, outputs.first);
}

Walk::Entering Walk::gather_sum(Columns::Inputs inputs, std::size_t lane) {
  if (inputs.size() == 1 && arriving_.size() == 1) {
    const Waiting& only = arriving_.front();
    if (only.coin() != columns_.input_coin(inputs.first)) contradiction_ = kSpendsOthers;
    total_ = only.value();
    return {only.amount_in(lane), only.size()};
  }
  Amount total = 0;
  Entering entering;
  std::size_t met = 0;
  for (std::uint64_t i = inputs.first; i < inputs.end; ++i) {
    CoinId coin = columns_.input_coin(i);
    const Waiting* waiting = arriving_by_coin_.find(coin);
    if (waiting == nullptr) {
      total += columns_.value(coin);
      continue;
    }
    ++met;
    total += waiting->value();
    entering.add(waiting->amount_in(lane), waiting->size());
  }
  if (met != arriving_.size()) contradiction_ = kSpendsOthers;
  total_ = total;
  return entering;
}

// ---- by any lanes -------------------------------------------------------------------------------

[[gnu::flatten, gnu::noinline]] void Walk::gather_one_label(Columns::Inputs inputs,
                                                            std::span<Entering> entering) {
  auto lines = static_cast<LaneSet>(touched_ & ordered_);
  for_each_lane(lines, [&](std::size_t lane) { lanes_[lane].begin_line(); });
  Amount total = 0;
  std::size_t met = 0;
  for (std::uint64_t i = inputs.first; i < inputs.end; ++i) {
    CoinId coin = columns_.input_coin(i);
    const Waiting* waiting = arriving_by_coin_.find(coin);
    if (waiting == nullptr) {
      Amount value = columns_.value(coin);
      total += value;
      for_each_lane(lines, [&](std::size_t lane) { lanes_[lane].enter_line(value, {}); });
      continue;
    }
    ++met;
    total += waiting->value();
    if (lines != 0 || !waiting->alike()) {
      enter_one_label(*waiting, lines, entering);
      continue;
    }
    for_each_lane(waiting->lanes(), [&](std::size_t lane) {
      entering[lane].add(waiting->amount_in(lane), waiting->size());
    });
  }
  if (met != arriving_.size()) contradiction_ = kSpendsOthers;
  total_ = total;
}

// A tainted input, of which `lines` keep the order.
[[gnu::flatten, gnu::noinline]] void Walk::enter_one_label(const Waiting& waiting, LaneSet lines,
                                                           std::span<Entering> entering) {
  Amount value = waiting.value();
  waiting_runs_.each(waiting, [&](std::size_t lane, RunView runs) {
    const Run& tainted = runs[0].label == kClean ? runs[1] : runs[0];
    entering[lane].add(tainted.length, tainted.hops);
    if ((lines >> lane & 1U) != 0) lanes_[lane].enter_line(value, runs);
  });
  waiting_runs_.remove(waiting);
  for_each_lane(lines & static_cast<LaneSet>(~waiting.lanes()),
                [&](std::size_t lane) { lanes_[lane].enter_line(value, {}); });
}

[[gnu::flatten, gnu::noinline]] void Walk::divide_one_label(std::span<const Entering> entering,
                                                            CoinId first_output) {
  Shared shared{.hops = entering[first_lane(touched_)].hops + 1};
  bool fits_shared = plain_;
  std::array<Dealt, kMostLanes> all;
  Dealt* end = all.data();
  dealt_most_ = kMostLanes;
  for_each_lane(touched_, [&](std::size_t number) {
    Lane& lane = lanes_[number];
    auto [amount, hops] = entering[number];
    Dealt dealt{number, values_.data(), nullptr, hops + 1};
    if (!lane.ordered()) {
      dealt.shares = lane.divide_sum({*only_, amount}, values_, total_);
    } else if (Division* lists = lane.divide_line(values_)) {
      dealt.shares = nullptr;
      dealt.lists = lists;
      dealt_most_ += lists->all().size();
    }
    *end++ = dealt;
    auto itself = static_cast<LaneSet>(1U << number);
    bool whole = dealt.shares == values_.data();
    bool first_part = shared.part == 0 && dealt.shares != nullptr;
    fits_shared = fits_shared && dealt.hops == shared.hops && (whole || first_part);
    if (whole) {
      shared.whole |= itself;
    } else {
      shared.part = itself;
      shared.shares = dealt.shares;
    }
  });
  if (!fits_shared) return deal({all.data(), end}, first_output);
  if (shared.part == 0) shared.shares = values_.data();
  deal_shared(shared, first_output);
}

// ---- the outputs get theirs ---------------------------------------------------------------------

// REQUIRES: plain_.
[[gnu::flatten, gnu::noinline]] void Walk::deal_shared(const Shared& shared, CoinId first_output) {
  std::size_t fee = values_.size() - 1;
  PackedRuns packed{.form = only_->number(), .size = shared.hops};
  auto amount_in = [&](std::size_t lane, std::size_t output) {
    return (shared.whole >> lane & 1U) != 0 ? values_[output] : shared.shares[output];
  };
  for (std::size_t i = 0; i < fee; ++i) {
    CoinId coin(first_output.number() + i);
    Amount value = values_[i];
    packed.amount = shared.shares[i];
    packed.whole = value > 0 ? shared.whole : 0;
    packed.lanes = packed.whole | (packed.amount > 0 ? shared.part : 0);
    if (packed.lanes == 0) continue;
    ++touched_by_lanes_[packed.lanes].coins;
    Stop stop{.kind = DestinationKind::held};
    if (!stop_at(coin, stop)) {
      if (std::optional<TxId> spender = columns_.spender(coin)) {
        if (*spender <= visited_to_) {
          contradiction_ = kSpentTooSoon;
          return;
        }
        queue_.emplace(spender->number(), coin, value, packed);
        continue;
      }
    }
    for_each_lane(packed.lanes, [&](std::size_t lane) {
      bool whole = (packed.whole >> lane & 1U) != 0;
      Run run{whole ? value : packed.amount, *only_, shared.hops};
      lanes_[lane].land(coin, value, {&run, 1}, stop);
    });
  }
  if (values_[fee] == 0) return;
  if (to_miner_) {
    made_.clear();
    for_each_lane(touched_, [&](std::size_t lane) {
      Run run{amount_in(lane, fee), *only_, shared.hops};
      if (run.length > 0) made_.set(lane, {&run, 1});
    });
    return pay_fee(values_[fee]);
  }
  bool unconfirmed = ledger_.is_unconfirmed(at_);
  for_each_lane(touched_, [&](std::size_t lane) {
    lanes_[lane].end_in_fee(*only_, amount_in(lane, fee), unconfirmed);
  });
}

[[gnu::flatten, gnu::noinline]] void Walk::deal(std::span<const Dealt> dealt, CoinId first_output) {
  std::size_t fee = values_.size() - 1;
  for (std::size_t i = 0; i < fee; ++i) {
    CoinId coin(first_output.number() + i);
    make_output(dealt, i);
    if (!plain_) {
      arrive(coin, values_[i], made_);
    } else if (made_.lanes() != 0) {
      send(coin, values_[i]);
    }
  }
  if (values_[fee] == 0) return;
  if (to_miner_) {
    make_output(dealt, fee);
    return pay_fee(values_[fee]);
  }
  bool unconfirmed = ledger_.is_unconfirmed(at_);
  for (const Dealt& by : dealt) {
    Amount amount = by.shares != nullptr ? by.shares[fee] : tainted_in(by.lists->of(fee));
    lanes_[by.lane].end_in_fee(*only_, amount, unconfirmed);
  }
}

// Lays into made_ what an output gets.
void Walk::make_output(std::span<const Dealt> dealt, std::size_t i) {
  made_.fill(dealt_most_, [&](Run* run, std::uint32_t* count) {
    LaneSet lanes = 0;
    for (const Dealt& by : dealt) {
      std::uint32_t made = 0;
      if (by.shares != nullptr) {
        *run = {by.shares[i], *only_, by.hops};  // which stays if there is any
        made = run->length > 0 ? 1 : 0;
        run += made;
      } else {
        for (const Run& piece : by.lists->of(i)) {
          *run++ = {piece.length, piece.label, piece.label == kClean ? 0 : by.hops};
          ++made;
        }
      }
      unsigned some = made > 0 ? 1 : 0;
      *count = made;
      count += some;
      lanes |= static_cast<LaneSet>(some << by.lane);
    }
    return LaneRuns::Written{lanes, run, count};
  });
}

// What arrive() does with a coin where nothing about the transaction's outputs is special.
void Walk::send(CoinId coin, Amount value) {
  ++touched_by_lanes_[made_.lanes()].coins;
  if (Stop stop; stop_at(coin, stop)) return land(coin, value, made_, stop);
  std::optional<TxId> spender = columns_.spender(coin);
  if (!spender) {
    land(coin, value, made_, {.kind = DestinationKind::held});
  } else if (*spender > visited_to_) {
    queue_.emplace(spender->number(), coin, value, waiting_runs_.put(made_, value));
  } else {
    contradiction_ = kSpentTooSoon;
  }
}

}  // namespace tracehound::trace
