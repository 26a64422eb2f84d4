// What is guessed of a traced coin: that it is the change of the transaction that made it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"

namespace tracehound::trace {

// It says whose the coin may be, and changes no amount.
struct ChangeNote {
  std::uint8_t confidence = 0;  // of a hundred guesses by the surest rule, how many are right
  std::vector<std::string_view> rules;  // by name; not empty
};
// Nothing: the coin is not guessed to be change. An empty function: nobody asked.
using ChangeOf = std::function<std::optional<ChangeNote>(CoinId)>;

// The coin's key `change`, if there is a guess.
void change_to_json(const ChangeOf& change, CoinId coin, JsonWriter& json);

// Two columns more behind the others of a table, if anybody asked: change_confidence and
// change_rules, with spaces between them; empty where there is no guess, or no coin.
std::string change_header(const ChangeOf& change);
std::string change_fields(const ChangeOf& change, std::optional<CoinId> coin);

}  // namespace tracehound::trace
