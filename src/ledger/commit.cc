#include "ledger/commit.h"

#include <algorithm>

#include "base/check.h"
#include "ledger/keys.h"
#include "ledger/run_writer.h"
#include "ledger/runs.h"

namespace tracehound::ledger {

namespace {

// Spends of committed coins are patched through windows of this size: neighbours share a write.
constexpr std::uint64_t kWindowBytes = 1U << 16;

class IndexKeys {
 public:
  IndexKeys(const Columns& columns, const Manifest& manifest)
      : columns_(columns), manifest_(manifest) {}

  void keys(Index index, std::uint64_t first, std::span<std::uint64_t> keys) const {
    if (index == Index::address_input) {
      for (std::size_t i = 0; i < keys.size(); ++i) {
        columns_[Column::coin_address].prefetch(spent_coin(first + i));
      }
    }
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = key(index, first + i);
  }

  // Rows lie far apart: all are asked for before the first is read.
  Amount sum(Index index, std::span<const std::uint64_t> rows) const {
    const ColumnFile& values = columns_[Column::coin_value];
    std::array<std::uint64_t, kSumStep> coins;
    CHECK(rows.size() <= coins.size());
    if (index == Index::address_input) {
      for (std::uint64_t row : rows) columns_[Column::input_coin].prefetch(row);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      coins[i] = index == Index::address_input ? spent_coin(rows[i]) : rows[i];
      values.prefetch(coins[i]);
    }
    Amount total = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) total += values.get<Amount>(coins[i]);
    return total;
  }

 private:
  std::uint64_t key(Index index, std::uint64_t row) const {
    switch (index) {
      case Index::txid:
        return columns_.txid(TxId(static_cast<std::uint32_t>(row))).prefix();
      case Index::address:
        return columns_.address_key(AddressId(static_cast<std::uint32_t>(row)));
      case Index::address_coin:
        return columns_[Column::coin_address].get<std::uint32_t>(row);
      case Index::address_input:
        return columns_[Column::coin_address].get<std::uint32_t>(spent_coin(row));
      case Index::block_hash:
        return block_hash(row).prefix();
      case Index::block_time:
        return header_time(columns_[Column::block_header].bytes(row));
      case Index::wrapper:
        return columns_[Column::wrapper_address].get<std::uint32_t>(row);
      case Index::wrapped:
        return columns_[Column::wrapper_wraps].get<std::uint32_t>(row);
    }
    return 0;
  }

  std::uint64_t spent_coin(std::uint64_t input) const {
    return columns_[Column::input_coin].get<Uint40>(input).number();
  }
  Hash256 block_hash(std::uint64_t height) const {
    if (height + 1 == manifest_.counts.blocks) return manifest_.tip_hash;
    return Hash256::from_bytes(columns_[Column::block_header].bytes(height + 1).subspan(4, 32));
  }

  const Columns& columns_;
  const Manifest& manifest_;
};

// A new ledger's folder must outlast a power cut as well as what is in it.
Status sync_own_name(FileSystem& files, std::string folder) {
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  return files.sync_folder(folder_of(folder));
}

}  // namespace

Status write_commit(FileSystem& files, const std::string& folder, const Columns& columns,
                    const Counts& before, const Manifest& after, std::vector<Spend>& spends) {
  TRY(columns.flush(files));
  TRY(patch_spenders(files, columns, spends));
  TRY(write_indexes(files, folder, columns, before, after));
  return publish(files, folder, before.blocks == 0, manifest_text(after));
}

Status publish(FileSystem& files, const std::string& folder, bool first,
               const std::string& manifest) {
  TRY(files.sync_folder(columns_folder(folder)));
  TRY(files.sync_folder(folder));
  if (first) TRY(sync_own_name(files, folder));
  return replace_file(files, manifest_path(folder), manifest);
}

Status patch_spenders(FileSystem& files, const Columns& columns, std::vector<Spend>& spends) {
  if (spends.empty()) return {};
  std::sort(spends.begin(), spends.end());
  TRY_ASSIGN(auto file, columns[Column::coin_spender].open_write(files));
  std::uint64_t limit = columns[Column::coin_spender].sealed_end() * width::kTxId;
  Bytes window;
  for (std::size_t i = 0; i < spends.size();) {
    std::uint64_t start = spends[i].coin.number() * width::kTxId / kWindowBytes * kWindowBytes;
    CHECK(start < limit);
    window.resize(std::min(kWindowBytes, limit - start));
    TRY(file->read_at(start, window));
    std::uint64_t low = spends[i].coin.number() * width::kTxId - start;
    std::uint64_t high = low;
    for (; i < spends.size(); ++i) {
      std::uint64_t at = spends[i].coin.number() * width::kTxId - start;
      if (at >= window.size()) break;
      store_le(window.data() + at, spends[i].by.number());
      high = at + width::kTxId;
    }
    TRY(file->write_at(start + low, ByteView(window).subspan(low, high - low)));
  }
  return file->sync();
}

Status write_indexes(FileSystem& files, const std::string& folder, const Columns& columns,
                     const Counts& had, const Manifest& now) {
  IndexKeys keys(columns, now);
  for (const IndexSpec& spec : kIndexes) {
    TRY(write_runs(
        files, folder, spec,
        {.had = rows_of(spec.rows, had),
         .now = rows_of(spec.rows, now.counts),
         .keys_of = [&](std::uint64_t first,
                        std::span<std::uint64_t> into) { keys.keys(spec.index, first, into); },
         .sum_of = [&](auto rows) { return keys.sum(spec.index, rows); }}));
  }
  return files.sync_folder(runs_folder(folder));
}

}  // namespace tracehound::ledger
