// CSV as RFC 4180 has it, cut into pieces that threads read side by side: texts in double quotes
// may hold separators, line ends, and quotes, doubled. Lines may end in LF or CR LF; blank ones do
// not count. Where a piece begins depends on how many quotes stand before it, so those are counted
// first, which costs a fraction of the reading.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "chains/transfers/rows.h"

namespace tracehound::chains::transfers {

// Of , ; tab and |, what stands most often in the first line.
char csv_separator(std::string_view text);

// The offsets at which the pieces begin, each at the start of a row, about `piece_bytes` apart; the
// last is the end of the text.
std::vector<std::size_t> csv_pieces(std::string_view text, std::size_t piece_bytes);

// Reads rows front to back.
class CsvRows {
 public:
  // REQUIRES: `text` outlives the cells. Unquoted cells are views of it; others of `held`.
  CsvRows(std::string_view text, char separator, std::deque<std::string>& held)
      : text_(text), separator_(separator), held_(held) {}

  // The next row's cells; false at the end, and at a quote that ends wrongly: `broken()` then.
  bool next(std::vector<std::string_view>& cells);
  bool broken() const { return broken_; }
  // Of the row last read, the first line's number; the text's first line is 0.
  std::uint64_t line() const { return line_; }
  std::uint64_t lines() const { return next_line_; }
  // The bytes read so far.
  std::size_t offset() const { return at_; }

 private:
  bool quoted(std::string_view& cell);

  std::string_view text_;
  char separator_;
  std::deque<std::string>& held_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 0;
  std::uint64_t next_line_ = 0;
  bool broken_ = false;
};

// Reads a piece of a file's rows (not its heading) into a batch. `columns`: how many cells a row
// has.
void read_csv_piece(std::string_view piece, char separator, RowReader& reader, RowBatch& batch);

}  // namespace tracehound::chains::transfers
