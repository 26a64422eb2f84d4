#include "clusters/coinjoin_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "base/text.h"

namespace tracehound::clusters {

namespace {

using ledger::ScriptKind;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr Amount kMoney = 2'100'000'000'000'000;  // satoshi there can be

constexpr std::pair<std::string_view, ScriptKind> kKinds[] = {
    {"TxPubkey", ScriptKind::pubkey},
    {"TxPubkeyhash", ScriptKind::pubkey_hash},
    {"TxScripthash", ScriptKind::script_hash},
    {"TxWitnessV0Keyhash", ScriptKind::witness_pubkey_hash},
    {"TxWitnessV0Scripthash", ScriptKind::witness_script_hash},
    {"TxMultisig", ScriptKind::multisig},
    {"TxNullData", ScriptKind::op_return},
    {"TxNonstandard", ScriptKind::other},
    {"TxWitnessV1Taproot", ScriptKind::taproot},
    {"TxWitnessUnknown", ScriptKind::witness_other},
    {"Unknown", ScriptKind::other},
};
// Of a part that is wrong, so much stands in the message: a line can be as long as a file.
constexpr std::size_t kShown = 200;
// Taproot is younger than the format, and older files call it unknown.
constexpr std::string_view kTaprootStart = "5120";
constexpr std::size_t kTaprootSize = 68;

// Nothing for a word that there is not: a rule could not tell what it goes by.
std::optional<ScriptKind> kind_of(std::string_view script, std::string_view kind) {
  if (script.starts_with(kTaprootStart) && script.size() == kTaprootSize) {
    return ScriptKind::taproot;
  }
  for (const auto& [name, found] : kKinds) {
    if (name == kind) return found;
  }
  return std::nullopt;
}

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number number = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> split(std::string_view text, std::string_view mark) {
  std::vector<std::string_view> parts;
  for (;;) {
    auto at = text.find(mark);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + mark.size());
  }
}

// Numbers for the scripts of one transaction, by first appearance.
using ScriptNumbers = std::map<std::string_view, std::uint32_t>;

// SATOSHI+SCRIPT+KIND. An error is what is wrong with it, "" where nothing of it is right.
Result<ViewedCoin> parse_coin(std::string_view text, ScriptNumbers& scripts) {
  auto parts = split(text, "+");
  if (parts.size() != 3) return bad_input("");
  auto value = number_of<Amount>(parts[0]);
  if (!value || *value > kMoney) return bad_input("");
  auto kind = kind_of(parts[1], parts[2]);
  if (!kind)
    return bad_input(fmt::format(", whose kind '{}' is unknown", parts[2].substr(0, kShown)));
  auto number = scripts.try_emplace(parts[1], static_cast<std::uint32_t>(scripts.size()));
  return ViewedCoin{.value = *value, .address = number.first->second, .script = *kind};
}

// All that one transaction moves is bounded, so that sums of it need no second look.
bool too_much(std::span<const ViewedCoin> coins) {
  Amount total = 0;
  for (const ViewedCoin& coin : coins) {
    total += coin.value;
    if (total > kMoney) return true;
  }
  return false;
}

std::unexpected<Error> wrong(std::string_view what, std::string_view part,
                             std::string_view why = "") {
  return bad_input(fmt::format("{} is '{}'{}", what, part.substr(0, kShown), why));
}

Result<TransactionLine> parse_line(std::string_view line) {
  auto fields = split(line, ":::");
  if (fields.size() != 6) {
    return bad_input(fmt::format("{} where six are expected, with ':::' between them",
                                 plural(fields.size(), "field")));
  }
  TransactionLine found;
  auto txid = Hash256::from_text(fields[0]);
  if (!txid) return wrong("the txid", fields[0]);
  found.txid = *txid;
  auto time = number_of<std::uint64_t>(fields[3]);
  if (!time) return wrong("the time", fields[3]);
  found.time = *time;
  ScriptNumbers scripts;
  for (std::string_view text : split(fields[4], "}{")) {
    auto parts = split(text, "-");
    auto from = Hash256::from_text(parts[0]);
    auto number = parts.size() == 3 ? number_of<std::uint32_t>(parts[1]) : std::nullopt;
    if (!from || !number) return wrong("an input", text);
    auto coin = parse_coin(parts[2], scripts);
    if (!coin) return wrong("an input", text, coin.error().message);
    found.inputs.push_back(*coin);
    found.spends.push_back({.txid = *from, .index = *number});
  }
  for (std::string_view text : split(fields[5], "}{")) {
    auto coin = parse_coin(text, scripts);
    if (!coin) return wrong("an output", text, coin.error().message);
    found.outputs.push_back(*coin);
  }
  if (too_much(found.inputs) || too_much(found.outputs)) {
    return bad_input("more than 21 million BTC are moved");
  }
  return found;
}

}  // namespace

Result<std::vector<TransactionLine>> parse_transaction_lines(std::string_view text,
                                                             std::string_view name) {
  std::vector<TransactionLine> found;
  std::uint64_t number = 0;
  for (std::string_view line : split(text, "\n")) {
    ++number;
    // Where files come end to end, and one's last line has no end.
    for (std::string_view part : split(line, kByteOrderMark)) {
      while (part.ends_with('\r')) part.remove_suffix(1);
      if (part.empty()) continue;
      auto transaction = parse_line(part);
      if (!transaction) {
        return bad_input(
            fmt::format("{}, line {}: {}; a line is TXID:::BLOCK:::INDEX:::TIME:::INPUTS:::OUTPUTS",
                        name, number, transaction.error().message));
      }
      found.push_back(std::move(*transaction));
    }
  }
  return found;
}

std::vector<std::optional<Recognised>> recognise_lines(
    std::span<const TransactionLine> transactions) {
  std::vector<std::optional<Recognised>> found;
  std::map<Hash256, Protocol> protocols;
  std::map<ledger::Outpoint, Protocol> spenders;
  for (const TransactionLine& transaction : transactions) {
    found.push_back(recognise(transaction.view()));
    if (!found.back()) continue;
    protocols.emplace(transaction.txid, found.back()->protocol);
    for (const ledger::Outpoint& outpoint : transaction.spends) {
      spenders.emplace(outpoint, found.back()->protocol);
    }
  }
  auto look_up = [](const auto& map, const auto& key) -> std::optional<Protocol> {
    auto at = map.find(key);
    if (at == map.end()) return std::nullopt;
    return at->second;
  };
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    if (!found[i]) continue;
    const TransactionLine& transaction = transactions[i];
    std::vector<std::optional<Protocol>> before;
    std::vector<std::optional<Protocol>> after;
    for (const ledger::Outpoint& outpoint : transaction.spends) {
      before.push_back(look_up(protocols, outpoint.txid));
    }
    for (std::uint32_t output = 0; output < transaction.outputs.size(); ++output) {
      after.push_back(look_up(spenders, ledger::Outpoint{transaction.txid, output}));
    }
    found[i] = with_lineage(*found[i], transaction.view(), {.parents = before, .spenders = after});
  }
  return found;
}

}  // namespace tracehound::clusters
