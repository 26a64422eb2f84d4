#include "tags/csv.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "tags/lists.h"

namespace tracehound::tags {

Status CsvReader::read_quoted(std::string& value) {
  std::uint32_t begins = next_line_;
  for (++at_;; ++at_) {
    if (at_ >= text_.size()) {
      return bad_input(
          fmt::format("{}:{}: the quoted text that begins here never ends; the file may be cut off",
                      name_, begins));
    }
    char c = text_[at_];
    if (c == '\n') ++next_line_;
    if (c == '"') {
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
      ++at_;
    }
    value += c;
  }
  ++at_;
  bool ends = at_ >= text_.size() || text_[at_] == separator_ || text_[at_] == '\n' ||
              text_.substr(at_).starts_with("\r\n");
  if (ends) return {};
  return bad_input(fmt::format(
      "{}:{}: text goes on after its closing quote; double the quotes inside", name_, next_line_));
}

Result<bool> CsvReader::next(std::vector<std::string>& row) {
  row.clear();
  while (at_ < text_.size() && (text_[at_] == '\n' || text_.substr(at_).starts_with("\r\n"))) {
    at_ += text_[at_] == '\n' ? 1 : 2;
    ++next_line_;
  }
  if (at_end()) return false;
  line_ = next_line_;
  for (;;) {
    std::string& value = row.emplace_back();
    if (at_ < text_.size() && text_[at_] == '"') {
      TRY(read_quoted(value));
    } else {
      std::size_t end = at_;
      while (end < text_.size() && text_[end] != separator_ && text_[end] != '\n') ++end;
      value = text_.substr(at_, end - at_);
      at_ = end;
      if ((at_ >= text_.size() || text_[at_] == '\n') && value.ends_with('\r')) value.pop_back();
    }
    if (text_.substr(std::min(at_, text_.size())).starts_with("\r\n")) ++at_;
    bool row_ends = at_ >= text_.size() || text_[at_] == '\n';
    ++at_;
    if (!row_ends) continue;
    ++next_line_;
    return true;
  }
}

char separator_of(std::string_view text) {
  std::string_view heading = text.substr(0, text.find('\n'));
  char best = ',';
  for (char c : {',', ';', '\t'}) {
    if (std::ranges::count(heading, c) > std::ranges::count(heading, best)) best = c;
  }
  return best;
}

namespace {

using Columns = std::vector<std::optional<Field>>;

Result<Columns> columns_of(const std::vector<std::string>& heading, const std::string& name,
                           const std::map<std::string, std::string>& map) {
  Columns columns;
  for (const std::string& raw : heading) {
    std::string column = clean_text(raw);
    auto mapped = map.find(column);
    auto field = field_named(mapped == map.end() ? column : mapped->second);
    if (field && !is_tag_field(*field)) field.reset();
    if (mapped != map.end() && !field) {
      return bad_input(fmt::format("{} is no field of a tag; see docs/tags.md", mapped->second));
    }
    if (field && std::ranges::find(columns, field) != columns.end()) {
      return bad_input(fmt::format("{} has two columns for the field {}; map one of them", name,
                                   name_of(*field)));
    }
    columns.push_back(field);
  }
  for (const auto& [column, field] : map) {
    auto same = [&](const std::string& raw) { return clean_text(raw) == column; };
    if (std::ranges::none_of(heading, same)) {
      return bad_input(fmt::format("{} has no column {}; its heading is {}", name, quoted(column),
                                   quoted(fmt::format("{}", fmt::join(heading, ", ")))));
    }
  }
  bool names_subjects = std::ranges::any_of(columns, [](const std::optional<Field>& field) {
    return field == Field::address || field == Field::tx_hash;
  });
  if (!names_subjects) {
    return bad_input(
        fmt::format("{} has no column address; say which holds it: --map COLUMN=address", name));
  }
  return columns;
}

// "" or why the row cannot be used.
std::string read_row(const Columns& columns, const std::vector<std::string>& row,
                     const CsvReader& reader, PackBuilder& builder, Fields& own) {
  own.clear();
  if (row.size() != columns.size()) {
    return fmt::format("it has {} where the heading has {}{}", plural(row.size(), "value"),
                       columns.size(), reader.at_end() ? "; the file may be cut off" : "");
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!columns[i] || row[i].empty()) continue;
    std::string fault;
    std::string text = usable_text(*columns[i], row[i], fault);
    if (!fault.empty() && is_required(*columns[i])) return fault;
    if (!fault.empty()) builder.complain(reader.line(), fmt::format("{}; left empty", fault));
    if (*columns[i] == Field::concepts) std::ranges::replace(text, ',', '\n');
    if (!text.empty()) own.set(*columns[i], text);
  }
  return "";
}

std::string recipe_with(const std::map<std::string, std::string>& columns, const Fields& more) {
  std::string recipe = recipe_of("csv", more);
  for (const auto& [column, field] : columns) {
    recipe += fmt::format(" {}->{}", json_quote(column), field);
  }
  return recipe;
}

}  // namespace

Result<TagPack> parse_csv(ByteView bytes, const std::string& name, const AddressTest& test,
                          const std::map<std::string, std::string>& map, const Fields& more) {
  TRY_ASSIGN(std::string_view text, text_of(bytes, name));
  CsvReader reader(text, separator_of(text), name);
  std::vector<std::string> row;
  TRY_ASSIGN(bool has_heading, reader.next(row));
  if (!has_heading) return bad_input(fmt::format("{} is empty; a table has a heading", name));
  TRY_ASSIGN(Columns columns, columns_of(row, name, map));
  PackBuilder builder;
  Fields own;
  for (;;) {
    TRY_ASSIGN(bool more_rows, reader.next(row));
    if (!more_rows) break;
    std::string fault = read_row(columns, row, reader, builder, own);
    if (!fault.empty()) {
      builder.skip(reader.line(), fault);
      continue;
    }
    const std::string& currency = (own.has(Field::currency) ? own : more).text(Field::currency);
    std::string network = network_of_token(test, currency, own.text(Field::address));
    if (!network.empty() && !own.has(Field::network) && !more.has(Field::network)) {
      own.set(Field::network, network);
    }
    builder.add_tag(own, reader.line());
  }
  return builder.finish(bytes, name, more, recipe_with(map, more));
}

}  // namespace tracehound::tags
