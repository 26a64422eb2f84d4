// CSV as RFC 4180 has it, cut into pieces that threads read side by side: texts in double quotes
// may hold separators, line ends, and quotes, doubled. Lines may end in LF or CR LF; blank ones do
// not count. Pieces are cut as if no quote held a line end, which is nearly always so; one that
// ends inside quotes is read again together with those behind it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chains/transfers/rows.h"

namespace tracehound::chains::transfers {

// Of , ; tab and |, what stands most often in the first line.
char csv_separator(std::string_view text);

// A text cut behind line ends, about every `piece_bytes`, whether quotes enclose them or not.
class CsvPieces {
 public:
  CsvPieces(std::string_view text, std::size_t piece_bytes)
      : text_(text), piece_bytes_(piece_bytes) {}

  std::size_t count() const { return std::max<std::size_t>(text_.size() / piece_bytes_, 1); }
  // So many pieces from `first` on, or those that there are. A piece in which no line begins is
  // empty. REQUIRES: first < count(), many > 0.
  std::string_view pieces(std::size_t first, std::size_t many = 1) const;

 private:
  std::size_t at(std::size_t piece) const {
    return piece >= count() ? text_.size() : piece * piece_bytes_;
  }

  std::string_view text_;
  std::size_t piece_bytes_;
};

// Reads rows front to back.
class CsvRows {
 public:
  // REQUIRES: `text` outlives the cells. Unquoted cells are views of it; others of `held`.
  CsvRows(std::string_view text, char separator, std::deque<std::string>& held)
      : text_(text), separator_(separator), held_(held) {}

  // The next row's cells; false at the end, and at a quote that ends wrongly: `broken()` then.
  bool next(std::vector<std::string_view>& cells);
  bool broken() const { return broken_; }
  // Broken because the text ends inside quotes.
  bool unfinished() const { return unfinished_; }
  // Of the row last read, the first line's number; the text's first line is 0.
  std::uint64_t line() const { return line_; }
  std::uint64_t lines() const { return next_line_; }
  // The bytes read so far.
  std::size_t offset() const { return at_; }

 private:
  bool quoted(std::string_view& cell);
  void look(std::size_t at);
  std::size_t cell_end();

  std::string_view text_;
  char separator_;
  std::deque<std::string>& held_;
  std::size_t at_ = 0;
  // The 64 bytes, fewer at the text's end, before window_end_: which are separators and line ends.
  std::size_t window_end_ = 0;
  std::uint64_t ends_ = 0;
  std::uint64_t line_ = 0;
  std::uint64_t next_line_ = 0;
  bool broken_ = false;
  bool unfinished_ = false;
};

// Reads a piece of a file's rows (not its heading) into a batch. `columns`: how many cells a row
// has.
void read_csv_piece(std::string_view piece, char separator, RowReader& reader, RowBatch& batch);

}  // namespace tracehound::chains::transfers
