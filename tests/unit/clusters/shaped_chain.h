// Small ledgers whose transactions have shapes and script kinds, for rules that look at them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "clusters/transaction_view.h"
#include "ledger/ledger.h"
#include "support/faulty_file_system.h"

namespace tracehound::clusters {

struct ShapedOutput {
  Amount value;
  std::uint32_t address;  // a number that stands for one
  ledger::ScriptKind script = ledger::ScriptKind::witness_pubkey_hash;
};
struct ShapedTransaction {
  struct Spent {
    std::uint32_t transaction;  // by its place in the chain
    std::uint32_t output;
  };
  std::vector<Spent> in;  // none: a coinbase, a block's first
  std::vector<ShapedOutput> out;
  std::uint32_t shape = 400;
};
using ShapedBlock = std::vector<ShapedTransaction>;

// Blocks are ten minutes apart. Address numbers of different script kinds are different addresses.
class ShapedChain {
 public:
  explicit ShapedChain(const std::vector<ShapedBlock>& blocks);

  const ledger::Ledger& ledger() const { return ledger_.front(); }
  CoinId coin(std::uint32_t transaction, std::uint32_t output) const {
    return CoinId(ledger().outputs(TxId(transaction)).first.number() + output);
  }

 private:
  test::FaultyFileSystem disk_;
  std::vector<ledger::Ledger> ledger_;  // one
};

// Coins of these values, each at an address of its own: numbers from `first` on.
std::vector<ViewedCoin> coins_of(
    const std::vector<Amount>& values, std::uint32_t first,
    ledger::ScriptKind script = ledger::ScriptKind::witness_pubkey_hash);

}  // namespace tracehound::clusters
