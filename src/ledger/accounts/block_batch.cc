#include "ledger/accounts/block_batch.h"

#include <cstring>

namespace tracehound::ledger::accounts {

void BlockBatch::clear() {
  blocks_.clear();
  transactions_.clear();
  transfers_.clear();
  assets_.clear();
  for (LargeBytes* column :
       {&id_kinds_, &ids_, &fees_, &failed_, &amounts_, &kinds_, &positions_, &usd_}) {
    column->clear();
  }
}

std::uint32_t BlockBatch::add_asset(const Asset& asset) {
  assets_.push_back(asset);
  ++blocks_.back().assets;
  return static_cast<std::uint32_t>(assets_.size() - 1);
}

void BlockBatch::add_fee(const U256& fee) {
  std::size_t before = (transactions_.size() - 1) * sizeof(U256);
  if (fees_.size() < before) std::memset(fees_.extend(before), 0, before);
  push(fees_, fee);
}

void BlockBatch::add(const BlockRows& rows) {
  auto first_asset = static_cast<std::uint32_t>(assets_.size());
  auto name = [&rows](const NameRef& ref) {
    return KeyedName{ref.key, rows.payload(ref).data(), ref.size, ref.kind};
  };
  begin_block(rows.block);
  for (const Asset& asset : rows.assets) add_asset(asset);
  const TransferRow* transfer = rows.transfers.data();
  for (const TxRow& tx : rows.transactions) {
    add_transaction(name(tx.id), name(tx.payer), tx.fee, tx.failed);
    for (std::uint32_t i = 0; i < tx.transfers; ++i, ++transfer) {
      add_transfer(name(transfer->from), name(transfer->to), first_asset + transfer->asset,
                   transfer->amount, transfer->kind, transfer->position, transfer->usd_micro);
    }
  }
  CHECK(transfer == rows.transfers.data() + rows.transfers.size());
}

}  // namespace tracehound::ledger::accounts
