// The words an incident file may use where a free text would not be counted: kinds of victims,
// measures and precisions of losses, dates.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "incidents/incident.h"

namespace tracehound::incidents {

// "exchange", "bank switch", ...
std::span<const std::string_view> victim_kinds();
// What a loss measures: "stolen" (also where the field is absent), "attempted", "recovered",
// "frozen", "net" (what stayed lost after a recovery; no claim of what was stolen).
std::span<const std::string_view> measures();
// How the source puts its figure: "exact", "about", "at least", "at most"; absent where it does not
// say.
std::span<const std::string_view> precisions();
// How a published address was found: "capitals" (that are none of a checksum), "malformed" or
// "unchecked"; absent: well-formed.
std::span<const std::string_view> checks();

// More of a state's money than any theft: a larger amount is a slip of the pen.
inline constexpr std::uint64_t kMostMoney = 1'000'000'000'000'000;

// Money of states, whose amounts are whole numbers here: "USD", "KRW", ...
bool is_fiat(std::string_view currency);

// A date as exact as it is known: "2018", "2018-06", "2018-06-20", "2018-06-20T03:00:00Z".
struct PartialDate {
  std::uint32_t year = 0;
  std::uint32_t month = 0;  // 0: not said
  std::uint32_t day = 0;
};
std::optional<PartialDate> parse_date(std::string_view text);

// The whole number of a text of digits; nothing for any other and beyond 64 bits.
std::optional<std::uint64_t> parse_whole(std::string_view text);

}  // namespace tracehound::incidents
