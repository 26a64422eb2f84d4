// Which addresses are scripts around other addresses, as spends show: a table of what is known.
//
// A coin of pay-to-script-hash is spent by showing the script, and the script is what some other
// address stands for: a witness program, a multisig, a key's hash. Whoever can spend from one can
// spend from the other. Each wrapper gets one row, from the transaction that showed it first.
//
// Memory: one bit an address, whatever --memory says: 160 MB for all of Bitcoin.
#pragma once

#include <cstdint>
#include <vector>

#include "ledger/columns.h"
#include "ledger/interner.h"
#include "ledger/resolver.h"
#include "ledger/rows.h"

namespace tracehound::ledger {

class Wrappers {
 public:
  Wrappers(Columns& columns, Interner& interner) : columns_(columns), interner_(interner) {}

  // Begins again from the committed rows.
  void reset(const Counts& committed);

  // What the block's spends show and no spend before showed: rows in the wrapper columns, new
  // addresses in the address columns, both counted. Rows of the block whose wrapper is not the
  // address that their coin pays show nothing. REQUIRES: the block's outputs and transactions are
  // in the columns, the first of them at `before`.
  void add(const BlockRows& block, const Resolved& resolved, const Counts& before, Counts& counts);

 private:
  AddressId spent_address(const Resolved& resolved, const WrapperRow& row) const;
  bool is_wrapper(AddressId address, const BlockRows& block, const WrapperRow& row) const;
  bool is_known(AddressId address) const;
  void know(AddressId address);

  Columns& columns_;
  Interner& interner_;
  std::vector<std::uint64_t> known_;  // a bit an address: whether it has a row
  // Of the block at work.
  std::vector<WrapperRow> shown_;        // those that show something
  std::vector<std::uint32_t> place_of_;  // of the block's rows in shown_
  std::vector<AddressId> wrapped_;       // of those in shown_
};

}  // namespace tracehound::ledger
