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

// For each transaction: begin(), its inputs in input order, divide(), then its outputs in order. Of
// one label there is a shorter way (walk_one_label.cc).
class Lane {
 public:
  Lane(MethodKind kind, std::size_t services, bool parcels);

  Found found;

  bool ordered() const { return method_.ordered(); }
  MethodKind kind() const { return method_.kind; }

  void begin();
  // A tainted input.
  void enter(CoinId from, Amount value, RunView runs) {
    if (ordered()) append_input(line_, {value, runs});
    if (maker_) maker_->enter(source(from), value, runs);
    if (runs.size() == 1) {
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
  void divide(std::span<const Amount> values, Amount total, bool as_haircut);
  // The runs of an output, with their hops. Good until the next call.
  RunView output(std::size_t i) { return by_shares_ ? output_by_shares(i) : division_.of(i); }

  // ---- the short way ----
  // Of an ordered method: its line is empty after begin_line(); inputs enter it in their order.
  void begin_line() { line_.clear(); }
  void enter_line(Amount value, RunView runs) { append_input(line_, {value, runs}); }
  // Each output's share of the label, of which so much enters. REQUIRES: not ordered().
  const Amount* divide_sum(LabelAmount entering, std::span<const Amount> values, Amount total) {
    bool all = entering.amount == total || kind() == MethodKind::poison;
    if (all) return values.data();
    std::span<Amount> shares = room_for(values.size());
    method_.amounts->divide({{&entering, 1}, values, total}, shares);
    return shares.data();
  }
  // The runs of each output, without their hops; or nothing, if all that is on the line is tainted.
  // REQUIRES: ordered().
  Division* divide_line(std::span<const Amount> values) {
    if (line_.size() == 1 && line_[0].label != kClean) return nullptr;
    method_.runs->divide_line(line_, values, division_);
    return &division_;
  }

  // What falls on the fee of a transaction, and ends there.
  void end_in_fee(Label label, Amount amount, bool unconfirmed) {
    if (amount == 0) return;
    found.fees.add(label, amount);
    if (unconfirmed) found.unconfirmed_fees += amount;
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

  std::vector<Run> line_;              // of an ordered method: the inputs' units
  std::vector<LabelAmount> entering_;  // ascending labels
  std::vector<Origin> origins_;        // the same labels
  bool by_shares_ = false;             // how the transaction at hand was divided
  std::size_t outputs_ = 0;
  std::vector<Amount> shares_;
  Division division_;
  std::vector<Run> runs_;
  LabelSums sums_;
  std::optional<ParcelMaker> maker_;  // if parcels are asked for and the method conserves
  bool from_fees_ = false;
};

}  // namespace tracehound::trace
