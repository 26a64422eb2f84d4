#include "clusters/coinjoin.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

bool two_are_equal(std::span<const ViewedCoin> outputs) {
  constexpr std::size_t kFew = 12;
  if (outputs.size() <= kFew) {
    for (std::size_t i = 1; i < outputs.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (outputs[i].value == outputs[j].value) return true;
      }
    }
    return false;
  }
  std::vector<Amount> values;
  values.reserve(outputs.size());
  for (const ViewedCoin& output : outputs) values.push_back(output.value);
  std::ranges::sort(values);
  return std::ranges::adjacent_find(values) != values.end();
}

// Whether any rule could hold, from the outputs alone. Every rule asks for two equal outputs, but
// for a Tx0 of one premix and for chips of different sizes.
bool worth_its_inputs(std::span<const ViewedCoin> outputs) {
  if (two_are_equal(outputs)) return true;
  bool marked = std::ranges::any_of(
      outputs, [](const ViewedCoin& output) { return output.script == ScriptKind::op_return; });
  return marked || (outputs.size() >= kChipsMin && is_chip(outputs.front().value));
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
  if (transaction.inputs.empty() || transaction.outputs.size() < kOutputsMin ||
      !worth_its_inputs(transaction.outputs)) {
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
  if (ledger_.outputs(tx).size() < kOutputsMin || ledger_.is_coinbase(tx)) return std::nullopt;
  view_outputs(ledger_, tx, room_);
  if (!worth_its_inputs(room_.outputs)) return std::nullopt;
  view_inputs(ledger_, tx, room_);
  return recognise({.inputs = room_.inputs, .outputs = room_.outputs});
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
