// A trace as a table: one row per coin and label, or per label for what lies in no coin.
#include <fmt/format.h>

#include "base/check.h"
#include "trace/notation.h"
#include "trace/write.h"
#include "trace/write_text.h"

namespace tracehound::trace {

namespace {

class CsvTrace {
 public:
  CsvTrace(const Trace& trace, const ledger::Ledger& ledger, const AddressText& address,
           const ChangeOf& change, bool with_method)
      : trace_(trace),
        ledger_(ledger),
        address_(address),
        change_(change),
        notation_(trace, ledger),
        totals_(notation_),
        front_(with_method ? fmt::format("{},", name_of(trace.method)) : "") {}

  std::string rows() {
    for (const Destination& destination : trace_.destinations) {
      Service service;
      if (destination.service) service = trace_.services[*destination.service];
      where_ = fmt::format("{}{},{},{}", front_, name_of(destination.kind), csv_field(service.name),
                           csv_field(service.category));
      LabelSums in_coins;
      for (const Landing& landing : destination.coins) {
        add_landing(landing);
        in_coins.add(landing.label, landing.amount);
      }
      // Fees, and what a coinbase left unclaimed.
      for (const LabelAmount& entry : destination.labels) {
        Amount amount = entry.amount - in_coins.of(entry.label);
        if (amount == 0) continue;
        rows_ += fmt::format("{},,,,{},{},,,,,{}{}{}\r\n", where_, amount, label(entry.label),
                             running_total(entry.label, amount), asked() ? "," : "",
                             change_fields(change_, std::nullopt));
      }
    }
    return std::move(rows_);
  }

 private:
  // Which coins are confirmed, and which are not.
  bool asked() const { return ledger_.unconfirmed().has_value(); }
  std::string label(Label label) const { return csv_field(label_text(trace_, label)); }
  std::string running_total(Label label, Amount amount) {
    if (trace_.direction == Direction::backward || !trace_.conserves) return "";
    return std::to_string(totals_.add(label, amount));
  }

  void add_landing(const Landing& landing) {
    TxId creator = ledger_.creator(landing.coin);
    bool confirmed = !ledger_.is_unconfirmed(creator);
    rows_ += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{}{}{}\r\n", where_, coin_text(ledger_, landing.coin),
        csv_field(address_(ledger_.address(landing.coin))), landing.value, landing.amount,
        label(landing.label), confirmed ? std::to_string(ledger_.height(creator).number()) : "",
        iso_time(ledger_.time(creator)), landing.hops,
        csv_field(notation_.text(landing.label, landing.hops)),
        running_total(landing.label, landing.amount),
        !asked()    ? ""
        : confirmed ? ",yes"
                    : ",no",
        change_fields(change_, landing.coin));
  }

  const Trace& trace_;
  const ledger::Ledger& ledger_;
  const AddressText& address_;
  const ChangeOf& change_;
  Notation notation_;
  RunningTotals totals_;
  std::string front_;
  std::string where_;
  std::string rows_;
};

}  // namespace

std::string to_csv(std::span<const Trace> traces, const ledger::Ledger& ledger,
                   const AddressText& address, const ChangeOf& change) {
  CHECK(!traces.empty());
  bool several = traces.size() > 1;
  std::string csv = several ? "method," : "";
  csv +=
      "destination,service,category,coin,address,value,amount,label,height,time_utc,hops,notation,"
      "running_total";
  csv += ledger.unconfirmed() ? ",confirmed" : "";
  csv += change_header(change) + "\r\n";
  for (const Trace& trace : traces) csv += CsvTrace(trace, ledger, address, change, several).rows();
  return csv;
}

}  // namespace tracehound::trace
