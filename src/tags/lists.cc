#include "tags/lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "tags/codes.h"
#include "tags/tagpack.h"

namespace tracehound::tags {

namespace {

constexpr std::string_view kOfacNames = "sanctioned_addresses_";

bool is_capital_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_letter_or_digit(char c) { return is_capital_or_digit(c) || (c >= 'a' && c <= 'z'); }

// "sanctioned_addresses_XBT.txt" without its ending.
std::string stem_of(const std::string& name) {
  std::string file = file_of(name);
  return file.substr(0, file.rfind('.'));
}

// "XBT" of "sanctioned_addresses_XBT", or "".
std::string currency_named(const std::string& stem) {
  std::string code = stem.substr(stem.find_last_of("_-") + 1);
  bool fits =
      code.size() >= 2 && code.size() <= 8 && std::ranges::all_of(code, is_capital_or_digit);
  return fits && stem.size() > code.size() ? code : "";
}

// What a list's name says of it, where the caller does not.
Fields fields_by_name(const std::string& name, const Fields& more) {
  std::string stem = stem_of(name);
  Fields fields = more;
  Fields usual;
  usual.set(Field::currency, currency_named(stem));
  if (stem.starts_with(kOfacNames)) {
    usual.set(Field::label, "OFAC sanctioned address");
    usual.set(Field::abuse, "sanction");
    usual.set(Field::confidence, "authority_data");
    usual.set(Field::source, "https://sanctionslist.ofac.treas.gov");
    usual.set(Field::title, "OFAC sanctioned addresses");
    usual.set(Field::creator, "US Treasury, Office of Foreign Assets Control");
  } else {
    std::ranges::replace(stem, '_', ' ');
    usual.set(Field::label, stem);
    usual.set(Field::title, stem);
  }
  fields.fill_from(usual);
  return fields;
}

// Calls `visit(line, number)` for each line, without its end.
template <typename Visit>
void for_each_line(std::string_view text, Visit visit) {
  std::uint32_t number = 0;
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    visit(line, ++number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool is_plain_word(std::string_view text) {
  return text.size() <= kMaxSubjectBytes &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

// The codes of the chain that the word is an address of; none for other words.
ChainCodes codes_of_word(const AddressTest& test, std::string_view word) {
  constexpr std::size_t kShortest = 25;
  constexpr std::size_t kLongest = 90;
  if (word.size() < kShortest || word.size() > kLongest) return {};
  if (is_account_address(word)) return {"ETH", "ETH"};
  return codes_of(test.chain_of(word));
}

}  // namespace

Result<std::string_view> text_of(ByteView bytes, const std::string& name) {
  if (bytes.size() > kMaxPackBytes) {
    return bad_input(fmt::format("{} has more than {} MB, the most a list may have; split it", name,
                                 kMaxPackBytes >> 20));
  }
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.find('\0') != text.npos || !is_utf8(text)) {
    return bad_input(fmt::format("{} is not UTF-8 text; is it the right file?", name));
  }
  return text;
}

void for_each_address_word(
    std::string_view text, const AddressTest& test,
    const std::function<void(std::string_view word, const ChainCodes& codes)>& visit) {
  while (!text.empty()) {
    auto first = std::ranges::find_if(text, is_letter_or_digit);
    auto end = std::find_if_not(first, text.end(), is_letter_or_digit);
    std::string_view word(first, end);
    text = {end, text.end()};
    ChainCodes codes = codes_of_word(test, word);
    if (!codes.currency.empty()) visit(word, codes);
  }
}

std::string recipe_of(std::string_view format, const Fields& fields) {
  std::string recipe(format);
  for (std::size_t i = 0; i < kFields; ++i) {
    auto field = static_cast<Field>(i);
    if (!fields.has(field)) continue;
    recipe += fmt::format("{}{}={}", recipe.empty() ? "" : " ", name_of(field),
                          json_quote(fields.text(field)));
  }
  return recipe;
}

Result<TagPack> parse_list(ByteView bytes, const std::string& name, const AddressTest& test,
                           const Fields& more) {
  TRY_ASSIGN(std::string_view text, text_of(bytes, name));
  Fields fields = fields_by_name(name, more);
  const std::string& currency = fields.text(Field::currency);
  if (currency.empty()) {
    return bad_input(
        fmt::format("{} does not say which currency it lists; end its name on the code "
                    "(list_XBT.txt) or give --set currency=CODE",
                    name));
  }
  PackBuilder builder;
  Fields own;
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    if (line.empty() || line.starts_with('#')) return;
    if (!is_plain_word(line))
      return builder.skip(number, fmt::format("{} is no address", quoted(line)));
    own.clear();
    own.set(Field::address, line);
    std::string network = network_of_token(test, currency, line);
    if (!network.empty() && !fields.has(Field::network)) own.set(Field::network, network);
    builder.add_tag(own, number);
  });
  return builder.finish(bytes, name, fields, recipe_of("list", fields));
}

Result<TagPack> parse_words(ByteView bytes, const std::string& name, const AddressTest& test,
                            const Fields& more, std::string recipe) {
  TRY_ASSIGN(std::string_view text, text_of(bytes, name));
  PackBuilder builder;
  Fields own;
  std::set<std::string, std::less<>> seen;
  for_each_line(text, [&](std::string_view line, std::uint32_t number) {
    for_each_address_word(line, test, [&](std::string_view word, const ChainCodes& codes) {
      if (!seen.emplace(word).second) return;
      own.clear();
      own.set(Field::address, word);
      own.set(Field::currency, codes.currency);
      own.set(Field::network, codes.network);
      builder.add_tag(own, number);
    });
  });
  Fields fields = more;
  Fields usual;
  usual.set(Field::label, fmt::format("named in {}", file_of(name)));
  usual.set(Field::title, stem_of(name));
  fields.fill_from(usual);
  return builder.finish(bytes, name, fields, std::move(recipe));
}

}  // namespace tracehound::tags
