#include "chains/transfers/transfer_map.h"

#include <fmt/format.h>

#include <algorithm>

namespace tracehound::chains::transfers {

namespace {

constexpr std::array<std::string_view, kFields> kNames = {
    "block", "time",     "tx",       "position", "from",       "to",      "amount",
    "asset", "contract", "decimals", "usd",      "from_label", "to_label"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

class MapReader {
 public:
  explicit MapReader(const std::string& name) : name_(name) {}

  Result<TransferMap> read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty()) {
      std::size_t end = std::min(text.find('\n'), text.size());
      ++line_;
      TRY(read_line(trimmed(text.substr(0, end))));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    TRY(check());
    return map_;
  }

 private:
  std::unexpected<Error> refuse(const std::string& what) const {
    return bad_input(fmt::format("{}, line {}: {}", name_, line_, what));
  }

  Status read_line(std::string_view line) {
    if (line.empty() || line.starts_with('#')) return {};
    std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return refuse("no `name = value`");
    std::string_view key = trimmed(line.substr(0, equals));
    std::string_view value = trimmed(line.substr(equals + 1));
    bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
    if (quoted) value = value.substr(1, value.size() - 2);
    if (value.empty()) return refuse(fmt::format("nothing behind `{} =`", key));
    if (key == "chain" || key == "unit" || key == "repeats") return read_setting(key, value);
    auto known = std::ranges::find(kNames, key);
    if (known == kNames.end()) {
      return refuse(fmt::format("`{}` is no field; there are chain, unit, repeats, {}", key,
                                fmt::join(kNames, ", ")));
    }
    FieldSource& source = map_.fields[static_cast<std::size_t>(known - kNames.begin())];
    if (source.column || source.constant) return refuse(fmt::format("`{}` a second time", key));
    (quoted ? source.constant : source.column) = std::string(value);
    return {};
  }

  Status read_setting(std::string_view key, std::string_view value) {
    if (key == "chain") {
      bool fine = std::ranges::all_of(value, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      });
      if (!fine || value.size() > 40) {
        return refuse("chain is a short name of lower-case letters, digits, - and _");
      }
      map_.chain = "transfers:" + std::string(value);
    } else if (key == "unit") {
      if (value != "base" && value != "decimal") {
        return refuse("unit is base (whole numbers of the smallest unit) or decimal");
      }
      map_.base_units = value == "base";
    } else {
      if (value != "keep" && value != "skip") return refuse("repeats is keep or skip");
      map_.skip_repeats = value == "skip";
    }
    return {};
  }

  Status check() {
    auto missing = [&](std::string_view what) {
      return bad_input(fmt::format("{}: `{}` is missing", name_, what));
    };
    if (map_.chain.empty()) return missing("chain");
    for (Field field : {Field::time, Field::tx, Field::from, Field::to, Field::amount}) {
      if (!map_.has(field)) return missing(field_name(field));
    }
    if (!map_.has(Field::asset) && !map_.has(Field::contract)) return missing("asset");
    if (!map_.has(Field::decimals) && !map_.base_units) return missing("decimals");
    for (Field field : {Field::time, Field::tx, Field::amount, Field::block, Field::position}) {
      if (map_[field].constant) {
        return bad_input(
            fmt::format("{}: `{}` is not the same in every row: name a column, "
                        "without quotes",
                        name_, field_name(field)));
      }
    }
    return {};
  }

  const std::string& name_;
  std::size_t line_ = 0;
  TransferMap map_;
};

}  // namespace

std::string_view field_name(Field field) { return kNames[static_cast<std::size_t>(field)]; }

Result<TransferMap> parse_transfer_map(std::string_view text, const std::string& name) {
  return MapReader(name).read(text);
}

}  // namespace tracehound::chains::transfers
