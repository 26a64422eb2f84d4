// An incident's seeds, found on an account ledger.
//
// A coin of the file, `TXID:POSITION`, is a transfer; an address stands for every transfer to it in
// its span of time. Seeds of other chains are left out and counted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "incidents/incident.h"
#include "incidents/incident_seeds.h"
#include "ledger/accounts/ledger.h"
#include "trace/accounts/result.h"

namespace tracehound::incidents {

struct FoundAccountSeeds {
  std::vector<trace::accounts::Seed> seeds;  // in the file's order, an address's in chain order
  std::vector<std::string> labels;           // [i] names Label(i + 1)
  std::uint64_t on_other_chains = 0;
  std::uint64_t addresses_not_seen = 0;  // that received nothing in their span
};

// Errors (bad_input): no seed of this ledger, or none found on it; a transfer that is not there.
Result<FoundAccountSeeds> find_account_seeds(const ledger::accounts::Ledger& ledger,
                                             const Incident& incident, const std::string& file,
                                             LabelOf label_of);

}  // namespace tracehound::incidents
