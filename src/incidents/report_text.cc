#include "incidents/report_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace tracehound::incidents {

namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

// Takes one character off the front of `text`; U+FFFD and a single byte where it is not UTF-8.
char32_t take_character(std::string_view& text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char lead = byte(0);
  std::size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 0 || lead > 0xF4 || length > text.size()) {
    text.remove_prefix(1);
    return kReplacement;
  }
  char32_t character = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      text.remove_prefix(1);
      return kReplacement;
    }
    character = (character << 6) | (byte(i) & 0x3FU);
  }
  bool overlong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (overlong || surrogate || character > 0x10FFFF) {
    text.remove_prefix(1);
    return kReplacement;
  }
  text.remove_prefix(length);
  return character;
}

void append_utf8(std::string& to, char32_t character) {
  auto add = [&](char32_t bits) { to += static_cast<char>(bits); };
  if (character < 0x80) {
    add(character);
  } else if (character < 0x800) {
    add(0xC0 | (character >> 6));
    add(0x80 | (character & 0x3F));
  } else if (character < 0x10000) {
    add(0xE0 | (character >> 12));
    add(0x80 | ((character >> 6) & 0x3F));
    add(0x80 | (character & 0x3F));
  } else {
    add(0xF0 | (character >> 18));
    add(0x80 | ((character >> 12) & 0x3F));
    add(0x80 | ((character >> 6) & 0x3F));
    add(0x80 | (character & 0x3F));
  }
}

bool is_space(char32_t c) {
  return c == '\n' || c == '\t' || c == '\r' || c == 0x2028 || c == 0x2029;
}
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c & 0xFFFE) == 0xFFFE ||
         (c >= 0xFDD0 && c <= 0xFDEF);
}
// Characters that turn the reading direction, or that nobody can see.
bool is_deceptive(char32_t c) {
  return c == 0x061C || c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF);
}

// How wide a character of 13-pixel bold sans-serif type is, in tenths of a pixel: generous, since
// nobody knows which typeface the reader has.
std::int64_t type_width(char32_t c) {
  if (c >= 0x1100) return 140;
  if (c == 'W' || c == 'M' || c == 'm' || c == 'w' || c == '@' || c == '%') return 146;
  if (c >= 'A' && c <= 'Z') return 104;
  if (c == ' ' || c == '.' || c == ',' || c == 'i' || c == 'l' || c == 'j' || c == '\'') return 50;
  return 82;
}

// a * b / c, rounded half up, as figures are everywhere else. REQUIRES: c > 0, the result fits.
U256 rounded(const U256& a, const U256& b, const U256& c) {
  auto [quotient, remainder] = mul_div(a, b, c);
  bool up = remainder >= c - remainder;
  return up ? quotient + U256(1) : quotient;
}

std::string without_trailing_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string clean(std::string_view text) {
  std::string cleaned;
  cleaned.reserve(text.size());
  while (!text.empty()) {
    char32_t c = take_character(text);
    if (is_space(c)) {
      cleaned += ' ';
    } else if (is_deceptive(c)) {
      cleaned += fmt::format("[U+{:04X}]", static_cast<std::uint32_t>(c));
    } else {
      append_utf8(cleaned, is_control(c) ? kReplacement : c);
    }
  }
  return cleaned;
}

std::string fitted(std::string_view text, std::int64_t width) {
  std::string whole = clean(text);
  std::string_view rest = whole;
  constexpr std::int64_t kEllipsis = 110;
  std::size_t kept = 0;  // bytes that leave room for the ellipsis
  std::int64_t used = 0;
  while (!rest.empty()) {
    used += type_width(take_character(rest));
    if (used > width) return whole.substr(0, kept) + "\xE2\x80\xA6";
    if (used + kEllipsis <= width) kept = whole.size() - rest.size();
  }
  return whole;
}

std::string escape(std::string_view text) {
  std::string escaped;
  for (char c : clean(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string outside(std::string_view text) { return "<bdi>" + escape(text) + "</bdi>"; }

std::string grouped(const Units& number) { return exact_coins(number, 0); }

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return plural(number, one, many, Digits::grouped);
}

std::string counted_entries(const ReportData& data, std::uint64_t number) {
  return data.on_coins ? counted(number, "coin") : counted(number, "entry", "entries");
}

std::string exact_coins(const Units& amount, unsigned decimals) {
  std::string digits = amount.text();
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  std::string text = digits.substr(0, digits.size() - decimals);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  if (decimals > 0) text += "." + digits.substr(digits.size() - decimals);
  return text;
}

std::string short_coins(const Units& amount, unsigned decimals) {
  constexpr std::size_t kFigures = 5;
  std::size_t figures = amount.text().size();
  unsigned dropped = figures > kFigures ? static_cast<unsigned>(figures - kFigures) : 0;
  // Whole coins keep their own figures and one decimal.
  dropped = std::min(dropped, decimals > 0 ? decimals - 1 : 0);
  Units kept(rounded(amount.number(), U256(1), power_of_ten(dropped)));
  return without_trailing_zeros(exact_coins(kept, decimals - dropped));
}

std::string amount_html(const Units& amount, const ReportAbout& about) {
  std::string text = exact_coins(amount, about.decimals);
  std::size_t kept = text.size();
  if (text.find('.') != std::string::npos) {
    kept = text.find_last_not_of('0') + 1;
    if (text[kept - 1] == '.') --kept;
  }
  if (kept == text.size()) return text;
  return text.substr(0, kept) + "<i>" + text.substr(kept) + "</i>";
}

std::string short_amount_html(const Units& amount, const ReportAbout& about) {
  return fmt::format("<span class=\"nb\" title=\"{} {}\">{}{}{}</span>", grouped(amount),
                     escape(about.unit), short_coins(amount, about.decimals), kNoBreakSpace,
                     escape(about.symbol));
}

std::uint64_t scaled(const Units& part, const Units& whole, std::uint64_t length) {
  CHECK(whole > 0 && part <= whole);
  return mul_div(part.number(), U256(length), whole.number()).quotient.low();
}

std::string percent(const Units& part, const Units& whole) {
  if (whole == 0) return "\xE2\x80\x93";
  std::uint64_t hundredths = rounded(part.number(), U256(10'000), whole.number()).low();
  if (hundredths == 0 && part > 0) return "<0.01";
  if (hundredths == 10'000 && part < whole) return ">99.99";
  return tracehound::coins_text(hundredths, 2);
}

std::string percent_words(const Units& part, const Units& whole) {
  return without_trailing_zeros(percent(part, whole)) + std::string(kNoBreakSpace) + "%";
}

std::string share_in_prose(const Units& part, const Units& whole) {
  std::string share = percent_words(part, whole);
  if (share.front() == '<') return "under " + share.substr(1);
  if (share.front() == '>') return "over " + share.substr(1);
  return share;
}

std::string utc_date(std::uint32_t time) { return utc_text(time).substr(0, 10); }

std::string utc_minute(std::uint32_t time) { return utc_text(time).substr(0, 16); }

std::string duration(std::uint64_t seconds) {
  struct Unit {
    std::uint64_t seconds;
    std::string_view one;
    std::string_view many;
  };
  constexpr Unit kUnits[] = {
      {86'400, "day", "days"}, {3600, "hour", "hours"}, {60, "minute", "minutes"}};
  for (std::size_t i = 0; i < 3; ++i) {
    std::uint64_t count = seconds / kUnits[i].seconds;
    if (count == 0) continue;
    std::string text = counted(count, kUnits[i].one, kUnits[i].many);
    if (i == 2 || count >= 60) return text;
    std::uint64_t rest = seconds % kUnits[i].seconds / kUnits[i + 1].seconds;
    if (rest > 0) text += " " + counted(rest, kUnits[i + 1].one, kUnits[i + 1].many);
    return text;
  }
  return "less than a minute";
}

std::uint32_t end_time(const ReportData& data) {
  return data.mempool ? std::max(data.tip_time, data.mempool->taken_at) : data.tip_time;
}

std::string px(std::int64_t tenths) {
  std::string sign = tenths < 0 ? "-" : "";
  std::int64_t size = tenths < 0 ? -tenths : tenths;
  if (size % 10 == 0) return sign + std::to_string(size / 10);
  return fmt::format("{}{}.{}", sign, size / 10, size % 10);
}

std::string kind_anchor(const ReportData& data, trace::DestinationKind kind) {
  if (kind != trace::DestinationKind::service) {
    for (std::size_t i = 0; i < data.destinations.size(); ++i) {
      if (data.destinations[i].kind == kind) return fmt::format("d{}", i);
    }
  }
  return fmt::format("k-{}", kind_class(kind));
}

Units total_weight(const ReportData& data) {
  if (data.conserves) return data.total;
  Units coins;
  for (const ReportDestination& destination : data.destinations) coins += destination.coins;
  return coins;
}

std::string weight_words(const ReportData& data, const Units& weight) {
  if (!data.conserves) return counted_entries(data, weight.number().low());
  return fmt::format("{}{}{}", short_coins(weight, data.about.decimals), kNoBreakSpace,
                     data.about.symbol);
}

std::string weight_html(const ReportData& data, const Units& weight) {
  return data.conserves ? amount_html(weight, data.about) : grouped(weight);
}

std::string percent_cell(const ReportData& data, const Units& part) {
  return escape(percent(part, total_weight(data)));
}

}  // namespace tracehound::incidents
