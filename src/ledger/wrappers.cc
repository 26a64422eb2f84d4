#include "ledger/wrappers.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound::ledger {

void Wrappers::reset(const Counts& committed) {
  known_.assign(committed.addresses / 64 + 1, 0);
  for (std::uint64_t row = 0; row < committed.wrappers; ++row) {
    AddressId address(columns_[Column::wrapper_address].get<std::uint32_t>(row));
    CHECK_LEDGER(address.number() < committed.addresses);
    know(address);
  }
}

bool Wrappers::is_known(AddressId address) const {
  std::uint64_t word = address.number() / 64;
  return word < known_.size() && (known_[word] >> (address.number() % 64) & 1) != 0;
}

void Wrappers::know(AddressId address) {
  std::uint64_t word = address.number() / 64;
  if (word >= known_.size()) known_.resize(word + word / 2 + 1);
  known_[word] |= std::uint64_t{1} << (address.number() % 64);
}

AddressId Wrappers::spent_address(const Resolved& resolved, const WrapperRow& row) const {
  CoinId coin = resolved.inputs[row.input]->coin;
  return AddressId(columns_[Column::coin_address].get<std::uint32_t>(coin.number()));
}

bool Wrappers::is_wrapper(AddressId address, const BlockRows& block, const WrapperRow& row) const {
  return columns_[Column::address_kind].get<std::uint8_t>(address.number()) ==
             static_cast<std::uint8_t>(row.wrapper_kind) &&
         std::ranges::equal(columns_.payload(address), block.wrapper_payload(row));
}

void Wrappers::add(const BlockRows& block, const Resolved& resolved, const Counts& before,
                   Counts& counts) {
  if (block.wrappers.empty()) return;
  for (const WrapperRow& row : block.wrappers) {
    columns_[Column::coin_address].prefetch(resolved.inputs[row.input]->coin.number());
  }
  shown_.clear();
  place_of_.assign(block.wrappers.size(), WrapperRow::kNone);
  for (std::size_t i = 0; i < block.wrappers.size(); ++i) {
    const WrapperRow& row = block.wrappers[i];
    if (row.inside != WrapperRow::kNone) {
      CHECK(row.inside < i);
      if (place_of_[row.inside] == WrapperRow::kNone) continue;
    } else {
      AddressId spent = spent_address(resolved, row);
      // What has its row already, most of them, costs one look.
      if (is_known(spent) && !row.wraps_a_wrapper) continue;
      if (!is_wrapper(spent, block, row)) continue;
    }
    place_of_[i] = static_cast<std::uint32_t>(shown_.size());
    shown_.push_back(row);
  }
  interner_.intern(block, shown_, counts, wrapped_);
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const WrapperRow& row = shown_[i];
    AddressId address = row.inside == WrapperRow::kNone ? spent_address(resolved, row)
                                                        : wrapped_[place_of_[row.inside]];
    if (is_known(address)) continue;
    know(address);
    columns_[Column::wrapper_address].push(address.number());
    columns_[Column::wrapper_wraps].push(wrapped_[i].number());
    columns_[Column::wrapper_tx].push(
        static_cast<std::uint32_t>(before.transactions + row.transaction));
    ++counts.wrappers;
  }
}

}  // namespace tracehound::ledger
