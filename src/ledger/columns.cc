#include "ledger/columns.h"

#include "ledger/keys.h"

namespace tracehound::ledger {

Columns::Columns(const std::string& folder) {
  for (const ColumnSpec& spec : kColumns)
    files_.emplace_back(spec.width, column_path(folder, spec));
}

Status Columns::open(FileSystem& files, const Counts& committed) {
  std::vector<std::unique_ptr<Mapping>> maps;
  for (const ColumnSpec& spec : kColumns) {
    TRY_ASSIGN(auto map, (*this)[spec.column].map(files, rows_of(spec.column, committed)));
    maps.push_back(std::move(map));
  }
  for (const ColumnSpec& spec : kColumns) {
    auto& map = maps[static_cast<std::size_t>(spec.column)];
    (*this)[spec.column].use(std::move(map), rows_of(spec.column, committed));
  }
  return {};
}

void Columns::seal() {
  for (ColumnFile& file : files_) file.seal();
}

void Columns::drop_uncommitted() {
  for (ColumnFile& file : files_) file.drop_uncommitted();
}

IdRange<CoinId> Columns::outputs(TxId tx, const Counts& counts) const {
  const ColumnFile& firsts = (*this)[Column::tx_first_coin];
  std::uint64_t first = firsts.get<Uint40>(tx.number()).number();
  std::uint64_t end = tx.number() + 1ULL == counts.transactions
                          ? counts.coins
                          : firsts.get<Uint40>(tx.number() + 1).number();
  CHECK_LEDGER(first <= end && end <= counts.coins);
  return {CoinId(first), CoinId(end)};
}

ByteView Columns::payload(AddressId address) const {
  const ColumnFile& ends = (*this)[Column::address_end];
  std::uint64_t row = address.number();
  std::uint64_t start = row == 0 ? 0 : ends.get<Uint40>(row - 1).number();
  std::uint64_t end = ends.get<Uint40>(row).number();
  CHECK_LEDGER(start <= end);
  return (*this)[Column::address_payload].bytes(start, end - start);
}

std::uint64_t Columns::address_key(AddressId address) const {
  auto kind =
      static_cast<AddressKind>((*this)[Column::address_kind].get<std::uint8_t>(address.number()));
  return ledger::address_key(kind, payload(address));
}

}  // namespace tracehound::ledger
