#include "trace/write_text.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tracehound::trace {

std::string coin_text(const ledger::Ledger& ledger, CoinId coin) {
  ledger::Outpoint outpoint = ledger.outpoint(coin);
  return fmt::format("{}:{}", outpoint.txid.text(), outpoint.index);
}

std::string csv_field(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string iso_time(std::uint32_t seconds) {
  std::string text = utc_text(seconds);
  text[text.find(' ')] = 'T';
  return text + 'Z';
}

}  // namespace tracehound::trace
