#include "chains/ethereum/etl_records.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <deque>
#include <numeric>

#include "base/text.h"
#include "chains/transfers/csv.h"
#include "chains/transfers/time_text.h"

namespace tracehound::chains::ethereum {

namespace ondemand = simdjson::ondemand;

namespace {

std::string shown(std::string_view text) { return printable(text.substr(0, 60)); }

std::string name_of(std::initializer_list<std::string_view> names) {
  return std::string(*names.begin());
}

simdjson::error_code read_object(ondemand::parser& parser, const simdjson::padded_string& line,
                                 Record& record) {
  ondemand::document document;
  ondemand::object object;
  if (auto error = parser.iterate(line).get(document)) return error;
  if (auto error = document.get_object().get(object)) return error;
  for (auto each : object) {
    ondemand::field field;
    if (auto error = std::move(each).get(field)) return error;
    std::string_view key;
    if (auto error = field.unescaped_key().get(key)) return error;
    ondemand::value value = field.value();
    ondemand::json_type type{};
    if (auto error = value.type().get(type)) return error;
    std::string_view text;
    if (type == ondemand::json_type::string) {
      if (auto error = value.get_string().get(text)) return error;
    } else if (type == ondemand::json_type::array || type == ondemand::json_type::object) {
      if (auto error = simdjson::to_json_string(value).get(text)) return error;
    } else {
      text = value.raw_json_token();
      text = text.substr(0, text.find_last_not_of(" \r\n\t") + 1);
      if (text == "null") continue;
    }
    record.fields.emplace_back(key, text);
  }
  return simdjson::SUCCESS;
}

Status each_json(std::string_view text, const std::string& path,
                 const std::function<void(Record&)>& on_record) {
  ondemand::parser parser;
  for (std::uint64_t line = 1; !text.empty(); ++line) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row.find_first_not_of(" \r") == std::string_view::npos) continue;
    Record record;
    simdjson::padded_string padded(row);
    if (auto error = read_object(parser, padded, record)) {
      return bad_input(fmt::format("{}, line {}: no JSON object ({})", path, line,
                                   simdjson::error_message(error)));
    }
    on_record(record);
    if (!record.complaint().empty()) {
      return bad_input(fmt::format("{}, line {}: {}", path, line, record.complaint()));
    }
  }
  return {};
}

Status each_csv(std::string_view text, const std::string& path,
                const std::function<void(Record&)>& on_record) {
  std::deque<std::string> held;
  transfers::CsvRows rows(text, transfers::csv_separator(text), held);
  std::vector<std::string_view> heading;
  std::vector<std::string_view> cells;
  if (!rows.next(heading)) return bad_input(fmt::format("{} is empty", path));
  auto refuse = [&](const std::string& what) {
    return bad_input(fmt::format("{}, line {}: {}", path, rows.line() + 1, what));
  };
  std::deque<std::string> heading_held = std::move(held);
  while (rows.next(cells)) {
    if (cells.size() != heading.size()) {
      return refuse(fmt::format("{} cells where the heading has {}", cells.size(), heading.size()));
    }
    Record record;
    for (std::size_t i = 0; i < cells.size(); ++i) record.fields.emplace_back(heading[i], cells[i]);
    held.clear();
    on_record(record);
    if (!record.complaint().empty()) return refuse(record.complaint());
  }
  if (rows.broken()) return refuse("a quote that does not end where its cell does");
  return {};
}

}  // namespace

std::string_view Record::find(std::initializer_list<std::string_view> names) const {
  for (std::string_view name : names) {
    for (const auto& [field, value] : fields) {
      if (field == name && !value.empty()) return value;
    }
  }
  return {};
}

U256 Record::number(std::initializer_list<std::string_view> names) {
  std::string_view text = find(names);
  auto value = text.starts_with("0x") ? U256::from_hex(text) : U256::from_text(text, 0);
  if (!value) complain(fmt::format("{} is no number: `{}`", name_of(names), shown(text)));
  return value.value_or(U256());
}

std::uint64_t Record::number_64(std::initializer_list<std::string_view> names) {
  U256 value = number(names);
  if (!value.fits_64()) complain(fmt::format("{} is 2^64 or more", name_of(names)));
  return value.low();
}

std::uint32_t Record::number_32(std::initializer_list<std::string_view> names) {
  std::uint64_t value = number_64(names);
  if (value > 0xFFFF'FFFF) complain(fmt::format("{} is 2^32 or more", name_of(names)));
  return static_cast<std::uint32_t>(value);
}

std::string Record::hex(std::initializer_list<std::string_view> names, std::size_t size) {
  std::string text(find(names));
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (text.size() != size || !text.starts_with("0x") || !from_hex(text.substr(2))) {
    complain(fmt::format("{} is none: `{}`", name_of(names), shown(text)));
    return {};
  }
  return text;
}

std::string Record::address(std::initializer_list<std::string_view> names) {
  return hex(names, 42);
}
std::string Record::address_or_none(std::initializer_list<std::string_view> names) {
  return has(names) ? hex(names, 42) : std::string();
}
std::string Record::hash(std::initializer_list<std::string_view> names) { return hex(names, 66); }

Hash256 Record::hash256(std::initializer_list<std::string_view> names) {
  std::string text = hash(names);
  auto bytes = from_hex(text.substr(std::min<std::size_t>(2, text.size())));
  return bytes && bytes->size() == 32 ? Hash256::from_bytes(*bytes) : Hash256();
}

std::uint32_t Record::time(std::initializer_list<std::string_view> names) {
  auto time = transfers::parse_time(find(names));
  if (!time) complain(fmt::format("{} is no time: `{}`", name_of(names), shown(find(names))));
  return time.value_or(0);
}

std::vector<U256> Record::words(std::initializer_list<std::string_view> names) const {
  constexpr std::size_t kDigits = 64;
  std::vector<U256> found;
  std::string_view text = find(names);
  for (;;) {
    std::size_t start = text.find("0x");
    if (start == std::string_view::npos) return found;
    text.remove_prefix(start + 2);
    auto word = text.size() >= kDigits ? U256::from_hex(text.substr(0, kDigits)) : std::nullopt;
    if (word) found.push_back(*word);
  }
}

Status each_record(std::string_view text, const std::string& path,
                   const std::function<void(Record&)>& on_record) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::size_t first = text.find_first_not_of(" \r\n\t");
  if (first == std::string_view::npos) return bad_input(fmt::format("{} is empty", path));
  if (text[first] == '<' || text[first] == '[') {
    return bad_input(
        fmt::format("{} is {}; give it as CSV with a heading, or as JSON lines, an "
                    "object each",
                    path, text[first] == '<' ? "a web page" : "a JSON list"));
  }
  return text[first] == '{' ? each_json(text, path, on_record) : each_csv(text, path, on_record);
}

Status each_record(transfers::ParquetTable& table, const std::function<void(Record&)>& on_record) {
  std::vector<std::size_t> columns(table.columns().size());
  std::iota(columns.begin(), columns.end(), 0);
  std::uint64_t row = 0;
  TRY_ASSIGN(auto rows, table.read(columns));
  for (;;) {
    TRY_ASSIGN(auto chunk, rows.next());
    if (!chunk) return {};
    for (std::size_t i = 0; i < chunk->rows(); ++i) {
      ++row;
      Record record;
      for (std::size_t column : columns) {
        std::string_view cell = chunk->cell(column, i);
        if (!cell.empty()) record.fields.emplace_back(table.columns()[column], cell);
      }
      on_record(record);
      if (std::string wrong = record.complaint(); !wrong.empty()) {
        return bad_input(fmt::format("{}, row {}: {}", table.path(), row, wrong));
      }
    }
  }
}

}  // namespace tracehound::chains::ethereum
