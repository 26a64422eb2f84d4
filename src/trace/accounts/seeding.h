// Laying seeds over units.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "trace/accounts/netting.h"
#include "trace/accounts/result.h"
#include "trace/accounts/units.h"

namespace tracehound::trace::accounts {

// A seed's place in the units at hand: its range moved by `start`.
struct LaidSeed {
  std::size_t number = 0;  // of the seed, for who counts
  U256 start;
  U256 first;
  U256 end;
  Label label;
};

// Lays the seeds over the units, in their order: what is tainted keeps its label, and what a stop
// took (`stopped`, which arrived in these units and is clean in them) is no seed's either.
// `count` is told how many units each seed got.
void lay_seeds(std::span<const LaidSeed> seeds, const Units& stopped, bool ordered, Units& units,
               const std::function<void(std::size_t, const U256&)>& count);

// Where a seed of a netted transaction lies: on what its transfer's holder got, or paid (`sent`),
// on balance, behind what the holder's transfers before it take up.
struct SeedPlace {
  HolderId at;
  bool sent = false;
  LaidSeed seed;
};
// Of those of the seeds that are in the transaction, by number.
std::vector<SeedPlace> places_of_seeds(const Exchange& what, const TransactionRows& tx,
                                       std::span<const Seed> seeds,
                                       std::span<const std::size_t> numbers);
std::vector<LaidSeed> seeds_at(std::span<const SeedPlace> places, HolderId id, bool sent);

}  // namespace tracehound::trace::accounts
