// Whether an address was never seen before a transaction.
#pragma once

#include <cstdint>

#include "base/ids.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

// Addresses are numbered by first appearance, so a transaction's fresh ones are those whose number
// is above every earlier coin's. That largest number is known at each block's start; inside a block
// the coins up to the transaction are read, from where the last question left off if that was
// before.
class FreshAddresses {
 public:
  explicit FreshAddresses(const ledger::Ledger& ledger) : ledger_(ledger) {}

  // Whether the address appears for the first time in this transaction (or later).
  bool is_fresh(TxId tx, AddressId address) { return address.number() >= known_before(tx); }

 private:
  // How many addresses there were before the transaction.
  std::uint32_t known_before(TxId tx);

  const ledger::Ledger& ledger_;
  IdRange<TxId> block_{};  // the one that the last question was in
  TxId next_;              // what lies before it in the block is counted in known_
  std::uint32_t known_ = 0;
};

}  // namespace tracehound::clusters
