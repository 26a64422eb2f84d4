// Units of an asset and the taint in them: in a holder's balance, or on their way to one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/u256.h"
#include "trace/accounts/short_list.h"

namespace tracehound::trace::accounts {

// Units of one label among others.
struct Tainted {
  Label label;
  std::uint32_t hops = 0;  // fewest movements from a seed of this label
  U256 amount;             // above 0
};
using Labels = ShortList<Tainted>;
// `length` neighbouring units of one label; label 0 is clean.
struct Piece {
  U256 length;
  Label label;
};

// All units of a place, first to last. One pointer: most places have none.
class Line {
 public:
  Line() = default;
  Line(const Line& other) { *this = other; }
  Line(Line&&) noexcept = default;
  Line& operator=(const Line& other) {
    if (this != &other) assign(other);
    return *this;
  }
  Line& operator=(Line&&) noexcept = default;
  ~Line() = default;

  bool empty() const { return pieces_ == nullptr || pieces_->empty(); }
  operator std::span<const Piece>() const {
    return pieces_ ? std::span<const Piece>(*pieces_) : std::span<const Piece>();
  }
  void clear() {
    if (pieces_) pieces_->clear();
  }
  void assign(std::span<const Piece> pieces) {
    if (empty() && pieces.empty()) return;
    this->pieces().assign(pieces.begin(), pieces.end());
  }
  std::vector<Piece>& pieces() {
    if (!pieces_) pieces_ = std::make_unique<std::vector<Piece>>();
    return *pieces_;
  }

 private:
  std::unique_ptr<std::vector<Piece>> pieces_;
};

// Units that lie together, in one lane's eyes.
struct Units {
  U256 value;     // of all of them, tainted or not
  Labels labels;  // ascending; empty when all are clean
  // Ordered methods (fifo, lifo): all units, first to last, where any is tainted; else empty. The
  // others keep none: where an order is asked for, tainted units come first.
  Line line;

  bool clean() const { return labels.empty(); }
  void make_clean() {
    labels.clear();
    line.clear();
  }
  void reset(const U256& all) {
    value = all;
    make_clean();
  }
};

// Adds to the end of a line; equal neighbours merge.
inline void append_piece(std::vector<Piece>& line, const U256& length, Label label) {
  if (length.is_zero()) return;
  if (!line.empty() && line.back().label == label) {
    line.back().length += length;
  } else {
    line.push_back({length, label});
  }
}

// The entry of a label, or the place where it would stand.
inline Tainted* place_of(Labels& labels, Label label) {
  return std::ranges::lower_bound(labels, label, {}, &Tainted::label);
}
inline const U256* amount_of(std::span<const Tainted> labels, Label label) {
  auto place = std::ranges::lower_bound(labels, label, {}, &Tainted::label);
  return place != labels.end() && place->label == label ? &place->amount : nullptr;
}
// Adds units of a label; of two ways to the same holder the shorter counts.
void add_label(Labels& labels, Label label, std::uint32_t hops, const U256& amount);

// Sets the labels' amounts to what lies in the line. Labels keep their hops; those that have no
// units left go. REQUIRES: every label of the line has an entry.
void count_line(std::span<const Piece> line, Labels& labels);

// The line of units that keep none: tainted ones first, ascending, then clean ones.
std::vector<Piece> line_of(const Units& units);

}  // namespace tracehound::trace::accounts
