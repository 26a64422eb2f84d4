// What the parts of the verb `incident` share.
#pragma once

#include <string>

#include "cli/verb.h"

namespace tracehound::cli {

// Where the registry is looked for unless --registry or $TRACEHOUND_INCIDENTS says.
inline constexpr const char* kRegistryFolder = "data/incidents";

// --registry.
void add_registry_option(CLI::App& command, std::string& folder);

// Each adds commands to `incident`.
void add_incident_check(CLI::App& group, Context& context);
void add_incident_list(CLI::App& group, Context& context);
void add_incident_show(CLI::App& group, Context& context);
void add_incident_stats(CLI::App& group, Context& context);
void add_incident_link(CLI::App& group, Context& context);
void add_incident_evidence(CLI::App& group, Context& context);

}  // namespace tracehound::cli
