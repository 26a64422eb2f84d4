// Chains of made-up blocks for ledger tests: hashes that link, coins that exist, no format and no
// proof of work. Deterministic by seed.
#pragma once

#include <cstdint>
#include <vector>

#include "ledger/rows.h"

namespace tracehound::test {

// splitmix64: a few lines, and the same on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  // In [0, limit). REQUIRES: limit > 0.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }

 private:
  std::uint64_t state_;
};

// One output of a block under construction: a value and a number that stands for an address. From 8
// on, every fourth is a script's hash: every other of those around a witness key's hash, the rest
// around a witness script's hash around a multisig. Spends show it.
struct Pay {
  Amount value;
  std::uint32_t address;
};

// Grows a chain block by block and remembers which coins can be spent.
class BlockMaker {
 public:
  explicit BlockMaker(std::uint64_t seed) : random_(seed) {}

  // A block with these transactions after its coinbase of one output.
  struct Spend {
    std::vector<ledger::Outpoint> inputs;
    std::vector<Pay> outputs;
  };
  ledger::BlockRows make(const std::vector<Spend>& spends, Pay coinbase = {50, 0});

  // A block of about `transactions` random spends of known unspent coins.
  ledger::BlockRows random_block(std::size_t transactions);

  // The chain so far, as a point to come back to: copy the maker to branch, and give the copy a
  // chance of its own.
  std::uint32_t height() const { return height_; }
  void reseed(std::uint64_t seed) { random_ = Random(seed); }
  // Makes the next coinbase's txid the same as this one's (BIP 30).
  void repeat_coinbase(const Hash256& txid) { coinbase_txid_ = txid; }
  // The same for the first spend of the next block.
  void repeat_spend(const Hash256& txid) { spend_txid_ = txid; }
  // Random blocks spend no more coins of this transaction.
  void leave_alone(const Hash256& txid);

 private:
  struct Known {
    ledger::Outpoint outpoint;
    Amount value;
    std::uint32_t address;
  };
  void show(ledger::BlockRows& block, std::uint32_t address);
  void add_transaction(ledger::BlockRows& block, const Hash256& txid,
                       const std::vector<ledger::Outpoint>& inputs,
                       const std::vector<Pay>& outputs);
  Hash256 fresh_hash();

  Random random_;
  Hash256 tip_;
  std::uint32_t height_ = 0;
  std::vector<Known> unspent_;
  Hash256 coinbase_txid_;
  Hash256 spend_txid_;
};

}  // namespace tracehound::test
