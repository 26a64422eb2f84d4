// Tracing backward: where a coin's units came from.
//
// The seeds are the coins (or parts of coins) that are asked about. Their units are followed from
// each transaction's outputs to its inputs, in reverse chain order, and every one of them ends in
// exactly one destination:
//   mined            a coinbase made them: the coin is the coinbase's
//   service, crossed a coin at a service's (a bridge's) address was spent on the way here
//   mixed            a recognised CoinJoin made the coin
//   cut              below the least amount, beyond the most hops, made before the limit in time
// The books balance as they do forward: per label, the destinations sum to the effective seed.
//
// - fifo, lifo: the exact inverse of the forward map. Unit by unit, what a forward trace of a coin
//   brings into another is what a backward trace of that one finds in the first.
// - haircut: each transaction's asked units are divided over its inputs in proportion to their
//   values, made whole by largest remainder. Forward and backward agree in exact shares; in whole
//   units within what the transactions between them rounded.
// - The other methods have no inverse: many inputs give the same outputs.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "ledger/ledger.h"
#include "trace/result.h"
#include "trace/seeds.h"
#include "trace/stops.h"
#include "trace/trace.h"

namespace tracehound::trace {

// haircut, fifo, lifo.
bool has_inverse(MethodKind method);
// Error (usage): it has none, naming those that have.
Status check_inverse(MethodKind method);

// Seeds may come in any order, under several labels, and be ancestors of one another: then the
// units that a later coin's seed brings into an earlier seed coin keep their label, and only the
// rest becomes that seed. A seed coin is not stopped where it lies, but for being a coinbase's.
//
// Of the options, `parcels` turn round: `from` is the output whose units were asked for (the one
// that asks for most of the label; the first of equals), `to` is the input they came from. `fees`
// decides what a coinbase is made of: `sink`, it is mined whole; `miner`, the subsidy is mined and
// the rest came from its block's fees, whose payers' inputs are asked in turn. `cuts.until` is the
// height before which nothing is followed: coins made below it are cut.
//
// Errors: a method without an inverse (usage, naming those that have one); what check_seeds()
// refuses; a seed made before `cuts.until`; a ledger that contradicts itself; books that do not
// balance, which would be a bug of this program.
Result<Trace> run_back(const ledger::Ledger& ledger, std::span<const Seed> seeds, MethodKind method,
                       const Stops& stops, const Options& options = {});

}  // namespace tracehound::trace
