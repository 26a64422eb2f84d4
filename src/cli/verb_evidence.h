// The verbs about bundles of evidence.
#pragma once

#include "cli/verb.h"

namespace tracehound::cli {

void add_evidence(CLI::App& app, Context& context);
void add_verify(CLI::App& app, Context& context);

}  // namespace tracehound::cli
