#include <fmt/format.h>

#include <algorithm>

#include "chains/transfers/ingest.h"
#include "chains/transfers/parquet.h"

namespace tracehound::chains::transfers {

namespace {

constexpr std::size_t kBatchRows = 1U << 15;

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
    reader_->begin_batch();
    RowBatch batch;
    batch.first_line = 1;
    std::uint64_t row = 1;
    std::string wrong;
    bool more = true;
    Status status = table_->each(wanted_, [&](const TextChunk& chunk) {
      if (auto clause = read(chunk, row, batch)) {
        wrong = fmt::format("{}, row {}: {}", table_->path(), row + batch.wrong_line, *clause);
        return false;
      }
      row += chunk.rows();
      if (batch.rows.size() >= kBatchRows) {
        beside(batch);
        more = take(std::exchange(batch, {}));
        batch.first_line = row;
        reader_->begin_batch();
      }
      return more;
    });
    TRY(status);
    if (!wrong.empty()) return bad_input(wrong);
    if (more && !batch.rows.empty()) {
      beside(batch);
      take(std::move(batch));
    }
    return {};
  }
  std::uint64_t bytes() const override { return table_->bytes(); }
  const std::string& name() const override { return table_->path(); }
  std::string_view counted_in() const override { return "row"; }

 private:
  // The chunk's texts move into the batch; its first row is number `first`.
  std::optional<std::string> read(const TextChunk& chunk, std::uint64_t first, RowBatch& batch) {
    std::size_t size = 0;
    for (std::size_t column = 0; column < wanted_.size(); ++column) {
      for (std::size_t i = 0; i < chunk.rows(); ++i) size += chunk.cell(column, i).size();
    }
    std::string& held = batch.held.emplace_back();
    held.reserve(size);
    cells_.assign(heading_.size(), {});
    for (std::size_t i = 0; i < chunk.rows(); ++i) {
      for (std::size_t column = 0; column < wanted_.size(); ++column) {
        std::string_view cell = chunk.cell(column, i);
        std::size_t start = held.size();
        held.append(cell);
        cells_[wanted_[column]] = std::string_view(held).substr(start);
      }
      batch.wrong_line = i;
      if (auto wrong = reader_->read(cells_, first + i - batch.first_line, batch)) return wrong;
    }
    return std::nullopt;
  }

  std::unique_ptr<ParquetTable> table_;
  std::vector<std::string_view> heading_;
  std::vector<std::size_t> wanted_;
  std::vector<std::string_view> cells_;
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
