// The businesses of the world: exchanges, a payment processor, a dice game, mining pools. All names
// are invented.
//
// A custodian (all but the pools) takes coins in at deposit addresses, sweeps them into its hot
// wallet, pays its customers from there in batches, and moves what it does not need to a cold
// multisig wallet and back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "synth/world.h"

namespace tracehound::synth {

inline constexpr std::size_t kExchanges = 5;
inline constexpr std::size_t kProcessor = 5;  // places in Services::custodians()
inline constexpr std::size_t kDice = 6;
inline constexpr std::size_t kCustodians = 7;
inline constexpr std::size_t kPools = 5;

struct Custodian {
  OwnerNo owner;
  WalletNo hot;
  WalletNo deposits;
  WalletNo cold;
  std::vector<AddressNo> hot_addresses;  // coins go to the newest, mostly
  AddressNo cold_address;
  Form deposit_form = Form::pubkey_hash;
  std::uint32_t rate = 0;
  std::vector<Output> payouts;   // asked for and not yet paid
  std::size_t sweep_at = 0;      // deposits that make a sweep worth while
  std::size_t batch_at = 0;      // payouts that make a batch
  std::uint32_t last_sweep = 0;  // height
  std::uint32_t known_deposits = 0;
  Amount target = 0;  // what the hot wallet should hold
};

struct Pool {
  OwnerNo owner;
  WalletNo wallet;
  AddressNo address;
  std::string mark;  // in its coinbases
};

class Services {
 public:
  explicit Services(World& world);

  // An address of the custodian where a customer may pay in. A few become publicly known.
  AddressNo new_deposit_address(std::size_t custodian);
  // Where a sale is paid: about every second merchant shows the same invoice address again.
  AddressNo invoice_address();
  AddressNo hot_address(std::size_t custodian);
  // Asks for a payment out of the custodian's hot wallet.
  void request(std::size_t custodian, const Output& payout);
  // The player bets what the coin just posted holds; the game pays back in the same block.
  // REQUIRES: the coin pays bet_address().
  void play(CoinNo bet, AddressNo player);
  AddressNo bet_address();
  // After a theft: a new hot address, and the old ones are used no more.
  void replace_hot_addresses(std::size_t custodian);

  // Whom the processor pays for their sales, and the pools for their work. REQUIRES: not empty.
  void set_receivers(std::vector<AddressNo> merchants, std::vector<AddressNo> miners);
  // Up to `budget` transactions of services with something to do; returns how many it made.
  std::uint32_t work(std::uint32_t budget);

  const Custodian& custodian(std::size_t number) const { return custodians_[number]; }
  const Pool& pool(std::size_t number) const { return pools_[number]; }
  // Outputs of a founding coinbase: `hot_percent` of the reward to the hot wallet, the rest to the
  // cold one.
  std::vector<Output> funding(std::size_t custodian, Amount reward, std::uint32_t hot_percent);

 private:
  bool step(std::size_t custodian);
  bool sweep(std::size_t custodian);
  bool pay(std::size_t custodian);
  bool rebalance(std::size_t custodian);
  bool step(Pool& pool);
  bool store(const Custodian& custodian, Amount amount);
  Spender spender_of(const Custodian& custodian, WalletNo wallet, AddressNo change) const;

  World& world_;
  std::vector<Custodian> custodians_;
  std::vector<Pool> pools_;
  std::vector<AddressNo> merchants_;
  std::vector<AddressNo> miners_;
  std::vector<AddressNo> bet_addresses_;
  std::vector<AddressNo> invoices_;  // those that may be shown again
};

}  // namespace tracehound::synth
