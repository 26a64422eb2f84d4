// Equal-output rounds (CoinJoin): every participant brings coins, gets one coin of the round's
// denomination back and the rest as change, in shuffled places. From outside, the equal coins could
// be anyone's.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "synth/people.h"
#include "synth/world.h"

namespace tracehound::synth {

// Someone who is not one of the people and joins with one coin.
struct Guest {
  CoinNo coin;
  WalletNo wallet;  // delivered by hand
};
struct GuestCoins {
  CoinNo mixed = kNoCoin;
  CoinNo change = kNoCoin;  // none where too little was left
};

class Mixing {
 public:
  Mixing(World& world, const People& people);

  Amount denomination() const { return denomination_; }
  // What a guest's coin must hold at least.
  Amount entry() const { return denomination_ + denomination_ / 20; }

  // One round with these guests among honest people; what each guest got, in their order. Nothing
  // happens when too few people can take part. REQUIRES: guests' coins hold entry() or more.
  std::optional<std::vector<GuestCoins>> run(std::span<const Guest> guests);

 private:
  struct Seat {
    std::vector<CoinNo> coins;
    Amount in = 0;
    WalletNo wallet;
    AddressNo mixed;
    AddressNo change = kNoAddress;
  };

  std::vector<Seat> gather_seats(std::span<const Guest> guests);
  void give_back(std::vector<Seat>& seats, std::size_t guests);
  void fill(Draft& draft, std::vector<Seat>& seats);

  World& world_;
  const People& people_;
  Amount denomination_;
};

}  // namespace tracehound::synth
