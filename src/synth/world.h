// What all agents share: the tables of owners, wallets, addresses and coins, the block being made,
// and how a transaction is paid for and posted. The world knows no agent.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chains/bitcoin/network.h"
#include "synth/address_book.h"
#include "synth/block_builder.h"
#include "synth/coin_pool.h"
#include "synth/prng.h"
#include "synth/types.h"
#include "synth/wallet.h"

namespace tracehound::synth {

inline constexpr Amount kBitcoin = 100'000'000;
// A coinbase of height h can be spent at h + 100 and not before.
inline constexpr std::uint32_t kMaturity = 100;
inline constexpr std::uint32_t kFirstSpendingHeight = kMaturity + 1;
// No wallet makes a coin below this, in satoshi.
inline constexpr Amount kDust = 600;
// No transaction of an agent has more inputs.
inline constexpr std::size_t kInputsMax = 200;

enum class OwnerKind : std::uint8_t {
  exchange,
  payment_processor,
  gambling,
  miner,
  merchant,
  user,
  thief,
  genesis,
};
// The words of the TagPack taxonomy where it has one.
std::string_view name_of(OwnerKind kind);

struct Owner {
  OwnerKind kind;
  std::string name;
  std::string actor;  // its id in tags; empty when it is no service
};

// An address its service is publicly known by.
struct KnownAddress {
  AddressNo address;
  OwnerNo owner;
};

// A recognisable equal-output round; true positives for whoever looks for them.
struct Mix {
  Hash256 txid;
  bool thief = false;  // has the thief among its participants
};

// Who pays, and how: the habits that show on the chain.
struct Spender {
  WalletNo wallet;
  CoinChoice choice = CoinChoice::oldest;
  ChangePlace place = ChangePlace::random;
  Form form = Form::witness_key;
  AddressNo change = kNoAddress;  // kNoAddress: a fresh one of `form` each time
  std::uint32_t rate = 2000;      // fee, satoshi per 1000 virtual bytes
  bool replaceable = false;
  bool locked = false;
};

struct WorldCounts {
  std::uint64_t transactions = 0;
  std::uint64_t inputs = 0;   // without the coinbases'
  std::uint64_t outputs = 0;  // without the witness commitments
};

class World {
 public:
  explicit World(std::uint64_t seed);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Before a block's first transaction. Coinbase coins that have come of age reach their wallets.
  void start_block(std::uint32_t height);
  // Mines the block and appends its record; coins made in it reach their wallets. `payout` sums to
  // reward().
  Hash256 end_block(std::string_view miner, std::span<const Output> payout, Bytes& record);
  Amount reward() const;
  std::uint32_t height() const { return height_; }
  std::uint32_t time() const { return time_; }
  // Whether any one transaction still fits: everyday ones leave some of the block to the thief.
  bool room() const { return builder_.weight() < 3'550'000; }
  bool room_for_thief() const { return builder_.weight() < 3'800'000; }

  OwnerNo add_owner(OwnerKind kind, std::string name, std::string actor = "");
  WalletNo add_wallet(OwnerNo owner, Role role, Delivery delivery = Delivery::confirmed);
  AddressNo new_address(Form form, WalletNo wallet) { return book_.make(form, wallet); }
  void make_known(AddressNo address, OwnerNo owner) { known_.push_back({address, owner}); }
  void note_mix(const Mix& mix) { mixes_.push_back(mix); }

  // An empty draft; the world has one, used again and again.
  Draft& draft();
  // Adds coins of the spender until outputs and fee are paid, then the change. Without enough coins
  // (or with too many of them needed) gives them all back and says no. REQUIRES: no inputs of other
  // wallets.
  bool fund(Draft& draft, const Spender& spender);
  // Puts the transaction into the block; the new coins in output order (kNoCoin for a note) until
  // the next post.
  std::span<const CoinNo> post(const Draft& draft);
  const Hash256& last_txid() const { return last_txid_; }
  // Takes a coin of this wallet into the draft.
  Amount take(Draft& draft, WalletNo wallet, CoinChoice choice, Amount needed = 0);
  void give_back(Draft& draft, WalletNo wallet);

  static Amount fee_of(std::uint64_t weight, std::uint32_t rate) {
    return (weight * rate + 3999) / 4000;
  }
  std::uint64_t weight_of(const Draft& draft) const;

  Prng& prng() { return prng_; }
  const Coin& coin(CoinNo number) const { return coins_[number]; }
  const AddressBook& book() const { return book_; }
  const Wallet& wallet(WalletNo number) const { return wallets_[number.number()]; }
  std::span<const Owner> owners() const { return owners_; }
  std::span<const KnownAddress> known() const { return known_; }
  std::span<const Mix> mixes() const { return mixes_; }
  const WorldCounts& counts() const { return counts_; }
  const chains::bitcoin::Network& network() const { return network_; }

 private:
  CoinNo create(const Coin& coin);
  Wallet& wallet_at(WalletNo number) { return wallets_[number.number()]; }

  const chains::bitcoin::Network& network_;
  Prng prng_;
  AddressBook book_;
  CoinPool coins_;
  BlockBuilder builder_;
  std::vector<Owner> owners_;
  std::vector<Wallet> wallets_;
  std::vector<KnownAddress> known_;
  std::vector<Mix> mixes_;

  std::uint32_t height_ = 0;
  std::uint32_t time_ = 0;
  Hash256 tip_;
  Hash256 last_txid_;
  Draft draft_;
  std::vector<CoinNo> made_;
  std::vector<CoinNo> unconfirmed_;                   // to be delivered at the end of the block
  std::array<std::vector<CoinNo>, kMaturity> young_;  // coinbase coins, by height modulo maturity
  WorldCounts counts_;
};

}  // namespace tracehound::synth
