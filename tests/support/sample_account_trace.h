// A small trace on an account chain whose saved state has something of everything.
#pragma once

#include <vector>

#include "base/hash.h"
#include "support/toy_events.h"
#include "trace/accounts/trace.h"

namespace tracehound::trace::accounts {

// A theft, a swap, a fee, an exchange, and a balance that gave more than had come in; asked about
// by methods of each kind, with every step.
struct SampleTrace {
  static constexpr AccountId kVictim{0}, kThief{1}, kPool{2}, kFriend{3}, kExchange{4};
  static constexpr AssetId kCoin{0}, kGold{1};

  ToyEvents events{10, 2};
  std::vector<Seed> seeds;
  Stops stops{{{"an exchange", "exchange"}}};
  Options options{.parcels = true, .label_names = {"theft"}};
  std::vector<MethodKind> methods{MethodKind::fifo, MethodKind::haircut, MethodKind::poison};

  SampleTrace() {
    stops.add(kExchange, {DestinationKind::service, 0});
    events.add_transaction();
    events.add_row(kFriend, kThief, kCoin, U256(30));
    events.add_transaction();
    add_seed(events.add_row(kVictim, kThief, kCoin, U256(70)));
    events.add_transaction(kThief, U256(3));
    events.add_row(kThief, kPool, kCoin, U256(40));
    events.add_row(kPool, kThief, kGold, U256(900));
    events.add_transaction();
    events.add_row(kThief, kExchange, kGold, U256(100));
    events.add_transaction();
    events.add_row(kThief, kFriend, kCoin, U256(200));
  }
  // What comes after it was saved.
  void grow() {
    events.add_transaction(kThief, U256(1));
    events.add_row(kThief, kFriend, kGold, U256(300));
    events.add_row(kFriend, kThief, kCoin, U256(10));
    events.add_transaction();
    events.add_row(kFriend, kExchange, kCoin, U256(150));
    events.add_row(kThief, kFriend, kCoin, U256(10));
    add_seed(events.add_row(kVictim, kThief, kGold, U256(7)));
  }
  void add_seed(TransferId transfer) {
    seeds.push_back({transfer, U256(), events.row(transfer).amount, Label(1), SeedSide::transfer});
  }
  Result<Resumable> run(const Bytes& state = {}) const {
    return run_on(events, seeds, methods, stops, options, state);
  }
};

// A changed state as if it had been written so.
inline Bytes with_right_checksum(Bytes state) {
  state.resize(state.size() - sizeof(std::uint64_t));
  std::uint64_t sum = xxh3(state);
  state.resize(state.size() + sizeof sum);
  store_le(state.data() + state.size() - sizeof sum, sum);
  return state;
}

}  // namespace tracehound::trace::accounts
