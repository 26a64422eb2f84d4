#include "ledger/accounts/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/check.h"
#include "ledger/accounts/index_keys.h"
#include "ledger/accounts/layout.h"
#include "ledger/accounts/names.h"
#include "ledger/runs.h"
#include "ledger/side_files.h"
#include "ledger/snapshot.h"

namespace tracehound::ledger::accounts {

namespace {

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Ledger::Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

Result<Ledger> Ledger::open(FileSystem& files, const std::string& folder) {
  Reading reading;
  TRY_ASSIGN(Ledger ledger,
             open_settled(
                 files, folder, reading, [&] { return read_manifest(files, folder); },
                 [&](const Manifest& now) { return open_at(files, folder, now); }));
  ledger.rewinds_ = reading.rewinds;
  ledger.reading_ = std::move(reading.lock);
  return ledger;
}

Result<bool> Ledger::still_holds(FileSystem& files) const {
  TRY_ASSIGN(std::uint64_t rewinds, read_rewinds(files, folder_));
  return rewinds == rewinds_;
}

Result<Ledger> Ledger::open_at(FileSystem& files, const std::string& folder,
                               const Manifest& manifest) {
  Ledger ledger;
  ledger.folder_ = folder;
  ledger.manifest_ = manifest;
  TRY_ASSIGN(auto opened, open_files(files, folder, layout(manifest.counts)));
  for (const ColumnSpec& spec : kColumns) {
    auto i = static_cast<std::size_t>(spec.column);
    std::uint64_t bytes = rows_of(spec.column, manifest.counts) * spec.width;
    ledger.columns_[i] = opened.columns[i]->bytes().first(bytes);
  }
  ledger.mappings_ = std::move(opened.columns);
  ledger.indexes_ = std::move(opened.indexes);
  return ledger;
}

template <typename Field>
Field Ledger::field(Column column, std::uint64_t row) const {
  ByteView bytes = columns_[static_cast<std::size_t>(column)];
  CHECK_LEDGER((row + 1) * sizeof(Field) <= bytes.size());
  return load_le<Field>(bytes.data() + row * sizeof(Field));
}

ByteView Ledger::text(Column ends, Column texts, std::uint64_t row) const {
  std::uint64_t start = row == 0 ? 0 : field<Uint40>(ends, row - 1).number();
  std::uint64_t end = field<Uint40>(ends, row).number();
  ByteView bytes = column(texts);
  CHECK_LEDGER(start <= end && end <= bytes.size());
  return bytes.subspan(start, end - start);
}

const RunIndex& Ledger::index(Index index) const {
  return *indexes_[static_cast<std::size_t>(index)];
}

// ---- blocks -------------------------------------------------------------------------------------

BlockId Ledger::tip() const { return BlockId(static_cast<std::uint32_t>(counts().blocks - 1)); }

Block Ledger::block(BlockId block) const {
  Block row;
  row.number = field<std::uint64_t>(Column::block_number, block.number());
  row.time = field<std::uint32_t>(Column::block_time, block.number());
  auto hash = field<Hash256>(Column::block_hash, block.number());
  if (hash != Hash256()) row.hash = hash;
  return row;
}

IdRange<TxId> Ledger::transactions(BlockId block) const {
  auto first = field<std::uint32_t>(Column::block_first_tx, block.number());
  auto end = block == tip() ? static_cast<std::uint32_t>(counts().transactions)
                            : field<std::uint32_t>(Column::block_first_tx, block.number() + 1);
  CHECK_LEDGER(first <= end && end <= counts().transactions);
  return {TxId(first), TxId(end)};
}

std::optional<BlockId> Ledger::block_at_most(std::uint64_t number) const {
  auto number_at = [&](std::uint64_t row) {
    return field<std::uint64_t>(Column::block_number, row);
  };
  if (number_at(0) > number) return std::nullopt;
  return BlockId(static_cast<std::uint32_t>(last_at_most(counts().blocks, number, number_at)));
}

std::optional<BlockId> Ledger::find_block(std::uint64_t number) const {
  auto found = block_at_most(number);
  return found && block(*found).number == number ? found : std::nullopt;
}

std::optional<BlockId> Ledger::find_block(const Hash256& hash) const {
  for (std::uint64_t row : index(Index::block_hash).find(hash.prefix())) {
    if (field<Hash256>(Column::block_hash, row) == hash && hash != Hash256()) {
      return BlockId(static_cast<std::uint32_t>(row));
    }
  }
  return std::nullopt;
}

std::optional<BlockId> Ledger::block_at(std::uint32_t time) const {
  auto row = index(Index::block_time).last_at_most(time);
  if (!row) return std::nullopt;
  CHECK_LEDGER(*row < counts().blocks);
  return BlockId(static_cast<std::uint32_t>(*row));
}

// ---- transactions -------------------------------------------------------------------------------

std::string Ledger::id_text(TxId tx) const {
  auto kind = static_cast<NameKind>(field<Byte>(Column::tx_id_kind, tx.number()));
  return name_text(kind, text(Column::tx_id_end, Column::tx_id, tx.number()));
}

Transaction Ledger::transaction(TxId tx) const {
  Transaction row;
  row.id = id_text(tx);
  row.payer = AccountId(field<std::uint32_t>(Column::tx_payer, tx.number()));
  row.fee = field<U256>(Column::tx_fee, tx.number());
  row.failed = field<Byte>(Column::tx_failed, tx.number()) != 0;
  return row;
}

BlockId Ledger::block_of(TxId tx) const {
  CHECK_LEDGER(tx.number() < counts().transactions);
  auto row = last_at_most(counts().blocks, tx.number(), [&](std::uint64_t block) {
    return field<std::uint32_t>(Column::block_first_tx, block);
  });
  return BlockId(static_cast<std::uint32_t>(row));
}

std::uint32_t Ledger::time(TxId tx) const {
  return field<std::uint32_t>(Column::block_time, block_of(tx).number());
}

IdRange<TransferId> Ledger::transfers(TxId tx) const {
  auto first = field<Uint40>(Column::tx_first_transfer, tx.number()).number();
  auto end = tx.number() + 1ULL == counts().transactions
                 ? counts().transfers
                 : field<Uint40>(Column::tx_first_transfer, tx.number() + 1ULL).number();
  CHECK_LEDGER(first <= end && end <= counts().transfers);
  return {TransferId(first), TransferId(end)};
}

std::optional<TxId> Ledger::find_transaction(std::string_view id) const {
  PackedName name(id);
  for (std::uint64_t row : index(Index::transaction).find(name_key(name.kind(), name.payload()))) {
    if (field<Byte>(Column::tx_id_kind, row) == static_cast<Byte>(name.kind()) &&
        std::ranges::equal(text(Column::tx_id_end, Column::tx_id, row), name.payload())) {
      return TxId(static_cast<std::uint32_t>(row));
    }
  }
  return std::nullopt;
}

// ---- transfers ----------------------------------------------------------------------------------

Transfer Ledger::transfer(TransferId transfer) const {
  std::uint64_t row = transfer.number();
  Transfer result;
  result.position = field<std::uint32_t>(Column::transfer_position, row);
  result.from = AccountId(field<std::uint32_t>(Column::transfer_from, row));
  result.to = AccountId(field<std::uint32_t>(Column::transfer_to, row));
  result.asset = AssetId(field<std::uint32_t>(Column::transfer_asset, row));
  result.amount = field<U256>(Column::transfer_amount, row);
  result.kind = static_cast<TransferKind>(field<Byte>(Column::transfer_kind, row));
  auto usd = field<std::uint64_t>(Column::transfer_usd, row);
  if (usd != kNoUsd) result.usd_micro = usd;
  return result;
}

TxId Ledger::tx_of(TransferId transfer) const {
  CHECK_LEDGER(transfer.number() < counts().transfers);
  auto row = last_at_most(counts().transactions, transfer.number(), [&](std::uint64_t tx) {
    return field<Uint40>(Column::tx_first_transfer, tx).number();
  });
  return TxId(static_cast<std::uint32_t>(row));
}

// ---- accounts -----------------------------------------------------------------------------------

std::string Ledger::account_text(AccountId account) const {
  if (account == kNobody) return {};
  auto kind = static_cast<NameKind>(field<Byte>(Column::account_kind, account.number()));
  return name_text(kind, text(Column::account_end, Column::account_name, account.number()));
}

std::optional<AccountId> Ledger::find_account(std::string_view name_given) const {
  PackedName name(name_given);
  for (std::uint64_t row : index(Index::account).find(name_key(name.kind(), name.payload()))) {
    if (field<Byte>(Column::account_kind, row) == static_cast<Byte>(name.kind()) &&
        std::ranges::equal(text(Column::account_end, Column::account_name, row), name.payload())) {
      return AccountId(static_cast<std::uint32_t>(row));
    }
  }
  return std::nullopt;
}

std::vector<TransferId> Ledger::transfers_of(AccountId account, std::uint64_t first,
                                             std::uint64_t most) const {
  std::vector<TransferId> found;
  for (const RunSpan& span : index(Index::account_sides).spans(account.number())) {
    std::uint64_t skipped = std::min(first, span.size());
    first -= skipped;
    for (std::uint64_t entry = span.first + skipped; entry < span.end; ++entry) {
      if (found.size() == most) return found;
      found.push_back(TransferId(span.run->row(entry) / 2));
    }
  }
  return found;
}

std::uint64_t Ledger::transfer_count(AccountId account) const {
  std::uint64_t count = 0;
  for (const RunSpan& span : index(Index::account_sides).spans(account.number())) {
    count += span.size();
  }
  return count;
}

std::vector<AssetTotals> Ledger::totals(AccountId account) const {
  std::map<AssetId, AssetTotals> totals;
  for (TransferId id : transfers_of(account)) {
    Transfer row = transfer(id);
    AssetTotals& total = totals[row.asset];
    total.asset = row.asset;
    ++total.transfers;
    // A token that lies can make any sum: it stays at the top instead of turning round.
    U256 sum;
    if (row.to == account) {
      total.received = add_overflow(total.received, row.amount, sum) ? kU256Max : sum;
    }
    if (row.from == account) {
      total.given = add_overflow(total.given, row.amount, sum) ? kU256Max : sum;
    }
  }
  std::vector<AssetTotals> all;
  for (auto& [asset, total] : totals) all.push_back(total);
  return all;
}

// ---- assets -------------------------------------------------------------------------------------

Asset Ledger::asset(AssetId asset) const {
  std::string_view both = as_text(text(Column::asset_end, Column::asset_text, asset.number()));
  std::size_t symbol = field<Byte>(Column::asset_symbol_size, asset.number());
  CHECK_LEDGER(symbol <= both.size());
  Asset row{std::string(both.substr(0, symbol)), std::string(both.substr(symbol))};
  row.decimals = field<Byte>(Column::asset_decimals, asset.number());
  row.decimals_known = row.decimals != kNoDecimals;
  if (!row.decimals_known) row.decimals = 0;
  return row;
}

std::optional<AssetId> Ledger::find_asset(std::string_view contract_or_symbol) const {
  std::string written = name_as_written(contract_or_symbol);
  for (std::uint64_t row : index(Index::asset).find(asset_key(written, ""))) {
    AssetId id(static_cast<std::uint32_t>(row));
    Asset found = asset(id);
    if ((found.contract.empty() ? found.symbol : found.contract) == written) return id;
  }
  return std::nullopt;
}

std::vector<AssetId> Ledger::find_assets(std::string_view contract_or_symbol) const {
  std::vector<AssetId> found;
  std::string written = name_as_written(contract_or_symbol);
  for (std::uint32_t row = 0; row < counts().assets; ++row) {
    Asset each = asset(AssetId(row));
    if (each.symbol == written || each.contract == written) {
      found.push_back(AssetId(row));
    }
  }
  return found;
}

}  // namespace tracehound::ledger::accounts
