// The top of the page: the headline, the line under it, the bar and the key figures.
#pragma once

#include <string>
#include <vector>

#include "incidents/report.h"

namespace tracehound::incidents {

// What rests at one kind of destination.
struct KindSum {
  trace::DestinationKind kind;
  Units weight;
  std::uint64_t destinations = 0;
  std::uint64_t coins = 0;
};
// In page order; none is empty.
std::vector<KindSum> kind_sums(const ReportData& data);

// HTML of a sentence.
std::string headline(const ReportData& data);
std::string deck(const ReportData& data);
// The stacked bar and the key figures under it, in the same order.
std::string overview(const ReportData& data);

}  // namespace tracehound::incidents
