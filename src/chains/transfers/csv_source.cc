#include <fmt/format.h>

#include <algorithm>

#include "base/parallel.h"
#include "chains/transfers/csv.h"
#include "chains/transfers/ingest.h"

namespace tracehound::chains::transfers {

namespace {

class CsvSource final : public RowSource {
 public:
  CsvSource(std::string path, std::unique_ptr<Mapping> map, std::size_t piece_bytes)
      : path_(std::move(path)), map_(std::move(map)), piece_bytes_(piece_bytes) {
    text_ = {reinterpret_cast<const char*>(map_->bytes().data()), map_->bytes().size()};
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  Status open(const TransferMap& map) {
    separator_ = csv_separator(text_);
    CsvRows rows(text_, separator_, held_);
    std::vector<std::string_view> heading;
    if (!rows.next(heading)) return bad_input(fmt::format("{} has no heading", path_));
    heading_lines_ = rows.lines();
    auto reader = RowReader::make(map, heading, path_);
    if (!reader) return std::unexpected(reader.error());
    reader_ = std::make_unique<RowReader>(std::move(*reader));
    text_.remove_prefix(rows.offset());
    return {};
  }

  Status each(const std::function<void(RowBatch&)>& beside,
              const std::function<bool(RowBatch&&)>& take) override {
    CsvPieces pieces(text_, piece_bytes_);
    std::size_t window = 2 * std::size_t{thread_limit()} + 2;
    std::vector<RowBatch> batches(window);
    std::uint64_t lines = heading_lines_ + 1;
    std::size_t taken = 0;  // pieces
    Status status;
    auto read = [&](std::size_t first, std::size_t many, RowBatch& batch) {
      RowReader reader = *reader_;
      read_csv_piece(pieces.pieces(first, many), separator_, reader, batch);
      if (batch.wrong.empty()) beside(batch);
    };
    pipeline(
        pieces.count(), window,
        [&](std::size_t i) { read(i, 1, batches[i % window] = unused_batch()); },
        [&](std::size_t i) {
          RowBatch batch = std::move(batches[i % window]);
          if (i < taken) {
            give_back(std::move(batch));
            return true;
          }
          std::size_t many = 1;
          for (; batch.unfinished && i + many < pieces.count(); many *= 2) {
            batch.clear();
            read(i, 2 * many, batch);
          }
          taken = i + many;
          batch.first_line = lines;
          if (!batch.wrong.empty()) {
            status = bad_input(
                fmt::format("{}, line {}: {}", path_, lines + batch.wrong_line, batch.wrong));
            return false;
          }
          lines += batch.lines;
          return take(std::move(batch));
        });
    return status;
  }
  std::uint64_t bytes() const override { return map_->bytes().size(); }
  const std::string& name() const override { return path_; }

 private:
  std::string path_;
  std::unique_ptr<Mapping> map_;
  std::size_t piece_bytes_;
  std::string_view text_;
  char separator_ = ',';
  std::uint64_t heading_lines_ = 0;
  std::deque<std::string> held_;
  std::unique_ptr<RowReader> reader_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_csv(FileSystem& files, const std::string& path,
                                            const TransferMap& map, std::size_t piece_bytes) {
  auto mapping = files.map(path);
  if (!mapping) return bad_input(mapping.error().message);
  auto source = std::make_unique<CsvSource>(path, std::move(*mapping), piece_bytes);
  TRY(source->open(map));
  return source;
}

}  // namespace tracehound::chains::transfers
