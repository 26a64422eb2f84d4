#include "trace/write_text.h"

#include <fmt/format.h>

#include "base/json.h"
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

// The JSON writer mends what is no UTF-8; what it escapes is XML's matter again.
std::string xml_text(std::string_view outside) {
  std::string quoted = json_quote(outside);
  std::string_view left = std::string_view(quoted).substr(1, quoted.size() - 2);
  std::string text;
  while (!left.empty()) {
    std::size_t length = 1;
    if (left.starts_with("\\u")) {  // a control character: XML 1.0 has none
      text += "\xEF\xBF\xBD";
      length = 6;
    } else if (left.starts_with("\xEF\xBF\xBE") || left.starts_with("\xEF\xBF\xBF")) {
      text += "\xEF\xBF\xBD";
      length = 3;
    } else if (left[0] == '\\') {
      length = 2;
      text += left[1] == 'n' ? "\n" : left[1] == 't' ? "\t" : left[1] == '"' ? "&quot;" : "\\";
    } else {
      text += left[0] == '&'   ? "&amp;"
              : left[0] == '<' ? "&lt;"
              : left[0] == '>' ? "&gt;"
                               : std::string(1, left[0]);
    }
    left.remove_prefix(length);
  }
  return text;
}

}  // namespace tracehound::trace
