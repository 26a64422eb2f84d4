// detect change: which output of each transaction went back to who paid, by named rules. Guesses.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "cli/verb_detect.h"
#include "clusters/change_rules.h"

namespace tracehound::cli {

namespace {

using clusters::ChangeGuess;
using clusters::ChangeRule;

struct Options {
  std::uint64_t from_height = 0;
  std::vector<std::string> rules;
  std::string csv;
};

std::string names(const std::vector<ChangeRule>& rules) {
  std::string text;
  for (ChangeRule rule : rules) text += (text.empty() ? "" : "+") + std::string(name_of(rule));
  return text;
}

clusters::RuleSet rules_of(const Options& options) {
  if (options.rules.empty()) return clusters::shown_rules();
  clusters::RuleSet set;
  for (const std::string& name : options.rules) {
    auto rule = *clusters::change_rule_named(name);  // the parser took no others
    if (std::ranges::find(set.rules, rule) == set.rules.end()) set.rules.push_back(rule);
  }
  return set;
}

Answer guess_all(const OpenLedger& open, const Options& options) {
  const ledger::Ledger& ledger = open.ledger;
  clusters::RuleSet rules = rules_of(options);
  clusters::ChangeFinder finder(ledger);
  std::uint64_t looked_at = 0;
  std::uint64_t guessed = 0;
  std::array<std::uint64_t, clusters::kChangeRules> by_rule{};
  std::string csv = "txid,height,output,address,confidence,rules\n";
  for (std::uint64_t at = options.from_height; at <= ledger.tip().number(); ++at) {
    BlockHeight height(static_cast<std::uint32_t>(at));
    for (TxId tx : ledger.transactions(height)) {
      if (ledger.is_coinbase(tx) || ledger.outputs(tx).size() < 2) continue;
      ++looked_at;
      auto guess = finder.change_of(tx, rules);
      if (!guess) continue;
      ++guessed;
      for (ChangeRule rule : guess->rules) ++by_rule[static_cast<std::size_t>(rule)];
      if (options.csv.empty()) continue;
      csv += fmt::format("{},{},{},{},{},{}\n", ledger.txid(tx).text(), at, guess->output,
                         open.address_text(ledger.address(guess->coin)), guess->confidence,
                         names(guess->rules));
    }
  }
  if (!options.csv.empty()) return {.files = {{options.csv, csv}}, .text = ""};
  std::string text =
      fmt::format("{}: {} of two outputs or more; a change is guessed in {} ({})\n", ledger.chain(),
                  plural(looked_at, "transaction"), guessed, percent_text(guessed, looked_at));
  std::vector<std::vector<std::string>> rows = {{"by", "transactions"}};
  for (ChangeRule rule : rules.rules) {
    rows.push_back(
        {std::string(name_of(rule)), fmt::format("{}", by_rule[static_cast<std::size_t>(rule)])});
  }
  return {.files = {}, .text = text + "\n" + table_text(rows, {false, true})};
}

std::vector<std::string> rule_names() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < clusters::kChangeRules; ++i) {
    all.emplace_back(name_of(static_cast<ChangeRule>(i)));
  }
  return all;
}

}  // namespace

void add_detect_change(CLI::App& detect, Context& context) {
  CLI::App* command =
      detect.add_subcommand("change", "which output goes back to who paid: guesses by named rules");
  auto options = std::make_shared<Options>();
  command->add_option("--from-height", options->from_height, "leave out the blocks below")
      ->type_name("N")
      ->transform(whole_number(std::numeric_limits<std::uint32_t>::max()));
  command
      ->add_option("--rule", options->rules,
                   "by these alone, each given by itself; else by those that `show tx` goes by")
      ->type_name("NAME")
      ->check(CLI::IsMember(rule_names()));
  command->add_option("--csv", options->csv, "write each guess there; - is standard output")
      ->type_name("FILE|-");
  add_common(*command, context);
  add_example(*command,
              "tracehound detect change --ledger L --rule one_time --rule legacy --csv change.csv");
  command->callback([&context, options] {
    context.work = [&context, options] {
      return answer(context, Rows::confirmed, [options](const OpenLedger& open) -> Result<Answer> {
        return guess_all(open, *options);
      });
    };
  });
}

}  // namespace tracehound::cli
