#include "chains/transfers/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>
#include <span>
#include <unordered_map>

#include "base/text.h"
#include "chains/transfers/block_filler.h"

namespace tracehound::chains::transfers {

namespace {

using ledger::accounts::Asset;
using ledger::accounts::BlockBatch;
using ledger::accounts::Writer;

std::string decimals_text(const Asset& asset) {
  return asset.decimals_known ? plural(asset.decimals, "decimal") : "no number of decimals";
}
bool same_decimals(const Asset& a, const Asset& b) {
  return a.decimals_known == b.decimals_known && a.decimals == b.decimals;
}

// Hands the list's blocks to the writer. Most of them are made already (block_filler.h); what is
// left are the rows of blocks that several batches have a part of.
class BlockTaker {
 public:
  BlockTaker(Writer& writer, const TransferMap& map, const RowSource& source,
             const IngestOptions& options, IngestReport& report)
      : writer_(writer), source_(source), options_(options), report_(report), filler_(map) {}

  std::optional<std::uint64_t> open_block() const {
    return rows_.empty() ? std::nullopt : std::optional(rows_.front()->block);
  }
  // Rows of one block, the open one if there is one. REQUIRES: they stay where they are until
  // close().
  void add(std::span<const ListedRow> rows) {
    for (const ListedRow& row : rows) rows_.push_back(&row);
  }
  // The batch's assets get numbers that hold for the whole list. Errors: other decimals than
  // before.
  Status adopt(const RowBatch& batch);
  // Rows of the batch that was adopted last get those numbers, and lines in the list.
  void settle(std::span<ListedRow> rows, std::uint64_t first_line) const {
    for (ListedRow& row : rows) {
      row.asset = numbers_[row.asset];
      row.line += first_line;
    }
  }
  // Adds the open block, if one is open.
  Status close();
  Status add_made(const RowBatch& batch);

 private:
  std::unexpected<Error> refuse(std::uint64_t line, const std::string& what) const {
    return bad_input(
        fmt::format("{}, {} {}: {}", source_.name(), source_.counted_in(), line, what));
  }
  std::unexpected<Error> refuse(const Contradiction& found, std::uint64_t first_line) const {
    return refuse(first_line + found.line,
                  fmt::format("contradicts {} {}: both are {}; correct the list",
                              source_.counted_in(), first_line + found.before, found.what));
  }
  Status append(const BlockBatch& blocks, std::span<const std::uint64_t> lines,
                std::uint64_t first_line);
  // With what the ledger has, which a list may leave out. The writer would refuse it too, and knows
  // no lines of assets.
  Status compare(const Asset& asset, const std::optional<Asset>& there, std::uint64_t line) const;

  Writer& writer_;
  const RowSource& source_;
  const IngestOptions& options_;
  IngestReport& report_;
  BlockFiller filler_;
  std::vector<Asset> assets_;
  std::unordered_map<std::string, std::uint32_t> asset_numbers_;
  std::vector<std::uint32_t> numbers_;  // of the assets of the batch at hand
  std::vector<const ListedRow*> rows_;  // of the block that is open, in the list's order
  BlockBatch block_;
  std::vector<std::uint64_t> lines_;
  std::uint64_t uncommitted_ = 0;
};

Status BlockTaker::adopt(const RowBatch& batch) {
  numbers_.clear();
  for (std::size_t i = 0; i < batch.assets.size(); ++i) {
    const Asset& asset = batch.assets[i];
    auto [known, is_new] =
        asset_numbers_.emplace(asset_key(asset), static_cast<std::uint32_t>(assets_.size()));
    const std::uint64_t line = batch.first_line + batch.asset_lines[i];
    if (is_new) {
      assets_.push_back(asset);
      TRY(compare(asset, writer_.asset(known->first), line));
    } else if (const Asset& before = assets_[known->second]; !same_decimals(before, asset)) {
      return refuse(line,
                    fmt::format("{} has {} here and {} before; correct the list", asset_key(asset),
                                decimals_text(asset), decimals_text(before)));
    }
    numbers_.push_back(known->second);
  }
  return {};
}

Status BlockTaker::compare(const Asset& asset, const std::optional<Asset>& there,
                           std::uint64_t line) const {
  if (!there || !there->decimals_known || !asset.decimals_known) return {};
  if (same_decimals(*there, asset)) return {};
  return refuse(line, fmt::format("{} has {} here and {} in the ledger; correct the list, or take "
                                  "it into a new ledger",
                                  asset_key(asset), decimals_text(asset), decimals_text(*there)));
}

Status BlockTaker::append(const BlockBatch& blocks, std::span<const std::uint64_t> lines,
                          std::uint64_t first_line) {
  if (blocks.empty()) return {};
  auto tip = writer_.tip();
  if (std::uint64_t number = blocks.blocks().front().block.number; tip && number <= tip->number) {
    return refuse(first_line + lines.front(),
                  fmt::format("block {} is not after the ledger's last one, {}; go back with "
                              "`tracehound ledger rewind`, or take the whole list into a new "
                              "ledger",
                              number, tip->number));
  }
  if (Status status = writer_.append(blocks); !status) {
    if (status.error().kind != ErrorKind::bad_input) return status;
    return refuse(first_line + lines[writer_.refused_transaction()], status.error().message);
  }
  report_.blocks += blocks.blocks().size();
  report_.transactions += blocks.transactions().size();
  report_.transfers += blocks.transfers().size();
  uncommitted_ += blocks.transfers().size();
  if (uncommitted_ < options_.commit_rows) return {};
  uncommitted_ = 0;
  return writer_.begin_commit();
}

Status BlockTaker::close() {
  if (rows_.empty()) return {};
  lines_.clear();
  block_.clear();
  if (auto wrong = filler_.fill(rows_, assets_, block_, lines_, report_.remarks)) {
    return refuse(*wrong, 0);
  }
  rows_.clear();
  return append(block_, lines_, 0);
}

Status BlockTaker::add_made(const RowBatch& batch) {
  const MadeBlocks& made = batch.made;
  report_.remarks += made.remarks;
  TRY(append(made.blocks, made.lines, batch.first_line));
  if (made.wrong) return refuse(*made.wrong, batch.first_line);
  return {};
}

// Each (account, label) once, in the list's order.
Status tell_labels(RowSource& source, const OnLabel& on_label) {
  if (!on_label) return {};
  std::set<std::pair<std::string, std::string>> told;
  auto tell = [&](const KeyedName& account, std::string_view label) {
    if (account.empty() || label.empty()) return;
    std::string name = account.text();
    if (told.emplace(name, label).second) on_label(name, label);
  };
  return source.each([](RowBatch&) {},
                     [&](RowBatch&& batch) {
                       for (const ListedRow& row : batch.rows) {
                         tell(row.from, row.from_label);
                         tell(row.to, row.to_label);
                       }
                       source.give_back(std::move(batch));
                       return true;
                     });
}

// The list as it comes. False: it is not in order.
Result<bool> stream(RowSource& source, const TransferMap& map, BlockTaker& taker,
                    IngestReport& report) {
  bool ordered = true;
  std::uint64_t last = 0;
  // A block's rows may come in several batches, and point into them.
  std::deque<RowBatch> waiting;
  auto close = [&]() -> Status {
    TRY(taker.close());
    for (RowBatch& batch : waiting) source.give_back(std::move(batch));
    waiting.clear();
    return {};
  };
  auto take = [&](RowBatch& batch) -> Status {
    std::span rows(batch.rows);
    report.rows += rows.size();
    auto first = rows.first(batch.made.first_row);
    auto rest = rows.subspan(batch.made.end_row);
    TRY(taker.adopt(batch));
    taker.settle(first, batch.first_line);
    taker.settle(rest, batch.first_line);
    if (taker.open_block() && *taker.open_block() != rows.front().block) TRY(close());
    taker.add(first);
    if (first.size() < rows.size()) {
      TRY(close());
      TRY(taker.add_made(batch));
      taker.add(rest);
    }
    last = rows.back().block;
    return {};
  };
  Status status;
  Status read = source.each([&map](RowBatch& batch) { make_blocks(map, batch); },
                            [&](RowBatch&& batch) {
                              if (batch.rows.empty()) return true;
                              ordered = batch.ascending && batch.rows.front().block >= last;
                              if (!ordered) return false;
                              status = take(batch);
                              waiting.push_back(std::move(batch));
                              return status.has_value();
                            });
  if (!ordered) return false;
  TRY(read);
  TRY(status);
  TRY(taker.close());
  return true;
}

// The whole list in memory, sorted.
Status sort_and_take(RowSource& source, BlockTaker& taker, IngestReport& report) {
  std::deque<RowBatch> batches;  // which moves none of them: rows point into them
  std::vector<const ListedRow*> rows;
  Status status;
  Status read = source.each([](RowBatch&) {},
                            [&](RowBatch&& batch) {
                              status = taker.adopt(batch);
                              if (!status) return false;
                              taker.settle(batch.rows, batch.first_line);
                              batch.rows.shrink_to_fit();
                              for (const ListedRow& row : batch.rows) rows.push_back(&row);
                              batches.push_back(std::move(batch));
                              return true;
                            });
  TRY(read);
  TRY(status);
  std::ranges::stable_sort(rows, {}, &ListedRow::block);
  for (const ListedRow* row : rows) {
    if (taker.open_block() && *taker.open_block() != row->block) TRY(taker.close());
    taker.add(std::span(row, 1));
    ++report.rows;
  }
  report.sorted = true;
  return taker.close();
}

Result<IngestReport> take_list(Writer& writer, const TransferMap& map, RowSource& source,
                               const IngestOptions& options, const OnLabel& on_label,
                               const BeforeCommit& before_commit) {
  std::uint64_t before = writer.committed().blocks;
  IngestReport report;
  BlockTaker taker(writer, map, source, options, report);
  TRY_ASSIGN(bool ordered, stream(source, map, taker, report));
  if (!ordered) {
    TRY(writer.rewind(before));
    report = {};
    BlockTaker sorting(writer, map, source, options, report);
    TRY(sort_and_take(source, sorting, report));
  }
  if (report.rows == 0) return bad_input(fmt::format("{} has no rows", source.name()));
  TRY(tell_labels(source, on_label));
  if (before_commit) TRY(before_commit());
  TRY(writer.commit());
  report.counts = writer.committed();
  return report;
}

}  // namespace

void RowSource::give_back(RowBatch&& batch) {
  batch.clear();
  std::lock_guard hold(unused_mutex_);
  unused_.push_back(std::move(batch));
}

RowBatch RowSource::unused_batch() {
  std::lock_guard hold(unused_mutex_);
  if (unused_.empty()) return {};
  RowBatch batch = std::move(unused_.back());
  unused_.pop_back();
  return batch;
}

Result<IngestReport> ingest_transfers(FileSystem& files, const std::string& folder,
                                      const TransferMap& map, RowSource& source,
                                      const IngestOptions& options, const OnLabel& on_label,
                                      const BeforeCommit& before_commit) {
  TRY_ASSIGN(Writer writer,
             Writer::open(files, folder, map.chain, {.table_bytes = options.memory_bytes}));
  std::uint64_t before = writer.committed().blocks;
  auto report = take_list(writer, map, source, options, on_label, before_commit);
  if (!report) TRY(writer.rewind(before));
  return report;
}

}  // namespace tracehound::chains::transfers
