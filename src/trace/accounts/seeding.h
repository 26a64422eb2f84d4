// Laying seeds over units.
#pragma once

#include <functional>
#include <span>
#include <vector>

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

}  // namespace tracehound::trace::accounts
