// Blocks of an account chain made from a seed, and what a ledger of them must say.
#pragma once

#include <fmt/format.h>

#include <random>
#include <vector>

#include "ledger/accounts/block_rows.h"

namespace tracehound::ledger::accounts {

inline constexpr const char* kFolder = "ledger";
inline constexpr const char* kChain = "ethereum:31337";

inline Asset ether() { return {"ETH", "", 18, true}; }

// Names of every kind, some of them in two spellings.
inline std::string account_name(std::uint64_t number) {
  switch (number % 4) {
    case 0:
      return fmt::format("0x{:040x}", number * 0x9E37'79B9'7F4A'7C15ULL);
    case 1:
      return fmt::format("r{}", number);
    case 2:
      return fmt::format("{:064x}", number);
    default:
      return fmt::format("0x{:064X}", number | 0xABCDEF00);
  }
}

class BlockMaker {
 public:
  explicit BlockMaker(std::uint64_t seed) : engine_(seed) {}

  BlockRows next() {
    BlockRows block;
    number_ += 1 + engine_() % 3;
    block.block = {number_, static_cast<std::uint32_t>(1'000'000 + number_ * 12), {}};
    block.block.hash.emplace();
    store_le(block.block.hash->bytes.data(), engine_());
    block.assets = {ether(),
                    {"TOK", fmt::format("0x{:040x}", engine_() % 5 + 1), 6, true},
                    {"", "0xnobody", 0, false}};
    for (std::uint64_t i = engine_() % 4; i > 0; --i) {
      TxRow tx;
      tx.id = block.add_name(fmt::format("0x{:064x}", ++transactions_ ^ engine_() << 32));
      tx.payer = block.add_name(account_name(engine_() % 20));
      tx.fee = U256(engine_());
      tx.failed = engine_() % 8 == 0;
      tx.transfers = static_cast<std::uint32_t>(engine_() % 4);
      for (std::uint32_t k = 0; k < tx.transfers; ++k)
        block.transfers.push_back(transfer(block, k));
      block.transactions.push_back(tx);
    }
    return block;
  }
  void reseed(std::uint64_t seed) { engine_.seed(seed); }

 private:
  TransferRow transfer(BlockRows& block, std::uint32_t position) {
    TransferRow row;
    row.from = block.add_name(engine_() % 9 == 0 ? "" : account_name(engine_() % 20));
    row.to = block.add_name(engine_() % 9 == 0 ? "" : account_name(engine_() % 20));
    row.asset = static_cast<std::uint32_t>(engine_() % 3);
    row.position = position;
    row.kind = static_cast<TransferKind>(engine_() % kTransferKinds);
    row.amount = U256(engine_(), engine_(), 0, engine_() % 2 == 0 ? 0 : engine_());
    if (engine_() % 2 == 0) row.usd_micro = engine_() >> 1;
    return row;
  }

  std::mt19937_64 engine_;
  std::uint64_t number_ = 100;
  std::uint64_t transactions_ = 0;
};

inline std::vector<BlockRows> random_chain(std::uint64_t seed, std::size_t blocks) {
  BlockMaker maker(seed);
  std::vector<BlockRows> chain;
  while (chain.size() < blocks) chain.push_back(maker.next());
  return chain;
}

}  // namespace tracehound::ledger::accounts
