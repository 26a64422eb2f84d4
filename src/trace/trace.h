// Tracing: seeds, method and stops in; where every stolen unit stands out.
#pragma once

#include <span>

#include "base/result.h"
#include "ledger/ledger.h"
#include "trace/result.h"
#include "trace/seeds.h"
#include "trace/stops.h"

namespace tracehound::trace {

struct Options {
  bool parcels = false;  // fill Trace::parcels: one for every tainted output and label
  // What an incident or victim is called: names[i] for Label(i + 1). Labels past the end go by
  // their number.
  std::vector<std::string> label_names = {};
};

// Follows the seeds forward to the ledger's tip. Fees end where they are paid (`--fees sink`).
// Seeds may come in any order, under several labels, and descend from one another.
// Errors: what check_seeds() refuses; a ledger that contradicts itself; books that do not balance,
// which would be a bug of this program.
Result<Trace> run(const ledger::Ledger& ledger, std::span<const Seed> seeds, MethodKind method,
                  const Stops& stops, const Options& options = {});

// The books of a conserving trace: per label, what lies in all destinations together equals the
// effective seed. Error (machine) naming the label and both figures. Every trace run() returns has
// passed it.
Status check_balance(const Trace& trace);

}  // namespace tracehound::trace
