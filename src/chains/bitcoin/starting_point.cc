#include "chains/bitcoin/starting_point.h"

#include <algorithm>

namespace tracehound::chains::bitcoin {

ledger::BlockRows rows_of_block(const ledger::Ledger& ledger, BlockHeight height) {
  ledger::BlockRows rows;
  std::ranges::copy(ledger.header(height), rows.header.begin());
  rows.hash = ledger.block_hash(height);
  for (TxId tx : ledger.transactions(height)) {
    auto inputs = static_cast<std::uint32_t>(ledger.input_count(tx));
    auto outputs = ledger.outputs(tx);
    rows.transactions.push_back(
        {ledger.txid(tx), ledger.shape(tx), inputs, static_cast<std::uint32_t>(outputs.size())});
    for (std::uint32_t i = 0; i < inputs; ++i) {
      rows.inputs.push_back(ledger.outpoint(ledger.input(tx, i)));
    }
    for (CoinId coin : outputs) {
      AddressId address = ledger.address(coin);
      ByteView payload = ledger.address_payload(address);
      rows.outputs.push_back({ledger.value(coin), ledger.script(coin), ledger.address_kind(address),
                              static_cast<std::uint8_t>(payload.size()),
                              static_cast<std::uint32_t>(rows.payloads.size())});
      rows.payloads.insert(rows.payloads.end(), payload.begin(), payload.end());
    }
  }
  return rows;
}

Status StartingPoint::before_rewind(std::uint64_t blocks) {
  if (blocks >= kept_) return {};
  TRY_ASSIGN(auto ledger, ledger::Ledger::open(files_, folder_));
  while (kept_ > blocks) {
    --kept_;
    left_.push_back(rows_of_block(ledger, BlockHeight(static_cast<std::uint32_t>(kept_))));
  }
  return {};
}

Status StartingPoint::restore(ledger::Writer& writer) const {
  TRY(writer.rewind(kept_));
  for (auto rows = left_.rbegin(); rows != left_.rend(); ++rows) TRY(writer.append(*rows));
  return left_.empty() ? Status{} : writer.commit();
}

}  // namespace tracehound::chains::bitcoin
