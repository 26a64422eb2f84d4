// Swaps: what the holders of a transaction paid and got on balance, and between whom.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "trace/accounts/events.h"
#include "trace/accounts/stops.h"
#include "trace/accounts/units.h"

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

// What a side's assets that go over are worth beside each other, and those that come back, in the
// order of its assets; all alike, which is approximate, where a price is missing.
struct Weights {
  std::vector<U256> over;
  std::vector<U256> back;
  bool approximate = false;
};
Weights weights_of(const Side& side, const TransactionRows& tx, const Events& events);

// Where units stand while an exchange divides them.
struct Source {
  HolderId from;
  Units units;
  // Swapped units only: what of `from`'s asset they were.
  std::optional<Units> paid;
};
// Of several sources the one that brought most of a label into a share, and what of its own asset
// that was.
struct Brought {
  const Source* most;
  U256 paid;
};
std::optional<Brought> who_brought(std::span<const Source> sources, const Tainted& share);

}  // namespace tracehound::trace::accounts
