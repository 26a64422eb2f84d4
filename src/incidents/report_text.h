// Words and figures of the report: escaping, exact amounts, percentages, UTC times. Integers only,
// no locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/text.h"
#include "incidents/report.h"

namespace tracehound::incidents {

// Text from outside, made safe to read: valid UTF-8, each control character a U+FFFD and each
// character that would turn the reading direction spelled out ("[U+202E]").
std::string clean(std::string_view text);
// Clean text cut to about `width` tenths of a pixel of the pictures' bold type, the last character
// then an ellipsis.
std::string fitted(std::string_view text, std::int64_t width);
// Clean text for an HTML text node or a double-quoted attribute.
std::string escape(std::string_view text);
// Escaped, in an element of its own reading direction.
std::string outside(std::string_view text);

// plural() and coins_text() of base/text.h as the report reads, with grouped digits: "2,000 coins",
// "1,234.50000000".
// "1,234,567", however wide.
std::string grouped(const Units& number);
// How many coins, or on account chains entries: balances, and what came to a service.
std::string counted_entries(const ReportData& data, std::uint64_t number);
std::string counted(std::uint64_t number, std::string_view one, std::string_view many = "");
std::string exact_coins(const Units& amount, unsigned decimals);
// Five figures, or all of the whole coins and one decimal, rounded half up, without trailing zeros:
// "1,234.5", "0.012346". For headlines and labels, never for tables.
std::string short_coins(const Units& amount, unsigned decimals);
// exact_coins() with its trailing zeros set in grey.
std::string amount_html(const Units& amount, const ReportAbout& about);
// short_coins() and the symbol, the exact figure in smallest units on hover.
std::string short_amount_html(const Units& amount, const ReportAbout& about);

// part * length / whole, rounded down. REQUIRES: whole > 0, part <= whole.
std::uint64_t scaled(const Units& part, const Units& whole, std::uint64_t length);
// "12.34" of a hundred: two decimals, rounded half up. Never 0.00 for something nor 100.00
// for less than all ("<0.01", ">99.99"); a dash when there is no whole.
std::string percent(const Units& part, const Units& whole);
// percent() without trailing zeros, a no-break space and the sign: "61.2 %".
std::string percent_words(const Units& part, const Units& whole);

// The same in a sentence: "61.2 %", "under 0.01 %".
std::string share_in_prose(const Units& part, const Units& whole);

// "2024-03-14", "2024-03-14 09:26".
std::string utc_date(std::uint32_t time);
std::string utc_minute(std::uint32_t time);
// The two largest units: "3 days 4 hours".
std::string duration(std::uint64_t seconds);

// A table's cell for the block of a coin or a transaction: its height, or that it has none yet.
template <typename Row>
std::string block_cell(const Row& row) {
  return row.confirmed ? grouped(row.height) : "unconfirmed";
}
// When the report ends: the tip's time, or the mempool's where it goes on into one.
std::uint32_t end_time(const ReportData& data);

// A coordinate in tenths of a pixel: "12.3".
std::string px(std::int64_t tenths);

// How a kind of destination is called in lists ("Still held"), and its CSS class.
std::string_view kind_title(trace::DestinationKind kind);
std::string_view kind_class(trace::DestinationKind kind);
// One sentence on what the kind means.
std::string_view kind_meaning(trace::DestinationKind kind);
// The order of kinds on the page.
inline constexpr std::array<trace::DestinationKind, trace::kDestinationKinds> kPageOrder = {
    trace::DestinationKind::service, trace::DestinationKind::held,   trace::DestinationKind::mixed,
    trace::DestinationKind::crossed, trace::DestinationKind::burned, trace::DestinationKind::fees,
    trace::DestinationKind::cut,     trace::DestinationKind::mined};
// Where `kind` stands in it.
std::size_t page_rank(trace::DestinationKind kind);

// The method's name and its rule in two sentences.
struct MethodWords {
  std::string_view name;
  std::string_view rule;
};
MethodWords method_words(trace::MethodKind method);

std::string label_name(const ReportData& data, Label label);

// What figures and pictures of this report measure: amounts, or coins when the method has no sums.
template <typename Part>
Units weight(const ReportData& data, const Part& part) {
  return data.conserves ? part.amount : Units(part.coins);
}
// The id that leads to the coins of a kind in the list of destinations.
std::string kind_anchor(const ReportData& data, trace::DestinationKind kind);
// The sum over all destinations of that.
Units total_weight(const ReportData& data);
// A weight in words: "1.5 BTC" or "3 coins".
std::string weight_words(const ReportData& data, const Units& weight);
// The same as a table's figure: amount_html(), or a plain count.
std::string weight_html(const ReportData& data, const Units& weight);
// Of all there is, in percent, for a table's cell.
std::string percent_cell(const ReportData& data, const Units& part);

}  // namespace tracehound::incidents
