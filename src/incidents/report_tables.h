// The report's lists: every figure down to transaction ids with amounts. Each function returns
// HTML. Lists show their largest entries and say, with count and sum, what they leave out.
#pragma once

#include <string>

#include "incidents/report.h"

namespace tracehound::incidents {

// Services shown one by one before the rest is folded.
inline constexpr std::size_t kServiceRows = 25;
// Folded services named; those beyond are told as one sum.
inline constexpr std::size_t kFoldedRows = 2000;

std::string destination_list(const ReportData& data);
// Each column of the flow with the transactions behind it and behind its links.
std::string flow_list(const ReportData& data);
std::string period_table(const ReportData& data);
std::string seed_table(const ReportData& data);
// Claimed, effective and found where, per label.
std::string label_table(const ReportData& data);

}  // namespace tracehound::incidents
