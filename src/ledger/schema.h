// The whole data model of a coin-chain ledger. Every column is one flat file of fixed-width
// little-endian fields under columns/; a row's number is its id; docs/format.md says the same with
// a worked hex dump. A row is the sum of its widths and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/hash.h"

namespace tracehound::ledger {

// Raised whenever a byte on disk changes meaning.
inline constexpr std::uint32_t kFormatVersion = 5;

// What an address's payload holds. The numbers are on disk: append only.
enum class AddressKind : std::uint8_t {
  pubkey_hash = 0,          // HASH160 of the key: pay-to-pubkey and pay-to-pubkey-hash
  script_hash = 1,          // HASH160 of the script (P2SH)
  witness_pubkey_hash = 2,  // 20-byte program, version 0
  witness_script_hash = 3,  // 32-byte program, version 0
  taproot = 4,              // 32-byte program, version 1
  witness_other = 5,        // the version (1 byte) and the program (2 to 40 bytes)
  multisig = 6,             // SHA-256 of a bare multisig script
  op_return = 7,            // SHA-256 of a script that begins with OP_RETURN: cannot be spent
  other = 8,                // SHA-256 of any other script
};
inline constexpr std::uint8_t kAddressKinds = 9;

// What a coin's script is. Finer than AddressKind: a key and its hash share an address.
enum class ScriptKind : std::uint8_t {
  pubkey = 0,
  pubkey_hash = 1,
  script_hash = 2,
  witness_pubkey_hash = 3,
  witness_script_hash = 4,
  taproot = 5,
  witness_other = 6,
  multisig = 7,
  op_return = 8,
  other = 9,
};
inline constexpr std::uint8_t kScriptKinds = 10;

// transaction.shape: what later rules need of a transaction besides its coins.
namespace shape {
inline constexpr std::uint32_t kWeightMask = (1U << 22) - 1;  // weight units; 4,000,000 at most
inline constexpr std::uint32_t kLocktime = 1U << 22;          // locktime is not zero
inline constexpr std::uint32_t kReplaceable = 1U << 23;       // an input signals BIP 125
inline constexpr std::uint32_t kWitness = 1U << 24;           // carries witness data
inline constexpr std::uint32_t kVersionShift = 25;            // two bits: 1, 2, 3, or 0 for others
inline constexpr std::uint32_t kVersionMask = 3U << kVersionShift;
}  // namespace shape
static_assert(4'000'000 <= shape::kWeightMask);

// No transaction: the spender of an unspent coin.
inline constexpr std::uint32_t kNoTx = 0xFFFF'FFFF;

// Byte widths of the columns, in the order of the table.
namespace width {
inline constexpr std::size_t kHeader = 80;  // as mined, so the hash chain can be checked offline
inline constexpr std::size_t kHeight = 4;
inline constexpr std::size_t kTxId = 4;
inline constexpr std::size_t kAddressId = 4;
inline constexpr std::size_t kCoinId = 5;
inline constexpr std::size_t kInputId = 5;
inline constexpr std::size_t kHash = 32;
inline constexpr std::size_t kShape = 4;
inline constexpr std::size_t kAmount = 8;
inline constexpr std::size_t kKind = 1;
inline constexpr std::size_t kPayloadEnd = 5;
inline constexpr std::size_t kChecksum = 8;
inline constexpr std::size_t kWrapperId = 4;
}  // namespace width

enum class Column : std::uint8_t {
  block_header,
  block_first_tx,
  block_first_address,  // addresses known before this block; makes going back a look-up
  block_checksum,       // XXH3-64 of this block's rows, seeded with the block before's
  tx_hash,
  tx_first_input,
  tx_first_coin,
  tx_shape,
  coin_value,
  coin_address,
  coin_script,
  coin_spender,  // the one column written in place; a spender at or past the end reads as none
  input_coin,
  address_kind,
  address_end,      // where the address's payload ends in address.payload
  address_payload,  // a byte a row
  repeat_tx,        // transactions whose txid an earlier one has (BIP 30): two on Bitcoin
  wrapper_address,  // pay-to-script-hash, or its witness kind, of a script that a spend has shown
  wrapper_wraps,    // the address that this script is by itself
  wrapper_tx,       // the transaction that first showed it
};

struct ColumnSpec {
  Column column;
  std::string_view file;
  std::size_t width;
};

inline constexpr std::array<ColumnSpec, 20> kColumns = {{
    {Column::block_header, "block.header", width::kHeader},
    {Column::block_first_tx, "block.first_tx", width::kTxId},
    {Column::block_first_address, "block.first_address", width::kAddressId},
    {Column::block_checksum, "block.checksum", width::kChecksum},
    {Column::tx_hash, "transaction.txid", width::kHash},
    {Column::tx_first_input, "transaction.first_input", width::kInputId},
    {Column::tx_first_coin, "transaction.first_coin", width::kCoinId},
    {Column::tx_shape, "transaction.shape", width::kShape},
    {Column::coin_value, "coin.value", width::kAmount},
    {Column::coin_address, "coin.address", width::kAddressId},
    {Column::coin_script, "coin.script", width::kKind},
    {Column::coin_spender, "coin.spender", width::kTxId},
    {Column::input_coin, "input.coin", width::kCoinId},
    {Column::address_kind, "address.kind", width::kKind},
    {Column::address_end, "address.end", width::kPayloadEnd},
    {Column::address_payload, "address.payload", 1},
    {Column::repeat_tx, "repeat.transaction", width::kTxId},
    {Column::wrapper_address, "wrapper.address", width::kAddressId},
    {Column::wrapper_wraps, "wrapper.wraps", width::kAddressId},
    {Column::wrapper_tx, "wrapper.transaction", width::kTxId},
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
  std::uint64_t inputs = 0;
  std::uint64_t coins = 0;
  std::uint64_t addresses = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t repeats = 0;
  std::uint64_t wrappers = 0;

  friend bool operator==(const Counts&, const Counts&) = default;
};

// Rows of `column` under these counts.
constexpr std::uint64_t rows_of(Column column, const Counts& counts) {
  switch (column) {
    case Column::block_header:
    case Column::block_first_tx:
    case Column::block_first_address:
    case Column::block_checksum:
      return counts.blocks;
    case Column::tx_hash:
    case Column::tx_first_input:
    case Column::tx_first_coin:
    case Column::tx_shape:
      return counts.transactions;
    case Column::coin_value:
    case Column::coin_address:
    case Column::coin_script:
    case Column::coin_spender:
      return counts.coins;
    case Column::input_coin:
      return counts.inputs;
    case Column::address_kind:
    case Column::address_end:
      return counts.addresses;
    case Column::address_payload:
      return counts.payload_bytes;
    case Column::repeat_tx:
      return counts.repeats;
    case Column::wrapper_address:
    case Column::wrapper_wraps:
    case Column::wrapper_tx:
      return counts.wrappers;
  }
  return 0;
}

// Indexes are immutable sorted runs under runs/, each over a range of rows.
enum class Index : std::uint8_t {
  txid,           // first 8 bytes of the txid -> transaction
  address,        // XXH3-64 of kind and payload -> address
  address_coin,   // address -> coin it received
  address_input,  // address -> input that spends a coin of it
  block_hash,     // first 8 bytes of the block's hash -> height
  block_time,     // the header's time -> height
  wrapper,        // address -> the wrapper row that says what it wraps
  wrapped,        // address -> wrapper rows that wrap it
};

// One run entry: a sort key and the row it belongs to, packed. Entries are sorted by (key, row).
struct IndexSpec {
  Index index;
  std::string_view name;
  std::size_t key_width;
  std::size_t row_width;
  Column rows;        // the table whose rows the index covers
  bool uniform_keys;  // keys are hashes: a key's place can be guessed
  bool sums;          // a run ends in running sums of its entries' values: one every kSumStep
};
inline constexpr std::array<IndexSpec, 8> kIndexes = {{
    {Index::txid, "txid", 8, width::kTxId, Column::tx_hash, true, false},
    {Index::address, "address", 8, width::kAddressId, Column::address_kind, true, false},
    {Index::address_coin, "address_coin", 4, width::kCoinId, Column::coin_value, false, true},
    {Index::address_input, "address_input", 4, width::kInputId, Column::input_coin, false, true},
    {Index::block_hash, "block_hash", 8, width::kHeight, Column::block_header, true, false},
    {Index::block_time, "block_time", 4, width::kHeight, Column::block_header, false, false},
    {Index::wrapper, "wrapper", 4, width::kWrapperId, Column::wrapper_address, false, false},
    {Index::wrapped, "wrapped", 4, width::kWrapperId, Column::wrapper_address, false, false},
}};
inline constexpr std::uint64_t kSumStep = 64;

// Runs cover row ranges that depend on the row count alone, so the same chain has the same runs
// however it was ingested: as many ranges of 2^16 * 8^t rows as fit, the largest first.
inline constexpr std::uint64_t kRunUnit = std::uint64_t{1} << 16;
inline constexpr std::uint64_t kRunFanIn = 8;

}  // namespace tracehound::ledger
