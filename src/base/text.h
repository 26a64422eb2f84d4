// Figures as people read them. No locale, no floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tracehound {

// Seconds since 1970 as "2009-01-12 03:30:25" (UTC).
std::string utc_text(std::uint64_t seconds);

// "2009-01-12", its beginning, or "2009-01-12T03:30:25Z" as seconds since 1970 (UTC). Nothing for
// any other text, and for times that 32 bits do not hold.
std::optional<std::uint32_t> parse_utc(std::string_view text);

// Digits plain, for tables and for programs, or in groups of three, for reading.
enum class Digits : std::uint8_t { plain, grouped };

// "1,234,567".
std::string grouped(std::uint64_t number);

// A number of things: plural(1, "coin") is "1 coin", plural(2, "coin") "2 coins",
// plural(2, "box", "boxes") "2 boxes".
std::string plural(std::uint64_t number, std::string_view one, std::string_view many = "",
                   Digits digits = Digits::plain);

// Smallest units as coins with all decimals: coins_text(150'000'000, 8) is "1.50000000".
// REQUIRES: decimals <= 18.
std::string coins_text(std::uint64_t units, unsigned decimals, Digits digits = Digits::plain);

// part/whole in percent with two decimals, rounded half up: "33.33 %". "-" without a whole.
std::string percent_text(std::uint64_t part, std::uint64_t whole);

// "812 B", "1.2 MB": a size to get an idea by.
std::string size_text(std::uint64_t bytes);

// Text from outside made safe for a terminal: control characters other than line ends, and
// characters that turn the reading direction, become U+FFFD.
std::string printable(std::string_view text);

// Rows of cells as lines with aligned columns; two spaces between. The first row is the heading.
// `right[i]` aligns column i to the right. Widths count UTF-8 characters.
std::string table_text(const std::vector<std::vector<std::string>>& rows,
                       const std::vector<bool>& right);

}  // namespace tracehound
