// Which transaction made a coin, asked very often.
//
// The transactions' first coins ascend, so a binary search finds the maker; at the size of a whole
// chain that is some thirty reads far apart. But a coin's number nearly gives its maker: the
// transaction that spends it is known, and coins per transaction are much the same everywhere. So
// the search begins at a guess and doubles its steps away from it until the maker lies between two
// of them:  guess 1,000; first coin too high; 999, 997, 993 -> between 993 and 997; bisect.
// Cost: with the guess off by d, 2 log2(d) reads, most of them side by side.
#pragma once

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "ledger/ledger.h"

namespace tracehound::trace {

class Creators {
 public:
  // The ledger must outlive it.
  explicit Creators(const ledger::Ledger& ledger)
      : first_coin_(ledger.column(ledger::Column::tx_first_coin)),
        transactions_(ledger.counts().transactions),
        coins_(ledger.counts().coins) {}

  // `near` is a transaction not far from it, as far as is known.
  TxId of(CoinId coin, TxId near) const {
    CHECK_LEDGER(coin.number() < coins_);
    std::uint64_t guess = guess_of(coin, near);
    std::uint64_t low = guess;
    std::uint64_t high = guess + 1;
    for (std::uint64_t step = 1; first_coin(low) > coin.number(); step *= 2) {
      high = low;
      low -= std::min(low, step);
      CHECK_LEDGER(high > 0);
    }
    for (std::uint64_t step = 1; high < transactions_ && first_coin(high) <= coin.number();) {
      low = high;
      high = std::min(high + step, transactions_);
      step *= 2;
    }
    while (high - low > 1) {
      std::uint64_t middle = low + (high - low) / 2;
      (first_coin(middle) <= coin.number() ? low : high) = middle;
    }
    return TxId(static_cast<std::uint32_t>(low));
  }

 private:
  std::uint64_t first_coin(std::uint64_t tx) const {
    CHECK_LEDGER((tx + 1) * sizeof(Uint40) <= first_coin_.size());
    return load_le<Uint40>(first_coin_.data() + tx * sizeof(Uint40)).number();
  }

  std::uint64_t guess_of(CoinId coin, TxId near) const {
    std::uint64_t coins_each = std::max<std::uint64_t>(coins_ / transactions_, 1);
    std::uint64_t from = first_coin(near.number());
    if (coin.number() >= from) {
      return std::min(near.number() + (coin.number() - from) / coins_each, transactions_ - 1);
    }
    return near.number() -
           std::min<std::uint64_t>(near.number(), (from - coin.number()) / coins_each + 1);
  }

  ByteView first_coin_;
  std::uint64_t transactions_;
  std::uint64_t coins_;
};

}  // namespace tracehound::trace
