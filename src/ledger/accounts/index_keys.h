// What each index's rows are found under: shared by writer and check.
#pragma once

#include <string_view>

#include "base/check.h"
#include "ledger/accounts/names.h"
#include "ledger/accounts/rows.h"

namespace tracehound::ledger::accounts {

// An asset is known by its contract, and by its symbol where it has none.
inline std::uint64_t asset_key(std::string_view symbol, std::string_view contract) {
  return xxh3(as_bytes(contract.empty() ? symbol : contract));
}

// REQUIRES: rows.bytes(column, row) gives a row's bytes, rows.text(ends, texts, row) a text.
template <typename Rows>
std::uint64_t index_key(const Rows& rows, Index index, std::uint64_t row) {
  auto id = [&](Column column) { return load_le<std::uint32_t>(rows.bytes(column, row).data()); };
  auto name = [&](Column kind, Column ends, Column texts) {
    return name_key(static_cast<NameKind>(rows.bytes(kind, row)[0]), rows.text(ends, texts, row));
  };
  switch (index) {
    case Index::transaction:
      return name(Column::tx_id_kind, Column::tx_id_end, Column::tx_id);
    case Index::account:
      return name(Column::account_kind, Column::account_end, Column::account_name);
    case Index::asset: {
      ByteView bytes = rows.text(Column::asset_end, Column::asset_text, row);
      std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      std::size_t symbol = rows.bytes(Column::asset_symbol_size, row)[0];
      CHECK_LEDGER(symbol <= text.size());
      return asset_key(text.substr(0, symbol), text.substr(symbol));
    }
    case Index::account_sides: {
      std::uint64_t transfer = row / 2;
      auto from = load_le<std::uint32_t>(rows.bytes(Column::transfer_from, transfer).data());
      if (row % 2 == 0) return from;
      auto to = load_le<std::uint32_t>(rows.bytes(Column::transfer_to, transfer).data());
      return to == from ? kNobody.number() : to;
    }
    case Index::block_hash:
      return load_le<std::uint64_t>(rows.bytes(Column::block_hash, row).data());
    case Index::block_time:
      return id(Column::block_time);
  }
  return 0;
}

}  // namespace tracehound::ledger::accounts
