#include "clusters/change_fresh.h"

#include <algorithm>

#include "base/bytes.h"

namespace tracehound::clusters {

std::uint32_t FreshAddresses::known_before(TxId tx) {
  if (!block_.contains(tx) || tx < next_) {
    BlockHeight height = ledger_.height(tx);
    block_ = ledger_.transactions(height);
    next_ = block_.first;
    ByteView firsts = ledger_.column(ledger::Column::block_first_address);
    known_ = load_le<std::uint32_t>(firsts.data() + height.number() * sizeof(std::uint32_t));
  }
  for (; next_ < tx; next_ = next_.next()) {
    for (CoinId coin : ledger_.outputs(next_)) {
      known_ = std::max(known_, ledger_.address(coin).number() + 1);
    }
  }
  return known_;
}

}  // namespace tracehound::clusters
