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

namespace {

bool is_wrapper(std::uint32_t address) { return address >= 8 && address % 4 == 1; }

std::uint32_t add_payload(BlockRows& block, std::uint32_t address, std::size_t size) {
  auto start = static_cast<std::uint32_t>(block.payloads.size());
  block.payloads.insert(block.payloads.end(), size, Byte{0});
  store_le(block.payloads.data() + start, address);
  return start;
}

}  // namespace

// What spending a coin of the address shows; of the block's last input and the transaction to come.
void BlockMaker::show(BlockRows& block, std::uint32_t address) {
  using ledger::AddressKind;
  if (!is_wrapper(address)) return;
  bool twice = address % 8 == 5;
  ledger::WrapperRow row;
  row.transaction = static_cast<std::uint32_t>(block.transactions.size() - 1);
  row.input = static_cast<std::uint32_t>(block.inputs.size() - 1);
  row.wraps_a_wrapper = twice;
  row.wrapper_size = 20;
  row.wrapper_start = add_payload(block, address, 20);
  row.address_kind = twice ? AddressKind::witness_script_hash : AddressKind::witness_pubkey_hash;
  row.payload_size = twice ? 32 : 20;
  row.payload_start = add_payload(block, address, row.payload_size);
  block.wrappers.push_back(row);
  if (!twice) return;
  ledger::WrapperRow inner = row;
  inner.inside = static_cast<std::uint32_t>(block.wrappers.size() - 1);
  inner.wraps_a_wrapper = false;
  inner.wrapper_kind = row.address_kind;
  inner.wrapper_size = row.payload_size;
  inner.wrapper_start = row.payload_start;
  inner.address_kind = AddressKind::multisig;
  inner.payload_start = add_payload(block, address, 32);
  block.wrappers.push_back(inner);
}

void BlockMaker::add_transaction(BlockRows& block, const Hash256& txid,
                                 const std::vector<Outpoint>& inputs,
                                 const std::vector<Pay>& outputs) {
  block.transactions.push_back({txid, 100, static_cast<std::uint32_t>(inputs.size()),
                                static_cast<std::uint32_t>(outputs.size())});
  for (const Outpoint& outpoint : inputs) {
    block.inputs.push_back(outpoint);
    auto known = std::ranges::find(unspent_, outpoint, &Known::outpoint);
    if (known == unspent_.end()) continue;
    show(block, known->address);
    unspent_.erase(known);
  }
  for (std::uint32_t i = 0; i < outputs.size(); ++i) {
    bool wrapper = is_wrapper(outputs[i].address);
    block.outputs.push_back(
        {outputs[i].value,
         wrapper ? ledger::ScriptKind::script_hash : ledger::ScriptKind::pubkey_hash,
         wrapper ? ledger::AddressKind::script_hash : ledger::AddressKind::pubkey_hash, 20,
         add_payload(block, outputs[i].address, 20)});
    unspent_.push_back({{txid, i}, outputs[i].value, outputs[i].address});
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
