// Random small chains as toy text: coins that merge, split, are spent in their own block, burned,
// paid to services, worth nothing, worth a lot; coinbases that share a txid.
#pragma once

#include <cstdint>
#include <string>

namespace tracehound::test {

struct RandomChain {
  std::string text;      // for ToyChain
  std::string services;  // "s0=Service0 ...": the addresses that some outputs pay
};

// The same seed gives the same chain on every machine.
RandomChain random_chain(std::uint64_t seed);

}  // namespace tracehound::test
