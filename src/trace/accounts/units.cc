#include "trace/accounts/units.h"

#include "base/check.h"

namespace tracehound::trace::accounts {

void add_label(Labels& labels, Label label, std::uint32_t hops, const U256& amount) {
  if (amount.is_zero()) return;
  auto place = place_of(labels, label);
  if (place == labels.end() || place->label != label) {
    labels.insert(place, {label, hops, amount});
    return;
  }
  place->hops = std::min(place->hops, hops);
  place->amount += amount;
}

void count_line(std::span<const Piece> line, Labels& labels) {
  for (Tainted& entry : labels) entry.amount = U256();
  for (const Piece& piece : line) {
    if (piece.label == kClean) continue;
    auto place = place_of(labels, piece.label);
    CHECK(place != labels.end() && place->label == piece.label);
    place->amount += piece.length;
  }
  labels.cut(std::remove_if(labels.begin(), labels.end(),
                            [](const Tainted& entry) { return entry.amount.is_zero(); }));
}

std::vector<Piece> line_of(const Units& units) {
  std::span<const Piece> kept = units.line;
  std::vector<Piece> line(kept.begin(), kept.end());
  if (!line.empty()) return line;
  U256 left = units.value;
  for (const Tainted& entry : units.labels) {
    // Poison's labels may overlap: what a label before it took is not laid twice.
    U256 length = std::min(entry.amount, left);
    append_piece(line, length, entry.label);
    left -= length;
  }
  append_piece(line, left, kClean);
  return line;
}

}  // namespace tracehound::trace::accounts
