#include "chains/transfers/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tracehound::chains::transfers {

namespace {

constexpr std::size_t kWindow = 64;

// Which of 64 bytes are either character, the first in the lowest bit.
#ifdef __SSE2__
std::uint64_t either(const char* bytes, char a, char b) {
  const __m128i sixteen_a = _mm_set1_epi8(a);
  const __m128i sixteen_b = _mm_set1_epi8(b);
  auto of_sixteen = [&](int first) {
    __m128i some = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + first));
    __m128i equal = _mm_or_si128(_mm_cmpeq_epi8(some, sixteen_a), _mm_cmpeq_epi8(some, sixteen_b));
    return std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(equal))} << first;
  };
  return of_sixteen(0) | of_sixteen(16) | of_sixteen(32) | of_sixteen(48);
}
#else
std::uint64_t either(const char* bytes, char a, char b) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  constexpr std::uint64_t kLows = 0x7F * kOnes;
  // The high bit of every byte that is zero.
  auto zeros = [](std::uint64_t word) { return ~(((word & kLows) + kLows) | word | kLows); };
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < kWindow; i += 8) {
    auto word = load_le<std::uint64_t>(reinterpret_cast<const Byte*>(bytes + i));
    std::uint64_t equal =
        zeros(word ^ kOnes * static_cast<Byte>(a)) | zeros(word ^ kOnes * static_cast<Byte>(b));
    // The product brings the eight bits together in its highest byte.
    found |= ((equal >> 7) * 0x0102'0408'1020'4080 >> 56) << i;
  }
  return found;
}
#endif

}  // namespace

char csv_separator(std::string_view text) {
  std::string_view heading = text.substr(0, text.find('\n'));
  constexpr std::array<char, 4> kSeparators = {',', ';', '\t', '|'};
  return *std::ranges::max_element(kSeparators, {},
                                   [&](char c) { return std::ranges::count(heading, c); });
}

std::string_view CsvPieces::pieces(std::size_t first, std::size_t many) const {
  std::size_t begin = 0;
  if (first > 0) {
    // Of a line longer than pieces only the one that it begins in looks for the end.
    std::string_view piece = text_.substr(at(first) - 1, at(first + 1) - at(first));
    std::size_t line_end = piece.find('\n');
    if (line_end == std::string_view::npos) return {};
    begin = at(first) + line_end;
  }
  std::size_t line_end = std::string_view::npos;
  if (std::size_t next = first + many; next < count()) line_end = text_.find('\n', at(next) - 1);
  std::size_t end = line_end == std::string_view::npos ? text_.size() : line_end + 1;
  return text_.substr(begin, end - begin);
}

// Looks at the 64 bytes from `at` on, which are more than there may be.
void CsvRows::look(std::size_t at) {
  window_end_ = at + kWindow;
  if (window_end_ <= text_.size()) {
    ends_ = either(text_.data() + at, separator_, '\n');
  } else {
    std::array<char, kWindow> rest{};
    text_.copy(rest.data(), kWindow, at);
    ends_ = either(rest.data(), separator_, '\n');
  }
}

// The first separator or line end from at_ on; the text's end without one.
inline std::size_t CsvRows::cell_end() {
  for (std::size_t at = at_; at < text_.size(); at = window_end_) {
    if (at >= window_end_) look(at);
    std::uint64_t ends = ends_ >> (at + kWindow - window_end_);
    if (ends != 0) return at + static_cast<std::size_t>(std::countr_zero(ends));
  }
  return text_.size();
}

bool CsvRows::next(std::vector<std::string_view>& cells) {
  cells.clear();
  const char* data = text_.data();
  std::size_t size = text_.size();
  while (at_ < size && (data[at_] == '\n' || data[at_] == '\r')) next_line_ += data[at_++] == '\n';
  if (at_ >= size || broken_) return false;
  line_ = next_line_;
  for (;;) {
    if (at_ < size && data[at_] == '"') {
      if (!quoted(cells.emplace_back())) return false;
    } else {
      std::size_t start = at_;
      at_ = cell_end();
      std::size_t end = at_;
      if (end > start && data[end - 1] == '\r' && (at_ >= size || data[at_] == '\n')) --end;
      cells.emplace_back(data + start, end - start);
    }
    if (at_ >= size) return true;
    if (data[at_++] == '\n') {
      ++next_line_;
      return true;
    }
  }
}

// The cell behind the quote at at_; leaves at_ on the separator or line end that follows.
bool CsvRows::quoted(std::string_view& cell) {
  std::size_t start = ++at_;
  bool doubled = false;
  for (;; at_ += 2) {
    std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) {
      broken_ = true;
      unfinished_ = true;
      return false;
    }
    at_ = quote;
    if (quote + 1 >= text_.size() || text_[quote + 1] != '"') break;
    doubled = true;
  }
  cell = text_.substr(start, at_ - start);
  ++at_;
  next_line_ += static_cast<std::uint64_t>(std::ranges::count(cell, '\n'));
  if (doubled) {
    std::string& plain = held_.emplace_back();
    for (std::size_t i = 0; i < cell.size(); ++i) {
      plain.push_back(cell[i]);
      if (cell[i] == '"') ++i;
    }
    cell = plain;
  }
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  broken_ = at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n';
  return !broken_;
}

void read_csv_piece(std::string_view piece, char separator, RowReader& reader, RowBatch& batch) {
  CsvRows rows(piece, separator, batch.held);
  std::vector<std::string_view> cells;
  reader.begin_batch();
  constexpr std::size_t kLikelyRowBytes = 128;
  batch.rows.reserve(piece.size() / kLikelyRowBytes);
  auto refuse = [&](std::string what) {
    batch.wrong = std::move(what);
    batch.wrong_line = rows.line();
  };
  while (rows.next(cells)) {
    if (cells.size() != reader.columns()) {
      return refuse(
          fmt::format("{} cells where the heading has {}", cells.size(), reader.columns()));
    }
    if (auto wrong = reader.read(cells, rows.line(), batch)) return refuse(*wrong);
  }
  batch.unfinished = rows.unfinished();
  if (rows.broken()) return refuse("a quote that does not end where its cell does");
  batch.lines = rows.lines();
}

}  // namespace tracehound::chains::transfers
