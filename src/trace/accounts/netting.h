// Swaps: what the holders of a transaction paid and got on balance, and between whom.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "trace/accounts/events.h"
#include "trace/accounts/stops.h"

namespace tracehound::trace::accounts {

// What one account got, or paid, of one asset on balance; above 0.
struct NetFlow {
  AccountId account;
  U256 amount;
};
// One side's part in one asset.
struct SideAsset {
  AssetId asset;
  std::vector<NetFlow> payers;  // in the order in which the rows name them
  std::vector<NetFlow> takers;
  // What goes over to the other side, or comes from it; both 0 where it nets to nothing.
  U256 over;
  U256 back;
};
struct Side {
  std::vector<SideAsset> assets;  // in the order in which the rows name them
};

// A transaction in which pools change one asset for another. Units stay on their side; what goes
// over from a side in some assets comes back to it in others, and that is where taint crosses.
struct Exchange {
  Side others;
  Side pools;
  bool guessed_actor = false;
};

// Nothing for a transaction that is replayed transfer by transfer: no account both pays and gets,
// or the only one is who pays the fee, or amounts leave 256 bits.
std::optional<Exchange> find_exchange(const TransactionRows& tx, const Events& events,
                                      const Stops& stops);

}  // namespace tracehound::trace::accounts
