// CoinJoins with one denomination: JoinMarket's, those of other software, and Stonewall's two equal
// outputs, which one wallet makes alone.
//
// JoinMarket. A taker pays makers to join with an amount of the taker's choice, d. Each maker gets
// d and the change of what was brought; so does the taker, unless all of it was spent. With k
// people there are k outputs of d and k or k - 1 changes, which differ:
//
//   in   12336177 35847131 1821980 25216474 23115623 ...              (11, all P2WPKH)
//   out  35281835 x5   9894772 7356780 2144295 ...                    (9 = 2*5 - 1)
//
// An exchange's payout, a sale of inscriptions, a faucet have equal outputs as well. What they do
// not have is k people who could each have paid: d from one large coin is no CoinJoin. So
// - of the inputs at least k*d must be there when none counts for more than d (all_can_pay);
// - no input is larger than the largest that anyone got back, d and a change;
// - some of the inputs make up d and the largest change, but for what makers earn and takers pay;
// - and all of them fall into one group a person that makes up what that person got, as far as that
//   can be tried: up to 14 inputs, 2^14 groups, of which those that are worth d and a change are
//   put together. It is the weightiest of these: of real rounds whose changes are moved by
//   a tenth, two in five have all the rest, and one in thirty this (docs/accuracy.md).
// In JoinMarket all of one round have one kind of address, and only the taker may pay somebody
// else's. The taker's client shuffles both sides, so what stands in the order of values on both is
// other software's: with five people or more, chance makes none. The client wants four makers at
// least unless told otherwise, so k is 5 or more, and makers' offers begin at 100,000 satoshi:
// sales of inscriptions and tokens lie below.
//
// equal_outputs is the same with fewer demands: any kinds of address, three people, some without
// change. Half of them have one: nobody has coins of exactly d but who was given them, and somebody
// who moves such coins on alone makes as many equal outputs and one change.
//
// Stonewall. Two equal outputs and one or two changes, made so that two people could have paid half
// each. Samourai's wallet makes it alone by default, so it is called by its own name and is no
// CoinJoin here. Two equal outputs by chance are common; that the inputs fall into two groups, each
// of which pays one of the two, one change and a part of the fee, to the satoshi, is not: all
// groups are tried; above 12 inputs nothing is claimed.
//
// Known to be wrong: a service that has k and more coins of d and pays k equal amounts and others
// looks the same; hence the confidences. Half of JoinMarket's rounds have too many inputs for their
// groups to be tried (BlockSci does try, with a subset sum that may time out), and among many
// inputs nearly any sum is found.
#include <algorithm>
#include <bit>
#include <vector>

#include "clusters/coinjoin_rules.h"

namespace tracehound::clusters {

namespace {

using ledger::ScriptKind;

constexpr std::uint32_t kEqualMin = 3;  // two are Stonewall's
constexpr std::uint32_t kJoinMarketMin = 5;
// Two people's changes may be the same, if one payer gave both their coins; three of them are a
// second denomination.
constexpr std::uint32_t kSameChangeMost = 2;
constexpr Amount kOfferMin = 100'000;
// Below this an output is postage: marks and tokens lie on coins of 330, 546 and 10,000 satoshi.
constexpr Amount kPostage = 10'000;
constexpr Amount kStonewallMin = 5'000;
constexpr std::uint32_t kStonewallInputsMost = 12;
// 16,384 combinations, some 20 microseconds; with more inputs nearly any sum can be made up anyway.
constexpr std::uint32_t kCombinedMost = 14;
// What one maker earns is below this part of d: offers are a few thousandths at most.
constexpr Amount kEarnedPart = 100;
constexpr Amount kEarnedLeast = 3'000;  // and of small amounts, no more than that
// Ways to divide the inputs that are tried before it is left open; some milliseconds.
constexpr std::uint32_t kTriedMost = 100'000;

ScriptKind commonest_kind(std::span<const ViewedCoin> coins) {
  std::array<std::uint32_t, ledger::kScriptKinds> counts{};
  for (const ViewedCoin& coin : coins) ++counts[static_cast<std::size_t>(coin.script)];
  return static_cast<ScriptKind>(std::ranges::max_element(counts) - counts.begin());
}

Amount largest_input(const Shape& shape) {
  Amount largest = 0;
  for (const ViewedCoin& input : shape.view.inputs) largest = std::max(largest, input.value);
  return largest;
}

Amount fee(const Shape& shape) {
  Amount in = 0;
  Amount out = 0;
  for (const ViewedCoin& input : shape.view.inputs) in += input.value;
  for (const ViewedCoin& output : shape.view.outputs) out += output.value;
  return in > out ? in - out : 0;
}

// Whether some of the inputs together hold `least` to `most`.
bool some_hold(const Shape& shape, Amount least, Amount most) {
  Amount sum = 0;
  std::uint32_t chosen = 0;
  for (std::uint32_t step = 1; step < 1U << shape.inputs; ++step) {
    auto flipped = static_cast<std::uint32_t>(std::countr_zero(step));  // Gray code
    chosen ^= 1U << flipped;
    Amount value = shape.view.inputs[flipped].value;
    sum = (chosen >> flipped & 1U) != 0 ? sum + value : sum - value;
    if (sum >= least && sum <= most) return true;
  }
  return false;
}

// What one maker may earn.
Amount earned_most(const Shape& shape) {
  return std::max(shape.equal.value / kEarnedPart, kEarnedLeast);
}

// The division of the inputs among people: whether it can be made, one group after another.
class Division {
 public:
  // `lacking`: how much less than was brought one who is no taker may get, for the fee.
  // REQUIRES: no more than kCombinedMost inputs.
  Division(const Shape& shape, Amount lacking)
      : shape_(shape), sums_(std::size_t{1} << shape.inputs) {
    for (std::uint32_t group = 1; group < sums_.size(); ++group) {
      sums_[group] = sums_[group & (group - 1)] +
                     shape.view.inputs[static_cast<std::size_t>(std::countr_zero(group))].value;
    }
    Amount equal = shape.equal.value;
    Amount earned = earned_most(shape);
    for (const ValueCount& value : shape.values) {
      if (value.value == equal) continue;
      Amount back = equal + value.value;
      std::vector<std::uint32_t> groups;
      for (std::uint32_t group = 1; group < sums_.size(); ++group) {
        if (sums_[group] + earned >= back && sums_[group] <= back + lacking)
          groups.push_back(group);
      }
      for (std::uint32_t i = 0; i < value.count; ++i) changed_.push_back({back, groups});
    }
    std::ranges::sort(changed_, {}, [](const Changed& one) { return one.groups.size(); });
  }

  bool can_be_made() {
    for (std::size_t taker = 0; taker <= changed_.size(); ++taker) {
      if (divide(0, taker, 0)) return true;
    }
    return false;
  }

 private:
  struct Changed {
    Amount back;                        // what this one got in all
    std::vector<std::uint32_t> groups;  // of inputs that are worth it
  };

  // Groups for all from `next` on but the taker, from what is not taken; what is left is the
  // taker's and theirs who have no change.
  bool divide(std::size_t next, std::size_t taker, std::uint32_t taken) {
    if (next == taker) return divide(next + 1, taker, taken);
    if (next >= changed_.size()) return rest_can_pay(taker, taken);
    for (std::uint32_t group : changed_[next].groups) {
      if (++tried_ > kTriedMost) return true;
      if ((group & taken) == 0 && divide(next + 1, taker, taken | group)) return true;
    }
    return false;
  }
  bool rest_can_pay(std::size_t taker, std::uint32_t taken) const {
    bool has_change = taker < changed_.size();
    std::size_t grouped = changed_.size() - (has_change ? 1 : 0);
    if (shape_.equal.count < grouped) return false;
    Amount people = shape_.equal.count - grouped;
    std::uint32_t rest = static_cast<std::uint32_t>(sums_.size() - 1) & ~taken;
    if (people == 0) return rest == 0;
    Amount share = shape_.equal.value;
    Amount wanted = has_change ? changed_[taker].back + (people - 1) * share : people * share;
    return sums_[rest] >= wanted && static_cast<Amount>(std::popcount(rest)) >= people;
  }

  const Shape& shape_;
  std::vector<Amount> sums_;  // of each set of inputs, by its bits
  std::vector<Changed> changed_;
  std::uint32_t tried_ = 0;
};

// Whether the inputs fall into one group a person, each worth what that person got; of more inputs
// than can be tried, nobody knows, and that is a yes.
bool books_settle(const Shape& shape, Amount lacking) {
  return shape.inputs > kCombinedMost || shape.outputs > 2 * shape.equal.count ||
         Division(shape, lacking).can_be_made();
}

}  // namespace

bool equal_and_paid_for(const Shape& shape, Amount least) {
  const ValueCount& equal = shape.equal;
  if (!shape.view.inputs_known || equal.count < kEqualMin || equal.value < least ||
      shape.inputs < equal.count || shape.outputs > 2 * equal.count + 1 ||
      shape.outputs_of(ScriptKind::op_return) != 0 || shape.input_addresses() < equal.count ||
      !shape.outputs_distinct() || !shape.all_can_pay(equal.count, equal.value)) {
    return false;
  }
  Amount back = equal.value + shape.largest_other;
  Amount earned = equal.value / kEarnedPart;
  Amount most = back + fee(shape) + equal.count * earned;  // by the taker, who pays for all
  if (largest_input(shape) > most) return false;
  return shape.inputs > kCombinedMost || some_hold(shape, back - earned, most);
}

std::optional<Recognised> joinmarket(const Shape& shape) {
  std::uint32_t people = shape.equal.count;
  if (people < kJoinMarketMin || shape.runner_up > kSameChangeMost ||
      (shape.outputs != 2 * people && shape.outputs + 1 != 2 * people) || shape.in_order() ||
      !equal_and_paid_for(shape, kOfferMin) ||
      !books_settle(shape, std::min(fee(shape), earned_most(shape)))) {
    return std::nullopt;
  }
  ScriptKind kind = commonest_kind(shape.view.inputs);
  if (shape.inputs_of(kind) != shape.inputs || shape.outputs_of(kind) + 1 < shape.outputs) {
    return std::nullopt;
  }
  return recognised(Protocol::joinmarket, 70, shape,
                    "equal outputs that as many people could have paid, and a change for each or "
                    "for all but one, all of one kind of address");
}

std::optional<Recognised> equal_outputs(const Shape& shape) {
  std::uint32_t people = shape.equal.count;
  bool half_have_change = 2 * (shape.outputs - people) >= people;
  if (shape.runner_up > kSameChangeMost || !half_have_change ||
      !equal_and_paid_for(shape, kPostage + 1) || !books_settle(shape, fee(shape))) {
    return std::nullopt;
  }
  std::uint8_t confidence = people >= kJoinMarketMin ? 40 : 25;
  return recognised(Protocol::equal_outputs, confidence, shape,
                    "equal outputs that as many people could have paid, and change for some");
}

std::optional<Recognised> stonewall(const Shape& shape) {
  bool two_equal =
      shape.equal.count == 2 && shape.repeated == 1 && (shape.outputs == 3 || shape.outputs == 4);
  if (!two_equal || !shape.view.inputs_known || shape.equal.value < kStonewallMin ||
      shape.inputs < 2 || shape.inputs > kStonewallInputsMost || shape.input_addresses() < 2 ||
      !shape.outputs_distinct()) {
    return std::nullopt;
  }
  Amount spare = fee(shape);
  bool paid = false;
  for (const ValueCount& change : shape.values) {
    if (change.count > 1) continue;
    Amount back = shape.equal.value + change.value;
    paid = paid || some_hold(shape, back, back + spare);
  }
  if (!paid) return std::nullopt;
  return recognised(Protocol::stonewall, shape.outputs == 4 ? 60 : 40, shape,
                    "two equal outputs, and the inputs fall into two groups that each pay one and "
                    "a change");
}

}  // namespace tracehound::clusters
