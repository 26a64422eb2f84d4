// A registry counted: by year, country, kind of victim and size of loss, and beside what others
// have counted.
//
// An incident with victims in two countries counts in both, once in each; so groups may sum to more
// than all incidents. Losses are what the incidents claim as stolen in US dollars, from the least
// claim of each to the most; incidents without such a claim count, and add nothing to the sums.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "incidents/registry.h"

namespace tracehound::incidents {

struct Group {
  std::string name;  // "2018", "KR", "exchange", "10 to 100 million", "unknown"
  std::uint64_t incidents = 0;
  std::uint64_t with_loss = 0;  // of these, with a claim in US dollars
  std::uint64_t least = 0;      // their sums, in US dollars
  std::uint64_t most = 0;
};

// One country in somebody's count and in the registry.
struct ComparedCountry {
  std::string country;
  std::optional<std::uint64_t> reported;  // none where the other does not speak of it
  std::uint64_t registry = 0;
};

// Somebody's count and, of the registry's incidents in that time, those attributed to the same.
struct Comparison {
  const Counts* counts = nullptr;
  Group registry;
  std::vector<ComparedCountry> countries;  // most reported first, then by code
  std::uint64_t reported_by_country = 0;   // sum of what it gives by country
};

struct Stats {
  Group all;
  std::uint64_t attributed = 0;  // incidents with an attribution to anybody
  std::uint64_t addresses = 0;   // published addresses and transactions, seeds or not
  std::uint64_t malformed = 0;   // of these, marked so
  std::vector<Group> years;      // in order, unknown last
  std::vector<Group> countries;  // most incidents first, then by code; unknown last
  std::vector<Group> kinds;      // the same
  std::vector<Group> sizes;      // from the smallest, unknown last
  std::vector<Comparison> comparisons;
};

// REQUIRES: the registry outlives it. Error (bad_input), naming the file with the largest: the
// losses add up to more than 64 bits.
Result<Stats> count_registry(const Registry& registry);

std::string stats_text(const Stats& stats);
// Schema tracehound.incident-stats/1.
std::string stats_json(const Stats& stats);
// One SVG picture without scripts, fonts or links.
std::string stats_svg(const Stats& stats);

// "1,500,000,000", "7,000,000 to 40,000,000", "unknown".
std::string dollars_text(const DollarLoss& loss);
std::string dollars_text(const Group& group);

}  // namespace tracehound::incidents
