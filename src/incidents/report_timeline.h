// When the coins came to rest: the picture and the table behind it.
#pragma once

#include <string>
#include <vector>

#include "incidents/report.h"
#include "incidents/report_sankey.h"

namespace tracehound::incidents {

// Empty when nothing arrived anywhere.
std::string timeline_svg(const ReportData& data, const Canvas& canvas);

// Arrivals summed over calendar periods of one length (UTC), only those in which something came:
// hours, days, months or years, whichever gives no more than 40 rows.
struct Period {
  std::string name;  // "2024-03-14 09h", "2024-03-14", "2024-03", "2024"
  std::array<Units, trace::kDestinationKinds> arrived{};  // weight, by kind
  Units so_far;                                           // of all kinds, up to its end
};
struct Periods {
  std::string_view unit;  // "Hour (UTC)", ...
  std::vector<Period> rows;
};
Periods arrival_periods(const ReportData& data);

// The block time by which half of everything had come to rest; none without arrivals.
std::optional<std::uint32_t> half_time(const ReportData& data);

}  // namespace tracehound::incidents
