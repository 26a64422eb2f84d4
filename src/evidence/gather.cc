#include "evidence/gather.h"

#include <algorithm>

namespace tracehound::evidence {

namespace {

template <typename IdType>
void sort_unique(std::vector<IdType>& ids) {
  std::ranges::sort(ids);
  auto rest = std::ranges::unique(ids);
  ids.erase(rest.begin(), rest.end());
}

}  // namespace

Touched touched_by(const ledger::Ledger& ledger, std::span<const trace::Trace> traces) {
  Touched touched;
  for (const trace::Trace& trace : traces) {
    for (const trace::Parcel& parcel : trace.parcels) {
      touched.transactions.push_back(parcel.transaction);
      if (parcel.to) touched.addresses.push_back(ledger.address(*parcel.to));
    }
  }
  sort_unique(touched.transactions);
  sort_unique(touched.addresses);
  for (TxId tx : touched.transactions) {
    if (ledger.is_coinbase(tx)) touched.fee_blocks.push_back(ledger.height(tx));
  }
  return touched;
}

std::vector<TxId> needed(const ledger::Ledger& ledger, const Touched& touched,
                         std::span<const trace::Seed> seeds, std::span<const TxId> co_spends) {
  std::vector<TxId> whole = touched.transactions;
  whole.insert(whole.end(), co_spends.begin(), co_spends.end());
  for (const trace::Seed& seed : seeds) whole.push_back(ledger.creator(seed.coin));
  for (BlockHeight height : touched.fee_blocks) {
    for (TxId tx : ledger.transactions(height)) whole.push_back(tx);
  }
  sort_unique(whole);
  std::vector<TxId> all = whole;
  for (TxId tx : whole) {
    for (std::uint64_t i = 0; i < ledger.input_count(tx); ++i) {
      all.push_back(ledger.creator(ledger.input(tx, i)));
    }
  }
  sort_unique(all);
  std::vector<TxId> repeats;
  for (TxId tx : all) {
    for (CoinId coin : ledger.outputs(tx)) {
      if (ledger.is_replaced(coin)) repeats.push_back(*ledger.spender(coin));
    }
  }
  all.insert(all.end(), repeats.begin(), repeats.end());
  sort_unique(all);
  return all;
}

}  // namespace tracehound::evidence
