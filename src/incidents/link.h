// Where the money of two incidents meets: in one coin, in one transaction, at one address, in one
// cluster, at one service, or already where it was stolen. That is how thefts are tied to one hand,
// and how they are not: a service that both reach ties nothing, a transaction that spends from both
// ties much. What a meeting means is the reader's to say.
//
// One trace with two labels, one an incident, gives every coin that its method says holds units of
// each. Example: A's thief pays coin a, B's thief coin b, and one transaction spends a and b into
// c. The coin c holds units of both (under haircut and poison; under fifo only where a unit of each
// falls on it), the transaction spends both, and is their first meeting if none of the coins it
// spends held both already. Everything behind it that still holds both is listed too, so the first
// meetings are marked. An address that received a coin of A and another of B is a meeting as well.
//
// The strongest tie comes before any of it: a coin that both name as stolen, or a coin stolen in
// one incident that was the other's loot. A trace counts units once, so such a seed has few units
// of its own label or none, and nothing behind it carries both; these coins are a list of their
// own.
//
// Costs one trace, and memory by its parcels. Lists are cut to `most` rows, counted whole.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/ids.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "trace/result.h"
#include "trace/seeds.h"
#include "trace/stops.h"

namespace tracehound::incidents {

// Of the first incident and of the second.
using Pair = std::array<Amount, 2>;

struct LinkedCoin {
  CoinId coin;
  Amount value = 0;
  Pair amount{};
  bool is_seed = false;  // of one of them
};
// A coin with seeds that are the other incident's too.
struct LinkedSeed {
  CoinId coin;
  Pair claimed{};            // by the incidents' seeds
  Pair effective{};          // of these, units that nobody had before
  Amount claimed_twice = 0;  // units in seeds of both
  Pair arrived{};            // the incidents' units that transactions brought into the coin
};
struct LinkedTransaction {
  TxId transaction;
  Pair amount{};       // carried by it, fee included
  bool first = false;  // no coin it spends held both
};
struct LinkedAddress {
  AddressId address;
  Pair amount{};  // summed over the coins it received
  std::array<std::uint64_t, 2> coins{};
};
struct LinkedCluster {
  std::uint32_t cluster = 0;  // the smallest address in it
  Pair amount{};
  std::array<std::uint64_t, 2> coins{};
};
struct LinkedService {
  std::uint32_t service = 0;  // index into Link::trace.services
  Pair amount{};              // that ended there
};

// A list and how much of it there is.
template <typename Row>
struct Cut {
  std::vector<Row> rows;
  std::uint64_t all = 0;

  void cut(std::uint64_t most) {
    all = rows.size();
    if (rows.size() > most) rows.resize(most);
  }
};

// The place in a pair of the incident that the label stands for.
inline std::size_t side_of(Label label) {
  CHECK(label.number() == 1 || label.number() == 2);
  return label.number() - 1;
}

struct Link {
  trace::Trace trace;  // labels 1 and 2 are the incidents
  Pair claimed{};
  Pair effective{};       // less than claimed: units that were counted already, of either incident
  Cut<LinkedSeed> seeds;  // chain order
  Cut<LinkedTransaction> first_meetings;       // chain order
  Cut<LinkedTransaction> transactions;         // all meetings, chain order
  Cut<LinkedCoin> coins;                       // chain order
  Cut<LinkedAddress> addresses;                // by falling smaller amount, then id
  std::optional<Cut<LinkedCluster>> clusters;  // the same; none without a clustering
  std::vector<LinkedService> services;         // that both ended at, as the trace has them

  bool met() const {
    return seeds.all + transactions.all + coins.all + addresses.all + services.size() > 0 ||
           (clusters && clusters->all > 0);
  }
};

struct LinkOptions {
  trace::MethodKind method = trace::MethodKind::haircut;
  std::uint64_t most = 50;  // rows of a list
  std::array<std::string, 2> names;
  // The cluster of an address, as its smallest address; empty where there is no clustering.
  std::function<std::uint32_t(AddressId)> cluster_of;
};

// `seeds` of both, under kFirstLabel and the label after it. Errors: trace::run's.
Result<Link> link_incidents(const ledger::Ledger& ledger, std::span<const trace::Seed> seeds,
                            const trace::Stops& stops, const LinkOptions& options);

}  // namespace tracehound::incidents
