// A method says how many units of a label reach an output; who follows one coin through a
// transaction asks further, which of several inputs with that label they came from. For each method
// that keeps sums there is one answer in its own spirit, and in each the sums are exact both ways:
//
//   fifo, lifo            known unit by unit: the line of units remembers which input each lay in
//   tiho, tilo, seniority each label's units fill the outputs in the order of their inputs
//   haircut               every input's units are divided in proportion to what the outputs get of
//                         the label, input by input in their order, each in the room that those
//                         before it left, by largest remainder
//
//   inputs A 60, B 40, all stolen; outputs 70, 25, fee 5
//   fifo      A-70 60, B-70 10, B-25 25, B-fee 5
//   haircut   A 42, 15, 3 and B 28, 10, 2
//
// The first two ask the method itself: each input's units of a label are given to it as if they
// were a label of their own. Haircut rounds label by label, so labels cut finer would sum to other
// shares; it is asked again with the shares of one label for outputs, which its inputs then fill to
// the unit.
//
// Cost: fifo, lifo, filling: inputs and outputs together. Haircut: inputs times outputs, as many as
// there are true answers. Paid only where parcels are asked for.

#include "trace/parcel_maker.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound::trace {

void ParcelMaker::begin() {
  entries_.clear();
  line_.clear();
  pieces_.clear();
  ends_.clear();
}

// The entry of this label among those from `first` on, made if there is none.
std::size_t ParcelMaker::entry_of(const ParcelSource& from, Label label, std::size_t first) {
  for (std::size_t i = first; i < entries_.size(); ++i) {
    if (entries_[i].label == label) return i;
  }
  entries_.push_back({from, label, 0});
  return entries_.size() - 1;
}

void ParcelMaker::enter(const ParcelSource& from, Amount value, RunView runs) {
  std::size_t first = entries_.size();
  for (const Run& run : runs) {
    value -= run.length;
    if (run.label == kClean) {
      append_run(line_, 0, run.length, kClean);
      continue;
    }
    std::size_t entry = entry_of(from, run.label, first);
    entries_[entry].amount += run.length;
    append_run(line_, 0, run.length, Label(static_cast<std::uint32_t>(entry + 1)));
  }
  append_run(line_, 0, value, kClean);
}

void ParcelMaker::divide(const RunMethod& method, std::span<const Amount> outputs) {
  method.divide_line(line_, outputs, division_);
  for (std::size_t output = 0; output < outputs.size(); ++output) {
    std::size_t first = pieces_.size();
    for (const Run& run : division_.of(output)) {
      if (run.label == kClean) continue;
      // Units of one input lie together but for others of it between them.
      const ParcelPiece& entry = entries_[run.label.number() - 1];
      auto begin = pieces_.begin() + static_cast<std::ptrdiff_t>(first);
      auto same = std::find_if(begin, pieces_.end(), [&](const ParcelPiece& piece) {
        return piece.from == entry.from && piece.label == entry.label;
      });
      if (same == pieces_.end()) {
        pieces_.push_back({entry.from, entry.label, run.length});
      } else {
        same->amount += run.length;
      }
    }
    std::stable_sort(pieces_.begin() + static_cast<std::ptrdiff_t>(first), pieces_.end(),
                     [](const auto& a, const auto& b) { return a.label < b.label; });
    ends_.push_back(pieces_.size());
  }
}

// By label, then in the order of inputs.
void ParcelMaker::sort_entries() { std::ranges::stable_sort(entries_, {}, &ParcelPiece::label); }

// The pieces of one output out of the matrix.
void ParcelMaker::take_column(std::span<const Amount> matrix, std::size_t outputs,
                              std::size_t output) {
  for (std::size_t entry = 0; entry < entries_.size(); ++entry) {
    Amount amount = matrix[entry * outputs + output];
    if (amount > 0) pieces_.push_back({entries_[entry].from, entries_[entry].label, amount});
  }
  ends_.push_back(pieces_.size());
}

void ParcelMaker::fill(AmountMethod& method, std::span<const Amount> outputs, Amount total) {
  sort_entries();
  entering_.clear();
  for (const ParcelPiece& entry : entries_) {
    entering_.push_back({Label(static_cast<std::uint32_t>(entering_.size() + 1)), entry.amount});
  }
  matrix_.resize(entries_.size() * outputs.size());
  method.divide({entering_, outputs, total}, matrix_);
  for (std::size_t i = 0; i < outputs.size(); ++i) take_column(matrix_, outputs.size(), i);
}

void ParcelMaker::share_out(AmountMethod& haircut, std::span<const LabelAmount> labels,
                            std::span<const Amount> shares, std::size_t outputs) {
  sort_entries();
  matrix_.resize(entries_.size() * outputs);
  std::size_t entry = 0;
  for (std::size_t l = 0; l < labels.size(); ++l) {
    std::size_t first = entry;
    entering_.clear();
    for (; entry < entries_.size() && entries_[entry].label == labels[l].label; ++entry) {
      entering_.push_back(
          {Label(static_cast<std::uint32_t>(entering_.size() + 1)), entries_[entry].amount});
    }
    haircut.divide({entering_, shares.subspan(l * outputs, outputs), labels[l].amount},
                   std::span(matrix_).subspan(first * outputs, entering_.size() * outputs));
  }
  CHECK(entry == entries_.size());
  for (std::size_t i = 0; i < outputs; ++i) take_column(matrix_, outputs, i);
}

}  // namespace tracehound::trace
