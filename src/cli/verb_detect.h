// The commands under `detect`.
#pragma once

#include "cli/verb.h"

namespace tracehound::cli {

void add_detect_change(CLI::App& detect, Context& context);
void add_detect_peel(CLI::App& detect, Context& context);

}  // namespace tracehound::cli
