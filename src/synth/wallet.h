// A wallet holds coins and gives them out by its habit. Wallets of real people differ in just this,
// and it shows on the chain.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "synth/coin_pool.h"
#include "synth/prng.h"
#include "synth/types.h"

namespace tracehound::synth {

enum class CoinChoice : std::uint8_t { oldest, largest, smallest_fit, random };
enum class ChangePlace : std::uint8_t { first, last, random };

// What the addresses of a wallet are for.
enum class Role : std::uint8_t { own, hot, deposit, cold };
std::string_view name_of(Role role);

// When a coin that pays one of its addresses comes into the wallet.
enum class Delivery : std::uint8_t {
  confirmed,  // at the end of its block
  by_hand,    // never: who posts the transaction takes care of it
};

class Wallet {
 public:
  Wallet(OwnerNo owner, Role role, Delivery delivery)
      : owner_(owner), role_(role), delivery_(delivery) {}

  OwnerNo owner() const { return owner_; }
  Role role() const { return role_; }
  Delivery delivery() const { return delivery_; }
  Amount balance() const { return balance_; }
  std::size_t size() const { return coins_.size() - first_; }
  bool empty() const { return size() == 0; }

  void add(CoinNo coin, Amount value) {
    coins_.push_back(coin);
    balance_ += value;
  }
  // Takes out one coin; `needed` is what is still to be paid (only smallest_fit asks). Oldest costs
  // a step, random two, the others a look at each coin. REQUIRES: not empty.
  CoinNo take(CoinChoice choice, Amount needed, const CoinPool& pool, Prng& prng);

 private:
  std::size_t pick(CoinChoice choice, Amount needed, const CoinPool& pool, Prng& prng) const;

  std::vector<CoinNo> coins_;  // those before first_ are gone
  std::size_t first_ = 0;
  Amount balance_ = 0;
  OwnerNo owner_;
  Role role_;
  Delivery delivery_;
};

}  // namespace tracehound::synth
