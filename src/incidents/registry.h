// A folder of incident files, and what others have counted beside it.
//
// The registry of public thefts is data/incidents/: one file an incident, its name the incident's
// id, and in counts/ what reports have counted (a panel's attacks by country), for comparison.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "incidents/incident.h"

namespace tracehound::incidents {

struct RegistryEntry {
  std::string id;    // the file's name without ".yaml"
  std::string file;  // as it was opened
  Incident incident;
};

// Somebody's count of thefts.
struct Counts {
  std::string id;
  std::string file;
  Words name, by, from, until, to, attacks, loss, currency, precision, notes;
  struct PerCountry {
    std::uint32_t line = 0;
    Words country, attacks;
  };
  Listed<PerCountry> countries;
  Listed<Source> sources;
};

struct Registry {
  std::vector<RegistryEntry> incidents;  // by date as the files say it, then id; unknown last
  std::vector<Counts> counts;            // by id
};

// Every *.yaml of the folder, and of its folder counts/ if there is one. Errors (bad_input), at
// file and line: what read_incident() finds wrong; no file at all.
Result<Registry> read_registry(FileSystem& files, const std::string& folder);
// Null where there is none of that id.
const RegistryEntry* find_incident(const Registry& registry, std::string_view id);

// A loss of one incident in whole US dollars: the least and the most that is claimed as stolen.
// Claims in other currencies are not converted.
struct DollarLoss {
  bool known = false;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};
DollarLoss dollar_loss(const Incident& incident);
// Whether somebody is quoted in the file as attributing it to `whom`.
bool is_attributed_to(const Incident& incident, std::string_view whom);
// Whether a name in 'to' has this part, in capitals or not.
bool is_attributed_like(const Incident& incident, std::string_view part);
// The names in 'to', each once, in the order of the file.
std::vector<std::string> attributed_to(const Incident& incident);

}  // namespace tracehound::incidents
