// All columns of a ledger while it is written, and the few row questions that its parts share.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/ids.h"
#include "ledger/column_file.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

class Columns {
 public:
  explicit Columns(const std::string& folder);

  ColumnFile& operator[](Column column) { return files_[static_cast<std::size_t>(column)]; }
  const ColumnFile& operator[](Column column) const {
    return files_[static_cast<std::size_t>(column)];
  }

  // Maps the committed rows; what was sealed is forgotten, a tail stays. A failure changes nothing.
  Status open(FileSystem& files, const Counts& committed);
  void seal();
  void drop_uncommitted();

  Hash256 txid(TxId tx) const { return (*this)[Column::tx_hash].get<Hash256>(tx.number()); }
  // The transaction's coins among `counts`.
  IdRange<CoinId> outputs(TxId tx, const Counts& counts) const;
  ByteView payload(AddressId address) const;
  std::uint64_t address_key(AddressId address) const;

 private:
  std::vector<ColumnFile> files_;
};

}  // namespace tracehound::ledger
