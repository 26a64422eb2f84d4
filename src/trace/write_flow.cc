#include "trace/write_flow.h"

#include <fmt/format.h>

#include <functional>
#include <string_view>

#include "base/json.h"
#include "trace/notation.h"
#include "trace/write_text.h"

namespace tracehound::trace {

namespace {

// "" for an unconfirmed one.
std::string height_text(const ledger::Ledger& ledger, TxId tx) {
  return ledger.is_unconfirmed(tx) ? "" : std::to_string(ledger.height(tx).number());
}

// An end of a parcel: a coin; or TXID:fee, the fee of that transaction.
std::string end_text(const ledger::Ledger& ledger, std::optional<CoinId> coin, TxId fee_of) {
  return coin ? coin_text(ledger, *coin) : ledger.txid(fee_of).text() + ":fee";
}

}  // namespace

std::string flow_to_csv(const Trace& trace, const ledger::Ledger& ledger,
                        const AddressText& address, const ChangeOf& change) {
  Notation notation(trace, ledger);
  std::string csv =
      "transaction,height,time_utc,from,from_address,to,to_address,amount,label,hop,notation";
  csv += change_header(change) + "\r\n";
  for (const Parcel& parcel : trace.parcels) {
    auto owner = [&](std::optional<CoinId> coin) {
      return coin ? csv_field(address(ledger.address(*coin))) : "";
    };
    csv += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{}{}\r\n", ledger.txid(parcel.transaction).text(),
        height_text(ledger, parcel.transaction), iso_time(ledger.time(parcel.transaction)),
        end_text(ledger, parcel.from, parcel.from_fee), owner(parcel.from),
        end_text(ledger, parcel.to, parcel.to_fee), owner(parcel.to), parcel.amount,
        csv_field(label_text(trace, parcel.label)), parcel.hop,
        csv_field(notation.text(parcel.label, parcel.hop)), change_fields(change, parcel.to));
  }
  return csv;
}

std::string flow_to_json(const Trace& trace, const ledger::Ledger& ledger,
                         const AddressText& address, const ChangeOf& change) {
  Notation notation(trace, ledger);
  JsonWriter json(0);
  json.open_object();
  json.key("schema").value("tracehound.flow/1");
  json.key("chain").value(ledger.chain());
  json.key("method").value(name_of(trace.method));
  json.key("direction").value(name_of(trace.direction));
  json.key("parcels").open_list();
  for (const Parcel& parcel : trace.parcels) {
    json.open_object();
    json.key("transaction").value(ledger.txid(parcel.transaction).text());
    json.key("height");
    ledger.is_unconfirmed(parcel.transaction)
        ? json.null()
        : json.value(ledger.height(parcel.transaction).number());
    json.key("time").value(ledger.time(parcel.transaction));
    json.key("from").value(end_text(ledger, parcel.from, parcel.from_fee));
    if (parcel.from) json.key("from_address").value(address(ledger.address(*parcel.from)));
    json.key("to").value(end_text(ledger, parcel.to, parcel.to_fee));
    if (parcel.to) json.key("to_address").value(address(ledger.address(*parcel.to)));
    json.key("amount").amount(parcel.amount);
    json.key("label").value(label_text(trace, parcel.label));
    json.key("hop").value(parcel.hop);
    if (trace.direction == Direction::forward) {
      json.key("notation").value(notation.text(parcel.label, parcel.hop));
    }
    if (parcel.to) change_to_json(change, *parcel.to, json);
    json.close_object();
  }
  json.close_list().close_object();
  return json.take();
}

// ---- columns ------------------------------------------------------------------------------------

namespace {

constexpr std::uint32_t kNone = 0xFFFF'FFFF;

struct ColumnOf {
  std::string_view name;
  std::string_view type;  // as numpy writes it
  std::string_view meaning;
  std::function<void(Bytes&, const Parcel&)> add;  // one row
};

template <typename Number>
void add_number(Bytes& bytes, Number number) {
  std::size_t at = bytes.size();
  bytes.resize(at + sizeof number);
  store_le(bytes.data() + at, number);
}

void add_hash(Bytes& bytes, const Hash256& hash) {
  // In the order in which ids are written, so that the bytes in hexadecimal are the text.
  bytes.insert(bytes.end(), hash.bytes.rbegin(), hash.bytes.rend());
}

std::vector<ColumnOf> columns_of(const ledger::Ledger& ledger) {
  auto txid_of = [&ledger](std::optional<CoinId> coin, TxId fee_of) {
    return coin ? ledger.outpoint(*coin).txid : ledger.txid(fee_of);
  };
  auto index_of = [&ledger](std::optional<CoinId> coin) {
    return coin ? ledger.outpoint(*coin).index : kNone;
  };
  return {
      {"transaction", "V32", "transaction id, in the order in which it is written",
       [&](Bytes& to, const Parcel& p) { add_hash(to, ledger.txid(p.transaction)); }},
      {"height", "<u4", "of its block; 4294967295 without one",
       [&](Bytes& to, const Parcel& p) {
         bool has_none = ledger.is_unconfirmed(p.transaction);
         add_number(to, has_none ? kNone : ledger.height(p.transaction).number());
       }},
      {"time", "<u4", "of its block, seconds since 1970",
       [&](Bytes& to, const Parcel& p) { add_number(to, ledger.time(p.transaction)); }},
      {"from_transaction", "V32", "of the coin or fee it came from",
       [=](Bytes& to, const Parcel& p) { add_hash(to, txid_of(p.from, p.from_fee)); }},
      {"from_output", "<u4", "output number of that coin; 4294967295 for the transaction's fee",
       [=](Bytes& to, const Parcel& p) { add_number(to, index_of(p.from)); }},
      {"to_transaction", "V32", "of the coin or fee it went into",
       [=](Bytes& to, const Parcel& p) { add_hash(to, txid_of(p.to, p.to_fee)); }},
      {"to_output", "<u4", "output number of that coin; 4294967295 for the transaction's fee",
       [=](Bytes& to, const Parcel& p) { add_number(to, index_of(p.to)); }},
      {"amount", "<u8", "smallest units",
       [](Bytes& to, const Parcel& p) { add_number(to, p.amount); }},
      {"label", "<u4", "index into labels, plus 1",
       [](Bytes& to, const Parcel& p) { add_number(to, p.label.number()); }},
      {"hop", "<u4", "fewest transactions from a seed",
       [](Bytes& to, const Parcel& p) { add_number(to, p.hop); }},
  };
}

}  // namespace

std::vector<NamedFile> flow_to_columns(const Trace& trace, const ledger::Ledger& ledger) {
  std::vector<NamedFile> files;
  JsonWriter json;
  json.open_object();
  json.key("schema").value("tracehound.flow.columns/1");
  json.key("chain").value(ledger.chain());
  json.key("method").value(name_of(trace.method));
  json.key("rows").value(trace.parcels.size());
  json.key("labels").open_list();
  for (const std::string& name : trace.label_names) json.value(name);
  json.close_list().key("columns").open_list();
  for (const ColumnOf& column : columns_of(ledger)) {
    NamedFile file{std::string(column.name), {}};
    for (const Parcel& parcel : trace.parcels) column.add(file.bytes, parcel);
    files.push_back(std::move(file));
    json.open_object().key("name").value(column.name).key("type").value(column.type);
    json.key("meaning").value(column.meaning).close_object();
  }
  json.close_list().close_object();
  std::string schema = json.take();
  files.push_back({"schema.json", Bytes(schema.begin(), schema.end())});
  return files;
}

}  // namespace tracehound::trace
