#include "ledger/columns.h"

namespace tracehound::ledger {

IdRange<CoinId> Columns::outputs(TxId tx, const Counts& counts) const {
  const ColumnFile& firsts = (*this)[Column::tx_first_coin];
  std::uint64_t first = firsts.get<Uint40>(tx.number()).number();
  std::uint64_t end = tx.number() + 1ULL == counts.transactions
                          ? counts.coins
                          : firsts.get<Uint40>(tx.number() + 1).number();
  CHECK_LEDGER(first <= end && end <= counts.coins);
  return {CoinId(first), CoinId(end)};
}

std::uint64_t Columns::address_key(AddressId address) const {
  auto kind =
      static_cast<AddressKind>((*this)[Column::address_kind].get<std::uint8_t>(address.number()));
  return ledger::address_key(kind, payload(address));
}

}  // namespace tracehound::ledger
