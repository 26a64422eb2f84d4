// A page of ours on paper: by Chromium without a window, which lays out what the page's own print
// style says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace tracehound::cli {

// $CHROMIUM, or the first of chromium, chromium-browser and google-chrome in $PATH.
// Error (machine): none is there.
Result<std::string> find_chromium();

// The page as a PDF. It is dated `time` (seconds since 1970), so that one Chromium gives the same
// bytes for the same page. Nothing is asked of the network. Takes seconds; ended after ten minutes.
// Errors (machine): Chromium failed; no temporary folder.
Result<std::string> print_pdf(FileSystem& files, const std::string& chromium, std::string_view page,
                              std::uint32_t time);

}  // namespace tracehound::cli
