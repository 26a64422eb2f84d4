#include "synth/wallet.h"

#include "base/check.h"

namespace tracehound::synth {

std::string_view name_of(Role role) {
  switch (role) {
    case Role::own:
      return "own";
    case Role::hot:
      return "hot";
    case Role::deposit:
      return "deposit";
    case Role::cold:
      return "cold";
  }
  CHECK(false);
}

CoinNo Wallet::take(CoinChoice choice, Amount needed, const CoinPool& pool, Prng& prng) {
  CHECK(!empty());
  std::size_t place = pick(choice, needed, pool, prng);
  CoinNo coin = coins_[place];
  balance_ -= pool[coin].value;
  if (place == first_) {
    ++first_;
  } else {
    coins_.erase(coins_.begin() + static_cast<std::ptrdiff_t>(place));
  }
  if (first_ == coins_.size()) {
    coins_.clear();
    first_ = 0;
  } else if (first_ >= 64 && first_ * 2 >= coins_.size()) {
    coins_.erase(coins_.begin(), coins_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return coin;
}

std::size_t Wallet::pick(CoinChoice choice, Amount needed, const CoinPool& pool, Prng& prng) const {
  if (choice == CoinChoice::oldest) return first_;
  if (choice == CoinChoice::random) return first_ + prng.below(size());
  std::size_t largest = first_;
  std::size_t fit = coins_.size();
  for (std::size_t i = first_; i < coins_.size(); ++i) {
    Amount value = pool[coins_[i]].value;
    if (value > pool[coins_[largest]].value) largest = i;
    if (value >= needed && (fit == coins_.size() || value < pool[coins_[fit]].value)) fit = i;
  }
  return choice == CoinChoice::smallest_fit && fit < coins_.size() ? fit : largest;
}

}  // namespace tracehound::synth
