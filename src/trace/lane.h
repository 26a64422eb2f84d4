// One of the methods that go side by side over the same transactions: its division of the
// transaction at hand, and its books.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "trace/found.h"
#include "trace/method.h"
#include "trace/parcel_maker.h"
#include "trace/stops.h"
#include "trace/waiting.h"

namespace tracehound::trace {

// For each transaction: begin(), its inputs in input order, divide(), then its outputs in order.
class Lane {
 public:
  // `only`: the one label there will be, if there is one only and no parcels are wanted. Much less
  // is then to be noted of each transaction.
  Lane(MethodKind kind, std::size_t services, std::optional<Label> only, bool parcels);

  Found found;

  bool ordered() const { return method_.ordered(); }
  MethodKind kind() const { return method_.kind; }

  void begin() {
    of_single_.amount = 0;
    hops_ = ~0U;
    if (!counts_one_) begin_lists();
  }
  bool counts_one() const { return counts_one_; }
  // All tainted inputs at once. REQUIRES: counts_one().
  void enter_sum(Amount amount, std::uint32_t fewest_hops) {
    of_single_.amount = amount;
    hops_ = fewest_hops;
  }
  // A tainted input.
  void enter(CoinId from, Amount value, RunView runs) {
    if (counts_one_) {
      of_single_.amount += runs[0].length;
      hops_ = hops_ < runs[0].hops ? hops_ : runs[0].hops;
      return;
    }
    if (ordered()) append_input(line_, {value, runs});
    if (maker_) maker_->enter(source(from), value, runs);
    if (single_) {
      const Run& tainted = runs[0].label == kClean ? runs[1] : runs[0];
      hops_ = hops_ < tainted.hops ? hops_ : tainted.hops;
    } else if (runs.size() == 1) {
      note(from, runs[0].label, runs[0].hops, runs[0].length);
    } else {
      note_all(from, runs);
    }
  }
  // REQUIRES: ordered(); the others need not know.
  void enter_clean(Amount value) {
    append_run(line_, 0, value, kClean);
    if (maker_) maker_->enter_clean(value);
  }

  // `values` are those of the outputs, then the fee; they stay as they are until the outputs have
  // been asked for. `total` is their sum and the inputs'. In a mix that is gone through by haircut,
  // `as_haircut`; poison stays poison.
  void divide(std::span<const Amount> values, Amount total, bool as_haircut) {
    if (!counts_one_ || as_haircut || of_single_.amount == 0) {
      return divide_lists(values, total, as_haircut);
    }
    ++found.transactions_touched;
    if (of_single_.amount == total || kind() == MethodKind::poison) {
      dealt_ = values.data();  // all goes in tainted, or counts as if: all comes out tainted
      return;
    }
    std::span<Amount> shares = room_for(values.size());
    method_.amounts->divide({{&of_single_, 1}, values, total}, shares);
    dealt_ = shares.data();
  }
  // The runs of an output, with their hops. Good until the next call.
  RunView output(std::size_t i) {
    if (!by_shares_) return division_.of(i);
    if (!single_) return output_by_shares(i);
    one_ = run_of(dealt_[i]);
    return {&one_, one_.length > 0 ? 1U : 0U};
  }
  // Of one label, by a method that counts: each output's share, and a share as the run it is. Null:
  // ask output().
  const Amount* shares() const { return counts_one_ ? dealt_ : nullptr; }
  Run run_of(Amount share) const { return {share, of_single_.label, hops_ + 1}; }
  // What falls on the fee ends there.
  void end_in_fee(std::size_t fee, bool unconfirmed) {
    auto end = [&](Label label, Amount amount) {
      found.fees.add(label, amount);
      if (unconfirmed) found.unconfirmed_fees += amount;
    };
    if (counts_one_) return end_sum_in_fee(fee, unconfirmed);
    for (const Run& run : output(fee)) {
      if (run.label != kClean) end(run.label, run.length);
    }
  }
  // The same. REQUIRES: counts_one().
  void end_sum_in_fee(std::size_t fee, bool unconfirmed) {
    if (dealt_[fee] == 0) return;
    found.fees.add(of_single_.label, dealt_[fee]);
    if (unconfirmed) found.unconfirmed_fees += dealt_[fee];
  }

  void land(CoinId coin, Amount value, RunView runs, Stop stop);
  // The parcels of what output(i) gave; `to` none is the fee, the last output. REQUIRES: after
  // divide(), of a lane for parcels.
  void add_parcels(TxId tx, std::size_t i, std::optional<CoinId> to, RunView runs);

  // What enters from here on is the fee of TxId(from), not a coin; until the coinbase is done.
  void begin_coinbase() { from_fees_ = true; }
  void end_coinbase() { from_fees_ = false; }

 private:
  // Of one label, over the inputs of the transaction at hand.
  struct Origin {
    Label label;
    std::uint32_t hops;  // fewest of any input that carries it
    Amount most;         // and the input that brings most of it
    CoinId from;
  };
  void note(CoinId from, Label label, std::uint32_t hops, Amount brought) {
    if (!origins_.empty() && origins_.back().label == label) {
      note_at(origins_.size() - 1, from, hops, brought);
    } else {
      note_other(from, label, hops, brought);
    }
  }
  void note_at(std::size_t place, CoinId from, std::uint32_t hops, Amount brought) {
    entering_[place].amount += brought;
    Origin& origin = origins_[place];
    origin.hops = origin.hops < hops ? origin.hops : hops;
    if (brought > origin.most) {
      origin.most = brought;
      origin.from = from;
    }
  }
  void begin_lists();
  void divide_lists(std::span<const Amount> values, Amount total, bool as_haircut);
  std::span<Amount> room_for(std::size_t shares) {
    if (shares_.size() < shares) shares_.resize(shares);
    return std::span(shares_).first(shares);
  }
  void note_other(CoinId from, Label label, std::uint32_t hops, Amount brought);
  void note_all(CoinId from, RunView runs);
  RunView output_by_shares(std::size_t i);
  ParcelSource source(CoinId from) const {
    if (!from_fees_) return {from, TxId()};
    return {std::nullopt, TxId(static_cast<std::uint32_t>(from.number()))};
  }
  const Origin& origin(Label label) const;

  Method method_;
  std::unique_ptr<AmountMethod> haircut_;  // through mixes, once it is needed

  std::vector<Run> line_;  // of an ordered method: the inputs' units
  // Of a single label: what comes in, if the method counts, and the fewest hops of it.
  bool single_;
  bool counts_one_;  // and the method counts
  LabelAmount of_single_;
  std::uint32_t hops_ = 0;
  Run one_;  // what output() shows of it
  // Of several labels.
  std::vector<LabelAmount> entering_;  // ascending labels
  std::vector<Origin> origins_;        // the same labels
  bool by_shares_ = false;             // how the transaction at hand was divided
  std::size_t outputs_ = 0;
  std::vector<Amount> shares_;
  const Amount* dealt_ = nullptr;  // of a single label: the shares, here or in the values divided
  Division division_;
  std::vector<Run> runs_;
  LabelSums sums_;
  std::optional<ParcelMaker> maker_;  // if parcels are asked for and the method conserves
  bool from_fees_ = false;
};

}  // namespace tracehound::trace
