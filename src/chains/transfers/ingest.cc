#include "chains/transfers/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <deque>
#include <numeric>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>

#include "chains/transfers/pass_order.h"

namespace tracehound::chains::transfers {

namespace {

using ledger::accounts::Asset;
using ledger::accounts::BlockRows;
using ledger::accounts::TransferRow;
using ledger::accounts::TxRow;
using ledger::accounts::Writer;

std::string key_of(const Asset& asset) {
  return asset.contract.empty() ? asset.symbol : asset.contract;
}

// Everything of a row but its place in the list and in its transaction.
auto content(const ListedRow& row) {
  return std::tuple(row.from, row.to, row.asset, row.amount, row.time, row.usd_micro, row.tx);
}
struct ByContent {
  bool operator()(const ListedRow* a, const ListedRow* b) const {
    return content(*a) < content(*b);
  }
};
bool same(const ListedRow& a, const ListedRow& b) { return content(a) == content(b); }

// Gathers the rows of one block and hands it to the writer.
class BlockMaker {
 public:
  BlockMaker(Writer& writer, const TransferMap& map, const RowSource& source,
             const IngestOptions& options, IngestReport& report)
      : writer_(writer), map_(map), source_(source), options_(options), report_(report) {}

  std::optional<std::uint64_t> open_block() const {
    return rows_.empty() ? std::nullopt : std::optional(rows_.front()->block);
  }
  // REQUIRES: the row stays where it is until close().
  void add(const ListedRow& row) { rows_.push_back(&row); }
  // The batch's assets get numbers that hold for the whole list. Errors: other decimals than
  // before.
  Status adopt(RowBatch& batch);
  Status close();

 private:
  std::unexpected<Error> refuse(std::uint64_t line, const std::string& what) const {
    return bad_input(
        fmt::format("{}, {} {}: {}", source_.name(), source_.counted_in(), line, what));
  }
  void group_rows();
  Status order_rows();
  Status keep_positions(std::span<const ListedRow*> group);
  void keep_all(std::span<const ListedRow*> group);
  void fill_block();
  ledger::accounts::NameRef block_name(const ListedName& name) {
    return block_.add_name(name.kind, name.payload(), name.key);
  }
  std::uint32_t block_asset(std::uint32_t asset);

  Writer& writer_;
  const TransferMap& map_;
  const RowSource& source_;
  const IngestOptions& options_;
  IngestReport& report_;
  std::vector<Asset> assets_;
  std::unordered_map<std::string, std::uint32_t> asset_numbers_;
  std::vector<const ListedRow*> rows_;  // of the block that is open, in the list's order
  std::vector<const ListedRow*> kept_;
  // Its transactions in the order of first naming: of each row which, of each where its rows end
  // in grouped_, and by hash which there are.
  std::vector<std::uint32_t> tx_of_;
  std::vector<std::size_t> ends_;
  std::vector<const ListedRow*> grouped_;
  std::vector<std::uint32_t> by_hash_;
  BlockRows block_;
  std::vector<std::uint32_t> block_assets_;
  std::uint64_t uncommitted_ = 0;
};

Status BlockMaker::adopt(RowBatch& batch) {
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < batch.assets.size(); ++i) {
    const Asset& asset = batch.assets[i];
    auto [known, is_new] =
        asset_numbers_.emplace(key_of(asset), static_cast<std::uint32_t>(assets_.size()));
    if (is_new) {
      assets_.push_back(asset);
    } else if (const Asset& before = assets_[known->second];
               before.decimals != asset.decimals || before.decimals_known != asset.decimals_known) {
      auto row = std::ranges::find(batch.rows, i, &ListedRow::asset);
      return refuse(row->line, fmt::format("{} has {} decimals here and {} before", key_of(asset),
                                           asset.decimals, before.decimals));
    }
    numbers.push_back(known->second);
  }
  for (ListedRow& row : batch.rows) row.asset = numbers[row.asset];
  return {};
}

// Rows of one transaction side by side, transactions in the order of first naming.
void BlockMaker::group_rows() {
  constexpr std::uint32_t kNone = ~std::uint32_t{0};
  by_hash_.assign(std::bit_ceil(2 * rows_.size()), kNone);
  tx_of_.clear();
  ends_.clear();
  grouped_.clear();  // the first row of each transaction, for now
  for (const ListedRow* row : rows_) {
    std::uint64_t place = row->tx.key;
    for (;; ++place) {
      std::uint32_t& tx = by_hash_[place & (by_hash_.size() - 1)];
      if (tx != kNone && !(grouped_[tx]->tx == row->tx)) continue;
      if (tx == kNone) {
        tx = static_cast<std::uint32_t>(ends_.size());
        ends_.push_back(0);
        grouped_.push_back(row);
      }
      tx_of_.push_back(tx);
      ++ends_[tx];
      break;
    }
  }
  if (ends_.size() < rows_.size()) {
    std::exclusive_scan(ends_.begin(), ends_.end(), ends_.begin(), std::size_t{0});
    grouped_.resize(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) grouped_[ends_[tx_of_[i]]++] = rows_[i];
  } else {
    std::iota(ends_.begin(), ends_.end(), std::size_t{1});
  }
}

// What is kept of the rows: by transaction, and inside one by position.
Status BlockMaker::order_rows() {
  group_rows();
  kept_.clear();
  std::size_t start = 0;
  for (std::size_t end : ends_) {
    std::span group = std::span(grouped_).subspan(start, end - start);
    if (group.size() == 1) {
      kept_.push_back(group[0]);
    } else if (map_.has(Field::position)) {
      TRY(keep_positions(group));
    } else {
      keep_all(group);
    }
    start = end;
  }
  return {};
}

Status BlockMaker::keep_positions(std::span<const ListedRow*> group) {
  std::ranges::stable_sort(group, {}, &ListedRow::position);
  for (std::size_t i = 0; i < group.size(); ++i) {
    const ListedRow& row = *group[i];
    if (i == 0 || row.position != kept_.back()->position) {
      kept_.push_back(&row);
    } else if (same(*kept_.back(), row)) {
      ++report_.repeats_skipped;
    } else {
      return refuse(row.line, fmt::format("contradicts {} {}: both are position {} of "
                                          "transaction {}; correct the list",
                                          source_.counted_in(), kept_.back()->line, row.position,
                                          row.tx.text()));
    }
  }
  return {};
}

// Without positions two rows that are the same may be one payment told twice, or two payments.
void BlockMaker::keep_all(std::span<const ListedRow*> group) {
  order_by_passing_on(group);
  std::set<const ListedRow*, ByContent> seen;
  for (const ListedRow* row : group) {
    bool repeated = !seen.insert(row).second;
    if (repeated) ++(map_.skip_repeats ? report_.repeats_skipped : report_.repeats_kept);
    if (!repeated || !map_.skip_repeats) kept_.push_back(row);
  }
}

std::uint32_t BlockMaker::block_asset(std::uint32_t asset) {
  auto known = std::ranges::find(block_assets_, asset);
  auto number = static_cast<std::uint32_t>(known - block_assets_.begin());
  if (known == block_assets_.end()) {
    block_assets_.push_back(asset);
    block_.assets.push_back(assets_[asset]);
  }
  return number;
}

void BlockMaker::fill_block() {
  block_.clear();
  block_assets_.clear();
  block_.block.number = kept_.front()->block;
  block_.block.time = kept_.front()->time;
  bool positions = map_.has(Field::position);
  const ListedName* tx = nullptr;
  for (const ListedRow* each : kept_) {
    const ListedRow& row = *each;
    if (tx == nullptr || !(row.tx == *tx)) {
      tx = &row.tx;
      block_.transactions.emplace_back().id = block_name(row.tx);
    }
    std::uint32_t number = block_.transactions.back().transfers++;
    TransferRow& transfer = block_.transfers.emplace_back();
    transfer.from = block_name(row.from);
    transfer.to = block_name(row.to);
    transfer.asset = block_asset(row.asset);
    transfer.position = positions ? row.position : number;
    transfer.amount = row.amount;
    transfer.usd_micro = row.usd_micro;
  }
}

Status BlockMaker::close() {
  if (rows_.empty()) return {};
  TRY(order_rows());
  fill_block();
  auto tip = writer_.tip();
  if (tip && block_.block.number <= tip->number) {
    return refuse(rows_.front()->line,
                  fmt::format("block {} is not after the ledger's last one, {}; go back with "
                              "`tracehound ledger rewind`, or take the whole list into a new "
                              "ledger",
                              block_.block.number, tip->number));
  }
  if (Status status = writer_.append(block_); !status) {
    return status.error().kind == ErrorKind::bad_input
               ? refuse(rows_.front()->line, status.error().message)
               : status;
  }
  ++report_.blocks;
  report_.transactions += block_.transactions.size();
  report_.transfers += block_.transfers.size();
  uncommitted_ += block_.transfers.size();
  rows_.clear();
  if (uncommitted_ < options_.commit_rows) return {};
  uncommitted_ = 0;
  return writer_.begin_commit();
}

// Each (account, label) once, in the list's order.
Status tell_labels(RowSource& source, const OnLabel& on_label) {
  if (!on_label) return {};
  std::set<std::pair<std::string, std::string>> told;
  return source.each([&](RowBatch&& batch) {
    for (const ListedRow& row : batch.rows) {
      for (auto [account, label] :
           {std::pair(row.from, row.from_label), std::pair(row.to, row.to_label)}) {
        if (account.empty() || label.empty()) continue;
        std::string name = account.text();
        if (told.emplace(name, label).second) on_label(name, label);
      }
    }
    return true;
  });
}

// The list as it comes. False: it is not in order.
Result<bool> stream(RowSource& source, BlockMaker& maker, IngestReport& report) {
  bool ordered = true;
  Status status;
  // A block's rows may come in several batches, and point into them.
  std::deque<RowBatch> waiting;
  std::uint64_t last = 0;
  Status read = source.each([&](RowBatch&& batch) {
    status = maker.adopt(batch);
    if (!status) return false;
    for (const ListedRow& row : batch.rows) {
      if (row.block < last) {
        ordered = false;
        return false;
      }
      if (row.block != last && maker.open_block()) {
        status = maker.close();
        if (!status) return false;
        waiting.clear();
      }
      last = row.block;
      maker.add(row);
      ++report.rows;
    }
    waiting.push_back(std::move(batch));
    return true;
  });
  if (!ordered) return false;
  TRY(read);
  TRY(status);
  TRY(maker.close());
  return true;
}

// The whole list in memory, sorted.
Status sort_and_take(RowSource& source, BlockMaker& maker, IngestReport& report) {
  std::deque<RowBatch> batches;  // which moves none of them: rows point into them
  std::vector<const ListedRow*> rows;
  Status status;
  Status read = source.each([&](RowBatch&& batch) {
    status = maker.adopt(batch);
    if (!status) return false;
    batch.rows.shrink_to_fit();
    for (const ListedRow& row : batch.rows) rows.push_back(&row);
    batches.push_back(std::move(batch));
    return true;
  });
  TRY(read);
  TRY(status);
  std::ranges::stable_sort(rows, {}, &ListedRow::block);
  for (const ListedRow* row : rows) {
    if (maker.open_block() && *maker.open_block() != row->block) TRY(maker.close());
    maker.add(*row);
    ++report.rows;
  }
  report.sorted = true;
  return maker.close();
}

Result<IngestReport> take_list(Writer& writer, const TransferMap& map, RowSource& source,
                               const IngestOptions& options) {
  std::uint64_t before = writer.committed().blocks;
  IngestReport report;
  BlockMaker maker(writer, map, source, options, report);
  TRY_ASSIGN(bool ordered, stream(source, maker, report));
  if (!ordered) {
    TRY(writer.rewind(before));
    report = {};
    BlockMaker sorting(writer, map, source, options, report);
    TRY(sort_and_take(source, sorting, report));
  }
  if (report.rows == 0) return bad_input(fmt::format("{} has no rows", source.name()));
  TRY(writer.commit());
  return report;
}

}  // namespace

Result<IngestReport> ingest_transfers(FileSystem& files, const std::string& folder,
                                      const TransferMap& map, RowSource& source,
                                      const IngestOptions& options, const OnLabel& on_label) {
  TRY_ASSIGN(Writer writer,
             Writer::open(files, folder, map.chain, {.table_bytes = options.memory_bytes}));
  std::uint64_t before = writer.committed().blocks;
  auto report = take_list(writer, map, source, options);
  if (report) {
    report->counts = writer.committed();
    TRY(tell_labels(source, on_label));
    return report;
  }
  TRY(writer.rewind(before));
  return report;
}

}  // namespace tracehound::chains::transfers
