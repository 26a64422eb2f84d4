#include "chains/transfers/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/bytes.h"
#include "base/parallel.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tracehound::chains::transfers {

namespace {

// The first place in [at, size) of either character; size without one. Sixteen bytes at a time,
// where the machine has an instruction for it, or eight.
std::size_t find_either(const char* data, std::size_t at, std::size_t size, char a, char b) {
#ifdef __SSE2__
  const __m128i sixteen_a = _mm_set1_epi8(a);
  const __m128i sixteen_b = _mm_set1_epi8(b);
  for (; size - at >= 16; at += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + at));
    __m128i equal =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, sixteen_a), _mm_cmpeq_epi8(bytes, sixteen_b));
    auto found = static_cast<unsigned>(_mm_movemask_epi8(equal));
    if (found != 0) return at + static_cast<std::size_t>(__builtin_ctz(found));
  }
#endif
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  constexpr std::uint64_t kHighs = 0x8080'8080'8080'8080;
  const std::uint64_t all_a = kOnes * static_cast<Byte>(a);
  const std::uint64_t all_b = kOnes * static_cast<Byte>(b);
  // The high bit of the first byte that is zero, and perhaps of later ones.
  auto zeros = [](std::uint64_t bytes) { return (bytes - kOnes) & ~bytes & kHighs; };
  for (; size - at >= 8; at += 8) {
    auto bytes = load_le<std::uint64_t>(reinterpret_cast<const Byte*>(data + at));
    std::uint64_t found = zeros(bytes ^ all_a) | zeros(bytes ^ all_b);
    if (found != 0) return at + static_cast<std::size_t>(__builtin_ctzll(found)) / 8;
  }
  while (at < size && data[at] != a && data[at] != b) ++at;
  return at;
}

std::uint64_t count_quotes(std::string_view text) {
  std::uint64_t quotes = 0;
  for (std::size_t at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 1)) {
    ++quotes;
  }
  return quotes;
}

}  // namespace

char csv_separator(std::string_view text) {
  std::string_view heading = text.substr(0, text.find('\n'));
  constexpr std::array<char, 4> kSeparators = {',', ';', '\t', '|'};
  return *std::ranges::max_element(kSeparators, {},
                                   [&](char c) { return std::ranges::count(heading, c); });
}

std::vector<std::size_t> csv_pieces(std::string_view text, std::size_t piece_bytes) {
  std::size_t pieces = std::max<std::size_t>(text.size() / piece_bytes, 1);
  auto at = [&](std::size_t piece) { return piece >= pieces ? text.size() : piece * piece_bytes; };
  std::vector<std::uint64_t> quotes(pieces);
  parallel_for(pieces, [&](std::size_t piece) {
    std::string_view part = text.substr(at(piece), at(piece + 1) - at(piece));
    quotes[piece] = count_quotes(part);
  });
  std::vector<std::size_t> starts{0};
  std::uint64_t before = quotes[0];
  for (std::size_t piece = 1; piece < pieces; before += quotes[piece++]) {
    bool inside = before % 2 == 1;
    std::size_t end = std::max(at(piece), starts.back());
    // To behind the next line end that no quotes enclose.
    if (end != at(piece)) continue;
    while (end < text.size() && (inside || text[end] != '\n')) inside ^= text[end++] == '"';
    if (end < text.size()) starts.push_back(end + 1);
  }
  starts.push_back(text.size());
  return starts;
}

bool CsvRows::next(std::vector<std::string_view>& cells) {
  cells.clear();
  const char* data = text_.data();
  std::size_t size = text_.size();
  while (at_ < size && (data[at_] == '\n' || data[at_] == '\r')) next_line_ += data[at_++] == '\n';
  if (at_ >= size || broken_) return false;
  line_ = next_line_;
  for (;;) {
    std::string_view cell;
    if (at_ < size && data[at_] == '"') {
      if (!quoted(cell)) return false;
    } else {
      std::size_t start = at_;
      at_ = find_either(data, at_, size, separator_, '\n');
      std::size_t end = at_;
      if (end > start && data[end - 1] == '\r' && (at_ >= size || data[at_] == '\n')) --end;
      cell = text_.substr(start, end - start);
    }
    cells.push_back(cell);
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
  if (rows.broken()) return refuse("a quote that does not end where its cell does");
  batch.lines = rows.lines();
}

}  // namespace tracehound::chains::transfers
