// Real blocks of a regtest chain, made in the test: transactions as bytes, merkle roots, headers
// with their (easy) proof of work, and the records of a block file. No wallet and no rules: a test
// may build a block that is whole and wrong.
//
//   RegtestChain chain;                                        // the genesis block
//   Tx mined = chain.mine();                                   // gives the block's coinbase
//   chain.mine({Tx{.in = {{mined.outpoint(0)}}, .out = {{50 * kCoin, pay_to(7)}}}});
//   Bytes file = records(chain.blocks());                      // a whole blk00000.dat
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/ids.h"
#include "ledger/rows.h"

namespace tracehound::test {

inline constexpr Amount kCoin = 100'000'000;
inline constexpr std::uint32_t kRegtestMagic = 0xDAB5'BFFA;  // FA BF B5 DA in the file
inline constexpr std::uint32_t kRegtestBits = 0x207F'FFFF;   // about two tries a block

struct TxIn {
  ledger::Outpoint from;
  Bytes script = {};
  std::uint32_t sequence = 0xFFFF'FFFF;
};

struct TxOut {
  Amount value;
  Bytes script;
};

// A transaction without witness.
struct Tx {
  std::uint32_t version = 1;
  std::vector<TxIn> in = {};
  std::vector<TxOut> out = {};
  std::uint32_t locktime = 0;

  Bytes bytes() const;
  Hash256 txid() const;
  ledger::Outpoint outpoint(std::uint32_t number) const { return {txid(), number}; }
};

// A pay-to-pubkey-hash script for a made-up key; the same number, the same address.
Bytes pay_to(std::uint32_t number);
// 0 to 252 in one byte, more in 3, 5 or 9.
void put_compact_size(Bytes& to, std::uint64_t number);

// A whole block of these transactions, mined. The first is taken for the coinbase.
// REQUIRES: bits easy enough to find by trying.
Bytes make_block(const Hash256& previous, std::uint32_t time,
                 const std::vector<Bytes>& transactions, std::uint32_t bits = kRegtestBits);
Hash256 block_hash(ByteView block);

// A block, or many, as they lie in a block file.
Bytes record(ByteView block, std::uint32_t magic = kRegtestMagic);
Bytes records(const std::vector<Bytes>& blocks, std::uint32_t magic = kRegtestMagic);

// A chain that grows. Copy it, or take branch(), to make others from the same root.
class RegtestChain {
 public:
  RegtestChain();

  // Adds a block and gives its coinbase. Each chain's coinbases differ by height and branch.
  Tx mine(const std::vector<Tx>& transactions = {});
  // The same with a coinbase of the test's own, or harder bits.
  void mine_with(const Tx& coinbase, const std::vector<Tx>& transactions,
                 std::uint32_t bits = kRegtestBits);
  // The same from transactions as bytes, the coinbase first.
  void mine_bytes(const std::vector<Bytes>& transactions, std::uint32_t bits = kRegtestBits);
  // The coinbase that mine() would make: 50 coins, halved each 150 blocks, to pay_to(height).
  Tx next_coinbase() const;

  // The blocks below `height`, to be followed by others. Branches of different names differ.
  RegtestChain branch(std::size_t height, std::uint32_t name) const;

  const std::vector<Bytes>& blocks() const { return blocks_; }
  std::size_t size() const { return blocks_.size(); }
  Hash256 hash(std::size_t height) const { return block_hash(blocks_[height]); }
  Hash256 tip() const { return block_hash(blocks_.back()); }

 private:
  std::vector<Bytes> blocks_;
  std::uint32_t branch_ = 0;
};

}  // namespace tracehound::test
