// info: what a ledger holds.
#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/accounts.h"
#include "cli/verb.h"
#include "ledger/runs.h"

namespace tracehound::cli {

namespace {

struct Facts {
  std::uint64_t unspent_coins = 0;
  Amount unspent_value = 0;
  std::uint64_t unspendable_coins = 0;
  Amount unspendable_value = 0;
  std::uint64_t column_bytes = 0;
  std::uint64_t index_bytes = 0;
  // Over the last blocks.
  std::uint64_t window_blocks = 0;
  std::uint64_t window_transactions = 0;
  std::uint64_t window_seconds = 0;
};

constexpr std::uint32_t kWindow = 144;  // blocks: a day of Bitcoin

Facts gather(const ledger::Ledger& ledger) {
  Facts facts;
  for (std::uint64_t row = 0; row < ledger.counts().coins; ++row) {
    CoinId coin(row);
    if (ledger.spender(coin)) continue;
    bool unspendable = ledger.script(coin) == ledger::ScriptKind::op_return;
    (unspendable ? facts.unspendable_coins : facts.unspent_coins) += 1;
    (unspendable ? facts.unspendable_value : facts.unspent_value) += ledger.value(coin);
  }
  for (const auto& spec : ledger::kColumns) facts.column_bytes += ledger.column(spec.column).size();
  for (const auto& spec : ledger::kIndexes) {
    for (const auto& run : ledger.index(spec.index).runs()) {
      facts.index_bytes += run.bytes().size();
    }
  }
  std::uint32_t tip = ledger.tip().number();
  std::uint32_t first = tip > kWindow ? tip - kWindow : 0;
  facts.window_blocks = tip - first;
  facts.window_transactions =
      ledger.counts().transactions - ledger.transactions(BlockHeight(first)).end.number();
  std::uint32_t start = ledger.block_time(BlockHeight(first));
  std::uint32_t end = ledger.block_time(ledger.tip());
  facts.window_seconds = end > start ? end - start : 0;
  return facts;
}

// "2.77" without floating point; "-" without a divisor.
std::string ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  std::uint64_t hundredths = part * 100 / whole;
  return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}

std::string as_text(const OpenLedger& open, const Facts& facts) {
  const ledger::Ledger& ledger = open.ledger;
  const ledger::Counts& counts = ledger.counts();
  std::uint64_t bytes = facts.column_bytes + facts.index_bytes;
  auto coins = [&](Amount amount) {
    return fmt::format("{} {}", coins_text(amount, kDecimals), open.symbol());
  };
  std::string text;
  auto line = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{:<14}{}\n", name, value);
  };
  line("chain", ledger.chain());
  line("tip",
       fmt::format("height {}, {}", ledger.tip().number(), ledger.manifest().tip_hash.text()));
  line("tip time", utc_text(ledger.block_time(ledger.tip())) + " UTC");
  line("blocks", fmt::format("{}", counts.blocks));
  line("transactions", fmt::format("{}", counts.transactions));
  line("inputs", fmt::format("{}", counts.inputs));
  line("coins", fmt::format("{}", counts.coins));
  line("addresses", fmt::format("{}", counts.addresses));
  line("unspent", fmt::format("{}, {} (the genesis coin counted)",
                              plural(facts.unspent_coins, "coin"), coins(facts.unspent_value)));
  line("unspendable", fmt::format("{}, {} (OP_RETURN)", plural(facts.unspendable_coins, "coin"),
                                  coins(facts.unspendable_value)));
  line("size",
       fmt::format("{} ({} columns, {} indexes), {} bytes a coin, {} a transaction",
                   size_text(bytes), size_text(facts.column_bytes), size_text(facts.index_bytes),
                   ratio(bytes, counts.coins), ratio(bytes, counts.transactions)));
  line("rates", fmt::format("last {}: {} transactions a block, {} blocks an hour",
                            plural(facts.window_blocks, "block"),
                            ratio(facts.window_transactions, facts.window_blocks),
                            ratio(facts.window_blocks * 3600, facts.window_seconds)));
  return text;
}

std::string as_json(const OpenLedger& open, const Facts& facts) {
  const ledger::Ledger& ledger = open.ledger;
  const ledger::Counts& counts = ledger.counts();
  JsonWriter json;
  json.open_object().key("schema").value("tracehound.info/1").key("chain").value(ledger.chain());
  json.key("tip").open_object().key("height").value(ledger.tip().number());
  json.key("hash").value(ledger.manifest().tip_hash.text());
  json.key("time").value(ledger.block_time(ledger.tip())).close_object();
  json.key("blocks").value(counts.blocks).key("transactions").value(counts.transactions);
  json.key("inputs").value(counts.inputs).key("coins").value(counts.coins);
  json.key("addresses").value(counts.addresses);
  json.key("unspent").open_object().key("coins").value(facts.unspent_coins);
  json.key("value").amount(facts.unspent_value).close_object();
  json.key("unspendable").open_object().key("coins").value(facts.unspendable_coins);
  json.key("value").amount(facts.unspendable_value).close_object();
  json.key("bytes").open_object().key("columns").value(facts.column_bytes);
  json.key("indexes").value(facts.index_bytes).close_object();
  json.key("last_blocks").open_object().key("blocks").value(facts.window_blocks);
  json.key("transactions").value(facts.window_transactions);
  json.key("seconds").value(facts.window_seconds).close_object();
  return json.close_object().take();
}

}  // namespace

void add_info(CLI::App& app, Context& context) {
  CLI::App* info = app.add_subcommand("info", "what the ledger holds: tip, counts, sizes, rates");
  auto json = std::make_shared<std::string>();
  info->add_option("--json", *json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  add_common(*info, context);
  add_example(*info, "tracehound info --ledger L");
  info->callback([&context, json] {
    context.work = [&context, json]() -> Status {
      if (has_accounts(context)) return info_accounts(context, *json);
      return answer(context, Rows::confirmed, [json](const OpenLedger& open) -> Result<Answer> {
        Facts facts = gather(open.ledger);
        if (json->empty()) return Answer{.files = {}, .text = as_text(open, facts)};
        return Answer{.files = {{*json, as_json(open, facts)}}, .text = ""};
      });
    };
  });
}

}  // namespace tracehound::cli
