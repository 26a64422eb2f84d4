// What the columns of a list of transfers mean: a small text file, a line for each thing,
//
//   chain   = "xrp"          in quotes: the same for every row
//   time    = Timestamp      without: the heading of the column that says it
//   amount  = Value_in_USD
//
// docs/transfers.md has all of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tracehound::chains::transfers {

enum class Field : std::uint8_t {
  block,
  time,
  tx,
  position,
  from,
  to,
  amount,
  asset,
  contract,
  decimals,
  usd,
  from_label,
  to_label,
};
inline constexpr std::size_t kFields = 13;
std::string_view field_name(Field field);

// Where a field comes from. At most one of the two is there.
struct FieldSource {
  std::optional<std::string> column;    // its heading
  std::optional<std::string> constant;  // the value of every row
};

struct TransferMap {
  std::string chain;          // the ledger's: "transfers:" and what the file says
  bool base_units = false;    // amounts are whole numbers of the smallest unit
  bool skip_repeats = false;  // of rows that are the same in everything, only the first counts
  std::array<FieldSource, kFields> fields;

  const FieldSource& operator[](Field field) const {
    return fields[static_cast<std::size_t>(field)];
  }
  bool has(Field field) const {
    const FieldSource& source = (*this)[field];
    return source.column || source.constant;
  }
};

// `name` is the file's, for errors. Errors (bad_input, naming the line): no such thing to say, a
// thing said twice, a missing one.
Result<TransferMap> parse_transfer_map(std::string_view text, const std::string& name);

}  // namespace tracehound::chains::transfers
