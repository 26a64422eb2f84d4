// Tables of tags: CSV with a heading, its columns mapped to the fields of a tag.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "tags/address_test.h"
#include "tags/pack.h"

namespace tracehound::tags {

// Rows of comma-separated values as RFC 4180 has them: texts in double quotes may hold the
// separator, line ends, and quotes, doubled. Lines may end in LF or CR LF. Memory follows one row.
class CsvReader {
 public:
  // REQUIRES: `text` outlives the reader.
  CsvReader(std::string_view text, char separator, std::string name)
      : text_(text), separator_(separator), name_(std::move(name)) {}

  // The next row, blank lines left out; false after the last. Errors (bad_input): a quote that
  // never ends, or that ends before its value does.
  Result<bool> next(std::vector<std::string>& row);
  // Where the row last read begins.
  std::uint32_t line() const { return line_; }
  bool at_end() const { return at_ >= text_.size(); }

 private:
  Status read_quoted(std::string& value);

  std::string_view text_;
  char separator_;
  std::string name_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 0;
  std::uint32_t next_line_ = 1;
};

// Of , ; and tab, what stands most often in the heading.
char separator_of(std::string_view text);

// `columns`: heading to field ("Wallet" to "address"); a heading that is a field's own name needs
// none. Columns without a field are left out. `more`: fields for every row.
// Errors (bad_input): too large, no text, no CSV, a mapped column that is not there, two columns
// for one field, no column for the address, a field nobody knows.
Result<TagPack> parse_csv(ByteView bytes, const std::string& name, const AddressTest& test,
                          const std::map<std::string, std::string>& columns, const Fields& more);

}  // namespace tracehound::tags
