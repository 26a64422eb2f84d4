// The same report for account chains: what holders are there, coins are on the others. Amounts of
// two assets cannot be summed, so each asset that carried stolen units has data of its own, and the
// page a part for each (html_report() in report.h).
#pragma once

#include <span>
#include <vector>

#include "incidents/letters.h"
#include "incidents/report.h"
#include "incidents/traced.h"
#include "trace/accounts/names.h"
#include "trace/accounts/result.h"

namespace tracehound::incidents {

// One entry an asset: those that were stolen first, each kind by id. `about`'s symbol, unit and
// decimals are the assets' own. REQUIRES: at least one trace; they come from one run over the
// names' ledger, made with Options::parcels.
std::vector<ReportData> make_account_report(std::span<const trace::accounts::Trace> traces,
                                            const trace::accounts::Names& names,
                                            const ReportAbout& about);

// For letters (letters.h). REQUIRES: the first trace of a run, by a method that has sums.
std::vector<ServiceDeposits> account_deposits(const trace::accounts::Trace& trace,
                                              const trace::accounts::Names& names,
                                              const ReportAbout& about);
LetterAbout account_letter_about(const trace::accounts::Trace& trace,
                                 const trace::accounts::Names& names, const ReportAbout& about);

// For other tools (traced.h). `symbol` is the first stolen asset's. REQUIRES: a trace made with
// Options::parcels.
TracedCase account_case(const trace::accounts::Trace& trace, const trace::accounts::Names& names,
                        const ReportAbout& about);

}  // namespace tracehound::incidents
