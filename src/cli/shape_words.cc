#include "cli/shape_words.h"

#include <fmt/format.h>

#include "clusters/change_rules.h"
#include "clusters/coinjoin.h"

namespace tracehound::cli {

namespace {

std::string rule_names(const clusters::ChangeGuess& guess) {
  std::string names;
  for (clusters::ChangeRule rule : guess.rules) {
    if (!names.empty()) names += ", ";
    names += name_of(rule);
  }
  return names;
}

}  // namespace

std::string shape_lines(const ledger::Ledger& ledger, TxId tx) {
  std::string text;
  if (auto found = clusters::Recogniser(ledger).look(tx)) {
    text += fmt::format("recognised    {}{}, {} % sure: {}\n", name_of(found->protocol),
                        is_coinjoin(found->protocol) ? ", a CoinJoin" : ", no CoinJoin",
                        found->confidence, reason(*found));
  }
  if (auto guess = clusters::change_of(ledger, tx)) {
    text += fmt::format("change        output {}, a guess of {} % by {}\n", guess->output,
                        guess->confidence, rule_names(*guess));
  }
  return text;
}

std::string coin_shape(const ledger::Ledger& ledger, CoinId coin) {
  TxId tx = ledger.creator(coin);
  if (auto found = clusters::Recogniser(ledger).look(tx)) {
    return fmt::format("{} ({} %)", name_of(found->protocol), found->confidence);
  }
  auto guess = clusters::change_of(ledger, tx);
  return guess && guess->coin == coin ? fmt::format("change ({} %)", guess->confidence) : "";
}

void shape_json(const ledger::Ledger& ledger, TxId tx, JsonWriter& json) {
  if (auto found = clusters::Recogniser(ledger).look(tx)) {
    json.key("recognised").open_object().key("protocol").value(name_of(found->protocol));
    json.key("coinjoin").value(is_coinjoin(found->protocol));
    json.key("confidence").value(found->confidence);
    json.key("anonymity_set").value(found->anonymity_set);
    json.key("denomination").amount(found->denomination);
    json.key("reason").value(reason(*found)).close_object();
  }
  if (auto guess = clusters::change_of(ledger, tx)) {
    json.key("change").open_object().key("output").value(guess->output);
    json.key("confidence").value(guess->confidence).key("rules").open_list();
    for (clusters::ChangeRule rule : guess->rules) json.value(name_of(rule));
    json.close_list().close_object();
  }
}

}  // namespace tracehound::cli
