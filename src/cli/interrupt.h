// Ctrl-C during work that can say what it has so far.
#pragma once

#include <atomic>

namespace tracehound::cli {

// From now on the first SIGINT sets the flag and nothing else; a second one ends the process as if
// there were no flag. One that came before and was held back counts.
const std::atomic<bool>& catch_interrupt();

}  // namespace tracehound::cli
