// What the thief does with the loot: splits it, peels it away at exchanges a little at a time,
// scatters it, gathers it again, sends some through equal-output rounds, and lets some lie.
//
// Each coin follows a plan, due at a height; a plan's transaction makes coins with plans of their
// own. Whatever has not come to an end at the tip is held.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "synth/mixing.h"
#include "synth/services.h"
#include "synth/synth.h"
#include "synth/thief_books.h"
#include "synth/world.h"

namespace tracehound::synth {

enum class Plan : std::uint8_t {
  split,    // into a few parts, each with a plan of its own
  peel,     // one small payment to a service, the rest moves on; again and again
  scatter,  // into many parts, most of them deposited
  gather,   // wait for others, then merge with them
  mix,      // cut into coins for equal-output rounds, the rest is peeled
  deposit,  // whole, at a service
  hold,     // lies until the tip
};

class Laundering {
 public:
  // `wallet` is the thief's, delivered by hand. Nothing is deposited with the `victim`; kCustodians
  // where it is no service.
  Laundering(World& world, Services& services, Mixing& mixing, ThiefBooks& books, WalletNo wallet,
             std::size_t victim, Style style);

  // From now until the tip, `loot` is laundered; `groups` of many small coins are merged first.
  void begin(std::vector<std::vector<Loot>> groups, std::uint32_t tip);
  // Everything due in the present block, as long as there is room.
  void act();
  // At the tip: what is left is held.
  void finish();

 private:
  struct Task {
    Plan plan;
    Loot loot;
    std::uint32_t steps;  // peels left
  };
  // An output: what, to whom. `address` kNoAddress is a fresh one of the thief's.
  struct Target {
    AddressNo address = kNoAddress;
    Amount value = 0;
    OwnerNo service;
  };

  void schedule(Plan plan, Loot loot, std::uint32_t delay, std::uint32_t steps = 0);
  std::uint32_t delay(std::uint32_t low_percent, std::uint32_t high_percent);
  void run(Task task);
  void split(Loot loot);
  void peel(Loot loot, std::uint32_t steps);
  void scatter(Loot loot);
  void gather(Loot loot);
  void prepare_mix(Loot loot);
  void join_round();
  void deposit(Loot loot);
  void deal(Loot loot);
  Target service_target(Amount value);
  bool worth_spending(Amount value, std::size_t outputs) const;
  std::vector<Amount> parts_of(Amount value, std::size_t count);
  std::vector<Loot> send(std::vector<Loot> in, std::vector<Target> targets);

  World& world_;
  Services& services_;
  Mixing& mixing_;
  ThiefBooks& books_;
  WalletNo wallet_;
  std::size_t victim_;
  Style style_;
  std::span<const Plan> plans_;                   // of the style, dealt out in turn
  std::vector<std::vector<AddressNo>> accounts_;  // the thief's deposit addresses, by custodian

  std::multimap<std::uint32_t, Task> tasks_;  // by height; in the order given within one
  std::vector<Loot> gathered_;
  std::vector<Loot> mix_queue_;
  std::vector<Loot> held_;
  std::uint64_t dealt_ = 0;
  std::uint32_t span_ = 0;  // blocks the laundering takes
};

}  // namespace tracehound::synth
