// Letters that ask services to hold deposits: one a service, with its own deposits and no other's.
//
// A template is text with fields: {{service}}, {{category}}, {{incident}}, {{chain}}, {{tip}},
// {{date}}, {{method}}, {{total}}, {{count}}, {{deposits}}, {{tag}}, {{program}}. One that begins
// with '<' is HTML: what fills its fields is escaped, and the deposits are a <table>. Else it is
// plain text, and they are lines with aligned columns.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "incidents/report.h"
#include "trace/result.h"

namespace tracehound::incidents {

struct Deposit {
  std::string id;  // "txid:vout", or a transaction's
  std::string address;
  bool confirmed = true;
  std::uint64_t height = 0;
  std::uint32_t time = 0;
  std::string amount;    // "1.50000000 BTC"
  std::string notation;  // "V1-T2-H5", or ""
};

struct ServiceDeposits {
  std::string name;
  std::string category;
  ServiceNote note;
  std::string total;
  std::vector<Deposit> deposits;  // chain order
};

// REQUIRES: a forward trace over that lookup's ledger, by a method that has sums.
std::vector<ServiceDeposits> service_deposits(const trace::Trace& trace, const ReportLookup& lookup,
                                              const ReportAbout& about);

// What is the same in all letters.
struct LetterAbout {
  std::string incident;
  std::string chain;
  std::string tip;     // "block 840000 (0000...)"
  std::string date;    // of that block
  std::string method;  // "fifo"
  std::string program;
};
LetterAbout letter_about(const trace::Trace& trace, const ReportLookup& lookup,
                         const ReportAbout& about);

struct Letter {
  std::string file;  // a name of small letters, digits and hyphens, whatever the service is called
  std::string text;
};

extern const std::string_view kLetterTemplate;

// One a service, in their order. Files are named by what the services' names have in letters and by
// a hash of name and category: no two are the same, and the same service has the same.
// Errors (bad_input): the template has a field that there is not, or one that does not end.
Result<std::vector<Letter>> freeze_letters(std::span<const ServiceDeposits> services,
                                           const LetterAbout& about, std::string_view pattern);

}  // namespace tracehound::incidents
