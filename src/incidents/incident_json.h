// An incident as JSON: its file's fields by their names, `null` where the file does not say, the
// text "unknown" where it says that.
#pragma once

#include <string>
#include <string_view>

#include "incidents/incident.h"

namespace tracehound::incidents {

// Schema tracehound.incident/1.
std::string incident_json(std::string_view id, const Incident& incident);

}  // namespace tracehound::incidents
