#include "chains/transfers/block_filler.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>

#include "chains/transfers/pass_order.h"

namespace tracehound::chains::transfers {

namespace {

using ledger::accounts::Asset;
using ledger::accounts::BlockBatch;
using ledger::accounts::TransferKind;

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

// Assets that are written in several ways get the first one's number.
void join_assets(RowBatch& batch) {
  if (batch.assets.size() < 2) return;
  std::unordered_map<std::string, std::uint32_t> known;
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < batch.assets.size(); ++i) {
    numbers.push_back(known.emplace(asset_key(batch.assets[i]), i).first->second);
  }
  if (known.size() == numbers.size()) return;
  for (ListedRow& row : batch.rows) row.asset = numbers[row.asset];
}

}  // namespace

std::string asset_key(const Asset& asset) {
  return asset.contract.empty() ? asset.symbol : asset.contract;
}

std::optional<Contradiction> BlockFiller::fill(std::span<const ListedRow* const> rows,
                                               std::span<const Asset> assets, BlockBatch& blocks,
                                               std::vector<std::uint64_t>& lines,
                                               Remarks& remarks) {
  group(rows);
  if (auto wrong = order(remarks)) return wrong;
  blocks.begin_block({kept_.front()->block, kept_.front()->time, {}});
  bool positions = map_.has(Field::position);
  const KeyedName* tx = nullptr;
  std::uint32_t number = 0;
  for (const ListedRow* each : kept_) {
    const ListedRow& row = *each;
    if (row.time != kept_.front()->time) ++remarks.other_times;
    if (tx == nullptr || !(row.tx == *tx)) {
      tx = &row.tx;
      number = 0;
      blocks.add_transaction(row.tx);
      lines.push_back(row.line);
    }
    lines.back() = std::min(lines.back(), row.line);
    blocks.add_transfer(row.from, row.to, asset_in(blocks, row.asset, assets), row.amount,
                        TransferKind::listed, positions ? row.position : number, row.usd_micro);
    ++number;
  }
  return std::nullopt;
}

// Rows of one transaction side by side, transactions in the order of first naming.
void BlockFiller::group(std::span<const ListedRow* const> rows) {
  constexpr std::uint32_t kNone = ~std::uint32_t{0};
  by_hash_.assign(std::bit_ceil(2 * rows.size()), kNone);
  tx_of_.clear();
  ends_.clear();
  grouped_.clear();  // the first row of each transaction, for now
  for (const ListedRow* row : rows) {
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
  if (ends_.size() < rows.size()) {
    std::exclusive_scan(ends_.begin(), ends_.end(), ends_.begin(), std::size_t{0});
    grouped_.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) grouped_[ends_[tx_of_[i]]++] = rows[i];
  } else {
    std::iota(ends_.begin(), ends_.end(), std::size_t{1});
  }
}

// What is kept of the rows: by transaction, and inside one by position.
std::optional<Contradiction> BlockFiller::order(Remarks& remarks) {
  kept_.clear();
  std::size_t start = 0;
  for (std::size_t end : ends_) {
    std::span group = std::span(grouped_).subspan(start, end - start);
    if (group.size() == 1) {
      kept_.push_back(group[0]);
    } else if (map_.has(Field::position)) {
      if (auto wrong = keep_positions(group, remarks)) return wrong;
    } else {
      keep_all(group, remarks);
    }
    start = end;
  }
  return std::nullopt;
}

std::optional<Contradiction> BlockFiller::keep_positions(std::span<const ListedRow*> group,
                                                         Remarks& remarks) {
  std::ranges::stable_sort(group, {}, &ListedRow::position);
  for (std::size_t i = 0; i < group.size(); ++i) {
    const ListedRow& row = *group[i];
    if (i == 0 || row.position != kept_.back()->position) {
      kept_.push_back(&row);
    } else if (same(*kept_.back(), row)) {
      ++remarks.skipped;
    } else {
      return Contradiction{
          row.line, kept_.back()->line,
          fmt::format("position {} of transaction {}", row.position, row.tx.text())};
    }
  }
  return std::nullopt;
}

// Without positions two rows that are the same may be one payment told twice, or two payments.
void BlockFiller::keep_all(std::span<const ListedRow*> group, Remarks& remarks) {
  order_by_passing_on(group);
  std::set<const ListedRow*, ByContent> seen;
  for (const ListedRow* row : group) {
    bool repeated = !seen.insert(row).second;
    if (repeated) ++(map_.skip_repeats ? remarks.skipped : remarks.kept);
    if (!repeated || !map_.skip_repeats) kept_.push_back(row);
  }
}

std::uint32_t BlockFiller::asset_in(BlockBatch& blocks, std::uint32_t asset,
                                    std::span<const Asset> assets) {
  constexpr std::uint32_t kNone = ~std::uint32_t{0};
  if (blocks.assets().empty()) {
    for (std::uint32_t used : used_assets_) asset_numbers_[used] = kNone;
    used_assets_.clear();
  }
  if (asset_numbers_.size() < assets.size()) asset_numbers_.resize(assets.size(), kNone);
  std::uint32_t& number = asset_numbers_[asset];
  if (number == kNone) {
    number = blocks.add_asset(assets[asset]);
    used_assets_.push_back(asset);
  }
  return number;
}

void make_blocks(const TransferMap& map, RowBatch& batch) {
  join_assets(batch);
  const auto& rows = batch.rows;
  batch.ascending = std::ranges::is_sorted(rows, {}, &ListedRow::block);
  if (!batch.ascending || rows.empty()) return;
  MadeBlocks& made = batch.made;
  auto end_of_block = [&rows](std::size_t first) {
    std::size_t end = first;
    while (end < rows.size() && rows[end].block == rows[first].block) ++end;
    return end;
  };
  made.first_row = made.end_row = end_of_block(0);
  BlockFiller filler(map);
  std::vector<const ListedRow*> of_block;
  for (std::size_t end; made.end_row < rows.size(); made.end_row = end) {
    end = end_of_block(made.end_row);
    if (end == rows.size()) return;
    of_block.clear();
    for (std::size_t i = made.end_row; i < end; ++i) of_block.push_back(&rows[i]);
    made.wrong = filler.fill(of_block, batch.assets, made.blocks, made.lines, made.remarks);
    if (made.wrong) return;
  }
}

}  // namespace tracehound::chains::transfers
