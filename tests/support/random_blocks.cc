#include "support/random_blocks.h"

#include <algorithm>

#include "base/merkle.h"

namespace tracehound::test {

using ledger::BlockRows;
using ledger::Outpoint;

std::uint64_t Random::next() {
  std::uint64_t mixed = (state_ += 0x9E3779B97F4A7C15);
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
  return mixed ^ (mixed >> 31);
}

Hash256 BlockMaker::fresh_hash() {
  std::uint64_t number = random_.next();
  return thread_hasher().sha256({reinterpret_cast<const Byte*>(&number), sizeof number});
}

void BlockMaker::add_transaction(BlockRows& block, const Hash256& txid,
                                 const std::vector<Outpoint>& inputs,
                                 const std::vector<Pay>& outputs) {
  block.transactions.push_back({txid, 100, static_cast<std::uint32_t>(inputs.size()),
                                static_cast<std::uint32_t>(outputs.size())});
  for (const Outpoint& outpoint : inputs) {
    block.inputs.push_back(outpoint);
    std::erase_if(unspent_, [&](const Known& known) { return known.outpoint == outpoint; });
  }
  for (std::uint32_t i = 0; i < outputs.size(); ++i) {
    auto start = static_cast<std::uint32_t>(block.payloads.size());
    block.payloads.insert(block.payloads.end(), 20, Byte{0});
    store_le(block.payloads.data() + start, outputs[i].address);
    block.outputs.push_back({outputs[i].value, ledger::ScriptKind::pubkey_hash,
                             ledger::AddressKind::pubkey_hash, 20, start});
    unspent_.push_back({{txid, i}, outputs[i].value});
  }
}

void BlockMaker::leave_alone(const Hash256& txid) {
  std::erase_if(unspent_, [&](const Known& known) { return known.outpoint.txid == txid; });
}

BlockRows BlockMaker::make(const std::vector<Spend>& spends, Pay coinbase) {
  BlockRows block;
  Hash256 coinbase_txid = coinbase_txid_ == Hash256{} ? fresh_hash() : coinbase_txid_;
  coinbase_txid_ = Hash256{};
  leave_alone(coinbase_txid);  // what there is of it is replaced
  add_transaction(block, coinbase_txid, {}, {coinbase});
  for (const Spend& spend : spends) {
    Hash256 txid = spend_txid_ == Hash256{} ? fresh_hash() : spend_txid_;
    spend_txid_ = Hash256{};
    leave_alone(txid);
    add_transaction(block, txid, spend.inputs, spend.outputs);
  }
  std::copy(tip_.bytes.begin(), tip_.bytes.end(), block.header.begin() + 4);
  std::vector<Hash256> txids;
  for (const ledger::TxRow& tx : block.transactions) txids.push_back(tx.txid);
  Hash256 root = merkle_root(txids, thread_hasher()).root;
  std::copy(root.bytes.begin(), root.bytes.end(), block.header.begin() + 36);
  store_le(block.header.data() + 68, 1'600'000'000 + height_ * 600);
  block.hash = thread_hasher().sha256d(block.header);
  tip_ = block.hash;
  ++height_;
  return block;
}

BlockRows BlockMaker::random_block(std::size_t transactions) {
  std::vector<Spend> spends;
  if (coinbase_txid_ != Hash256{}) leave_alone(coinbase_txid_);
  std::vector<Known> free = unspent_;
  for (std::size_t i = 0; i < transactions && !free.empty(); ++i) {
    Spend spend;
    Amount in = 0;
    for (std::uint64_t n = 1 + random_.below(3); n > 0 && !free.empty(); --n) {
      std::size_t pick = random_.below(free.size());
      spend.inputs.push_back(free[pick].outpoint);
      in += free[pick].value;
      free[pick] = free.back();
      free.pop_back();
    }
    Amount left = in;
    for (std::uint64_t n = 1 + random_.below(3); n > 0; --n) {
      Amount value = random_.below(left + 1);
      left -= value;
      spend.outputs.push_back({value, static_cast<std::uint32_t>(random_.below(40))});
    }
    spends.push_back(std::move(spend));
  }
  return make(spends, {1000 + random_.below(1000), static_cast<std::uint32_t>(random_.below(40))});
}

}  // namespace tracehound::test
