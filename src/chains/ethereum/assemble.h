// From a decoded block to the ledger's rows: which of a transaction's events move which asset.
//
// - The transaction's value and its internal transfers move the native asset.
// - A Transfer event moves its contract's token. With a fourth topic it is one thing of a kind
//   (ERC-721): an asset of its own, "CONTRACT/ID", of which there is one unit.
// - Deposit and Withdrawal events of the chain's wrapper make and give up the wrapped token.
// - The zero address of a token is nobody: units made, units destroyed.
// - What the chain credits without a transaction (validators' withdrawals, the miner's reward and
//   the part of the fees that is not burnt) stands in a transaction "block:NUMBER" at the block's
//   end, paid by nobody.
// - A failed transaction moved nothing; its fee was paid.
// A contract may write into its own logs what it likes; it moves its own asset only.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "base/result.h"
#include "chains/ethereum/block.h"
#include "ledger/accounts/block_rows.h"

namespace tracehound::chains::ethereum {

// Keccak-256 of "Transfer(address,address,uint256)".
inline constexpr U256 kTransferTopic{0x28f55a4df523b3efULL, 0x952ba7f163c4a116ULL,
                                     0x69c2b068fc378daaULL, 0xddf252ad1be2c89bULL};

struct Chain {
  std::uint64_t id = 1;
  ledger::accounts::Asset native;
  std::set<std::string> wrappers;  // contracts, in lower case

  // The ledger's: "ethereum:1".
  std::string name() const { return "ethereum:" + std::to_string(id); }
};
// What is known of a chain by its number: the asset's symbol and its wrapper.
Chain find_chain(std::uint64_t id);

// What a token is called; asked once for each contract in a block.
using FindToken = std::function<ledger::accounts::Asset(const std::string& contract)>;

// Errors (bad_input, naming block and transaction): sums that leave 256 bits.
Status assemble(const Block& block, const Chain& chain, const FindToken& find_token,
                ledger::accounts::BlockRows& rows);

// The contracts whose tokens the block's logs move, in lower case.
std::set<std::string> token_contracts(const Block& block, const Chain& chain);

}  // namespace tracehound::chains::ethereum
