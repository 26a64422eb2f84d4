// The report's style sheet and its one small script, which only adds comfort: the page says
// everything without it.
#pragma once

#include <string_view>

namespace tracehound::incidents {

extern const std::string_view kReportStyle;
extern const std::string_view kReportScript;

}  // namespace tracehound::incidents
