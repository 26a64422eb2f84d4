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

// The same kind of chain, mined by the rules of "bitcoin:regtest", which is the chain's name for
// ToyChain: coinbases pay out the subsidy and their block's fees or less, in one coin or several,
// that are spent in later blocks only. Some chains reach into the second subsidy.
RandomChain random_mined_chain(std::uint64_t seed);

}  // namespace tracehound::test
