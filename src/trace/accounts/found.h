// What a walk over an account ledger is asked, and what it found, before that is put in the
// reader's order.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "base/result.h"
#include "trace/accounts/stops.h"
#include "trace/accounts/trace.h"

namespace tracehound::trace::accounts {

// What one method found.
struct Found {
  struct Landed {
    Landing landing;
    Stop stop;
  };
  std::vector<Landed> landings;  // in the order of events
  Sums fees;                     // in the native asset
  std::map<AssetId, Sums> seeded;
  std::map<AssetId, Sums> swapped_in;
  std::map<AssetId, Sums> swapped_out;
  std::vector<U256> effective;         // of each seed
  std::vector<HolderId> seed_holders;  // of each seed
  std::vector<HoldingFound> holdings;
  std::vector<Parcel> parcels;
  // Carried taint while their history did not suffice; some of them more than once.
  std::vector<HolderId> unknown;
  std::uint64_t transactions = 0;
  std::uint64_t swaps = 0;
  std::uint64_t approximate = 0;
  std::uint64_t guessed_actor = 0;
};

struct WalkRequest {
  const Events& events;
  std::span<const MethodKind> methods;
  const Stops& stops;
  std::span<const Seed> seeds;  // sorted, and passed check_seeds()
  const Options& options;
};

// Errors (usage): none, or one twice.
Status check_methods(std::span<const MethodKind> methods);
// By transfer, label and range.
std::vector<Seed> in_order(std::span<const Seed> seeds);
// How many of them, in order, are of transactions before `end`.
std::size_t seeds_before(const Events& events, std::span<const Seed> seeds, TxId end);

// Puts it in order. Errors: stolen units of one asset beyond 256 bits (bad_input); books that do
// not balance, which would be a bug of this program.
Result<Trace> trace_of(const WalkRequest& request, MethodKind method, Direction direction,
                       Found found, bool interrupted);

}  // namespace tracehound::trace::accounts
