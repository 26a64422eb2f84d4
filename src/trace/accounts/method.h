// The methods on account chains: which units leave a balance of which a part is taken, and how
// units that lie together are divided over several holders. The rules are those of coin chains
// (trace/method.h) over 256 bits, with two more that bracket what can be believed of a first step.
#pragma once

#include <span>
#include <vector>

#include "trace/accounts/units.h"
#include "trace/result.h"

namespace tracehound::trace::accounts {

// fifo and lifo: units keep their order.
bool keeps_order(MethodKind method);

// Scratch is kept between calls.
class Divider {
 public:
  explicit Divider(MethodKind method) : method_(method), ordered_(keeps_order(method)) {}

  MethodKind method() const { return method_; }
  bool ordered() const { return ordered_; }

  // Divides the sources' units, laid end to end, over outputs of these values; `outputs` gets as
  // many entries. Hops stay as they are, the fewest of each label's sources.
  // REQUIRES: the values of sources and of outputs have the same sum.
  void divide(std::span<const Units* const> sources, std::span<const U256> values,
              std::vector<Units>& outputs);

  // Takes `amount` out of `balance`, which holds the rest afterwards: the outputs [amount, rest],
  // where fifo lets the oldest units go (the front of the line), lifo the newest.
  // REQUIRES: 0 < amount <= balance.value.
  void take(Units& balance, const U256& amount, Units& taken);

  // The ways back. Units that arrived lie last in a balance, those it began with first; the
  // amount methods know no places and share out as take() does.
  // REQUIRES, of both: 0 < amount <= balance.value.
  void take_last(Units& balance, const U256& amount, Units& taken);
  void take_first(Units& balance, const U256& amount, Units& taken);
  // Puts back where they were units that take() took. REQUIRES: the sum is below 2^256.
  void put_back(Units& balance, const Units& taken) const;

 private:
  void take_amounts(Units& balance, const U256& amount, Units& taken);
  void take_line(Units& balance, const U256& amount, Units& taken);
  // shares_[l * values.size() + j]: of label l into output j.
  void share_out(std::span<const U256> values);
  void share_by_haircut(std::span<const U256> values);
  void fill(std::span<const U256> values);

  MethodKind method_;
  bool ordered_;
  Labels entering_;
  std::vector<U256> shares_;
  std::vector<U256> rooms_;
  std::vector<U256> remainders_;
  std::vector<std::uint32_t> order_;
};

// As many units of another asset: the ends of the pieces move in proportion, so that lengths are
// whole and sum to `value` (and of several labels each keeps its place).
void rescale(MethodKind method, const Units& units, const U256& value, Units& rescaled);

// Parts of `whole` in proportion to the weights, by the ends of their running sum.
// REQUIRES: the weights' sum is above 0 and below 2^256.
std::vector<U256> parts_of(const U256& whole, std::span<const U256> weights);

}  // namespace tracehound::trace::accounts
