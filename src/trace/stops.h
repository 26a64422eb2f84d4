// What ends taint: the coins a trace does not go on through.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ledger/ledger.h"
#include "trace/result.h"

namespace tracehound::trace {

// An address known to be a service's.
struct ServiceAddress {
  AddressId address;
  std::uint32_t service = 0;  // index into the services given with it
};

struct Stop {
  DestinationKind kind;
  std::uint32_t service = 0;  // index into Stops::services(); only with DestinationKind::service
};

// The stop rules of one trace. A stop holds for a coin from the moment it exists. Copyable; reading
// is thread-safe.
//
// This part of the program knows services and unspendable scripts. A further rule (a recognised
// CoinJoin, a bridge, a burn address, a cut) is one more line in at().
class Stops {
 public:
  // Unspendable scripts only.
  Stops() = default;
  // `services` in any order, the same name and category possibly more than once (then they are
  // one). An address given twice belongs to the entry that comes first.
  // REQUIRES: every ServiceAddress::service is below services.size().
  Stops(std::vector<Service> services, std::span<const ServiceAddress> addresses);

  // By name, then category; each pair once.
  std::span<const Service> services() const { return services_; }
  std::optional<std::uint32_t> service_of(AddressId address) const;

  // What ends taint that arrives in this coin.
  std::optional<Stop> at(const ledger::Ledger& ledger, CoinId coin) const {
    if (auto stop = at_seed(ledger, coin)) return stop;
    if (slots_.empty()) return std::nullopt;
    auto service = service_of(ledger.address(coin));
    if (!service) return std::nullopt;
    return Stop{DestinationKind::service, *service};
  }
  // What ends the taint of a seed coin. Stolen coins often lie at a service, from which they were
  // stolen: there the trace begins, so the coin's own address does not stop it.
  static std::optional<Stop> at_seed(const ledger::Ledger& ledger, CoinId coin) {
    bool spendable = ledger.script(coin) != ledger::ScriptKind::op_return;
    if (spendable) return std::nullopt;
    return Stop{DestinationKind::burned, 0};
  }

 private:
  struct Slot {
    AddressId address;
    std::uint32_t service = kFree;
  };
  static constexpr std::uint32_t kFree = 0xFFFF'FFFF;

  std::size_t slot_of(AddressId address) const;

  std::vector<Service> services_;
  std::vector<Slot> slots_;  // open addressing, at most half full; empty without services
  std::uint32_t shift_ = 0;
};

}  // namespace tracehound::trace
