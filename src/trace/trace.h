// Tracing: seeds, methods and stops in; where every stolen unit stands out.
#pragma once

#include <atomic>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "trace/result.h"
#include "trace/seeds.h"
#include "trace/stops.h"

namespace tracehound::trace {

// Where a trace is broken off on purpose: the taint of a coin that one of these holds for ends
// there as `cut`, unless a stop ended it before. A coin is judged as a whole, whatever labels are
// in it; seed coins are never cut. Cut before spent or unspent is asked.
struct Cuts {
  Amount min_amount = 0;                  // fewer tainted units than this in the coin
  std::optional<std::uint32_t> max_hops;  // more transactions from its nearest seed than this
  std::optional<BlockHeight> until;       // made in a later block than this, or in none yet

  friend bool operator==(const Cuts&, const Cuts&) = default;
};

struct Options {
  bool parcels = false;  // fill Trace::parcels: one for every tainted output and label
  // What an incident or victim is called: names[i] for Label(i + 1). Labels past the end go by
  // their number.
  std::vector<std::string> label_names = {};
  FeeRule fees = FeeRule::sink;
  Cuts cuts = {};
  // Nothing after this block exists: where everything was then. Unconfirmed rows do not count.
  std::optional<BlockHeight> as_of = {};
  // What every block's miner may create, instead of what the chain's schedule says; for chains that
  // have none. Only FeeRule::miner asks.
  std::optional<Amount> subsidy = {};
  // Looked at every few thousand transactions; once true, what still waits lands in `cut` and the
  // traces say that they were interrupted. May be set from a signal handler.
  const std::atomic<bool>* interrupt = nullptr;
};

// Follows the seeds forward to the ledger's tip, by every method in one pass over the ledger: one
// trace each, in the order asked. Seeds may come in any order, under several labels, and descend
// from one another.
// Errors: what check_seeds() refuses; no method, or one twice; `until` before a seed's block;
// `as_of` past the tip or before every seed; under FeeRule::miner a chain whose subsidy is not
// known, or a coinbase that pays out more than subsidy and fees; a ledger that contradicts itself;
// books that do not balance, which would be a bug of this program.
Result<std::vector<Trace>> run(const ledger::Ledger& ledger, std::span<const Seed> seeds,
                               std::span<const MethodKind> methods, const Stops& stops,
                               const Options& options = {});
// The same with one method.
Result<Trace> run(const ledger::Ledger& ledger, std::span<const Seed> seeds, MethodKind method,
                  const Stops& stops, const Options& options = {});

// What one destination holds by each of several methods: the least and the most. What lies inside
// every range does not depend on the method.
struct Range {
  DestinationKind kind = DestinationKind::held;
  std::optional<std::uint32_t> service;  // index into Trace::services
  Amount least = 0;
  Amount most = 0;

  friend bool operator==(const Range&, const Range&) = default;
};
// Over the traces that conserve; a destination that one of them does not reach holds 0 there. By
// kind, then service, as destinations are. Empty when none conserves.
// REQUIRES: the traces come from one run().
std::vector<Range> ranges(std::span<const Trace> traces);

// A trace that can be gone on with when the ledger has grown, day after day.
struct Resumable {
  std::vector<Trace> traces;
  // What run_on() goes on from: the coins unspent at the last block looked at, with their taint,
  // and the books so far. Its size is that of the result. Empty when interrupted.
  Bytes state;
};
// As run(), from where `state` was saved; an empty one is the seeds. Tracing in pieces gives what
// tracing at once does, if the clusters that the stops know have not changed in between.
// Unconfirmed rows do not count. Errors: as run(); and (bad_input) a state that is damaged, or was
// saved with other seeds, methods, stops, cuts, fee rule or parcels, of another chain, or at a
// block that the ledger does not have, or that is behind `as_of`.
Result<Resumable> run_on(const ledger::Ledger& ledger, std::span<const Seed> seeds,
                         std::span<const MethodKind> methods, const Stops& stops,
                         const Options& options, ByteView state);

// The books of a conserving trace: per label, what lies in all destinations together equals the
// effective seed. Error (machine) naming the label and both figures. Every trace run() returns has
// passed it.
Status check_balance(const Trace& trace);

}  // namespace tracehound::trace
