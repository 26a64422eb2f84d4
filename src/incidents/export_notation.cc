// The working table of the Block Audit Tracing Standard: every step of a trace with its notation.
#include <fmt/format.h>

#include <map>

#include "incidents/traced.h"
#include "trace/notation.h"
#include "trace/write_text.h"

namespace tracehound::incidents {

using trace::csv_field;

namespace {

class Table {
 public:
  Table(const trace::Trace& trace, const ReportLookup& lookup)
      : trace_(trace), lookup_(lookup), notation_(trace, lookup.creator), totals_(notation_) {
    for (const trace::Destination& destination : trace.destinations) {
      for (const trace::Landing& landing : destination.coins) {
        places_[{landing.coin, landing.label}] = &destination;
      }
    }
  }

  std::string text() {
    for (const trace::SeedCoin& seed : trace_.seeds) {
      add(lookup_.creator(seed.coin), seed.coin, seed.label, 0, seed.amount, "seed");
    }
    for (const trace::Parcel& parcel : trace_.parcels) {
      add(parcel.transaction, parcel.to, parcel.label, parcel.hop, parcel.amount, "step");
    }
    return std::move(rows_);
  }

 private:
  // Where units end that no coin holds; as the report has it.
  std::string_view coinless(TxId tx) const {
    if (!trace_.conserves) return "fees";
    if (trace_.fees == trace::FeeRule::sink) return "fees";
    return lookup_.is_coinbase(tx)                        ? "burned"
           : lookup_.first_seen && lookup_.first_seen(tx) ? "fees"
                                                          : "";
  }

  void add(TxId tx, std::optional<CoinId> coin, Label label, std::uint32_t hop, Amount amount,
           std::string_view what) {
    std::string_view ends = coin ? "" : coinless(tx);
    std::string service;
    if (coin) {
      auto place = places_.find({*coin, label});
      if (place != places_.end()) {
        ends = name_of(place->second->kind);
        if (place->second->service) service = trace_.services.at(*place->second->service).name;
      }
    }
    std::string total;
    if (!ends.empty() && trace_.conserves) total = std::to_string(totals_.add(label, amount));
    rows_ += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n",
                         csv_field(notation_.text(label, hop)), notation_.victim(label),
                         csv_field(label_text(trace_, label)), what, hop, lookup_.txid(tx).text(),
                         coin ? std::to_string(lookup_.outpoint(*coin).index) : "",
                         trace::iso_time(lookup_.time_of(tx)),
                         coin ? csv_field(lookup_.address_text(lookup_.address(*coin))) : "",
                         amount, ends, csv_field(service), total);
  }

  const trace::Trace& trace_;
  const ReportLookup& lookup_;
  trace::Notation notation_;
  trace::RunningTotals totals_;
  std::map<std::pair<CoinId, Label>, const trace::Destination*> places_;
  std::string rows_ =
      "notation,victim,label,entry,hop,transaction,output,time_utc,address,amount,ends_as,service,"
      "running_total\r\n";
};

}  // namespace

std::string to_notation_table(const trace::Trace& trace, const ReportLookup& lookup) {
  return Table(trace, lookup).text();
}

}  // namespace tracehound::incidents
