// The crime: an exchange's hot wallet is drained in a few transactions, or hundreds of people's
// wallets are emptied into collector addresses within hours. Then the laundering begins.
#pragma once

#include <cstdint>
#include <vector>

#include "synth/laundering.h"
#include "synth/mixing.h"
#include "synth/people.h"
#include "synth/services.h"
#include "synth/synth.h"
#include "synth/thief_books.h"
#include "synth/world.h"

namespace tracehound::synth {

// The exchange that loses its hot wallet.
inline constexpr std::size_t kVictimExchange = 0;

class Heist {
 public:
  // REQUIRES: options.blocks >= kBlocksMin(theft).
  Heist(World& world, Services& services, People& people, Mixing& mixing,
        const SynthOptions& options);

  // The thief's transactions of the present block.
  void act();
  // After the last block: what the thief still has is held.
  void finish() { laundering_.finish(); }

  const ThiefBooks& books() const { return books_; }
  // Of the first theft transaction; 0 before it.
  std::uint32_t height() const { return height_; }
  std::uint32_t time() const { return time_; }

 private:
  void drain_hot_wallet();
  void choose_victims();
  void sweep_wallets();
  bool sweep(std::uint32_t person);
  void launder();

  World& world_;
  Services& services_;
  People& people_;
  ThiefBooks books_;
  WalletNo wallet_;
  Laundering laundering_;
  Theft theft_;
  std::uint32_t planned_;  // height of the theft
  std::uint32_t tip_;
  std::uint32_t height_ = 0;
  std::uint32_t time_ = 0;
  bool stealing_ = true;

  std::size_t drain_coins_ = 0;  // a drain takes at most so many
  std::uint32_t drains_left_ = 0;
  std::vector<std::uint32_t> victims_;  // persons still to be swept, the next one last
  std::size_t sweeps_a_block_ = 0;
  std::vector<AddressNo> collectors_;
  std::vector<std::vector<Loot>> loot_;  // by where it was taken to
};

}  // namespace tracehound::synth
