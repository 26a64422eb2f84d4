// The whole data model of an account ledger, in the manner of a coin ledger (ledger/schema.h): flat
// columns of fixed-width little-endian fields under columns/, a row's number is its id.
// docs/format.md says the same with a worked hex dump.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "ledger/accounts/rows.h"
#include "ledger/schema.h"

namespace tracehound::ledger::accounts {

// Raised whenever a byte on disk changes meaning.
inline constexpr std::uint32_t kFormatVersion = 2;

// How a name (an account's, a transaction's) is packed. The numbers are on disk: append only.
enum class NameKind : std::uint8_t {
  text = 0,        // as it is written, at most kMostNameBytes bytes of it
  address = 1,     // "0x" and 40 hexadecimal digits in any case: 20 bytes
  hash = 2,        // "0x" and 64 hexadecimal digits in any case: 32 bytes
  bare_hash = 3,   // 64 lower-case hexadecimal digits: 32 bytes
  upper_hash = 4,  // 64 upper-case hexadecimal digits: 32 bytes
};
inline constexpr std::uint8_t kNameKinds = 5;
inline constexpr std::size_t kMostNameBytes = 255;

namespace width {
inline constexpr std::size_t kNumber = 8;
inline constexpr std::size_t kTime = 4;
inline constexpr std::size_t kHash = 32;
inline constexpr std::size_t kBlockId = 4;
inline constexpr std::size_t kTxId = 4;
inline constexpr std::size_t kAccountId = 4;
inline constexpr std::size_t kAssetId = 4;
inline constexpr std::size_t kTransferId = 5;
inline constexpr std::size_t kSideId = 5;
inline constexpr std::size_t kAmount = 32;
inline constexpr std::size_t kPosition = 4;
inline constexpr std::size_t kUsd = 8;
inline constexpr std::size_t kByte = 1;
inline constexpr std::size_t kPayloadEnd = 5;
inline constexpr std::size_t kChecksum = 8;
}  // namespace width

// transfer.usd of a transfer whose value nobody gave.
inline constexpr std::uint64_t kNoUsd = ~std::uint64_t{0};
// asset.decimals where nobody said.
inline constexpr std::uint8_t kNoDecimals = 255;

enum class Column : std::uint8_t {
  block_number,
  block_time,
  block_hash,  // zeros where a list has none
  block_first_tx,
  block_first_account,  // accounts known before this block; makes going back a look-up
  block_first_asset,
  block_checksum,  // XXH3-64 of this block's rows, seeded with the block before's
  tx_id_kind,
  tx_id_end,  // where the id ends in transaction.id
  tx_id,      // a byte a row
  tx_payer,
  tx_fee,
  tx_failed,
  tx_first_transfer,
  transfer_from,
  transfer_to,
  transfer_asset,
  transfer_amount,
  transfer_kind,
  transfer_position,
  transfer_usd,
  account_kind,
  account_end,
  account_name,  // a byte a row
  asset_decimals,
  asset_symbol_size,
  asset_end,
  asset_text,  // symbol and contract, a byte a row
};
inline constexpr std::size_t kColumnCount = 28;

struct ColumnSpec {
  Column column;
  std::string_view file;
  std::size_t width;
};

inline constexpr std::array<ColumnSpec, kColumnCount> kColumns = {{
    {Column::block_number, "block.number", width::kNumber},
    {Column::block_time, "block.time", width::kTime},
    {Column::block_hash, "block.hash", width::kHash},
    {Column::block_first_tx, "block.first_tx", width::kTxId},
    {Column::block_first_account, "block.first_account", width::kAccountId},
    {Column::block_first_asset, "block.first_asset", width::kAssetId},
    {Column::block_checksum, "block.checksum", width::kChecksum},
    {Column::tx_id_kind, "transaction.id_kind", width::kByte},
    {Column::tx_id_end, "transaction.id_end", width::kPayloadEnd},
    {Column::tx_id, "transaction.id", 1},
    {Column::tx_payer, "transaction.payer", width::kAccountId},
    {Column::tx_fee, "transaction.fee", width::kAmount},
    {Column::tx_failed, "transaction.failed", width::kByte},
    {Column::tx_first_transfer, "transaction.first_transfer", width::kTransferId},
    {Column::transfer_from, "transfer.from", width::kAccountId},
    {Column::transfer_to, "transfer.to", width::kAccountId},
    {Column::transfer_asset, "transfer.asset", width::kAssetId},
    {Column::transfer_amount, "transfer.amount", width::kAmount},
    {Column::transfer_kind, "transfer.kind", width::kByte},
    {Column::transfer_position, "transfer.position", width::kPosition},
    {Column::transfer_usd, "transfer.usd", width::kUsd},
    {Column::account_kind, "account.kind", width::kByte},
    {Column::account_end, "account.end", width::kPayloadEnd},
    {Column::account_name, "account.name", 1},
    {Column::asset_decimals, "asset.decimals", width::kByte},
    {Column::asset_symbol_size, "asset.symbol_size", width::kByte},
    {Column::asset_end, "asset.end", width::kPayloadEnd},
    {Column::asset_text, "asset.text", 1},
}};

constexpr bool columns_are_in_order() {
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    if (static_cast<std::size_t>(kColumns[i].column) != i) return false;
  }
  return true;
}
static_assert(columns_are_in_order());

// How many rows each table has. A snapshot of a ledger is these numbers.
struct Counts {
  std::uint64_t blocks = 0;
  std::uint64_t transactions = 0;
  std::uint64_t transfers = 0;
  std::uint64_t accounts = 0;
  std::uint64_t assets = 0;
  std::uint64_t tx_id_bytes = 0;
  std::uint64_t account_bytes = 0;
  std::uint64_t asset_bytes = 0;

  friend bool operator==(const Counts&, const Counts&) = default;
};

// Rows of `column` under these counts.
std::uint64_t rows_of(Column column, const Counts& counts);

// Where a transfer's two sides stand in the index of accounts: side 2 * transfer is the giver's,
// 2 * transfer + 1 the receiver's, which of a transfer to oneself is nobody's, so that an account
// has each of its transfers once.
enum class Index : std::uint8_t {
  transaction,    // XXH3-64 of the id -> transaction
  account,        // XXH3-64 of the name -> account
  asset,          // XXH3-64 of the contract, else of the symbol -> asset
  account_sides,  // account -> sides
  block_hash,     // first 8 bytes of the block's hash -> block
  block_time,     // the block's time -> block
};
inline constexpr std::size_t kIndexCount = 6;

// A run knows of its index its name, its widths and what keys are: not whose rows they are. So the
// runs of coin ledgers (ledger/runs.h) hold these as well.
constexpr ledger::IndexSpec run_shape(std::string_view name, std::size_t key_width,
                                      std::size_t row_width, bool uniform_keys) {
  return {.index = {},
          .name = name,
          .key_width = key_width,
          .row_width = row_width,
          .rows = {},
          .uniform_keys = uniform_keys,
          .sums = false};
}
struct IndexSpec {
  Index index;
  ledger::IndexSpec shape;
};

inline constexpr std::array<IndexSpec, kIndexCount> kIndexes = {{
    {Index::transaction, run_shape("transaction", 8, width::kTxId, true)},
    {Index::account, run_shape("account", 8, width::kAccountId, true)},
    {Index::asset, run_shape("asset", 8, width::kAssetId, true)},
    {Index::account_sides, run_shape("account_sides", 4, width::kSideId, false)},
    {Index::block_hash, run_shape("block_hash", 8, width::kBlockId, false)},
    {Index::block_time, run_shape("block_time", 4, width::kBlockId, false)},
}};

constexpr const ledger::IndexSpec& shape_of(Index index) {
  return kIndexes[static_cast<std::size_t>(index)].shape;
}
// Rows that an index covers under these counts.
std::uint64_t rows_of(Index index, const Counts& counts);

// "value", "internal", ...; "unknown" for what is no kind.
std::string_view kind_text(TransferKind kind);

}  // namespace tracehound::ledger::accounts
