#include "ledger/accounts/schema.h"

namespace tracehound::ledger::accounts {

std::uint64_t rows_of(Column column, const Counts& counts) {
  switch (column) {
    case Column::tx_id:
      return counts.tx_id_bytes;
    case Column::account_name:
      return counts.account_bytes;
    case Column::asset_text:
      return counts.asset_bytes;
    default:
      break;
  }
  if (column < Column::tx_id_kind) return counts.blocks;
  if (column < Column::transfer_from) return counts.transactions;
  if (column < Column::account_kind) return counts.transfers;
  return column < Column::asset_decimals ? counts.accounts : counts.assets;
}

std::uint64_t rows_of(Index index, const Counts& counts) {
  switch (index) {
    case Index::transaction:
      return counts.transactions;
    case Index::account:
      return counts.accounts;
    case Index::asset:
      return counts.assets;
    case Index::account_sides:
      return 2 * counts.transfers;
    case Index::block_hash:
    case Index::block_time:
      return counts.blocks;
  }
  return 0;
}

std::string_view kind_text(TransferKind kind) {
  constexpr std::string_view kWords[kTransferKinds] = {"value",  "internal",   "token",  "wrap",
                                                       "unwrap", "withdrawal", "reward", "listed"};
  auto number = static_cast<std::size_t>(kind);
  return number < kTransferKinds ? kWords[number] : "unknown";
}

}  // namespace tracehound::ledger::accounts
