// Tracing on an account chain: seeds, methods and stops in; where every stolen unit stands out.
// docs/tracing.md, "Account chains", says exactly what is computed.
#pragma once

#include <atomic>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "trace/accounts/events.h"
#include "trace/accounts/result.h"
#include "trace/accounts/stops.h"
#include "trace/accounts/units.h"

namespace tracehound::trace::accounts {

// How a walk finds the transactions that concern it. The answer is the same.
enum class Driver : std::uint8_t {
  automatic,  // a queue while taint touches few transactions, then a scan
  queue,      // each tainted account's next transaction, by its index
  scan,       // every transaction in turn is asked whether it names a tainted account
};

// Where a trace is broken off on purpose: units that arrive somewhere end there as `cut`, unless a
// stop ended them before. What one movement brings is judged as a whole, whatever labels are in it;
// seeds are never cut.
struct Cuts {
  U256 min_amount;                        // fewer tainted units than this, of whatever asset
  std::optional<std::uint32_t> max_hops;  // more movements from the nearest seed than this
  std::optional<TxId> until;              // in a later transaction than this (backward: earlier)
};
// Whether the least amount or the most hops cut off units that one movement brought.
// REQUIRES: some of them are tainted.
bool cuts_off(const Cuts& cuts, const Units& units);

struct Options {
  bool parcels = false;  // fill Trace::parcels
  bool swaps = true;     // net transactions; else every transfer is replayed as it stands
  std::vector<std::string> label_names = {};
  Cuts cuts = {};
  std::optional<TxId> end = {};  // transactions from here on are not looked at
  Driver driver = Driver::automatic;
  const std::atomic<bool>* interrupt = nullptr;
};

// Errors (bad_input): no seed; label 0; a transfer that the ledger does not have, or that moves
// nothing; a range that is empty or past what it moves; all moved from `options.end` on. Seeds may
// overlap: what two claim is the first one's, by transfer, label and range.
Status check_seeds(const Events& events, std::span<const Seed> seeds, const Options& options = {});

// Follows the seeds by every method in one pass: one trace each, in the order asked.
// Errors: check_seeds()'s; stolen units of one asset beyond 256 bits (bad_input); books that do not
// balance, which would be a bug of this program.
Result<std::vector<Trace>> run(const Events& events, std::span<const Seed> seeds,
                               std::span<const MethodKind> methods, const Stops& stops,
                               const Options& options = {});

// A trace that can be gone on with when the ledger has grown, day after day.
struct Resumable {
  std::vector<Trace> traces;
  // What run_on() goes on from: the balances that carry taint after the last transaction looked at,
  // and the books so far. Empty when interrupted, or when there is a word in `unsaved`.
  Bytes state;
  std::string unsaved;  // why this trace cannot be gone on with
};
// As run(), from where `state` was saved; an empty one is the seeds. Tracing in pieces gives what
// tracing at once does. Seeds of later transactions may be others than they were then, and so may
// an `until` that was not reached.
// Errors: run()'s; and (bad_input) a state that is damaged, or was saved with other seeds, methods,
// stops, cuts, prices or parcels, of another ledger, or at a block that this one does not have, or
// that is behind `end`. REQUIRES: `end` is a block's.
Result<Resumable> run_on(const Events& events, std::span<const Seed> seeds,
                         std::span<const MethodKind> methods, const Stops& stops,
                         const Options& options, ByteView state);

// What one destination holds by each of several methods: the least and the most.
struct Range {
  DestinationKind kind = DestinationKind::held;
  std::optional<std::uint32_t> service;
  AssetId asset;
  U256 least;
  U256 most;
};
// Over the traces that conserve, as trace::ranges().
std::vector<Range> ranges(std::span<const Trace> traces);

}  // namespace tracehound::trace::accounts
