#include <fmt/format.h>

#include "trace/accounts/write.h"
#include "trace/write_text.h"

namespace tracehound::trace::accounts {

namespace {

class CsvTrace {
 public:
  CsvTrace(const Trace& trace, const Names& names, bool with_method)
      : trace_(trace),
        names_(names),
        front_(with_method ? fmt::format("{},", name_of(trace.method)) : "") {}

  std::string rows() {
    for (const Destination& destination : trace_.destinations) {
      Service service;
      if (destination.service) service = trace_.services[*destination.service];
      std::string where = fmt::format("{}{},{},{}", front_, name_of(destination.kind),
                                      csv_field(service.name), csv_field(service.category));
      std::string asset = csv_field(names_.asset_text(destination.asset));
      for (const Landing& landing : destination.landings) add_landing(where, asset, landing);
      if (destination.kind != DestinationKind::fees) continue;
      for (const LabelSum& sum : destination.labels.all()) {
        rows_ += fmt::format("{},,{},{},{},,,,,,,\r\n", where, asset, sum.amount.text(),
                             csv_field(label_text(trace_, sum.label)));
      }
    }
    return std::move(rows_);
  }

 private:
  void add_landing(const std::string& where, const std::string& asset, const Landing& landing) {
    std::string tx;
    std::string height;
    std::string time;
    std::string usd;
    if (landing.tx) {
      tx = names_.transaction(*landing.tx);
      height = std::to_string(names_.block_number(*landing.tx));
      time = iso_time(names_.ledger().time(*landing.tx));
      auto worth = names_.usd(*landing.tx, landing.holder.asset, landing.amount);
      if (worth) usd = usd_text(*worth);
    }
    rows_ += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{}\r\n", where,
        csv_field(names_.account(landing.holder.account)), asset, landing.amount.text(),
        csv_field(label_text(trace_, landing.label)), csv_field(tx), height, time, landing.hops,
        landing.tx ? "" : landing.balance.text(), usd, landing.unknown_opening ? "unknown" : "");
  }

  const Trace& trace_;
  const Names& names_;
  std::string front_;
  std::string rows_;
};

}  // namespace

std::string to_csv(std::span<const Trace> traces, const Names& names) {
  bool several = traces.size() > 1;
  std::string csv = several ? "method," : "";
  csv +=
      "destination,service,category,account,asset,amount,label,transaction,height,time_utc,hops,"
      "balance,usd,opening\r\n";
  for (const Trace& trace : traces) csv += CsvTrace(trace, names, several).rows();
  return csv;
}

std::string_view parcel_text(ParcelKind kind) {
  return kind == ParcelKind::swap ? "swap" : kind == ParcelKind::fee ? "fee" : "transfer";
}

std::string flow_to_csv(const Trace& trace, const Names& names) {
  std::string csv =
      "transaction,height,time_utc,kind,from,paid,paid_asset,to,amount,asset,label,hop\r\n";
  for (const Parcel& parcel : trace.parcels) {
    csv += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{}\r\n", csv_field(names.transaction(parcel.tx)),
        names.block_number(parcel.tx), iso_time(names.ledger().time(parcel.tx)),
        parcel_text(parcel.kind), csv_field(names.account(parcel.from.account)), parcel.paid.text(),
        csv_field(names.asset_text(parcel.from.asset)), csv_field(names.account(parcel.to.account)),
        parcel.amount.text(), csv_field(names.asset_text(parcel.to.asset)),
        csv_field(label_text(trace, parcel.label)), parcel.hop);
  }
  return csv;
}

}  // namespace tracehound::trace::accounts
