// Reads a simulated world back from its files with the reader of real chains, and audits it by the
// rules of money: what the generator believes about itself counts for nothing here.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/ids.h"
#include "ledger/rows.h"
#include "support/faulty_file_system.h"
#include "synth/synth.h"

namespace tracehound::test {

struct AuditedCoin {
  Amount value = 0;
  std::uint32_t height = 0;
  bool coinbase = false;
  std::string address;
  bool spent = false;
};

struct OutpointHash {
  std::size_t operator()(const ledger::Outpoint& outpoint) const {
    return outpoint.txid.prefix() + outpoint.index;
  }
};

struct AuditedWorld {
  // What is wrong with the chain, a sentence each; empty when every rule is kept.
  std::vector<std::string> faults;
  std::vector<std::uint32_t> times;                                       // by height
  std::vector<std::uint64_t> transactions;                                // by height
  std::vector<std::uint64_t> weights;                                     // by height
  std::unordered_map<ledger::Outpoint, AuditedCoin, OutpointHash> coins;  // all there ever were
  std::unordered_map<Hash256, std::vector<Amount>> outputs;               // values, by txid
};

// Makes the world under "/world" of the disk. The test fails when that fails.
synth::SynthReport make(FaultyFileSystem& disk, const synth::SynthOptions& options);

// Reads the block files (magic, proof of work, chain of hashes from the regtest genesis), decodes
// every block (merkle roots, no byte left over) and follows every coin: none spent twice, unknown
// or young, none made from nothing, coinbases that claim exactly subsidy and fees and name their
// height, rising times, weight.
AuditedWorld audit(FaultyFileSystem& disk);

// The bytes of a file on that disk, as text.
std::string text_of(FaultyFileSystem& disk, const std::string& path);

}  // namespace tracehound::test
