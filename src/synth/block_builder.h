// From drafts to the bytes of one block at a time: BIP 144 transactions, the coinbase with its
// height (BIP 34) and witness commitment (BIP 141), merkle root, and a nonce that satisfies the
// network's easiest target.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "chains/bitcoin/network.h"
#include "synth/address_book.h"
#include "synth/coin_pool.h"
#include "synth/prng.h"
#include "synth/types.h"

namespace tracehound::synth {

// What the miner decides.
struct BlockFrame {
  std::uint32_t height = 0;
  std::uint32_t time = 0;
  Hash256 previous;
  std::string_view miner;          // its mark in the coinbase; at most 40 bytes
  std::span<const Output> payout;  // sums to subsidy and fees
};

struct MinedBlock {
  Hash256 hash;
  Hash256 coinbase;  // txid
};

class BlockBuilder {
 public:
  // The tables are the world's; they outlive the builder. Draws unlocking bytes from `prng`.
  BlockBuilder(const chains::bitcoin::Network& network, AddressBook& book, const CoinPool& coins,
               Prng& prng)
      : network_(network), book_(book), coins_(coins), prng_(prng) {}

  void start(std::uint32_t height);
  // Appends the transaction; returns its txid. REQUIRES: the inputs hold at least what the outputs
  // do, and are still in the pool.
  Hash256 add(const Draft& draft);
  // Of the transactions so far, without the coinbase.
  std::uint64_t weight() const { return weight_; }
  Amount fees() const { return fees_; }

  // Appends the block's record (magic, length, block) to `record`.
  MinedBlock mine(const BlockFrame& frame, Bytes& record);

 private:
  Byte* put_inputs(const Draft& draft, Byte* to);
  Byte* put_outputs(std::span<const Output> outputs, Byte* to);
  Bytes coinbase_bytes(const BlockFrame& frame, Hash256& txid);

  const chains::bitcoin::Network& network_;
  AddressBook& book_;
  const CoinPool& coins_;
  Prng& prng_;
  Hasher hasher_;

  std::uint32_t height_ = 0;
  Bytes body_;  // transactions after the coinbase; the first used_ bytes count
  std::size_t used_ = 0;
  Bytes core_;                   // one transaction without its witness
  std::vector<Hash256> txids_;   // [0] is the coinbase's, set by mine()
  std::vector<Hash256> wtxids_;  // likewise; [0] is zero by BIP 141
  std::uint64_t weight_ = 0;
  Amount fees_ = 0;
};

// The regtest genesis block's record, as every node of that network has it.
Bytes genesis_record();
// HASH160 of the key its coinbase pays, whose coin cannot be spent.
Hash160 genesis_key_hash();

}  // namespace tracehound::synth
