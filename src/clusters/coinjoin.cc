#include "clusters/coinjoin.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/text.h"
#include "clusters/coinjoin_rules.h"
#include "clusters/coinjoin_shape.h"

namespace tracehound::clusters {

namespace {

using ledger::ScriptKind;

constexpr std::array<std::string_view, kProtocols> kNames = {
    "whirlpool",     "wasabi2",       "wasabi1",   "joinmarket",
    "equal_outputs", "whirlpool_tx0", "stonewall", "chip_split",
};

// What the neighbours make of Whirlpool: both shapes are rare by themselves, and nobody has yet
// shown a chain of them that is something else.
constexpr std::uint8_t kConfirmed = 95;

// No rule holds for fewer outputs.
constexpr std::size_t kOutputsMin = 3;

// ---- what most transactions leave at ------------------------------------------------------------

// Outputs as a view has them.
struct OutputsOfView {
  std::span<const ViewedCoin> coins;
  std::size_t size() const { return coins.size(); }
  Amount value(std::size_t i) const { return coins[i].value; }
  ScriptKind script(std::size_t i) const { return coins[i].script; }
};

// As a ledger has them, without making a view of what is left at once.
class OutputsOfLedger {
 public:
  OutputsOfLedger(const ledger::Ledger& ledger, IdRange<CoinId> coins)
      : size_(coins.size()),
        values_(ledger.column(ledger::Column::coin_value).data() + coins.first.number() * 8),
        scripts_(ledger.column(ledger::Column::coin_script).data() + coins.first.number()) {}
  std::size_t size() const { return size_; }
  Amount value(std::size_t i) const { return load_le<Amount>(values_ + i * 8); }
  ScriptKind script(std::size_t i) const { return static_cast<ScriptKind>(scripts_[i]); }

 private:
  std::size_t size_;
  const Byte* values_;
  const Byte* scripts_;
};

template <typename Outputs>
bool two_are_equal(const Outputs& outputs) {
  constexpr std::size_t kFew = 12;
  if (outputs.size() <= kFew) {
    for (std::size_t i = 1; i < outputs.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (outputs.value(i) == outputs.value(j)) return true;
      }
    }
    return false;
  }
  std::vector<Amount> values(outputs.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = outputs.value(i);
  std::ranges::sort(values);
  return std::ranges::adjacent_find(values) != values.end();
}

// Whether any rule could hold, from the outputs alone. Every rule asks for two equal outputs, but
// for a Tx0 of one premix and for chips of different sizes.
template <typename Outputs>
bool worth_its_inputs(const Outputs& outputs) {
  if (outputs.size() < kOutputsMin) return false;
  if (two_are_equal(outputs)) return true;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs.script(i) == ScriptKind::op_return) return true;
  }
  return outputs.size() >= kChipsMin && is_chip(outputs.value(0));
}

}  // namespace

std::string_view name_of(Protocol protocol) { return kNames[static_cast<std::size_t>(protocol)]; }

std::optional<Protocol> protocol_named(std::string_view name) {
  auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Protocol>(found - kNames.begin());
}

std::string reason(const Recognised& recognised) {
  return fmt::format("{}: {} in, {} out, {} alike of {}", recognised.rule, recognised.inputs,
                     recognised.outputs, recognised.anonymity_set,
                     coins_text(recognised.denomination, 8));
}

std::optional<Recognised> recognise(const TransactionView& transaction) {
  if (transaction.inputs.empty() || !worth_its_inputs(OutputsOfView{transaction.outputs})) {
    return std::nullopt;
  }
  Shape shape(transaction);
  // A Tx0 is as specific as the mix, and its premixes are equal outputs to the rules behind it.
  for (auto rule : {whirlpool_mix, whirlpool_tx0}) {
    if (auto found = rule(shape)) return found;
  }
  if (shape.inputs > 1 && shape.repeated > 0) {
    for (auto rule : {wasabi2, wasabi1, joinmarket, equal_outputs, stonewall}) {
      if (auto found = rule(shape)) return found;
    }
  }
  return chip_split(shape);
}

Recognised with_lineage(Recognised alone, const TransactionView& transaction,
                        const Lineage& lineage) {
  auto is = [](std::optional<Protocol> protocol, Protocol wanted) { return protocol == wanted; };
  if (alone.protocol == Protocol::whirlpool_tx0) {
    bool mixed = std::ranges::any_of(
        lineage.spenders, [&](auto spender) { return is(spender, Protocol::whirlpool); });
    if (mixed) {
      alone.confidence = kConfirmed;
      alone.rule = "the shape of a Whirlpool Tx0, and a premix goes into a Whirlpool mix";
    }
  }
  if (alone.protocol == Protocol::whirlpool) {
    bool all_known = lineage.parents.size() == transaction.inputs.size();
    for (std::size_t i = 0; all_known && i < transaction.inputs.size(); ++i) {
      bool remixed = transaction.inputs[i].value == alone.denomination;
      all_known = is(lineage.parents[i], remixed ? Protocol::whirlpool : Protocol::whirlpool_tx0);
    }
    if (all_known) {
      alone.confidence = kConfirmed;
      alone.rule =
          "the shape of a Whirlpool mix, and every input comes from a Tx0 or another mix as it "
          "must";
    }
  }
  return alone;
}

std::optional<Recognised> Recogniser::alone(TxId tx) {
  // Counts first, then what lies in one place, then what does not.
  IdRange<CoinId> outputs = ledger_.outputs(tx);
  if (outputs.size() < kOutputsMin || ledger_.is_coinbase(tx) ||
      !worth_its_inputs(OutputsOfLedger(ledger_, outputs))) {
    return std::nullopt;
  }
  return recognise(view_of(ledger_, tx, room_));
}

std::optional<Recognised> Recogniser::look(TxId tx) {
  auto found = alone(tx);
  if (!found) return found;
  bool asks_parents = found->protocol == Protocol::whirlpool;
  bool asks_spenders = found->protocol == Protocol::whirlpool_tx0;
  if (!asks_parents && !asks_spenders) return found;
  parents_.clear();
  spenders_.clear();
  auto protocol = [&](TxId other) -> std::optional<Protocol> {
    auto recognised = alone(other);
    if (!recognised) return std::nullopt;
    return recognised->protocol;
  };
  for (std::uint64_t i = 0; asks_parents && i < ledger_.input_count(tx); ++i) {
    parents_.push_back(protocol(ledger_.creator(ledger_.input(tx, i))));
  }
  if (asks_spenders) {
    for (CoinId coin : ledger_.outputs(tx)) {
      auto spender = ledger_.spender(coin);
      spenders_.push_back(spender ? protocol(*spender) : std::nullopt);
    }
  }
  TransactionView transaction = view_of(ledger_, tx, room_);
  return with_lineage(*found, transaction, {.parents = parents_, .spenders = spenders_});
}

bool is_coinjoin(const ledger::Ledger& ledger, TxId tx) {
  auto found = Recogniser(ledger).alone(tx);
  return found && is_coinjoin(found->protocol);
}

}  // namespace tracehound::clusters
