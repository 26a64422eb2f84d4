// Taking part of a balance is a movement with two outputs, what goes and what stays:
//
//   60 of 100 units are tainted, 70 go:  haircut 42   taint-first 60   clean-first 30
//                                        tiho 60 (the 70 are the larger output)   tilo 30
//
// so every amount method is a division over [amount, rest]. taint-first fills outputs in their
// order, which on account chains is what seniority does too; clean-first fills them from the last.
// fifo and lifo keep the units in the order in which they came; lifo hands them on newest first.
//
// haircut over two outputs is the common case and takes one division of 512 bits by 256: of the
// exact shares' remainders r and B - r the larger gets the unit that is missing, of equals the
// first.

#include "trace/accounts/method.h"

#include <numeric>

#include "base/check.h"

namespace tracehound::trace::accounts {

bool keeps_order(MethodKind method) {
  return method == MethodKind::fifo || method == MethodKind::lifo;
}

namespace {

// Moves `amount` units from the front (or the back) of the line to the end of `into`.
void cut_front(std::vector<Piece>& line, U256 amount, std::vector<Piece>& into) {
  std::size_t used = 0;
  while (!amount.is_zero()) {
    CHECK(used < line.size());
    Piece& piece = line[used];
    U256 length = std::min(piece.length, amount);
    append_piece(into, length, piece.label);
    amount -= length;
    piece.length -= length;
    if (piece.length.is_zero()) ++used;
  }
  line.erase(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(used));
}
void cut_back(std::vector<Piece>& line, U256 amount, std::vector<Piece>& into) {
  while (!amount.is_zero()) {
    CHECK(!line.empty());
    Piece& piece = line.back();
    U256 length = std::min(piece.length, amount);
    append_piece(into, length, piece.label);
    amount -= length;
    piece.length -= length;
    if (piece.length.is_zero()) line.pop_back();
  }
}

void settle_line(Units& units) {
  count_line(units.line, units.labels);
  if (units.labels.empty()) units.line.clear();
}

}  // namespace

void Divider::take_line(Units& balance, const U256& amount, Units& taken) {
  taken.labels = balance.labels;
  if (method_ == MethodKind::fifo) {
    cut_front(balance.line.pieces(), amount, taken.line.pieces());
  } else {
    cut_back(balance.line.pieces(), amount, taken.line.pieces());
  }
  settle_line(taken);
  settle_line(balance);
}

void Divider::take_amounts(Units& balance, const U256& amount, Units& taken) {
  bool one = balance.labels.size() == 1;
  if (one && method_ == MethodKind::haircut) {
    Tainted& entry = balance.labels.front();
    auto [share, remainder] = mul_div(entry.amount, amount, balance.value);
    if (!remainder.is_zero() && remainder >= balance.value - remainder) share += U256(1);
    if (!share.is_zero()) taken.labels.push_back({entry.label, entry.hops, share});
    entry.amount -= share;
    if (entry.amount.is_zero()) balance.labels.clear();
    return;
  }
  U256 values[2] = {amount, balance.value - amount};
  entering_ = balance.labels;
  share_out(values);
  balance.labels.clear();
  for (std::size_t l = 0; l < entering_.size(); ++l) {
    const Tainted& entry = entering_[l];
    add_label(taken.labels, entry.label, entry.hops, shares_[2 * l]);
    add_label(balance.labels, entry.label, entry.hops, shares_[2 * l + 1]);
  }
}

void Divider::take(Units& balance, const U256& amount, Units& taken) {
  CHECK(!amount.is_zero() && amount <= balance.value);
  taken.reset(amount);
  if (!balance.clean()) {
    ordered_ ? take_line(balance, amount, taken) : take_amounts(balance, amount, taken);
  }
  balance.value -= amount;
}

void Divider::take_first(Units& balance, const U256& amount, Units& taken) {
  CHECK(!amount.is_zero() && amount <= balance.value);
  taken.reset(amount);
  if (!balance.clean() && ordered_) {
    taken.labels = balance.labels;
    cut_front(balance.line.pieces(), amount, taken.line.pieces());
    settle_line(taken);
    settle_line(balance);
  } else if (!balance.clean()) {
    take_amounts(balance, amount, taken);
  }
  balance.value -= amount;
}

void Divider::take_last(Units& balance, const U256& amount, Units& taken) {
  if (!ordered_) return take_first(balance, amount, taken);
  CHECK(!amount.is_zero() && amount <= balance.value);
  if (amount == balance.value) {
    taken = std::move(balance);
    balance.reset(U256());
    return;
  }
  Units rest;
  take_first(balance, balance.value - amount, rest);
  taken = std::move(balance);
  balance = std::move(rest);
}

void Divider::put_back(Units& balance, const Units& taken) const {
  if (ordered_ && !(balance.clean() && taken.clean())) {
    std::vector<Piece> back = line_of(taken);
    std::vector<Piece> rest = line_of(balance);
    if (method_ == MethodKind::lifo) {
      std::ranges::reverse(back);
      std::swap(back, rest);
    }
    for (const Piece& piece : rest) append_piece(back, piece.length, piece.label);
    balance.line.assign(back);
  }
  balance.value += taken.value;
  for (const Tainted& entry : taken.labels) {
    add_label(balance.labels, entry.label, entry.hops, entry.amount);
  }
}

void Divider::divide(std::span<const Units* const> sources, std::span<const U256> values,
                     std::vector<Units>& outputs) {
  outputs.resize(values.size());
  for (std::size_t j = 0; j < values.size(); ++j) outputs[j].reset(values[j]);
  entering_.clear();
  for (const Units* source : sources) {
    for (const Tainted& entry : source->labels) {
      add_label(entering_, entry.label, entry.hops, entry.amount);
    }
  }
  if (entering_.empty()) return;
  if (!ordered_) {
    share_out(values);
    for (std::size_t j = 0; j < values.size(); ++j) {
      for (std::size_t l = 0; l < entering_.size(); ++l) {
        const Tainted& entry = entering_[l];
        add_label(outputs[j].labels, entry.label, entry.hops, shares_[l * values.size() + j]);
      }
    }
    return;
  }
  std::vector<Piece> line;
  for (const Units* source : sources) {
    if (source->clean()) append_piece(line, source->value, kClean);
    for (const Piece& piece : std::span<const Piece>(source->line))
      append_piece(line, piece.length, piece.label);
  }
  for (std::size_t j = 0; j < values.size(); ++j) {
    outputs[j].labels = entering_;
    if (method_ == MethodKind::fifo) {
      cut_front(line, values[j], outputs[j].line.pieces());
    } else {
      cut_back(line, values[j], outputs[j].line.pieces());
    }
    settle_line(outputs[j]);
  }
}

void Divider::share_out(std::span<const U256> values) {
  shares_.assign(entering_.size() * values.size(), U256());
  if (method_ == MethodKind::poison) {
    for (std::size_t i = 0; i < shares_.size(); ++i) shares_[i] = values[i % values.size()];
    return;
  }
  if (method_ == MethodKind::haircut) return share_by_haircut(values);
  order_.resize(values.size());
  std::iota(order_.begin(), order_.end(), 0U);
  if (method_ == MethodKind::clean_first) std::ranges::reverse(order_);
  if (method_ == MethodKind::tiho || method_ == MethodKind::tilo) {
    std::ranges::stable_sort(order_, [&](std::uint32_t a, std::uint32_t b) {
      return method_ == MethodKind::tiho ? values[a] > values[b] : values[a] < values[b];
    });
  }
  fill(values);
}

void Divider::share_by_haircut(std::span<const U256> values) {
  std::size_t count = values.size();
  rooms_.assign(values.begin(), values.end());
  U256 total;
  for (const U256& value : values) total += value;
  remainders_.resize(count);
  for (std::size_t l = 0; l < entering_.size(); ++l) {
    U256 missing = entering_[l].amount;
    U256* shares = shares_.data() + l * count;
    for (std::size_t j = 0; j < count; ++j) {
      auto [share, remainder] = mul_div(entering_[l].amount, rooms_[j], total);
      shares[j] = share;
      remainders_[j] = remainder;
      missing -= share;
    }
    total -= entering_[l].amount;
    CHECK(missing.fits_64() && missing.low() <= count);
    order_.resize(count);
    std::iota(order_.begin(), order_.end(), 0U);
    std::ranges::stable_sort(
        order_, [&](std::uint32_t a, std::uint32_t b) { return remainders_[a] > remainders_[b]; });
    for (std::size_t i = 0; i < missing.low(); ++i) shares[order_[i]] += U256(1);
    for (std::size_t j = 0; j < count; ++j) rooms_[j] -= shares[j];
  }
}

void Divider::fill(std::span<const U256> values) {
  std::size_t label = 0;
  U256 left = entering_[0].amount;
  for (std::uint32_t output : order_) {
    U256 room = values[output];
    while (!room.is_zero()) {
      U256 given = std::min(room, left);
      shares_[label * values.size() + output] += given;
      room -= given;
      left -= given;
      if (!left.is_zero()) continue;
      if (++label == entering_.size()) return;
      left = entering_[label].amount;
    }
  }
}

void rescale(MethodKind method, const Units& units, const U256& value, Units& rescaled) {
  rescaled.reset(value);
  if (units.clean() || value.is_zero() || units.value.is_zero()) return;
  if (method == MethodKind::poison) {
    rescaled.labels = units.labels;
    for (Tainted& entry : rescaled.labels) entry.amount = value;
    return;
  }
  std::vector<Piece> line;
  U256 end;
  U256 before;
  for (const Piece& piece : line_of(units)) {
    end += piece.length;
    U256 after = mul_div(end, value, units.value).quotient;
    append_piece(line, after - before, piece.label);
    before = after;
  }
  rescaled.labels = units.labels;
  count_line(line, rescaled.labels);
  if (keeps_order(method) && !rescaled.clean()) rescaled.line.assign(line);
}

std::vector<U256> parts_of(const U256& whole, std::span<const U256> weights) {
  U256 total;
  for (const U256& weight : weights) total += weight;
  std::vector<U256> parts;
  U256 end;
  U256 before;
  for (const U256& weight : weights) {
    end += weight;
    U256 after = mul_div(whole, end, total).quotient;
    parts.push_back(after - before);
    before = after;
  }
  return parts;
}

}  // namespace tracehound::trace::accounts
