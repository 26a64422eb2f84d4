#include "shaped_chain.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "ledger/writer.h"

namespace tracehound::clusters {

namespace {

using ledger::AddressKind;
using ledger::ScriptKind;

AddressKind address_kind(ScriptKind script) {
  switch (script) {
    case ScriptKind::pubkey:
    case ScriptKind::pubkey_hash:
      return AddressKind::pubkey_hash;
    case ScriptKind::script_hash:
      return AddressKind::script_hash;
    case ScriptKind::witness_pubkey_hash:
      return AddressKind::witness_pubkey_hash;
    case ScriptKind::witness_script_hash:
      return AddressKind::witness_script_hash;
    case ScriptKind::taproot:
      return AddressKind::taproot;
    case ScriptKind::witness_other:
      return AddressKind::witness_other;
    case ScriptKind::multisig:
      return AddressKind::multisig;
    case ScriptKind::op_return:
      return AddressKind::op_return;
    case ScriptKind::other:
      return AddressKind::other;
  }
  return AddressKind::other;
}

std::size_t payload_size(AddressKind kind) {
  bool is_short = kind == AddressKind::pubkey_hash || kind == AddressKind::script_hash ||
                  kind == AddressKind::witness_pubkey_hash;
  return is_short ? 20 : 32;
}

Hash256 txid_of(std::uint32_t number) {
  return thread_hasher().sha256({reinterpret_cast<const Byte*>(&number), sizeof number});
}

void add(const ShapedTransaction& transaction, std::uint32_t number, ledger::BlockRows& block) {
  block.transactions.push_back({txid_of(number), transaction.shape,
                                static_cast<std::uint32_t>(transaction.in.size()),
                                static_cast<std::uint32_t>(transaction.out.size())});
  for (const auto& spent : transaction.in) {
    block.inputs.push_back({txid_of(spent.transaction), spent.output});
  }
  for (const ShapedOutput& output : transaction.out) {
    AddressKind kind = address_kind(output.script);
    auto start = static_cast<std::uint32_t>(block.payloads.size());
    std::size_t size = payload_size(kind);
    block.payloads.resize(start + size);
    store_le(block.payloads.data() + start, output.address);
    block.outputs.push_back(
        {output.value, output.script, kind, static_cast<std::uint8_t>(size), start});
  }
}

}  // namespace

ShapedChain::ShapedChain(const std::vector<ShapedBlock>& blocks) {
  auto writer = ledger::Writer::open(disk_, "shaped", "toy:test");
  EXPECT_TRUE(writer.has_value());
  std::uint32_t number = 0;
  for (std::uint32_t height = 0; height < blocks.size(); ++height) {
    ledger::BlockRows block;
    for (const ShapedTransaction& transaction : blocks[height]) add(transaction, number++, block);
    if (auto tip = writer->tip_hash()) std::ranges::copy(tip->bytes, block.header.begin() + 4);
    store_le<std::uint32_t>(block.header.data() + 68, 1'600'000'000 + 600 * height);
    block.hash = thread_hasher().sha256d(block.header);
    auto appended = writer->append(block);
    EXPECT_TRUE(appended.has_value()) << appended.error().message;
  }
  EXPECT_TRUE(writer->commit().has_value());
  ledger_.push_back(ledger::Ledger::open(disk_, "shaped").value());
}

std::vector<ViewedCoin> coins_of(const std::vector<Amount>& values, std::uint32_t first,
                                 ScriptKind script) {
  std::vector<ViewedCoin> coins;
  for (Amount value : values) {
    coins.push_back({.value = value, .address = first++, .script = script});
  }
  return coins;
}

}  // namespace tracehound::clusters
