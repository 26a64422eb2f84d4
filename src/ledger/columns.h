// All columns of a coin ledger while it is written, and the few row questions that its parts share.
#pragma once

#include <string>

#include "base/hash.h"
#include "base/ids.h"
#include "ledger/column_set.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

class Columns : public ColumnSet<kColumns> {
 public:
  using ColumnSet::ColumnSet;

  Hash256 txid(TxId tx) const { return (*this)[Column::tx_hash].get<Hash256>(tx.number()); }
  // The transaction's coins among `counts`.
  IdRange<CoinId> outputs(TxId tx, const Counts& counts) const;
  ByteView payload(AddressId address) const {
    return text(Column::address_end, Column::address_payload, address.number());
  }
  std::uint64_t address_key(AddressId address) const;
};

}  // namespace tracehound::ledger
