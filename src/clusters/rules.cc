#include "clusters/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "clusters/change_rules.h"
#include "clusters/coinjoin.h"

namespace tracehound::clusters {

namespace {

// A recogniser keeps memory from one transaction to the next: each thread has its own.
bool joins_nobody(const ledger::Ledger& ledger, TxId tx) {
  struct Own {
    const ledger::Ledger* ledger = nullptr;
    std::optional<Recogniser> recogniser;
  };
  thread_local Own own;
  if (own.ledger != &ledger) {
    own.recogniser.emplace(ledger);
    own.ledger = &ledger;
  }
  auto recognised = own.recogniser->alone(tx);
  return recognised && is_coinjoin(recognised->protocol);
}

std::string known_rules() {
  std::string names = fmt::format("{}, {}", kMultiInputName, kWrapperName);
  for (std::size_t i = 0; i < kChangeRules; ++i) {
    names += fmt::format(", {}", name_of(static_cast<ChangeRule>(i)));
  }
  return names;
}

}  // namespace

bool leaves_out_coinjoins(const std::string& left_out) { return left_out.starts_with("coinjoin"); }

Rules default_rules() { return *rules_of({kMultiInputName}); }

Result<Rules> rules_of(const std::vector<std::string>& names, const std::string& left_out) {
  if (names.empty() || names.front() != kMultiInputName) {
    return fail(ErrorKind::usage,
                fmt::format("rules begin with {}, which no other rule stands without; write "
                            "--rules {},one_time",
                            kMultiInputName, kMultiInputName));
  }
  Rules rules;
  rules.names.left_out = left_out;
  if (leaves_out_coinjoins(left_out)) rules.joins_nobody = joins_nobody;
  RuleSet change;
  for (std::size_t i = 1; i < names.size(); ++i) {
    std::string name = names[i];
    if (i == kWrapper && name == kWrapperName) continue;
    std::ranges::replace(name, '-', '_');
    auto rule = change_rule_named(name);
    if (!rule) {
      return fail(ErrorKind::usage,
                  fmt::format("there is no rule '{}'; there are {}", names[i], known_rules()));
    }
    if (std::ranges::find(change.rules, *rule) != change.rules.end()) {
      return fail(ErrorKind::usage, fmt::format("the rule {} is named twice", name));
    }
    change.rules.push_back(*rule);
    rules.names.rules.push_back(name);
  }
  if (change.rules.empty()) return rules;
  rules.find_change = [change](const ledger::Ledger& ledger, TxId tx) -> std::optional<ChangeLink> {
    auto guess = change_of(ledger, tx, change);
    if (!guess) return std::nullopt;
    auto place = std::ranges::find(change.rules, guess->rules.front()) - change.rules.begin();
    return ChangeLink{guess->output, static_cast<std::uint8_t>(kFirstChangeRule + place),
                      guess->confidence};
  };
  return rules;
}

}  // namespace tracehound::clusters
