// Tracing backward on an account chain: where units that a transfer moved came from.
//
// The seeds are the transfers (or parts of them) that are asked about. Their units are followed
// from who received them into the giver's balance, from there to what had come into it, and so on
// against the order of events. Every unit ends in exactly one destination:
//   held              it was in the balance before all that the ledger knows: more went out than is
//                     known to have come in (Landing::unknown_opening)
//   mined             nobody gave it: a token was minted, a block paid its reward
//   service, crossed  a service's (a bridge's) account gave it
//   cut               fewer than the least amount, beyond the most hops, or still in a balance
//                     where the walk ends, by Cuts::until or an interrupt (then Landing::tx is
//                     nothing)
// The books balance as they do forward: per asset and label, seeded + swapped_in = swapped_out +
// destinations, where a swap leads from the asset that was received to the asset paid for it.
//
// - fifo, lifo: the exact inverse of the forward map. Unit by unit, what a forward trace of a
//   transfer brings into another is what a backward trace of that one finds in the first; through a
//   swap of unequal amounts, as near as whole units allow.
// - haircut: an asked balance was made of what came in and what was there, in proportion, made
//   whole by largest remainder. Forward and backward agree in exact shares; in whole units within
//   what the movements between them rounded.
// - The other methods have no inverse (trace/backward.h).
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "trace/accounts/trace.h"

namespace tracehound::trace::accounts {

// One trace for each method, in the order asked. Asked about are the seeds, and what the holdings
// come to at the end of the ledger, or before Options::end. Seeds may overlap and lie on the way
// back from one another: what is asked for already keeps its label. A seed that was sent lies with
// its giver, who is no stop for it; of any other the giver is the first to be looked at.
//
// Of the options, `parcels` turn round: `from` is who had received and is asked, `to` who gave;
// `cuts.until` is the transaction before which nothing is followed; seeds from `end` on are none.
//
// REQUIRES: the holdings' accounts and assets are the ledger's.
// Errors: nothing asked about; a method without an inverse (usage, naming those that have one);
// what check_seeds() refuses; a seed before `cuts.until`; an account asked about into which more
// came than 256 bits hold (bad_input); books that do not balance, which would be a bug of this
// program.
Result<std::vector<Trace>> run_back(const Events& events, std::span<const Seed> seeds,
                                    std::span<const MethodKind> methods, const Stops& stops,
                                    const Options& options = {},
                                    std::span<const Holding> holdings = {});

}  // namespace tracehound::trace::accounts
