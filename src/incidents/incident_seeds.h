// An incident's seeds, found on a ledger: what a trace of it begins with.
//
// Coins are looked up; an address stands for every coin it received in its span of time. Seeds of
// other chains than the ledger's are left out and counted: a theft has seeds on many chains, and
// each ledger knows its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "incidents/incident.h"
#include "ledger/ledger.h"
#include "trace/seeds.h"

namespace tracehound::incidents {

// What a label of the trace stands for.
enum class LabelOf : std::uint8_t {
  incident,  // the whole incident is one label, called by its name
  victim,    // each victim that a seed names is one, in the order of the seeds; the rest are the
             // incident's
};

// Seeds of a file with which no trace on this ledger begins.
struct LeftOut {
  std::uint64_t on_other_chains = 0;
  std::uint64_t addresses_not_seen = 0;  // that moved nothing here in their span
  std::uint64_t later = 0;               // coins that came after the last block that counts

  friend bool operator==(const LeftOut&, const LeftOut&) = default;
};
// A clause for each kind of them that there are.
std::vector<std::string> clauses(const LeftOut& left_out);

struct FoundSeeds {
  std::vector<trace::Seed> seeds;   // in the file's order, an address's in chain order
  std::vector<std::string> labels;  // [i] names Label(first + i)
  LeftOut left_out;
};

// With `last`, as on the day when that block was the tip: coins of later blocks, and those that the
// ledger does not know, are left out and counted.
// Errors (bad_input), with file and line: no seed on this ledger's chain, or none found on it; a
// coin that is not there; an address that is none; an amount that differs; seeds that overlap.
Result<FoundSeeds> find_seeds(const ledger::Ledger& ledger, const Incident& incident,
                              const std::string& file, LabelOf label_of,
                              Label first = trace::kFirstLabel,
                              std::optional<BlockHeight> last = {});

// Gives the seeds of each label and theft transaction a label of their own, in the order in which
// they come; labels of one name are then several. REQUIRES: labels from 1 on.
void label_by_transaction(const ledger::Ledger& ledger, FoundSeeds& found);

}  // namespace tracehound::incidents
