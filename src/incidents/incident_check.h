// What `incident check` finds: that what an incident file says can be.
//
// Problems: a date that is none; a chain, kind, country, currency or measure that is not known; a
// seed on the wrong chain, malformed, given twice, of no listed victim; an address that is
// malformed and not marked so, or marked so and well-formed; an amount that is no number; a claim
// without words or without who said it; a source that is not listed, or listed twice. Remarks: what
// the file does not speak of at all, since `unknown` can be said of everything.
#pragma once

#include "incidents/incident.h"

namespace tracehound::incidents {

// Adds to `problems` and sorts them by line.
void check_incident(const Incident& incident, Problems& problems);

// The chain of a seed or a published address: its own, else the incident's; "" for neither.
std::string_view chain_of(const Incident& incident, const Words& own);

}  // namespace tracehound::incidents
