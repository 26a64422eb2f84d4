// What a walk found by one method, before it is put in the reader's order.
#pragma once

#include <vector>

#include "trace/result.h"
#include "trace/runs.h"

namespace tracehound::trace {

struct Found {
  std::vector<SeedCoin> seeds;  // as the walk's seeds; `amount` 0 where it did not get so far
  // Landings by kind (those at services stay empty), and by service; in the order of events.
  std::vector<Landings> by_kind{kDestinationKinds};
  std::vector<Landings> by_service;
  LabelSums fees;
  LabelSums unclaimed;          // by miners, of what flowed into their coinbases
  Amount unconfirmed_fees = 0;  // of `fees`, paid by unconfirmed transactions
  std::vector<Parcel> parcels;
  std::uint64_t transactions_touched = 0;
  std::uint64_t coins_touched = 0;
};

}  // namespace tracehound::trace
