#include "clusters/change_rules.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "clusters/peel.h"

namespace tracehound::clusters {

namespace {

using ledger::Ledger;
using ledger::ScriptKind;

struct RuleFacts {
  std::string_view name;
  std::uint8_t confidence;
};
// Measured, not felt: of a rule's guesses in the simulated world where it did worst, how many in a
// hundred were right, and 95 at most, since no world is the real one. Of those that `show tx` goes
// by also of the guesses that surer ones leave to it. The tables in docs/accuracy.md are where
// these come from, and a test holds them to it.
constexpr std::array<RuleFacts, kChangeRules> kRules = {{
    {"peeling_chain", 89},
    {"power_of_ten", 95},
    {"optimal_change", 94},
    {"address_type", 95},
    {"locktime", 94},
    {"address_reuse", 95},
    {"client_change", 44},
    {"legacy", 48},
    {"fixed_fee", 79},
    {"spent", 25},
    {"none", 0},
    {"one_time", 93},
    {"peel_next", 45},
}};

constexpr Amount kPowerOfTen = 1'000'000;
constexpr Amount kRoundInOneTime = 1'000;
constexpr std::uint64_t kOneTimeOutputsMost = 10;

// Coins that a later transaction of the same txid replaced were never spent.
std::optional<TxId> spender_of(const Ledger& ledger, CoinId coin) {
  auto spender = ledger.spender(coin);
  if (spender && ledger.is_replaced(coin)) return std::nullopt;
  return spender;
}

Amount smallest_input(const Ledger& ledger, TxId tx) {
  Amount smallest = ~Amount{0};
  for (std::uint64_t i = 0; i < ledger.input_count(tx); ++i) {
    smallest = std::min(smallest, ledger.value(ledger.input(tx, i)));
  }
  return smallest;
}

// The script kind of all inputs; nothing where they differ.
std::optional<ScriptKind> kind_of_inputs(const Ledger& ledger, TxId tx) {
  ScriptKind kind = ledger.script(ledger.input(tx, 0));
  for (std::uint64_t i = 1; i < ledger.input_count(tx); ++i) {
    if (ledger.script(ledger.input(tx, i)) != kind) return std::nullopt;
  }
  return kind;
}

bool is_input_address(const Ledger& ledger, TxId tx, AddressId address) {
  for (std::uint64_t i = 0; i < ledger.input_count(tx); ++i) {
    if (ledger.address(ledger.input(tx, i)) == address) return true;
  }
  return false;
}

// Whole units of fee for 1000 virtual bytes (of four weight units, rounded up).
std::uint64_t fee_rate(const Ledger& ledger, TxId tx) {
  Amount in = 0;
  Amount out = 0;
  for (std::uint64_t i = 0; i < ledger.input_count(tx); ++i) {
    in += ledger.value(ledger.input(tx, i));
  }
  for (CoinId coin : ledger.outputs(tx)) out += ledger.value(coin);
  std::uint64_t weight = ledger.shape(tx) & ledger::shape::kWeightMask;
  std::uint64_t size = std::max<std::uint64_t>(1, (weight + 3) / 4);
  return in < out ? 0 : (in - out) * 1000 / size;  // all money there is, times 1000, fits
}

// How sure the surest of its rules is, and how many there are.
std::pair<std::uint32_t, std::size_t> strength(const ChangeGuess& guess) {
  std::uint32_t surest = 0;
  for (ChangeRule rule : guess.rules) {
    surest = std::max<std::uint32_t>(surest, kRules[static_cast<std::size_t>(rule)].confidence);
  }
  return {surest, guess.rules.size()};
}

bool one_in_two_out(const Ledger& ledger, TxId tx) {
  return ledger.input_count(tx) == 1 && ledger.outputs(tx).size() == 2;
}

bool in_peeling_chain(const Ledger& ledger, TxId tx) {
  if (!one_in_two_out(ledger, tx)) return false;
  if (one_in_two_out(ledger, ledger.creator(ledger.input(tx, 0)))) return true;
  for (CoinId coin : ledger.outputs(tx)) {
    auto spender = spender_of(ledger, coin);
    if (spender && one_in_two_out(ledger, *spender)) return true;
  }
  return false;
}

}  // namespace

std::uint8_t confidence_of(ChangeRule rule) {
  return kRules[static_cast<std::size_t>(rule)].confidence;
}

std::string_view name_of(ChangeRule rule) { return kRules[static_cast<std::size_t>(rule)].name; }

std::optional<ChangeRule> change_rule_named(std::string_view name) {
  auto found = std::ranges::find(kRules, name, &RuleFacts::name);
  if (found == kRules.end()) return std::nullopt;
  return static_cast<ChangeRule>(found - kRules.begin());
}

// ---- sets ---------------------------------------------------------------------------------------

OutputSet unite(const OutputSet& a, const OutputSet& b) {
  OutputSet all;
  std::ranges::set_union(a, b, std::back_inserter(all));
  return all;
}

OutputSet intersect(const OutputSet& a, const OutputSet& b) {
  OutputSet both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both;
}

OutputSet subtract(const OutputSet& a, const OutputSet& b) {
  OutputSet left;
  std::ranges::set_difference(a, b, std::back_inserter(left));
  return left;
}

std::optional<std::uint32_t> unique(const OutputSet& outputs) {
  if (outputs.size() != 1) return std::nullopt;
  return outputs.front();
}

// ---- rules --------------------------------------------------------------------------------------

template <typename Keep>
OutputSet ChangeFinder::keep(TxId tx, Keep keep) const {
  OutputSet kept;
  std::uint32_t number = 0;
  for (CoinId coin : ledger_.outputs(tx)) {
    if (ledger_.script(coin) != ScriptKind::op_return && keep(coin)) kept.push_back(number);
    ++number;
  }
  return kept;
}

OutputSet ChangeFinder::peeling_chain(TxId tx) const {
  if (!in_peeling_chain(ledger_, tx)) return {};
  return keep(tx, [&](CoinId coin) {
    auto spender = spender_of(ledger_, coin);
    return !spender || in_peeling_chain(ledger_, *spender);
  });
}

OutputSet ChangeFinder::address_type(TxId tx) const {
  auto kind = kind_of_inputs(ledger_, tx);
  if (!kind) return {};
  return keep(tx, [&](CoinId coin) { return ledger_.script(coin) == *kind; });
}

OutputSet ChangeFinder::legacy(TxId tx) {
  if (is_coinjoin(tx) || keep(tx, [](CoinId) { return true; }).size() < 2) return {};
  Amount smallest = smallest_input(ledger_, tx);
  OutputSet found = keep(tx, [&](CoinId coin) {
    return ledger_.value(coin) < smallest && fresh_.is_fresh(tx, ledger_.address(coin));
  });
  return found.size() == 1 ? found : OutputSet{};
}

OutputSet ChangeFinder::one_time(TxId tx) {
  std::uint64_t outputs = ledger_.outputs(tx).size();
  auto kind = kind_of_inputs(ledger_, tx);
  if (outputs < 2 || outputs > kOneTimeOutputsMost || !kind) return {};
  Amount smallest = smallest_input(ledger_, tx);
  OutputSet found = keep(tx, [&](CoinId coin) {
    Amount value = ledger_.value(coin);
    AddressId address = ledger_.address(coin);
    return ledger_.script(coin) == *kind && value % kRoundInOneTime != 0 && value < smallest &&
           fresh_.is_fresh(tx, address) && ledger_.coins_of(address, 0, 2).size() == 1;
  });
  return found.size() == 1 ? found : OutputSet{};
}

bool ChangeFinder::is_coinjoin(TxId tx) {
  auto recognised = recogniser_.alone(tx);
  return recognised && clusters::is_coinjoin(recognised->protocol);
}

OutputSet ChangeFinder::candidates(ChangeRule rule, TxId tx) {
  if (ledger_.is_coinbase(tx)) return {};
  switch (rule) {
    case ChangeRule::peeling_chain:
      return peeling_chain(tx);
    case ChangeRule::power_of_ten:
      return keep(tx, [&](CoinId coin) { return ledger_.value(coin) % kPowerOfTen != 0; });
    case ChangeRule::optimal_change: {
      Amount smallest = smallest_input(ledger_, tx);
      return keep(tx, [&](CoinId coin) { return ledger_.value(coin) < smallest; });
    }
    case ChangeRule::address_type:
      return address_type(tx);
    case ChangeRule::locktime: {
      std::uint32_t own = ledger_.shape(tx) & ledger::shape::kLocktime;
      return keep(tx, [&](CoinId coin) {
        auto spender = spender_of(ledger_, coin);
        return !spender || (ledger_.shape(*spender) & ledger::shape::kLocktime) == own;
      });
    }
    case ChangeRule::address_reuse:
      return keep(
          tx, [&](CoinId coin) { return is_input_address(ledger_, tx, ledger_.address(coin)); });
    case ChangeRule::client_change:
      return keep(tx, [&](CoinId coin) { return fresh_.is_fresh(tx, ledger_.address(coin)); });
    case ChangeRule::legacy:
      return legacy(tx);
    case ChangeRule::fixed_fee: {
      std::uint64_t rate = fee_rate(ledger_, tx);
      return keep(tx, [&](CoinId coin) {
        auto spender = spender_of(ledger_, coin);
        return !spender || fee_rate(ledger_, *spender) == rate;
      });
    }
    case ChangeRule::spent:
      return keep(tx, [&](CoinId coin) { return spender_of(ledger_, coin).has_value(); });
    case ChangeRule::none:
      return {};
    case ChangeRule::one_time:
      return one_time(tx);
    case ChangeRule::peel_next:
      auto next = find_next(ledger_, tx, fresh_);
      if (!next) return {};
      return {static_cast<std::uint32_t>(next->number() - ledger_.outputs(tx).first.number())};
  }
  return {};
}

// ---- guesses ------------------------------------------------------------------------------------

std::optional<ChangeGuess> ChangeFinder::change_of(TxId tx, const RuleSet& rules) {
  auto outputs = ledger_.outputs(tx);
  if (ledger_.is_coinbase(tx) || outputs.size() < 2 || is_coinjoin(tx)) return std::nullopt;
  std::vector<ChangeGuess> guesses;
  for (ChangeRule rule : rules.rules) {
    auto output = unique(candidates(rule, tx));
    if (!output) continue;
    auto guess = std::ranges::find(guesses, *output, &ChangeGuess::output);
    if (guess == guesses.end()) {
      guesses.push_back({.output = *output,
                         .coin = CoinId(outputs.first.number() + *output),
                         .rules = {},
                         .confidence = 0});
      guess = guesses.end() - 1;
    }
    guess->rules.push_back(rule);
  }
  if (guesses.empty()) return std::nullopt;
  // The surest rule decides, then how many agree; where neither does, nothing is guessed.
  std::ranges::stable_sort(guesses, std::ranges::greater{}, &strength);
  if (guesses.size() > 1 && strength(guesses[0]) == strength(guesses[1])) return std::nullopt;
  ChangeGuess best = std::move(guesses.front());
  best.confidence = static_cast<std::uint8_t>(strength(best).first);
  return best;
}

const RuleSet& shown_rules() {
  static const RuleSet kShown{
      {ChangeRule::address_reuse, ChangeRule::one_time, ChangeRule::peel_next}};
  return kShown;
}

OutputSet candidates(ChangeRule rule, const Ledger& ledger, TxId tx) {
  return ChangeFinder(ledger).candidates(rule, tx);
}

std::optional<ChangeGuess> change_of(const Ledger& ledger, TxId tx, const RuleSet& rules) {
  return ChangeFinder(ledger).change_of(tx, rules);
}

}  // namespace tracehound::clusters
