// show tx|address|block|asset on an account ledger.
#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "cli/accounts.h"

namespace tracehound::cli {

namespace {

namespace accounts = ledger::accounts;
using accounts::AccountId;
using accounts::Asset;
using accounts::AssetId;
using accounts::BlockId;
using accounts::Ledger;
using accounts::Transfer;
using accounts::TransferId;

// Transfers on a page of text; JSON comes in the same pages.
constexpr std::uint64_t kPageLines = 50;

class AccountShower {
 public:
  AccountShower(const Ledger& ledger, std::uint64_t page, bool all)
      : ledger_(ledger), page_(page), all_(all) {}

  Status show(const std::string& what, const std::string& id, std::string& text,
              JsonWriter& json) const {
    if (what == "tx") return transaction(id, text, json);
    if (what == "address") return address(id, text, json);
    if (what == "asset") return asset(id, text, json);
    return block(id, text, json);
  }

 private:
  Status transaction(const std::string& id, std::string& text, JsonWriter& json) const;
  Status address(const std::string& id, std::string& text, JsonWriter& json) const;
  Status block(const std::string& id, std::string& text, JsonWriter& json) const;
  Status asset(const std::string& id, std::string& text, JsonWriter& json) const;

  std::string name(AccountId account) const {
    return account == accounts::kNobody ? "-" : ledger_.account_text(account);
  }
  std::string block_line(BlockId block) const {
    accounts::Block row = ledger_.block(block);
    return fmt::format("{} ({} UTC)", row.number, utc_text(row.time));
  }
  std::string transfer_line(const Transfer& row) const {
    std::string line = fmt::format("  {:>5}  {:<10} {} -> {}  {}", row.position,
                                   ledger::accounts::kind_text(row.kind), name(row.from),
                                   name(row.to), amount_text(ledger_.asset(row.asset), row.amount));
    if (row.usd_micro) line += fmt::format("  ({} USD)", U256(*row.usd_micro).text(6));
    return line + "\n";
  }
  void account_json(std::string_view key, AccountId account, JsonWriter& json) const {
    json.key(key);
    account == accounts::kNobody ? json.null() : json.value(ledger_.account_text(account));
  }
  void asset_json(AssetId id, JsonWriter& json) const;
  void transfer_json(TransferId id, JsonWriter& json) const;

  const Ledger& ledger_;
  std::uint64_t page_;
  bool all_;
};

std::unexpected<Error> not_there(std::string_view what, std::string_view id) {
  return fail(ErrorKind::no, fmt::format("the ledger has no {} {}", what, id));
}

void AccountShower::asset_json(AssetId id, JsonWriter& json) const {
  Asset row = ledger_.asset(id);
  json.key("asset").open_object().key("id").value(id.number());
  json.key("symbol").value(row.symbol).key("contract").value(row.contract);
  json.key("decimals");
  row.decimals_known ? json.value(unsigned{row.decimals}) : json.null();
  json.close_object();
}

void AccountShower::transfer_json(TransferId id, JsonWriter& json) const {
  Transfer row = ledger_.transfer(id);
  json.open_object().key("id").value(id.number()).key("position").value(row.position);
  json.key("kind").value(ledger::accounts::kind_text(row.kind));
  account_json("from", row.from, json);
  account_json("to", row.to, json);
  asset_json(row.asset, json);
  json.key("amount").value(row.amount.text());
  if (row.usd_micro) json.key("usd").value(U256(*row.usd_micro).text(6));
  json.close_object();
}

Status AccountShower::transaction(const std::string& id, std::string& text,
                                  JsonWriter& json) const {
  auto tx = ledger_.find_transaction(id);
  if (!tx) return not_there("transaction", id);
  accounts::Transaction row = ledger_.transaction(*tx);
  BlockId block = ledger_.block_of(*tx);
  text += fmt::format("transaction   {}\nblock         {}\n", row.id, block_line(block));
  json.open_object().key("id").value(row.id).key("block").value(ledger_.block(block).number);
  json.key("time").value(ledger_.time(*tx)).key("failed").value(row.failed);
  if (row.failed) text += "failed        yes: only the fee was paid\n";
  account_json("payer", row.payer, json);
  json.key("fee").value(row.fee.text()).key("transfers").open_list();
  if (ledger_.native() && row.payer != accounts::kNobody) {
    text += fmt::format("fee           {}, paid by {}\n",
                        amount_text(ledger_.asset(*ledger_.native()), row.fee), name(row.payer));
  }
  auto transfers = ledger_.transfers(*tx);
  text += fmt::format("transfers     {}\n", transfers.size());
  std::uint64_t shown = 0;
  for (TransferId transfer : transfers) {
    transfer_json(transfer, json);
    if (shown++ < kPageLines) text += transfer_line(ledger_.transfer(transfer));
  }
  if (shown > kPageLines) text += fmt::format("... {} more; --json has all\n", shown - kPageLines);
  json.close_list().close_object();
  return {};
}

Status AccountShower::address(const std::string& id, std::string& text, JsonWriter& json) const {
  TRY(check_spelling(ledger_, id));
  auto account = ledger_.find_account(id);
  if (!account) return not_there("address", id);
  std::uint64_t count = ledger_.transfer_count(*account);
  text += fmt::format("address       {}\ntransfers     {}\n", name(*account), count);
  json.open_object().key("address").value(name(*account)).key("transfers").value(count);
  json.key("assets").open_list();
  for (const accounts::AssetTotals& total : ledger_.totals(*account)) {
    Asset asset = ledger_.asset(total.asset);
    text += fmt::format("  received {}, gave {} in {}\n", amount_text(asset, total.received),
                        amount_text(asset, total.given), plural(total.transfers, "transfer"));
    json.open_object();
    asset_json(total.asset, json);
    json.key("transfers").value(total.transfers).key("received").value(total.received.text());
    json.key("given").value(total.given.text()).close_object();
  }
  json.close_list().key("list").open_list();
  std::uint64_t first = all_ ? 0 : (page_ - 1) * kPageLines;
  auto transfers = ledger_.transfers_of(*account, first, all_ ? count : kPageLines);
  for (TransferId transfer : transfers) {
    auto tx = ledger_.tx_of(transfer);
    text += fmt::format("{}  {}\n{}", utc_text(ledger_.time(tx)), ledger_.id_text(tx),
                        transfer_line(ledger_.transfer(transfer)));
    json.open_object().key("tx").value(ledger_.id_text(tx)).key("time").value(ledger_.time(tx));
    json.key("transfer");
    transfer_json(transfer, json);
    json.close_object();
  }
  if (first + transfers.size() < count) {
    text += fmt::format("... {} more; --page {} goes on, --all has them\n",
                        count - first - transfers.size(), page_ + 1);
  }
  json.close_list().close_object();
  return {};
}

Status AccountShower::block(const std::string& id, std::string& text, JsonWriter& json) const {
  std::optional<BlockId> block;
  std::uint64_t number = 0;
  auto [end, failure] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (failure == std::errc{} && end == id.data() + id.size()) {
    block = ledger_.find_block(number);
  } else if (id.starts_with("0x")) {
    auto bytes = from_hex(id.substr(2));
    if (bytes && bytes->size() == 32) block = ledger_.find_block(Hash256::from_bytes(*bytes));
  } else if (auto time = parse_utc(id)) {
    block = ledger_.block_at(*time);
  } else {
    return fail(ErrorKind::usage,
                fmt::format("{} is no block number, no hash (0x...) and no time", id));
  }
  if (!block) return not_there("block", id);
  auto transactions = ledger_.transactions(*block);
  accounts::Block row = ledger_.block(*block);
  text +=
      fmt::format("block         {}\ntransactions  {}\n", block_line(*block), transactions.size());
  json.open_object().key("number").value(row.number).key("time").value(row.time);
  if (row.hash) json.key("hash").value("0x" + to_hex(row.hash->view()));
  json.key("transactions").open_list();
  std::uint64_t shown = 0;
  for (TxId tx : transactions) {
    json.value(ledger_.id_text(tx));
    if (shown++ < kPageLines) text += fmt::format("  {}\n", ledger_.id_text(tx));
  }
  if (shown > kPageLines) text += fmt::format("... {} more; --json has all\n", shown - kPageLines);
  json.close_list().close_object();
  return {};
}

Status AccountShower::asset(const std::string& id, std::string& text, JsonWriter& json) const {
  auto found = ledger_.find_assets(id);
  if (found.empty()) return not_there("asset", id);
  json.open_object().key("name").value(id).key("assets").open_list();
  for (AssetId asset : found) {
    Asset row = ledger_.asset(asset);
    text += fmt::format("asset         {}\ncontract      {}\ndecimals      {}\n", row.symbol,
                        row.contract.empty() ? "none" : row.contract,
                        row.decimals_known ? std::to_string(row.decimals) : "not known");
    json.open_object();
    asset_json(asset, json);
    json.close_object();
  }
  json.close_list().close_object();
  return {};
}

}  // namespace

Status show_accounts(Context& context, const std::string& what, const std::vector<std::string>& ids,
                     const std::string& json_path, std::uint64_t page, bool all) {
  if (what == "coin") {
    return fail(ErrorKind::usage, "an account chain has no coins; show an address or a tx");
  }
  TRY_ASSIGN(auto given, with_stdin(ids));
  return answer_accounts(context, [&](const OpenAccounts& open) -> Result<Answer> {
    AccountShower shower(open.ledger, page, all);
    std::string text;
    JsonWriter json;
    json.open_object().key("schema").value(fmt::format("tracehound.account_{}/1", what));
    json.key("chain").value(open.ledger.chain()).key("found").open_list();
    for (const std::string& id : given) {
      if (!text.empty()) text += "\n";
      TRY(shower.show(what, id, text, json));
    }
    json.close_list().close_object();
    if (!json_path.empty()) return Answer{.files = {{json_path, json.take()}}, .text = ""};
    return Answer{.files = {}, .text = std::move(text)};
  });
}

}  // namespace tracehound::cli
