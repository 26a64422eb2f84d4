// The rows of a list as they come out of a file, before they are put in order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/u256.h"
#include "chains/transfers/transfer_map.h"
#include "ledger/accounts/block_batch.h"
#include "ledger/accounts/names.h"
#include "ledger/accounts/rows.h"

namespace tracehound::chains::transfers {

using ledger::accounts::KeyedName;

// Bytes of packed names, which stay where they are.
class NameArena {
 public:
  // Room for the next one.
  Byte* room() {
    if (kChunk - used_ < ledger::accounts::kMostPackedBytes) next_chunk();
    return filling_ + used_;
  }
  // So much of it is used.
  void keep(std::size_t size) { used_ += size; }
  // Forgets them and keeps its memory.
  void clear();

 private:
  static constexpr std::size_t kChunk = 1U << 16;
  void next_chunk();

  std::vector<std::unique_ptr<Byte[]>> chunks_;
  std::size_t chunk_ = 0;  // the next to be filled
  Byte* filling_ = nullptr;
  std::size_t used_ = kChunk;  // of what is being filled
};

// Packs a name, but leaves its key to set_key(). A packed name's bytes are best read again a while
// after they were written, when they are no longer on their way to the cache.
// REQUIRES: text has at most kMostNameBytes; it and the arena outlive the name.
void pack(std::string_view text, NameArena& arena, KeyedName& name);
inline void set_key(KeyedName& name) {
  if (!name.empty()) name.key = name_key(name.kind, name.payload());
}

// Texts point into the file, or into the batch that holds the row.
struct ListedRow {
  std::uint64_t line = 0;  // the batch's first is 0
  std::uint64_t block = 0;
  std::uint32_t time = 0;
  std::uint32_t position = 0;
  std::uint32_t asset = 0;  // in the batch's
  KeyedName tx;
  KeyedName from;
  KeyedName to;
  std::string_view from_label;
  std::string_view to_label;
  U256 amount;
  std::optional<std::uint64_t> usd_micro;
};

// What was noticed about rows, and is no error.
struct Remarks {
  std::uint64_t skipped = 0;      // the same in everything as a row before
  std::uint64_t kept = 0;         // so without positions, where they may be meant
  std::uint64_t other_times = 0;  // of another time than their block, which has its first row's

  Remarks& operator+=(const Remarks& more) {
    skipped += more.skipped;
    kept += more.kept;
    other_times += more.other_times;
    return *this;
  }
};

// A row that contradicts one before it.
struct Contradiction {
  std::uint64_t line = 0;
  std::uint64_t before = 0;  // the other's line
  std::string what;          // both are what
};

// Rows of a list that are made into blocks already, those whose blocks lie in one batch whole.
struct MadeBlocks {
  ledger::accounts::BlockBatch blocks;
  std::size_t first_row = 0;  // of what they were made of in the batch
  std::size_t end_row = 0;
  Remarks remarks;
  // Of each transaction, the line that names it first.
  std::vector<std::uint64_t> lines;
  std::optional<Contradiction> wrong;  // with the block that would come behind them

  // As it was made, but for the memory it has.
  void clear();
};

struct RowBatch {
  std::vector<ListedRow> rows;
  std::vector<ledger::accounts::Asset> assets;
  std::vector<std::uint64_t> asset_lines;   // of the rows that name them first
  std::deque<std::string> held;             // texts that do not stand in the file as they are
  std::vector<std::shared_ptr<void>> kept;  // what else texts lie in
  NameArena names;
  std::uint64_t first_line = 0;  // in the list
  std::uint64_t lines = 0;
  bool ascending = true;  // blocks never fall; known once it is made
  MadeBlocks made;
  bool unfinished = false;  // what it was read from ends inside quotes
  // What is wrong with the row that could not be read, the last one; "" if nothing is.
  std::string wrong;
  std::uint64_t wrong_line = 0;

  // As it was made, but for the memory it has.
  void clear();
};

// Turns the cells of one row into a ListedRow. One a thread.
class RowReader {
 public:
  // Errors (bad_input): a column that the heading does not have, or has twice.
  static Result<RowReader> make(const TransferMap& map, std::span<const std::string_view> heading,
                                const std::string& file);

  std::size_t columns() const { return columns_; }
  // Adds the row to the batch, or says in a clause what is wrong with it.
  std::optional<std::string> read(std::span<const std::string_view> cells, std::uint64_t line,
                                  RowBatch& batch) {
    ListedRow& row = batch.rows.emplace_back();
    row.line = line;
    auto wrong = read(cells, batch, row);
    if (wrong) batch.rows.pop_back();
    return wrong;
  }
  // Before the first row of another batch.
  void begin_batch() {
    known_.clear();
    last_asset_.reset();
    last_time_text_ = {};
  }

 private:
  explicit RowReader(const TransferMap& map) : map_(&map) {}
  std::optional<std::string> read(std::span<const std::string_view> cells, RowBatch& batch,
                                  ListedRow& row);
  std::string_view cell(Field field, std::span<const std::string_view> cells) const;
  std::optional<std::string> read_asset(std::span<const std::string_view> cells, RowBatch& batch,
                                        ListedRow& row);
  std::optional<std::string> read_amount(std::string_view text,
                                         const ledger::accounts::Asset& asset, U256& amount) const;

  const TransferMap* map_;
  std::size_t columns_ = 0;
  std::array<std::int32_t, kFields> places_{};  // -1: no column
  std::unordered_map<std::string, std::uint32_t> known_;
  std::string key_;
  // The row before's, which most rows share: symbol, contract, decimals.
  std::optional<std::uint32_t> last_asset_;
  std::array<std::string_view, 3> last_cells_;
  std::string_view last_time_text_;
  std::uint32_t last_time_ = 0;
};

}  // namespace tracehound::chains::transfers
