#include "clusters/transaction_view.h"

namespace tracehound::clusters {

namespace {

ViewedCoin viewed(const ledger::Ledger& ledger, CoinId coin) {
  return {.value = ledger.value(coin),
          .address = ledger.address(coin).number(),
          .script = ledger.script(coin)};
}

}  // namespace

TransactionView view_of(const ledger::Ledger& ledger, TxId tx, ViewRoom& room) {
  room.outputs.clear();
  for (CoinId coin : ledger.outputs(tx)) room.outputs.push_back(viewed(ledger, coin));
  room.inputs.clear();
  std::uint64_t inputs = ledger.input_count(tx);
  for (std::uint64_t i = 0; i < inputs; ++i) {
    room.inputs.push_back(viewed(ledger, ledger.input(tx, i)));
  }
  return {.inputs = room.inputs, .outputs = room.outputs};
}

}  // namespace tracehound::clusters
