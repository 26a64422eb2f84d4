// show tx|coin|address|block: one thing from the ledger, whole.
#include <fmt/format.h>

#include <charconv>

#include "base/json.h"
#include "base/text.h"
#include "chains/bitcoin/address.h"
#include "cli/accounts.h"
#include "cli/shape_words.h"
#include "cli/verb.h"
#include "ledger/manifest.h"

namespace tracehound::cli {

namespace {

using ledger::Ledger;
using ledger::Outpoint;

constexpr std::string_view kScriptNames[ledger::kScriptKinds] = {
    "p2pk", "p2pkh",         "p2sh",     "p2wpkh",    "p2wsh",
    "p2tr", "witness_other", "multisig", "op_return", "other"};

// A list longer than this is cut in text; JSON is whole. An address's coins come in pages of it,
// in JSON too.
constexpr std::uint64_t kMostLines = 50;
constexpr std::uint64_t kMostPages = kUint40Max / kMostLines + 1;

struct Options {
  std::vector<std::string> ids;
  std::string json;
  bool unconfirmed = false;
  std::uint64_t page = 1;
  bool all = false;
};

class Shower {
 public:
  Shower(const OpenLedger& open, const Options& options)
      : open_(open), ledger_(open.ledger), options_(options) {}

  // One whole thing as text and, appended to `json`, as JSON.
  Status transaction(const std::string& id, std::string& text, JsonWriter& json) const;
  Status coin(const std::string& id, std::string& text, JsonWriter& json) const;
  Status address(const std::string& id, std::string& text, JsonWriter& json) const;
  Status block(const std::string& id, std::string& text, JsonWriter& json) const;

 private:
  std::string coins(Amount amount) const { return coins_text(amount, kDecimals); }
  std::string name(CoinId coin) const {
    Outpoint outpoint = ledger_.outpoint(coin);
    return fmt::format("{}:{}", outpoint.txid.text(), outpoint.index);
  }
  std::string address_of(CoinId coin) const { return open_.address_text(ledger_.address(coin)); }
  std::string_view script_of(CoinId coin) const {
    return kScriptNames[static_cast<std::size_t>(ledger_.script(coin))];
  }
  std::string fate(CoinId coin) const;
  std::string block_line(BlockHeight height) const;
  std::string place_line(TxId tx) const;
  Result<BlockHeight> find_block(const std::string& id) const;
  // "confirmed", where that is a question.
  void confirmed_json(bool confirmed, JsonWriter& json) const {
    if (ledger_.unconfirmed()) json.key("confirmed").value(confirmed);
  }
  Amount fee(TxId tx) const;
  std::string transaction_text(TxId tx) const;
  void transaction_json(TxId tx, JsonWriter& json) const;
  void coin_json(CoinId coin, JsonWriter& json) const;
  static void totals_json(const ledger::AddressTotals& totals, JsonWriter& json);

  const OpenLedger& open_;
  const Ledger& ledger_;
  const Options& options_;
};

std::unexpected<Error> not_there(std::string_view what, std::string_view id) {
  return fail(ErrorKind::no, fmt::format("the ledger has no {} {}", what, id));
}

Result<Hash256> parse_hash(std::string_view text, std::string_view what) {
  auto hash = Hash256::from_text(text);
  if (!hash) {
    return bad_input(fmt::format("'{}' is no {}: 64 hexadecimal digits are expected", text, what));
  }
  return *hash;
}

Result<Outpoint> parse_outpoint(std::string_view text) {
  auto colon = text.find(':');
  if (colon == std::string_view::npos) {
    return bad_input(fmt::format("'{}' is no coin: write TXID:VOUT", text));
  }
  Outpoint outpoint;
  TRY_ASSIGN(outpoint.txid, parse_hash(text.substr(0, colon), "txid"));
  std::string_view number = text.substr(colon + 1);
  auto [end, failure] =
      std::from_chars(number.data(), number.data() + number.size(), outpoint.index);
  if (failure != std::errc{} || end != number.data() + number.size()) {
    return bad_input(
        fmt::format("'{}' is no coin: after the colon comes the output's number", text));
  }
  return outpoint;
}

std::string Shower::fate(CoinId coin) const {
  auto spender = ledger_.spender(coin);
  if (!spender) {
    return ledger_.script(coin) == ledger::ScriptKind::op_return ? "unspendable" : "unspent";
  }
  std::string_view how = ledger_.is_replaced(coin) ? "replaced (BIP 30) by" : "spent by";
  std::string txid = ledger_.txid(*spender).text();
  if (ledger_.is_unconfirmed(*spender)) {
    return fmt::format("{} {}, {}", how, txid, place_line(*spender));
  }
  return fmt::format("{} {} at height {}", how, txid, ledger_.height(*spender).number());
}

std::string Shower::block_line(BlockHeight height) const {
  return fmt::format("{} ({}, {} UTC)", height.number(), ledger_.block_hash(height).text(),
                     utc_text(ledger_.block_time(height)));
}

// The block of a transaction, or that it has none.
std::string Shower::place_line(TxId tx) const {
  if (!ledger_.is_unconfirmed(tx)) return block_line(ledger_.height(tx));
  return fmt::format("unconfirmed, first seen {} UTC", utc_text(ledger_.first_seen(tx)));
}

Amount Shower::fee(TxId tx) const {
  if (ledger_.is_coinbase(tx)) return 0;
  Amount in = 0;
  Amount out = 0;
  for (std::uint64_t i = 0; i < ledger_.input_count(tx); ++i) {
    in += ledger_.value(ledger_.input(tx, i));
  }
  for (CoinId coin : ledger_.outputs(tx)) out += ledger_.value(coin);
  return in - out;
}

std::string Shower::transaction_text(TxId tx) const {
  std::string text =
      fmt::format("transaction   {}\nblock         {}\n", ledger_.txid(tx).text(), place_line(tx));
  std::uint32_t shape = ledger_.shape(tx);
  text += fmt::format("weight        {}\n", shape & ledger::shape::kWeightMask);
  if (ledger_.is_coinbase(tx)) {
    text += "coinbase\n";
  } else {
    text += fmt::format("fee           {}\n", coins(fee(tx)));
  }
  text += shape_lines(ledger_, tx);
  std::vector<std::vector<std::string>> rows = {{"in", "value", "address", "coin"}};
  for (std::uint64_t i = 0; i < ledger_.input_count(tx) && i < kMostLines; ++i) {
    CoinId coin = ledger_.input(tx, i);
    rows.push_back(
        {fmt::format("{}", i), coins(ledger_.value(coin)), address_of(coin), name(coin)});
  }
  if (rows.size() > 1) text += "\n" + table_text(rows, {true, true, false, false});
  if (ledger_.input_count(tx) > kMostLines) {
    text += fmt::format("... {} more; --json has all\n", ledger_.input_count(tx) - kMostLines);
  }
  rows = {{"out", "value", "address", "script", "fate"}};
  for (CoinId coin : ledger_.outputs(tx)) {
    if (rows.size() > kMostLines) break;
    rows.push_back({fmt::format("{}", rows.size() - 1), coins(ledger_.value(coin)),
                    address_of(coin), std::string(script_of(coin)), fate(coin)});
  }
  text += "\n" + table_text(rows, {true, true, false, false, false});
  if (ledger_.outputs(tx).size() > kMostLines) {
    text += fmt::format("... {} more; --json has all\n", ledger_.outputs(tx).size() - kMostLines);
  }
  return text;
}

void Shower::coin_json(CoinId coin, JsonWriter& json) const {
  json.open_object().key("coin").value(name(coin));
  json.key("value").amount(ledger_.value(coin));
  json.key("address").value(address_of(coin)).key("script").value(script_of(coin));
  confirmed_json(!ledger_.is_unconfirmed(coin), json);
  auto spender = ledger_.spender(coin);
  json.key("spent_by");
  if (spender) {
    bool confirmed = !ledger_.is_unconfirmed(*spender);
    json.value(ledger_.txid(*spender).text()).key("spent_height");
    confirmed ? json.value(ledger_.height(*spender).number()) : json.null();
    if (ledger_.unconfirmed()) json.key("spent_confirmed").value(confirmed);
    if (ledger_.is_replaced(coin)) json.key("replaced").value(true);
  } else {
    json.null();
  }
  json.close_object();
}

void Shower::transaction_json(TxId tx, JsonWriter& json) const {
  json.open_object().key("txid").value(ledger_.txid(tx).text());
  if (ledger_.is_unconfirmed(tx)) {
    for (const char* name : {"height", "block", "position", "time"}) json.key(name).null();
    json.key("first_seen").value(ledger_.first_seen(tx));
  } else {
    BlockHeight height = ledger_.height(tx);
    json.key("height").value(height.number());
    json.key("block").value(ledger_.block_hash(height).text());
    json.key("position").value(tx.number() - ledger_.transactions(height).first.number());
    json.key("time").value(ledger_.block_time(height));
  }
  confirmed_json(!ledger_.is_unconfirmed(tx), json);
  json.key("weight").value(ledger_.shape(tx) & ledger::shape::kWeightMask);
  json.key("coinbase").value(ledger_.is_coinbase(tx)).key("fee").amount(fee(tx));
  shape_json(ledger_, tx, json);
  json.key("inputs").open_list();
  for (std::uint64_t i = 0; i < ledger_.input_count(tx); ++i) {
    CoinId coin = ledger_.input(tx, i);
    json.open_object().key("coin").value(name(coin)).key("value").amount(ledger_.value(coin));
    json.key("address").value(address_of(coin)).close_object();
  }
  json.close_list().key("outputs").open_list();
  for (CoinId coin : ledger_.outputs(tx)) coin_json(coin, json);
  json.close_list().close_object();
}

Status Shower::transaction(const std::string& id, std::string& text, JsonWriter& json) const {
  TRY_ASSIGN(Hash256 hash, parse_hash(id, "txid"));
  auto found = ledger_.find_transactions(hash);
  if (found.empty()) return not_there("transaction", id);
  for (TxId tx : found) {
    text += transaction_text(tx);
    transaction_json(tx, json);
  }
  return {};
}

Status Shower::coin(const std::string& id, std::string& text, JsonWriter& json) const {
  TRY_ASSIGN(Outpoint outpoint, parse_outpoint(id));
  auto found = ledger_.find_coin(outpoint);
  if (!found) return not_there("coin", id);
  text += fmt::format(
      "coin          {}\nvalue         {}\naddress       {}\nscript        {}\ncreated       {}\n"
      "fate          {}\n",
      name(*found), coins(ledger_.value(*found)), address_of(*found), script_of(*found),
      place_line(ledger_.creator(*found)), fate(*found));
  coin_json(*found, json);
  return {};
}

void Shower::totals_json(const ledger::AddressTotals& totals, JsonWriter& json) {
  json.key("received").amount(totals.received).key("spent").amount(totals.spent);
  json.key("coins_received").value(totals.coins).key("coins_spent").value(totals.spent_coins);
}

Status Shower::address(const std::string& id, std::string& text, JsonWriter& json) const {
  TRY_ASSIGN(auto parsed, chains::bitcoin::parse_address(open_.network, id));
  auto found = ledger_.find_address(parsed.kind, parsed.payload);
  if (!found) return not_there("address", id);
  ledger::AddressTotals totals = ledger_.totals(*found);
  std::uint64_t pages =
      options_.all ? 1 : std::max<std::uint64_t>(1, (totals.coins + kMostLines - 1) / kMostLines);
  if (options_.page == 0 || options_.page > pages) {
    return fail(ErrorKind::no,
                fmt::format("{} has {} of coins, counted from 1; there is no page {}", id,
                            plural(pages, "page"), options_.page));
  }
  auto page = options_.all ? ledger_.coins_of(*found)
                           : ledger_.coins_of(*found, (options_.page - 1) * kMostLines, kMostLines);
  std::vector<std::vector<std::string>> rows = {{"height", "value", "coin", "fate"}};
  json.open_object().key("address").value(open_.address_text(*found)).key("coins").open_list();
  for (CoinId coin : page) {
    coin_json(coin, json);
    std::string height = ledger_.is_unconfirmed(coin)
                             ? "unconfirmed"
                             : fmt::format("{}", ledger_.height(ledger_.creator(coin)).number());
    rows.push_back({height, coins(ledger_.value(coin)), name(coin), fate(coin)});
  }
  json.close_list();
  totals_json(totals, json);
  json.key("balance").amount(totals.balance());
  json.key("page").value(options_.page).key("pages").value(pages);
  text +=
      fmt::format("address       {}\nreceived      {} in {}\nbalance       {} in {}\n",
                  open_.address_text(*found), coins(totals.received), plural(totals.coins, "coin"),
                  coins(totals.balance()), plural(totals.unspent_coins(), "coin"));
  if (ledger_.unconfirmed()) {
    ledger::AddressTotals fresh = ledger_.unconfirmed_totals(*found);
    text += fmt::format("unconfirmed   {} of that received in {}, {} spent in {}\n",
                        coins(fresh.received), plural(fresh.coins, "coin"), coins(fresh.spent),
                        plural(fresh.spent_coins, "coin"));
    json.key("unconfirmed").open_object();
    totals_json(fresh, json);
    json.close_object();
  }
  json.close_object();
  text += "\n" + table_text(rows, {true, true, false, false});
  if (pages > 1) {
    text += fmt::format("page {} of {}; --page N shows another, --all every coin\n", options_.page,
                        pages);
  }
  return {};
}

// A block by what names it: its height, its hash, or a time that it is the last one of.
Result<BlockHeight> Shower::find_block(const std::string& id) const {
  std::uint64_t number = 0;
  auto [end, failure] = std::from_chars(id.data(), id.data() + id.size(), number);
  bool is_hash = id.size() == 2 * sizeof(Hash256);  // which may well be digits only
  if (!is_hash && failure == std::errc{} && end == id.data() + id.size()) {
    if (number > ledger_.tip().number()) return not_there("block", id);
    return BlockHeight(static_cast<std::uint32_t>(number));
  }
  if (!is_hash && id.size() > 4 && id[4] == '-') {
    auto time = parse_utc(id);
    if (!time) {
      return bad_input(
          fmt::format("'{}' is no time: write it as 2016-08-02 or 2016-08-02T14:30:00Z (UTC)", id));
    }
    auto height = ledger_.block_at(*time);
    if (!height)
      return fail(ErrorKind::no, fmt::format("the ledger's first block is after {}", id));
    return *height;
  }
  TRY_ASSIGN(Hash256 hash, parse_hash(id, "block hash or height"));
  auto height = ledger_.find_block(hash);
  if (!height) return not_there("block", id);
  return *height;
}

Status Shower::block(const std::string& id, std::string& text, JsonWriter& json) const {
  TRY_ASSIGN(BlockHeight height, find_block(id));
  auto transactions = ledger_.transactions(height);
  text +=
      fmt::format("block         {}\ntransactions  {}\n", block_line(height), transactions.size());
  json.open_object().key("height").value(height.number());
  json.key("hash").value(ledger_.block_hash(height).text());
  json.key("header").value(to_hex(ledger_.header(height)));
  json.key("time").value(ledger_.block_time(height)).key("txids").open_list();
  std::uint64_t shown = 0;
  for (TxId tx : transactions) {
    json.value(ledger_.txid(tx).text());
    if (shown++ < kMostLines) text += fmt::format("  {}\n", ledger_.txid(tx).text());
  }
  if (shown > kMostLines) text += fmt::format("... {} more; --json has all\n", shown - kMostLines);
  json.close_list().close_object();
  return {};
}

using Look = Status (Shower::*)(const std::string&, std::string&, JsonWriter&) const;

Status run(Context& context, const Options& options, std::string_view schema, Look look) {
  TRY_ASSIGN(auto ids, with_stdin(options.ids));
  auto work = [&](const OpenLedger& open) -> Result<Answer> {
    Shower shower(open, options);
    std::string text;
    JsonWriter json;
    json.open_object().key("schema").value(fmt::format("tracehound.{}/1", schema));
    json.key("chain").value(open.ledger.chain());
    mempool_json(open.ledger, json);
    json.key("found").open_list();
    for (const std::string& id : ids) {
      if (!text.empty()) text += "\n";
      TRY((shower.*look)(id, text, json));
    }
    json.close_list().close_object();
    if (!options.json.empty()) return Answer{.files = {{options.json, json.take()}}, .text = ""};
    std::string mempool = mempool_line(open.ledger);
    if (!mempool.empty()) text += "\n" + mempool;
    return Answer{.files = {}, .text = std::move(text)};
  };
  return answer(context, options.unconfirmed ? Rows::with_mempool : Rows::confirmed, work);
}

void add_look(CLI::App& show, Context& context, const std::string& name,
              const std::string& description, const std::string& item, std::string schema,
              Look look) {
  CLI::App* command = show.add_subcommand(name, description);
  auto options = std::make_shared<Options>();
  command->add_option(item, options->ids, "one or more; - reads them from standard input")
      ->required();
  command->add_option("--json", options->json, "write JSON there instead; - is standard output")
      ->type_name("FILE|-");
  if (name == "address") {
    auto* page = command
                     ->add_option("--page", options->page,
                                  fmt::format("{} coins a page, the oldest first", kMostLines))
                     ->type_name("N")
                     ->transform(whole_number(kMostPages))
                     ->capture_default_str();
    command->add_flag("--all", options->all, "every coin, in one page")->excludes(page);
  }
  if (look != nullptr) add_unconfirmed_flag(*command, options->unconfirmed);
  add_common(*command, context);
  add_example(*command, fmt::format("tracehound show {} {} --ledger L", name, item));
  command->callback([&context, options, schema = std::move(schema), look, name] {
    context.work = [&context, options, schema, look, name]() -> Status {
      if (has_accounts(context)) {
        return show_accounts(context, name, options->ids, options->json, options->page,
                             options->all);
      }
      if (look == nullptr) {
        TRY(ledger::read_manifest(context.files, context.ledger));
        return fail(ErrorKind::usage, "a coin chain has one asset; `show` its coins and addresses");
      }
      return run(context, *options, schema, look);
    };
  });
}

}  // namespace

void add_show(CLI::App& app, Context& context) {
  CLI::App* show =
      app.add_subcommand("show", "a transaction, coin, address, block or asset, whole");
  show->require_subcommand(1);
  add_example(*show,
              "tracehound show address 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa --ledger L\n"
              "  tracehound show block 170 171 --ledger L --json -");
  add_look(*show, context, "tx", "a transaction by its txid", "TXID", "transactions",
           &Shower::transaction);
  add_look(*show, context, "coin", "a coin, by its transaction and output number", "TXID:VOUT",
           "coins", &Shower::coin);
  add_look(*show, context, "address", "an address with its coins", "ADDRESS", "addresses",
           &Shower::address);
  add_look(*show, context, "block", "a block by height or hash, or the last one not after a time",
           "HEIGHT|HASH|TIME", "blocks", &Shower::block);
  add_look(*show, context, "asset", "an account chain's asset, by symbol or contract",
           "SYMBOL|CONTRACT", "assets", nullptr);
}

}  // namespace tracehound::cli
