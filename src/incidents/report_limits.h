// What each rule behind a report may get wrong, and how often it did where the truth is known.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "incidents/report.h"

namespace tracehound::incidents {

// A line of docs/accuracy.md, as it stands there: the figures of a report are taken out of it, and
// a test holds it to the document.
struct MeasuredLine {
  std::string_view heading;  // of the part of the document that it stands in
  std::string_view line;
  std::string_view command;  // makes it
};
std::span<const MeasuredLine> measured_lines();

// "Limits and error rates": HTML, with every rule that this report used.
std::string limits_section(const ReportData& data);

}  // namespace tracehound::incidents
