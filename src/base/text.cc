#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/check.h"

namespace tracehound {

std::string utc_text(std::uint64_t seconds) {
  // Days to a civil date: years counted from March, so that the leap day is a year's last.
  std::uint64_t days = seconds / 86400;
  std::uint64_t rest = seconds % 86400;
  std::uint64_t shifted = days + 719468;  // days since 0000-03-01
  std::uint64_t era = shifted / 146097;
  std::uint64_t day_of_era = shifted % 146097;
  std::uint64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  std::uint64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  std::uint64_t month_from_march = (5 * day_of_year + 2) / 153;
  std::uint64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  std::uint64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  std::uint64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", year, month, day, rest / 3600,
                     rest / 60 % 60, rest % 60);
}

std::optional<std::uint32_t> parse_utc(std::string_view text) {
  constexpr std::string_view kDate = "dddd-dd-dd";
  constexpr std::string_view kMoment = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kDate.size() && text.size() != kMoment.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool digit = text[i] >= '0' && text[i] <= '9';
    if (kMoment[i] == 'd' ? !digit : text[i] != kMoment[i]) return std::nullopt;
  }
  auto number = [&](std::size_t first, std::size_t digits) {
    unsigned value = 0;
    for (char digit : text.substr(first, digits))
      value = value * 10 + static_cast<unsigned>(digit - '0');
    return value;
  };
  std::chrono::year_month_day date{std::chrono::year(static_cast<int>(number(0, 4))),
                                   std::chrono::month(number(5, 2)),
                                   std::chrono::day(number(8, 2))};
  if (!date.ok()) return std::nullopt;
  std::int64_t seconds =
      std::int64_t{86'400} * std::chrono::sys_days(date).time_since_epoch().count();
  if (text.size() == kMoment.size()) {
    unsigned hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
    if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
    seconds += hour * 3600 + minute * 60 + second;
  }
  if (seconds < 0 || seconds > 0xFFFF'FFFF) return std::nullopt;
  return static_cast<std::uint32_t>(seconds);
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

static std::string number_text(std::uint64_t number, Digits digits) {
  return digits == Digits::grouped ? grouped(number) : std::to_string(number);
}

std::string plural(std::uint64_t number, std::string_view one, std::string_view many,
                   Digits digits) {
  std::string text = number_text(number, digits) + " ";
  if (number == 1) return text.append(one);
  return many.empty() ? text.append(one) + "s" : text.append(many);
}

std::string coins_text(std::uint64_t units, unsigned decimals, Digits digits) {
  CHECK(decimals <= 18);
  std::uint64_t scale = 1;
  for (unsigned i = 0; i < decimals; ++i) scale *= 10;
  std::string text = number_text(units / scale, digits);
  return decimals == 0 ? text : text + fmt::format(".{:0{}}", units % scale, decimals);
}

std::string percent_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  __extension__ using Wide = unsigned __int128;
  auto hundredths = static_cast<std::uint64_t>((Wide{part} * 20000 + whole) / (Wide{whole} * 2));
  return fmt::format("{}.{:02} %", hundredths / 100, hundredths % 100);
}

std::string size_text(std::uint64_t bytes) {
  static constexpr std::string_view kUnits[] = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  std::uint64_t tenths = bytes / 100;
  std::size_t unit = 0;
  for (; tenths >= 10000 && unit + 1 < std::size(kUnits); ++unit) tenths /= 1000;
  return fmt::format("{}.{} {}", tenths / 10, tenths % 10, kUnits[unit]);
}

std::string printable(std::string_view text) {
  // UTF-8 of U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
  static constexpr std::string_view kTurning[] = {"\xD8\x9C",     "\xE2\x80\x8E", "\xE2\x80\x8F",
                                                  "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC",
                                                  "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA6",
                                                  "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9"};
  std::string safe;
  while (!text.empty()) {
    auto c = static_cast<unsigned char>(text.front());
    bool second = text.size() > 1 && c == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
    std::size_t bad = (c < 0x20 && c != '\n') || c == 0x7F ? 1 : (second ? 2 : 0);
    for (std::string_view turning : kTurning) {
      if (text.starts_with(turning)) bad = turning.size();
    }
    safe += bad > 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, 1);
    text.remove_prefix(std::max<std::size_t>(bad, 1));
  }
  return safe;
}

static std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string table_text(const std::vector<std::vector<std::string>>& rows,
                       const std::vector<bool>& right) {
  std::vector<std::size_t> widths(right.size());
  for (const auto& row : rows) {
    CHECK(row.size() == right.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], characters(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::string gap(widths[i] - characters(row[i]), ' ');
      if (i > 0) line += "  ";
      line += right[i] ? gap + row[i] : row[i] + gap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace tracehound
