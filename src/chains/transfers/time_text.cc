#include "chains/transfers/time_text.h"

#include <chrono>

namespace tracehound::chains::transfers {

namespace {

constexpr std::int64_t kLeastMilliseconds = 100'000'000'000;
constexpr std::int64_t kDaySeconds = 86'400;

// Takes `count` digits off the front; -1 where they are not there.
int take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int number = 0;
  for (char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> in_seconds(std::string_view digits) {
  if (digits.size() > 15) return std::nullopt;
  std::int64_t number = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number >= kLeastMilliseconds ? number / 1000 : number;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  int year = take_digits(text, 4);
  if (year < 0 || !take(text, '-')) return std::nullopt;
  int month = take_digits(text, 2);
  if (month < 0 || !take(text, '-')) return std::nullopt;
  int day = take_digits(text, 2);
  if (day < 0) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(year),
                                   std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return kDaySeconds * std::chrono::sys_days(date).time_since_epoch().count();
}

std::optional<std::int64_t> take_clock(std::string_view& text) {
  int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59) return std::nullopt;
  int second = 0;
  if (take(text, ':')) second = take_digits(text, 2);
  if (second < 0 || second > 59) return std::nullopt;
  if (take(text, '.')) {
    if (take_digits(text, 1) < 0) return std::nullopt;
    while (take_digits(text, 1) >= 0) {
    }
  }
  return hour * 3600 + minute * 60 + second;
}

// How far the zone at the front is east of UTC, in seconds.
std::optional<std::int64_t> take_zone(std::string_view& text) {
  if (text.empty() || take(text, 'Z')) return 0;
  if (text == "UTC" || text == " UTC") {
    text = {};
    return 0;
  }
  bool west = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  int hour = take_digits(text, 2);
  take(text, ':');
  int minute = text.empty() ? 0 : take_digits(text, 2);
  if (hour < 0 || hour > 14 || minute < 0 || minute > 59) return std::nullopt;
  std::int64_t east = hour * 3600 + minute * 60;
  return west ? -east : east;
}

}  // namespace

std::optional<std::uint32_t> parse_time(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto seconds = in_seconds(text);
  if (!seconds) {
    seconds = take_date(text);
    if (!seconds) return std::nullopt;
    if (take(text, ' ') || take(text, 'T')) {
      auto clock = take_clock(text);
      auto zone = take_zone(text);
      if (!clock || !zone) return std::nullopt;
      *seconds += *clock - *zone;
    }
    if (!text.empty()) return std::nullopt;
  }
  if (*seconds < 0 || *seconds > 0xFFFF'FFFF) return std::nullopt;
  return static_cast<std::uint32_t>(*seconds);
}

}  // namespace tracehound::chains::transfers
