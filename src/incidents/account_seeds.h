// An incident's seeds, found on an account ledger.
//
// A coin of the file, `TXID:POSITION`, is a transfer; an address stands for every transfer to it in
// its span of time, one under `sent_by` for every transfer that it made, of one asset where the
// seed names that. Seeds of other chains are left out and counted.
#pragma once

#include <cstdint>
#include <optional>
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
  LeftOut left_out;
};

// With `end`, as on the day when the transaction before it was the last: transfers from it on, and
// those that the ledger does not know, are left out and counted.
// Errors (bad_input), with file and line: no seed of this ledger, or none found on it; a transfer
// that is not there; an asset that several are called; an amount that differs.
Result<FoundAccountSeeds> find_account_seeds(const ledger::accounts::Ledger& ledger,
                                             const Incident& incident, const std::string& file,
                                             LabelOf label_of, std::optional<TxId> end = {});

}  // namespace tracehound::incidents
