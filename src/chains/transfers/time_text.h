// Moments as lists of transfers write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tracehound::chains::transfers {

// Seconds since 1970 of: digits alone, which are seconds, or milliseconds from 10^11 on;
// "2023-01-13", "2023-01-13 20:34:11", "2023-01-13T20:34:11.25Z", "2023-01-13T20:34:11+02:00".
// Without a zone it is UTC; fractions are cut off. Nothing for other text, and for what 32 bits do
// not hold.
std::optional<std::uint32_t> parse_time(std::string_view text);

}  // namespace tracehound::chains::transfers
