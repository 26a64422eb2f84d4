// From which of its inputs come the units that a transaction carries into each of its outputs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "trace/method.h"

namespace tracehound::trace {

// What units come out of: a coin, or the fee of a transaction (into its block's coinbase).
struct ParcelSource {
  std::optional<CoinId> coin;
  TxId fee_of;  // where there is no coin

  friend bool operator==(const ParcelSource&, const ParcelSource&) = default;
};

struct ParcelPiece {
  ParcelSource from;
  Label label;
  Amount amount = 0;
};

// For each transaction: begin(), its inputs in their order, one of the divisions, then of() for
// each output. Pieces sum to what each input brought and to what each output gets, label by label.
// Only for methods that conserve. Keeps its memory between transactions.
class ParcelMaker {
 public:
  void begin();
  // The taint of one input; clean inputs only where the order of units counts.
  void enter(const ParcelSource& from, Amount value, RunView runs);
  void enter_clean(Amount value) { append_run(line_, 0, value, kClean); }

  void divide(const RunMethod& method, std::span<const Amount> outputs);
  // A method that fills outputs: each label's inputs one after the other.
  void fill(AmountMethod& method, std::span<const Amount> outputs, Amount total);
  // Haircut: shares[l * outputs + i] of labels[l] go into output i, as it divided them.
  void share_out(AmountMethod& haircut, std::span<const LabelAmount> labels,
                 std::span<const Amount> shares, std::size_t outputs);

  // By label, then as their units lie, or in the order of inputs; none is 0. Good until the next
  // begin().
  std::span<const ParcelPiece> of(std::size_t output) const {
    std::size_t first = output == 0 ? 0 : ends_[output - 1];
    return std::span(pieces_).subspan(first, ends_[output] - first);
  }

 private:
  std::size_t entry_of(const ParcelSource& from, Label label, std::size_t first);
  void sort_entries();
  void take_column(std::span<const Amount> matrix, std::size_t outputs, std::size_t output);

  std::vector<ParcelPiece> entries_;  // what each input brings, a label each
  std::vector<Run> line_;             // the units; a run's label is its entry's number, plus 1
  std::vector<LabelAmount> entering_;
  std::vector<Amount> matrix_;  // by entry and output
  Division division_;
  std::vector<ParcelPiece> pieces_;
  std::vector<std::size_t> ends_;
};

}  // namespace tracehound::trace
