// What the parts of the verb `incident` share.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/verb.h"
#include "incidents/link.h"

namespace tracehound::cli {

// Where the registry is looked for unless --registry or $TRACEHOUND_INCIDENTS says.
inline constexpr const char* kRegistryFolder = "data/incidents";

// --registry.
void add_registry_option(CLI::App& command, std::string& folder);

// What `incident link` found.
struct FoundLink {
  incidents::Link link;
  std::array<std::string, 2> names;
  std::vector<std::string> stops;  // what ended the trace, a sentence each
  std::uint64_t other_chains = 0;  // seeds left out
  std::uint64_t not_seen = 0;      // addresses that received nothing
};
std::string link_text(const FoundLink& found, const OpenLedger& open);
std::string link_json(const FoundLink& found, const OpenLedger& open);

// Each adds commands to `incident`.
void add_incident_check(CLI::App& group, Context& context);
void add_incident_list(CLI::App& group, Context& context);
void add_incident_show(CLI::App& group, Context& context);
void add_incident_stats(CLI::App& group, Context& context);
void add_incident_link(CLI::App& group, Context& context);
void add_incident_evidence(CLI::App& group, Context& context);

}  // namespace tracehound::cli
