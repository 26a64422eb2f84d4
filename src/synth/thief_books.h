// The thief's own books: where each stolen satoshi truly went, by ownership, whatever it looks like
// on the chain. In a mixing round the thief's coin is the one the thief got back, not one that a
// tracing rule would point at.
//
// Each coin of the thief carries parcels (which stolen coin, how many satoshi). When several coins
// go into one transaction, their parcels are laid end to end and the thief's outputs take from the
// front, then the fee: a convention that only matters for which stolen coin a satoshi is booked
// under; the sums do not depend on it. They always balance: stolen = deposited + held + fees.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/hash.h"
#include "synth/types.h"
#include "synth/world.h"

namespace tracehound::synth {

struct Parcel {
  std::uint32_t seed = 0;  // index into ThiefBooks::seeds()
  Amount amount = 0;
};

// A coin the thief controls.
struct Loot {
  CoinNo coin;
  Amount value = 0;
  std::vector<Parcel> parcels;  // sum to value
};

// A stolen coin: an output of a theft transaction that pays the thief.
struct Seed {
  Hash256 txid;
  std::uint32_t index = 0;
  AddressNo address;
  Amount value = 0;
  OwnerNo victim;
};

enum class End : std::uint8_t { deposit, held };

// A coin in which stolen satoshi left the thief's hands, or lie at the tip.
struct Disposition {
  End end = End::held;
  OwnerNo service;  // of a deposit
  Hash256 txid;
  std::uint32_t index = 0;
  std::uint32_t height = 0;  // of a deposit; 0 where held
  AddressNo address;
  Amount amount = 0;
  std::vector<Parcel> parcels;  // sum to amount, one per seed
};

// An output of the thief's, in the order in which it takes from the inputs.
struct Landing {
  CoinNo coin;
  bool own = true;
  OwnerNo service;  // when it is not
};

class ThiefBooks {
 public:
  explicit ThiefBooks(const World& world) : world_(world) {}

  // The coin just stolen from `victim`.
  Loot steal(CoinNo coin, OwnerNo victim);
  // A transaction has spent `in`; the thief's own coins among `out`, in order. What `out` does not
  // hold of `in` was the thief's share of the fee.
  std::vector<Loot> settle(const std::vector<Loot>& in, std::span<const Landing> out);
  // The coin is left lying until the tip.
  void hold(const Loot& loot);

  Amount stolen() const { return stolen_; }
  std::span<const Seed> seeds() const { return seeds_; }
  std::span<const Disposition> dispositions() const { return dispositions_; }
  // Parcels paid as fees, one per seed that paid any.
  std::vector<Parcel> fees() const;
  // Whether every stolen satoshi is deposited, held or paid as a fee, seed by seed.
  bool balances() const;

 private:
  void book(End end, OwnerNo service, const Coin& coin, std::vector<Parcel> parcels);

  const World& world_;
  std::vector<Seed> seeds_;
  std::vector<Disposition> dispositions_;
  std::vector<Amount> fees_;  // by seed
  Amount stolen_ = 0;
};

}  // namespace tracehound::synth
