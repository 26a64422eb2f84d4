#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/parallel.h"
#include "chains/transfers/ingest.h"
#include "chains/transfers/parquet.h"

namespace tracehound::chains::transfers {

namespace {

// Rows are read in pieces of about so many.
constexpr std::size_t kPieceRows = 1U << 13;

class ParquetSource final : public RowSource {
 public:
  explicit ParquetSource(std::unique_ptr<ParquetTable> table) : table_(std::move(table)) {}

  Status open(const TransferMap& map) {
    heading_.assign(table_->columns().begin(), table_->columns().end());
    auto reader = RowReader::make(map, heading_, table_->path());
    if (!reader) return std::unexpected(reader.error());
    reader_ = std::make_unique<RowReader>(std::move(*reader));
    for (std::size_t i = 0; i < heading_.size(); ++i) {
      if (!std::ranges::any_of(map.fields, [&](auto& f) { return f.column == heading_[i]; })) {
        continue;
      }
      if (table_->is_nested(i)) {
        return bad_input(
            fmt::format("{}: column {} holds {}, and a column of the map holds one value a row",
                        table_->path(), heading_[i], table_->type(i)));
      }
      wanted_.push_back(i);
    }
    return {};
  }

  Status each(const std::function<void(RowBatch&)>& beside,
              const std::function<bool(RowBatch&&)>& take) override {
    TRY_ASSIGN(auto rows, table_->read(wanted_));
    std::size_t window = 2 * std::size_t{thread_limit()} + 2;
    std::vector<Piece> pieces(window);
    std::uint64_t next_row = 1;
    Status status;
    // DuckDB gives its rows to one at a time; what is made of them is made side by side.
    auto begin = [&](std::size_t i) {
      Piece& piece = pieces[i % window];
      piece.first_row = next_row;
      piece.failed = {};
      for (std::uint64_t end = next_row + kPieceRows; next_row < end;) {
        auto chunk = rows.next();
        if (!chunk) piece.failed = std::unexpected(chunk.error());
        if (!chunk || !*chunk) break;
        next_row += (*chunk)->rows();
        piece.chunks.push_back(**std::move(chunk));
      }
      return !piece.chunks.empty() || !piece.failed;
    };
    auto make = [&](std::size_t i) {
      pieces[i % window].batch = unused_batch();
      read(pieces[i % window]);
      if (pieces[i % window].batch.wrong.empty()) beside(pieces[i % window].batch);
    };
    pipeline(begin, window, make, [&](std::size_t i) {
      Piece& piece = pieces[i % window];
      RowBatch batch = std::exchange(piece.batch, {});
      if (!batch.wrong.empty()) {
        status = bad_input(fmt::format("{}, row {}: {}", table_->path(),
                                       batch.first_line + batch.wrong_line, batch.wrong));
        return false;
      }
      if (!batch.rows.empty() && !take(std::move(batch))) return false;
      status = piece.failed;
      return status.has_value();
    });
    return status;
  }
  std::uint64_t bytes() const override { return table_->bytes(); }
  const std::string& name() const override { return table_->path(); }
  std::string_view counted_in() const override { return "row"; }

 private:
  // Rows that were read at once, and what is made of them.
  struct Piece {
    std::vector<TextChunk> chunks;
    std::uint64_t first_row = 0;
    Status failed;  // behind the chunks
    RowBatch batch;
  };

  void read(Piece& piece) const {
    RowBatch& batch = piece.batch;
    batch.first_line = piece.first_row;
    RowReader reader = *reader_;
    reader.begin_batch();
    std::vector<std::string_view> cells(heading_.size());
    std::uint64_t line = 0;
    for (const TextChunk& chunk : std::exchange(piece.chunks, {})) {
      batch.kept.push_back(chunk.memory());
      for (std::size_t row = 0; row < chunk.rows(); ++row, ++line) {
        for (std::size_t column = 0; column < wanted_.size(); ++column) {
          cells[wanted_[column]] = chunk.cell(column, row);
        }
        if (auto wrong = reader.read(cells, line, batch)) {
          batch.wrong = *wrong;
          batch.wrong_line = line;
          return;
        }
      }
    }
  }

  std::unique_ptr<ParquetTable> table_;
  std::vector<std::string_view> heading_;
  std::vector<std::size_t> wanted_;
  std::unique_ptr<RowReader> reader_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_parquet(FileSystem& files, const std::string& path,
                                                const std::string& library,
                                                const TransferMap& map) {
  TRY_ASSIGN(auto table, ParquetTable::open(files, path, library));
  auto source = std::make_unique<ParquetSource>(std::move(table));
  TRY(source->open(map));
  return source;
}

}  // namespace tracehound::chains::transfers
