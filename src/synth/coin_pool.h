// Every coin that is unspent at this moment of the simulation. Slots of spent coins are used again,
// so memory follows the unspent coins, not the chain.
#pragma once

#include <vector>

#include "synth/types.h"

namespace tracehound::synth {

class CoinPool {
 public:
  CoinNo add(const Coin& coin) {
    if (free_.empty()) {
      coins_.push_back(coin);
      return CoinNo(static_cast<std::uint32_t>(coins_.size() - 1));
    }
    CoinNo slot = free_.back();
    free_.pop_back();
    coins_[slot.number()] = coin;
    return slot;
  }
  // Forgets a coin that was spent. REQUIRES: the number is not used again.
  void release(CoinNo coin) { free_.push_back(coin); }

  const Coin& operator[](CoinNo coin) const { return coins_[coin.number()]; }

 private:
  std::vector<Coin> coins_;
  std::vector<CoinNo> free_;
};

}  // namespace tracehound::synth
