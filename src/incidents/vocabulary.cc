#include "incidents/vocabulary.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace tracehound::incidents {

namespace {

constexpr std::string_view kVictimKinds[] = {
    "exchange", "wallet users",  "bridge",   "bank",     "bank switch", "central bank",
    "casino",   "mining market", "payments", "protocol", "company",     "person"};
constexpr std::string_view kMeasures[] = {"stolen", "attempted", "recovered", "frozen", "net"};
constexpr std::string_view kPrecisions[] = {"exact", "about", "at least", "at most"};
constexpr std::string_view kChecks[] = {"capitals", "malformed", "unchecked"};
constexpr std::string_view kFiat[] = {"AUD", "BDT", "CAD", "CHF", "CNY", "EUR", "GBP",
                                      "HKD", "INR", "JPY", "KRW", "MXN", "NZD", "PHP",
                                      "PKR", "SGD", "TWD", "USD", "VND", "ZAR"};

}  // namespace

std::span<const std::string_view> victim_kinds() { return kVictimKinds; }
std::span<const std::string_view> measures() { return kMeasures; }
std::span<const std::string_view> precisions() { return kPrecisions; }
std::span<const std::string_view> checks() { return kChecks; }

bool is_fiat(std::string_view currency) {
  return std::ranges::find(kFiat, currency) != std::ranges::end(kFiat);
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::optional<PartialDate> parse_date(std::string_view text) {
  // A year or a month alone is completed to a day, which parse_utc then knows or does not.
  std::string full(text);
  if (text.size() == 4) full += "-01-01";
  if (text.size() == 7) full += "-01";
  if (!parse_utc(full)) return std::nullopt;
  auto number = [&](std::size_t first, std::size_t digits) {
    return text.size() < first + digits
               ? 0
               : static_cast<std::uint32_t>(*parse_whole(text.substr(first, digits)));
  };
  return PartialDate{number(0, 4), number(5, 2), number(8, 2)};
}

}  // namespace tracehound::incidents
