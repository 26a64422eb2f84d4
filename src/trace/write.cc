#include "trace/write.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/json.h"

namespace tracehound::trace {

namespace {

std::string coin_text(const ledger::Ledger& ledger, CoinId coin) {
  ledger::Outpoint outpoint = ledger.outpoint(coin);
  return fmt::format("{}:{}", outpoint.txid.text(), outpoint.index);
}

// ---- JSON ---------------------------------------------------------------------------------------

void write_seed(JsonWriter& json, const Trace& trace, const ledger::Ledger& ledger) {
  json.key("seed").open_object();
  json.key("claimed").amount(trace.claimed);
  json.key("effective").amount(trace.effective);
  json.key("coins").open_list();
  for (const SeedCoin& seed : trace.seeds) {
    json.open_object();
    json.key("coin").value(coin_text(ledger, seed.coin));
    json.key("value").amount(seed.value);
    json.key("claimed").amount(seed.claimed);
    json.key("amount").amount(seed.amount);
    json.key("label").value(label_text(trace, seed.label));
    if (ledger.unconfirmed()) json.key("confirmed").value(!ledger.is_unconfirmed(seed.coin));
    json.close_object();
  }
  json.close_list().close_object();
}

// Where and when a coin came to be, for a reader who asked for unconfirmed ones or did not.
void write_place(JsonWriter& json, CoinId coin, const ledger::Ledger& ledger) {
  TxId creator = ledger.creator(coin);
  json.key("height");
  if (!ledger.unconfirmed()) {
    json.value(ledger.height(creator).number());
  } else if (!ledger.is_unconfirmed(coin)) {
    json.value(ledger.height(creator).number()).key("confirmed").value(true);
  } else {
    json.null().key("confirmed").value(false);
    json.key("first_seen").value(ledger.first_seen(creator));
  }
}

// The mempool that was traced through, and what of the trace rests on it.
void write_mempool(JsonWriter& json, const Trace& trace, const ledger::Ledger& ledger) {
  if (!ledger.unconfirmed()) return;
  json.key("mempool").open_object();
  json.key("taken_at").value(ledger.unconfirmed()->taken_at);
  json.key("transactions").value(ledger.unconfirmed()->transactions);
  json.key("left_out").value(ledger.unconfirmed()->left_out).close_object();
  json.key("unconfirmed").open_object().key("coins").value(trace.unconfirmed.coins);
  for (auto [name, amount] :
       {std::pair{"amount", trace.unconfirmed.amount}, std::pair{"fees", trace.unconfirmed.fees}}) {
    json.key(name);
    trace.conserves ? json.amount(amount) : json.null();
  }
  json.close_object();
}

void write_destination(JsonWriter& json, const Trace& trace, const Destination& destination,
                       const ledger::Ledger& ledger, const AddressText& address) {
  json.open_object();
  json.key("kind").value(name_of(destination.kind));
  json.key("amount");
  trace.conserves ? json.amount(destination.amount) : json.null();
  if (destination.service) {
    const Service& service = trace.services[*destination.service];
    json.key("service").value(service.name);
    json.key("category").value(service.category);
  } else {
    json.key("service").null();
  }
  json.key("coins").open_list();
  for (const Landing& landing : destination.coins) {
    json.open_object();
    json.key("coin").value(coin_text(ledger, landing.coin));
    json.key("value").amount(landing.value);
    json.key("amount").amount(landing.amount);
    json.key("address").value(address(ledger.address(landing.coin)));
    write_place(json, landing.coin, ledger);
    json.key("hops").value(landing.hops);
    json.key("label").value(label_text(trace, landing.label));
    json.close_object();
  }
  json.close_list().close_object();
}

}  // namespace

std::string to_json(const Trace& trace, const ledger::Ledger& ledger, const AddressText& address) {
  JsonWriter json;
  json.open_object();
  json.key("schema").value("tracehound.trace/1");
  json.key("chain").value(ledger.chain());
  json.key("tip").open_object();
  json.key("height").value(ledger.tip().number());
  json.key("hash").value(ledger.block_hash(ledger.tip()).text());
  json.close_object();
  write_mempool(json, trace, ledger);
  json.key("method").value(name_of(trace.method));
  json.key("direction").value("forward");
  json.key("fees").value("sink");
  write_seed(json, trace, ledger);
  json.key("destinations").open_list();
  for (const Destination& destination : trace.destinations) {
    write_destination(json, trace, destination, ledger, address);
  }
  json.close_list();
  json.key("total");
  trace.conserves ? json.amount(trace.total) : json.null();
  json.key("touched").open_object();
  json.key("transactions").value(trace.transactions_touched);
  json.key("coins").value(trace.coins_touched);
  json.close_object();
  json.close_object();
  return json.take();
}

// ---- CSV ----------------------------------------------------------------------------------------

namespace {

// A text from outside as a CSV field.
std::string field(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string time_text(std::uint32_t seconds) {
  return fmt::format(
      "{:%Y-%m-%dT%H:%M:%SZ}",
      fmt::gmtime(std::chrono::system_clock::time_point(std::chrono::seconds(seconds))));
}

}  // namespace

std::string to_csv(const Trace& trace, const ledger::Ledger& ledger, const AddressText& address) {
  bool asked = ledger.unconfirmed().has_value();  // what is confirmed, and what is not
  std::string csv =
      "destination,service,category,coin,address,value,amount,label,height,time_utc,hops";
  csv += asked ? ",confirmed\r\n" : "\r\n";
  for (const Destination& destination : trace.destinations) {
    std::string_view kind = name_of(destination.kind);
    if (destination.kind == DestinationKind::fees) {
      for (const LabelAmount& entry : destination.labels) {
        csv += fmt::format("{},,,,,,{},{},,,{}\r\n", kind, entry.amount,
                           field(label_text(trace, entry.label)), asked ? "," : "");
      }
      continue;
    }
    Service service;
    if (destination.service) service = trace.services[*destination.service];
    std::string where = fmt::format("{},{},{}", kind, field(service.name), field(service.category));
    for (const Landing& landing : destination.coins) {
      TxId creator = ledger.creator(landing.coin);
      bool confirmed = !ledger.is_unconfirmed(creator);
      csv += fmt::format("{},{},{},{},{},{},{},{},{}{}\r\n", where, coin_text(ledger, landing.coin),
                         field(address(ledger.address(landing.coin))), landing.value,
                         landing.amount, field(label_text(trace, landing.label)),
                         confirmed ? std::to_string(ledger.height(creator).number()) : "",
                         time_text(ledger.time(creator)), landing.hops,
                         !asked      ? ""
                         : confirmed ? ",yes"
                                     : ",no");
    }
  }
  return csv;
}

}  // namespace tracehound::trace
