// Reading a bundle's JSON. Fields are looked up by name and each must be of its form; then what was
// read is written anew and compared, which leaves no room for anything else: a field too many,
// another order, a number written in another way.
#pragma once

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "base/u256.h"
#include "ledger/rows.h"
#include "trace/result.h"

namespace tracehound::evidence {

namespace dom = simdjson::dom;

// What is wrong, for the first thing that is; readers after that give nothing of use.
class JsonReader {
 public:
  bool ok() const { return wrong_.empty(); }
  std::unexpected<Error> error() const { return bad_input(wrong_); }
  void fail(std::string_view key, std::string_view what) {
    if (ok()) wrong_ = fmt::format("its field {} {}", key, what);
  }

  std::string text(dom::element from, std::string_view key) {
    std::string_view found;
    if (from[key].get_string().get(found) != simdjson::SUCCESS) fail(key, "is missing or no text");
    return std::string(found);
  }
  std::string text_or_null(dom::element from, std::string_view key) {
    dom::element found;
    if (from[key].get(found) == simdjson::SUCCESS && found.is_null()) return {};
    return text(from, key);
  }
  std::uint32_t number(dom::element from, std::string_view key) {
    std::uint64_t found = 0;
    if (from[key].get_uint64().get(found) != simdjson::SUCCESS ||
        found > std::numeric_limits<std::uint32_t>::max()) {
      fail(key, "is missing or no number below 2^32");
      return 0;
    }
    return static_cast<std::uint32_t>(found);
  }
  std::optional<std::uint32_t> number_or_null(dom::element from, std::string_view key) {
    dom::element found;
    if (from[key].get(found) == simdjson::SUCCESS && found.is_null()) return std::nullopt;
    return number(from, key);
  }
  std::optional<std::uint64_t> long_number_or_null(dom::element from, std::string_view key) {
    dom::element found;
    if (from[key].get(found) == simdjson::SUCCESS && found.is_null()) return std::nullopt;
    std::uint64_t number = 0;
    if (from[key].get_uint64().get(number) != simdjson::SUCCESS) {
      fail(key, "is missing or no number below 2^64");
    }
    return number;
  }
  bool truth(dom::element from, std::string_view key) {
    bool found = false;
    if (from[key].get_bool().get(found) != simdjson::SUCCESS) fail(key, "is no true or false");
    return found;
  }
  Amount amount(dom::element from, std::string_view key) {
    std::string digits = text(from, key);
    Amount found = 0;
    auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), found);
    if (failure != std::errc{} || end != digits.data() + digits.size()) {
      fail(key, "is no amount");
    }
    return found;
  }
  U256 wide_amount(dom::element from, std::string_view key) {
    std::string digits = text(from, key);
    auto found = U256::from_text(digits);
    if (!found) fail(key, "is no amount");
    return found.value_or(U256());
  }
  Hash256 hash(dom::element from, std::string_view key) {
    auto found = Hash256::from_text(text(from, key));
    if (!found) fail(key, "is no hash of 64 hexadecimal digits");
    return found.value_or(Hash256{});
  }
  ledger::Outpoint coin(dom::element from, std::string_view key) {
    std::string words = text(from, key);
    std::size_t colon = std::min(words.find(':'), words.size());
    auto txid = Hash256::from_text(std::string_view(words).substr(0, colon));
    ledger::Outpoint found;
    const char* begin = words.data() + std::min(colon + 1, words.size());
    auto [end, failure] = std::from_chars(begin, words.data() + words.size(), found.index);
    if (!txid || failure != std::errc{} || end != words.data() + words.size()) {
      fail(key, "is no coin TXID:VOUT");
      return found;
    }
    found.txid = *txid;
    return found;
  }
  dom::array list(dom::element from, std::string_view key) {
    dom::array found;
    if (from[key].get_array().get(found) != simdjson::SUCCESS) fail(key, "is missing or no list");
    return found;
  }
  // each(element) for all elements of a list.
  template <typename Each>
  void each(dom::element from, std::string_view key, Each each_one) {
    dom::array found = list(from, key);
    if (!ok()) return;
    for (dom::element element : found) each_one(element);
  }
  std::vector<std::string> texts(dom::element from, std::string_view key) {
    std::vector<std::string> found;
    each(from, key, [&](dom::element element) {
      std::string_view one;
      if (element.get_string().get(one) != simdjson::SUCCESS) fail(key, "has what is no text");
      found.emplace_back(one);
    });
    return found;
  }
  std::vector<std::uint32_t> numbers(dom::element from, std::string_view key) {
    std::vector<std::uint32_t> found;
    each(from, key, [&](dom::element element) {
      std::uint64_t one = 0;
      if (element.get_uint64().get(one) != simdjson::SUCCESS ||
          one > std::numeric_limits<std::uint32_t>::max()) {
        fail(key, "has what is no number below 2^32");
      }
      found.push_back(static_cast<std::uint32_t>(one));
    });
    return found;
  }

 private:
  std::string wrong_;
};

// What a stop's field `kind` says.
inline trace::DestinationKind read_stop_kind(JsonReader& reader, dom::element stop) {
  using trace::DestinationKind;
  std::string kind = reader.text(stop, "kind");
  for (auto one : {DestinationKind::service, DestinationKind::crossed, DestinationKind::burned}) {
    if (trace::name_of(one) == kind) return one;
  }
  reader.fail("kind", "is not service, crossed or burned");
  return DestinationKind::service;
}

inline trace::Service read_service(JsonReader& reader, dom::element service) {
  return {reader.text(service, "name"), reader.text(service, "category")};
}

// The document's root, held by `parser`. Errors: it is none of that schema.
inline Result<dom::element> open_document(dom::parser& parser, std::string_view text,
                                          std::string_view schema) {
  dom::element root;
  auto failure = parser.parse(text.data(), text.size()).get(root);
  if (failure != simdjson::SUCCESS) {
    return bad_input(fmt::format("is no JSON ({})", simdjson::error_message(failure)));
  }
  std::string_view found;
  if (root["schema"].get_string().get(found) != simdjson::SUCCESS || found != schema) {
    return bad_input(fmt::format("is not of the schema {}", schema));
  }
  return root;
}

// Where `text` is not as it must be: in its first line that is not.
inline Status check_form(std::string_view text, std::string_view form) {
  if (text == form) return {};
  std::size_t at = 0;
  while (at < text.size() && at < form.size() && text[at] == form[at]) ++at;
  auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  return bad_input(fmt::format("has in line {} what does not belong there", line));
}

}  // namespace tracehound::evidence
