// Wasabi Wallet's CoinJoins: version 1 (ZeroLink, 2018 to 2021) and version 2 (WabiSabi, since
// 2022).
//
// Version 2. A round takes any coins in and pays them out in standard denominations: powers of 2
// and 3, twice the powers of 3, and 1, 2, 5 times the powers of 10, from 5,000 satoshi up (78
// values; the list is in the client's source). Whoever cannot make up a coin of them gets a little
// change. A small round of a test network, 13 inputs and 40 outputs:
//
//   out  8388608 x2  2097152 x5  1062882 x5  531441 x6  423170  153758  131072 x8  50000 x5  ...
//
// The public rules ask for 20 or 50 inputs, because round numbers (50000) are in every payout, and
// they still take payouts of exchanges for CoinJoins. But 531441 = 3^12 is not a number that anyone
// pays. So the rule counts the uneven denominations, those that are no multiple of 5,000: three
// different ones are enough of a reason whatever the size, and rounds of coordinators of today,
// which are small, are found like the large ones. Besides, most outputs must be denominations, two
// of them must be repeated (or nothing is mixed), no output address twice, all of it witness
// programs of one key. Both sides are sorted by value, the largest first; this is worth confidence
// and is not asked for, since it is the coordinator's choice.
//
// Version 1. Everyone gets a coin of the base denomination, about 0.1 BTC (it rose to 0.11 with the
// rounds that paid fees out of it), and change; since 2019 also coins of 2, 4, 8 ... times that,
// less fees. A part of a round:
//
//   out  10985727 x45  21969670 x10  43939340 x3  and 38 changes
//
// JoinMarket's takers choose any amount, so 0.1 BTC too, and a small round has its shape: k equal
// outputs and about as many changes. The public rules call those Wasabi. What tells them apart is
// that the coordinator sorts both sides by value, the smallest first, where JoinMarket shuffles
// them. In that order three equal outputs are enough, if as many people could have paid them. An
// older coordinator sorted the outputs alone, and the first perhaps neither, so without order ten
// equal outputs and a second level are a round as well, which JoinMarket does not have; and so are
// 25 whatever else: a JoinMarket taker pays each maker by hand, and 20 is the most that its client
// suggests. Early rounds of a few people stay with JoinMarket or `equal_outputs`: CoinJoins all the
// same.
#include <algorithm>
#include <array>

#include "clusters/coinjoin_rules.h"

namespace tracehound::clusters {

namespace {

using ledger::ScriptKind;

constexpr Amount kDenominationLeast = 5'000;
constexpr Amount kDenominationMost = 134'375'000'000;
constexpr std::size_t kDenominations = 78;

constexpr std::array<Amount, kDenominations> make_denominations() {
  std::array<Amount, kDenominations> all{};
  std::size_t count = 0;
  auto add_multiples = [&](Amount first, Amount factor) {
    for (Amount value = first; value <= kDenominationMost; value *= factor) {
      if (value < kDenominationLeast) continue;
      if (std::find(all.begin(), all.begin() + count, value) == all.begin() + count) {
        all[count++] = value;
      }
    }
  };
  add_multiples(1, 2);
  add_multiples(1, 3);
  add_multiples(2, 3);
  add_multiples(1, 10);
  add_multiples(2, 10);
  add_multiples(5, 10);
  std::sort(all.begin(), all.end());
  return all;
}
constexpr auto kStandard = make_denominations();
static_assert(kStandard.front() == 5'000 && kStandard.back() <= kDenominationMost);

bool is_standard(Amount value) { return std::ranges::binary_search(kStandard, value); }

constexpr std::uint32_t kWasabi2InputsMin = 5;    // fewer people are no round of any coordinator
constexpr std::uint32_t kWasabi2OutputsMin = 10;  // two a person
constexpr std::uint32_t kUnevenMin = 3;

// Whether all inputs, as far as they are known, and all outputs are of these two kinds.
bool all_of(const Shape& shape, ScriptKind one, ScriptKind other) {
  auto fits = [&](const ViewedCoin& coin) { return coin.script == one || coin.script == other; };
  return (!shape.view.inputs_known || std::ranges::all_of(shape.view.inputs, fits)) &&
         std::ranges::all_of(shape.view.outputs, fits);
}

bool falls(std::span<const ViewedCoin> coins) {
  return std::ranges::is_sorted(coins, std::ranges::greater{}, &ViewedCoin::value);
}

// ---- version 1 ----------------------------------------------------------------------------------

constexpr Amount kBase = 10'000'000;
// 0.08 to 0.12, as the public rule has it: the base was 0.1 and rose to 0.11.
constexpr Amount kBaseOff = 2'000'000;
constexpr std::uint32_t kInOrderMin = 3;   // fewer hide nobody
constexpr std::uint32_t kEqualMin = 10;    // the public rules' least; rounds aimed at 50 and more
constexpr std::uint32_t kSurelyMany = 25;  // more than a JoinMarket taker gathers

// Whether a value that is repeated is twice the base, within a hundredth: the second level.
bool has_second_level(const Shape& shape) {
  Amount twice = 2 * shape.equal.value;
  return std::ranges::any_of(shape.values, [&](const ValueCount& value) {
    Amount off = value.value > twice ? value.value - twice : twice - value.value;
    return value.count > 1 && off <= twice / 100;
  });
}

}  // namespace

std::optional<Recognised> wasabi2(const Shape& shape) {
  if (shape.inputs < kWasabi2InputsMin || shape.outputs < kWasabi2OutputsMin ||
      shape.repeated < 2) {
    return std::nullopt;
  }
  std::uint32_t standard = 0;
  std::uint32_t uneven = 0;
  ValueCount largest;
  for (const ValueCount& value : shape.values) {
    if (!is_standard(value.value)) continue;
    standard += value.count;
    if (value.value % kDenominationLeast != 0) ++uneven;
    if (value.count >= largest.count) largest = value;
  }
  // Each person has at most one coin of change and a few of denominations: more than half are
  // these.
  if (uneven < kUnevenMin || 2 * standard <= shape.outputs || !shape.outputs_distinct() ||
      !all_of(shape, ScriptKind::witness_pubkey_hash, ScriptKind::taproot)) {
    return std::nullopt;
  }
  // Several people: a payer's coins may all lie at one address.
  if (shape.view.inputs_known && 2 * shape.input_addresses() < shape.inputs) return std::nullopt;
  bool sorted = falls(shape.view.outputs) && shape.view.inputs_known && falls(shape.view.inputs);
  bool nearly_all = 5 * standard >= 4 * shape.outputs;
  Recognised found = recognised(Protocol::wasabi2, sorted && nearly_all ? 90 : 75, shape,
                                "most outputs are WabiSabi's denominations, three or more of them "
                                "numbers that nobody pays");
  found.anonymity_set = largest.count;
  found.denomination = largest.value;
  return found;
}

std::optional<Recognised> wasabi1(const Shape& shape) {
  const ValueCount& base = shape.equal;
  Amount off = base.value > kBase ? base.value - kBase : kBase - base.value;
  if (base.count < kInOrderMin || off > kBaseOff || shape.inputs < base.count ||
      shape.outputs == base.count ||
      !all_of(shape, ScriptKind::witness_pubkey_hash, ScriptKind::witness_pubkey_hash) ||
      !shape.outputs_distinct()) {
    return std::nullopt;
  }
  bool known = shape.view.inputs_known;
  if (known &&
      (shape.input_addresses() < base.count || !shape.all_can_pay(base.count, base.value))) {
    return std::nullopt;
  }
  bool second_level = has_second_level(shape);
  if (shape.in_order() && (second_level || equal_and_paid_for(shape, kBase - kBaseOff))) {
    return recognised(Protocol::wasabi1, base.count >= kEqualMin ? 90 : 75, shape,
                      "equal outputs of about 0.1 BTC, and both sides in the coordinator's order");
  }
  if (second_level ? base.count < kEqualMin : base.count < kSurelyMany) return std::nullopt;
  return recognised(Protocol::wasabi1, second_level && known ? 80 : 70, shape,
                    second_level ? "many equal outputs of about 0.1 BTC, and some of twice that"
                                 : "very many equal outputs of about 0.1 BTC");
}

}  // namespace tracehound::clusters
