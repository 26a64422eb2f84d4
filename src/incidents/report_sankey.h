// The picture of the flow, as SVG.
#pragma once

#include <string>

#include "incidents/report.h"

namespace tracehound::incidents {

// How large a picture is and for whom: one is drawn for pages and print, one for phones.
struct Canvas {
  std::string_view name;    // prefix of the ids in it
  std::int64_t width = 0;   // tenths of a pixel, as all that follow
  std::int64_t labels = 0;  // room for labels on the right
  bool narrow = false;
};
inline constexpr Canvas kWideCanvas{"w", 9600, 2350, false};
inline constexpr Canvas kNarrowCanvas{"n", 3800, 1650, true};

// Empty when nothing rests anywhere.
std::string flow_svg(const ReportData& data, const Canvas& canvas);

// "theft", "3", "10–99".
std::string hops_text(const FlowColumn& column);
// The node's name in plain text: "Still held", a service's name, "12 other services".
std::string node_text(const FlowNode& node);

}  // namespace tracehound::incidents
