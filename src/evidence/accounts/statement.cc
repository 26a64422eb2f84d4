#include "evidence/accounts/statement.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "evidence/json_parts.h"
#include "evidence/json_reader.h"
#include "trace/accounts/ledger_events.h"

namespace tracehound::evidence::accounts {

namespace {

using trace::accounts::kPriceDecimals;
using trace::accounts::SeedSide;

// ---- writing ------------------------------------------------------------------------------------

std::string_view side_text(SeedSide side) {
  return side == SeedSide::sent ? "sent" : side == SeedSide::received ? "received" : "transfer";
}

void write_asked(JsonWriter& json, const Asked& asked) {
  json.key("question").open_object();
  json.key("label_by").value(asked.label_by);
  write_texts(json, "methods", asked.methods);
  json.key("direction").value("forward").key("fees").value("sink");
  json.key("swaps").value(asked.swaps);
  write_texts(json, "stop_at", asked.stop_at);
  write_texts(json, "through", asked.through);
  json.key("min_amount").value(asked.min_amount.text());
  write_maybe(json, "max_hops", asked.max_hops);
  write_maybe(json, "until", asked.until);
  write_text_or_null(json, "as_of", asked.as_of);
  json.close_object();
}

void write_asset(JsonWriter& json, const StatedAsset& stated) {
  json.open_object();
  write_text_or_null(json, "symbol", stated.asset.symbol);
  write_text_or_null(json, "contract", stated.asset.contract);
  json.key("decimals");
  stated.asset.decimals_known ? json.value(stated.asset.decimals) : json.null();
  json.key("contract_is_an_account").value(stated.contract_is_an_account);
  json.close_object();
}

void write_lists(JsonWriter& json, const Statement& statement) {
  json.key("seeds").open_list();
  for (const StatedSeed& seed : statement.seeds) {
    json.open_object().key("transaction").value(seed.transaction).key("row").value(seed.row);
    json.key("first").value(seed.first.text()).key("end").value(seed.end.text());
    json.key("label").value(seed.label).key("side").value(side_text(seed.side)).close_object();
  }
  json.close_list().key("assets").open_list();
  for (const StatedAsset& asset : statement.assets) write_asset(json, asset);
  json.close_list().key("prices").open_list();
  for (const StatedPrice& price : statement.prices) {
    json.open_object().key("asset").value(price.asset).key("time").value(price.time);
    json.key("usd").value(price.usd.text(kPriceDecimals)).close_object();
  }
  json.close_list();
  write_services(json, statement.services);
  json.key("stops").open_list();
  for (const StatedStop& stop : statement.stops) {
    json.open_object().key("account").value(stop.account);
    write_place(json, stop.kind, stop.service, stop.tags);
    json.close_object();
  }
  json.close_list().key("seen").open_list();
  for (const StatedSeen& seen : statement.seen) {
    json.open_object().key("transaction").value(seen.transaction).key("parties").open_list();
    for (const StatedSeen::Party& party : seen.parties) {
      json.open_object().key("account").value(party.account);
      json.key("transfers").value(party.transfers).close_object();
    }
    json.close_list().close_object();
  }
  json.close_list();
}

// ---- reading ------------------------------------------------------------------------------------

Asked read_asked(JsonReader& reader, dom::element from) {
  Asked asked;
  asked.label_by = reader.text(from, "label_by");
  asked.methods = reader.texts(from, "methods");
  asked.swaps = reader.text(from, "swaps");
  asked.stop_at = reader.texts(from, "stop_at");
  asked.through = reader.texts(from, "through");
  asked.min_amount = reader.wide_amount(from, "min_amount");
  asked.max_hops = reader.number_or_null(from, "max_hops");
  asked.until = reader.long_number_or_null(from, "until");
  asked.as_of = reader.text_or_null(from, "as_of");
  return asked;
}

StatedSeed read_seed(JsonReader& reader, dom::element from) {
  StatedSeed seed;
  seed.transaction = reader.text(from, "transaction");
  seed.row = reader.number(from, "row");
  seed.first = reader.wide_amount(from, "first");
  seed.end = reader.wide_amount(from, "end");
  seed.label = reader.number(from, "label");
  std::string side = reader.text(from, "side");
  bool known = false;
  for (SeedSide one : {SeedSide::transfer, SeedSide::received, SeedSide::sent}) {
    if (side_text(one) != side) continue;
    seed.side = one;
    known = true;
  }
  if (!known) reader.fail("side", "is no side of a transfer");
  return seed;
}

StatedAsset read_asset(JsonReader& reader, dom::element from) {
  StatedAsset stated;
  stated.asset.symbol = reader.text_or_null(from, "symbol");
  stated.asset.contract = reader.text_or_null(from, "contract");
  auto decimals = reader.number_or_null(from, "decimals");
  if (decimals && *decimals >= 255) reader.fail("decimals", "is no number of decimals");
  stated.asset.decimals_known = decimals.has_value();
  stated.asset.decimals = static_cast<std::uint8_t>(decimals.value_or(0));
  stated.contract_is_an_account = reader.truth(from, "contract_is_an_account");
  return stated;
}

StatedPrice read_price(JsonReader& reader, dom::element from) {
  auto usd = U256::from_text(reader.text(from, "usd"), kPriceDecimals);
  if (!usd) reader.fail("usd", "is no price");
  return {reader.number(from, "asset"), reader.number(from, "time"), usd.value_or(U256())};
}

StatedStop read_stop(JsonReader& reader, dom::element from) {
  StatedStop stop;
  stop.account = reader.text(from, "account");
  stop.kind = read_stop_kind(reader, from);
  stop.service = reader.number_or_null(from, "service");
  stop.tags = reader.numbers(from, "tags");
  return stop;
}

StatedSeen read_seen(JsonReader& reader, dom::element from) {
  StatedSeen seen;
  seen.transaction = reader.text(from, "transaction");
  reader.each(from, "parties", [&](dom::element party) {
    seen.parties.push_back({reader.text(party, "account"),
                            reader.long_number_or_null(party, "transfers").value_or(0)});
  });
  return seen;
}

void read_tip(JsonReader& reader, dom::element from, ledger::accounts::Block& tip) {
  tip.number = reader.long_number_or_null(from, "height").value_or(0);
  tip.time = reader.number(from, "time");
  std::string hash = reader.text_or_null(from, "hash");
  if (hash.empty()) return;
  tip.hash = hash_from(hash);
  if (!tip.hash) reader.fail("hash", "is no block's hash");
}

Statement read_statement(JsonReader& reader, dom::element from) {
  Statement statement;
  statement.engine = reader.text(from, "engine");
  statement.chain = reader.text(from, "chain");
  statement.native = reader.truth(from, "native");
  dom::element part;
  if (from["tip"].get(part) == simdjson::SUCCESS) read_tip(reader, part, statement.tip);
  if (from["question"].get(part) == simdjson::SUCCESS) statement.asked = read_asked(reader, part);
  statement.labels = reader.texts(from, "labels");
  auto fill = [&](std::string_view key, auto& list, auto read_one) {
    reader.each(from, key, [&](dom::element one) { list.push_back(read_one(reader, one)); });
  };
  fill("seeds", statement.seeds, read_seed);
  fill("assets", statement.assets, read_asset);
  fill("prices", statement.prices, read_price);
  fill("services", statement.services, read_service);
  fill("stops", statement.stops, read_stop);
  fill("seen", statement.seen, read_seen);
  return statement;
}

}  // namespace

std::string hash_text(const Hash256& hash) { return "0x" + to_hex(hash.view()); }

std::optional<Hash256> hash_from(std::string_view text) {
  if (!text.starts_with("0x") || text.size() != 66) return std::nullopt;
  auto bytes = from_hex(text.substr(2));
  if (!bytes) return std::nullopt;
  return Hash256::from_bytes(*bytes);
}

std::vector<std::string> not_proven(const Statement& statement) {
  std::vector<std::string> sentences = {
      fmt::format("That any of these transfers happened, in this order: the data of such a ledger "
                  "carry no headers and no Merkle proofs. Compare the transactions with a node of "
                  "{}.",
                  statement.chain),
      "That none is missing: of every account that taint reached, all transfers up to the tip "
      "belong here, and no proof shows one that is left out.",
      "What an account held before the first transfer that the ledger knows: where more goes out "
      "than came in, the rest counts as clean and older.",
      "That a tag is right: it is its author's claim, shown with file and line. Nor that no other "
      "tag contradicts it.",
  };
  if (!statement.seen.empty()) {
    sentences.push_back(
        fmt::format("How often parties to swaps had been seen before: in {} that says who of them "
                    "acted, and it is stated.",
                    plural(statement.seen.size(), "transaction")));
  }
  sentences.emplace_back(
      "What assets were worth: values in dollars are the ledger's or a list's, and are stated.");
  return sentences;
}

std::string write_statement(const Statement& statement) {
  JsonWriter json;
  json.open_object();
  json.key("schema").value(kSchema);
  json.key("engine").value(statement.engine);
  json.key("chain").value(statement.chain);
  json.key("native").value(statement.native);
  json.key("tip").open_object().key("height").value(statement.tip.number);
  json.key("time").value(statement.tip.time).key("hash");
  statement.tip.hash ? json.value(hash_text(*statement.tip.hash)) : json.null();
  json.close_object();
  write_asked(json, statement.asked);
  write_texts(json, "labels", statement.labels);
  write_lists(json, statement);
  write_texts(json, "not_proven", not_proven(statement));
  json.close_object();
  return json.take();
}

Result<Statement> parse_statement(std::string_view text) {
  dom::parser parser;
  TRY_ASSIGN(dom::element root, open_document(parser, text, kSchema));
  JsonReader reader;
  Statement statement = read_statement(reader, root);
  if (!reader.ok()) return reader.error();
  TRY(check_form(text, write_statement(statement)));
  return statement;
}

}  // namespace tracehound::evidence::accounts
