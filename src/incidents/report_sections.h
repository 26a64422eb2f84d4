// The report's parts beside its pictures and lists. Each is a whole <section>, or nothing where
// there is nothing to say.
#pragma once

#include <string>

#include "incidents/report.h"

namespace tracehound::incidents {

// What a reader in a hurry takes away: a few sentences, each with a link to where it is shown.
std::string short_list(const ReportData& data);
// What can be frozen now: services with their deposits, and addresses that still hold.
std::string freeze_section(const ReportData& data);
// What each method finds where, and what all agree on.
std::string range_section(const ReportData& data);
// Which parts are fact, rule and hearsay, and the books.
std::string method_section(const ReportData& data);
// The sums over destinations beside what was stolen.
std::string books(const ReportData& data);
// Account chains: what was exchanged for other assets on the way.
std::string swap_section(const ReportData& data);
// How a stranger checks it.
std::string verify_section(const ReportData& data);

}  // namespace tracehound::incidents
