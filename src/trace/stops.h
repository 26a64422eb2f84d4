// What ends taint: the coins a trace does not go on through.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "trace/result.h"

namespace tracehound::trace {

// An address known to be a service's.
struct ServiceAddress {
  AddressId address;
  std::uint32_t service = 0;  // index into the services given with it
};

inline constexpr std::uint32_t kNoService = 0xFFFF'FFFF;

struct Stop {
  DestinationKind kind = DestinationKind::held;
  std::uint32_t service = kNoService;  // index into Stops::services()

  friend bool operator==(const Stop&, const Stop&) = default;
};

// Of a mix: the change of what one of its inputs brought in. Numbers within the transaction.
struct MixChange {
  std::uint32_t input = 0;
  std::uint32_t output = 0;  // of a smaller value
};

// Says which transactions are mixes. clusters/ recognises CoinJoins; the engine only asks.
class MixTest {
 public:
  virtual ~MixTest() = default;
  // Thread-safe; the same answer every time.
  virtual bool is_mix(const ledger::Ledger& ledger, TxId tx) const = 0;
  // Of a mix, the changes that are known; ascending by input, each input and output once.
  virtual std::vector<MixChange> changes(const ledger::Ledger&, TxId) const { return {}; }
};
// What becomes of taint in a mix: it ends in the mix's outputs as `mixed`; or it is divided over
// them by haircut, whatever the method, and goes on (poison goes on as poison); or it goes on in
// the changes that are known and ends in the other outputs (walk_mix.cc).
enum class MixRule : std::uint8_t { stop, haircut, follow_change };

// What stops are made of. Whatever is named by spans and pointers must outlive the Stops, but
// for what the constructor says it copies.
struct StopRules {
  // In any order, the same name and category possibly more than once (then they are one). An
  // address given twice belongs to the entry that comes first. Copied.
  std::vector<Service> services = {};
  std::span<const ServiceAddress> addresses = {};
  // Categories of services that lead to another chain: their coins are `crossed`. Copied.
  std::span<const std::string> bridges = {};
  // Addresses that nobody can spend from, besides unspendable scripts: `burned`. Copied.
  std::span<const AddressId> burn = {};
  // What does not stop, whatever is said above: these addresses; and the whole clusters in which
  // these lie. Copied.
  std::span<const AddressId> through = {};
  std::span<const AddressId> through_clusters = {};
  // Of each address its cluster, named by the smallest address in it; addresses past the end are
  // alone. A service is then known by its clusters. Where several services claim one cluster it
  // is that of the first entry, and each tagged address stays its own service's.
  std::span<const std::uint32_t> cluster_of_address = {};
  // What the addresses are made of, as a number: tags name addresses that no block holds yet, and a
  // saved trace is to be gone on with when one does. Takes the place of `addresses` and `burn` in
  // fingerprint(). Then `services` holds every service that was named, seen or not.
  std::optional<std::uint64_t> named_by = {};
  // Nothing is a mix without a test.
  const MixTest* mix = nullptr;
  MixRule mix_rule = MixRule::stop;
};

// The stop rules of one trace. A stop holds for a coin from the moment it exists; they are asked in
// this order: an unspendable script; the coin's address, then its cluster (through, burned, service
// or crossed: the first that knows it decides); a mix that made it. Copyable; reading is
// thread-safe.
class Stops {
 public:
  // Unspendable scripts only.
  Stops() = default;
  // REQUIRES: every ServiceAddress::service is below services.size().
  explicit Stops(StopRules rules);
  Stops(std::vector<Service> services, std::span<const ServiceAddress> addresses)
      : Stops(StopRules{.services = std::move(services), .addresses = addresses}) {}

  // By name, then category; each pair once.
  std::span<const Service> services() const { return services_; }
  // `service`, or `crossed` for a bridge.
  DestinationKind kind_of(std::uint32_t service) const {
    return is_bridge_[service] ? DestinationKind::crossed : DestinationKind::service;
  }
  std::optional<std::uint32_t> service_of(AddressId address) const;

  // What ends taint that arrives in this coin, but for a mix.
  std::optional<Stop> at(const ledger::Ledger& ledger, CoinId coin) const {
    if (auto stop = at_seed(ledger, coin)) return stop;
    if (by_address_.empty()) return std::nullopt;
    return stop_of(verdict(ledger.address(coin)));
  }
  // What ends the taint of a seed coin. Stolen coins often lie at a service, from which they were
  // stolen: there the trace begins, so the coin's own address does not stop it.
  static std::optional<Stop> at_seed(const ledger::Ledger& ledger, CoinId coin) {
    return at_script(ledger.script(coin));
  }
  // The two, for who has the coin's row at hand.
  static std::optional<Stop> at_script(ledger::ScriptKind script) {
    if (script != ledger::ScriptKind::op_return) return std::nullopt;
    return Stop{.kind = DestinationKind::burned};
  }
  bool knows_addresses() const { return !by_address_.empty(); }
  std::optional<Stop> at_address(AddressId address) const { return stop_of(verdict(address)); }

  // Whether any transaction can be a mix, and whether this one is; and what then.
  bool knows_mixes() const { return mix_ != nullptr; }
  bool is_mix(const ledger::Ledger& ledger, TxId tx) const {
    return mix_ != nullptr && mix_->is_mix(ledger, tx);
  }
  MixRule mix_rule() const { return mix_rule_; }
  // REQUIRES: is_mix().
  std::vector<MixChange> mix_changes(const ledger::Ledger& ledger, TxId tx) const {
    return mix_->changes(ledger, tx);
  }

  // A number for the rules as they were given (not the clusters, which grow with the chain): equal
  // rules have equal numbers on every machine.
  std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  // Below kNotListed - 2: the service's index.
  using Verdict = std::uint32_t;
  static constexpr Verdict kNotListed = 0xFFFF'FFFF;
  static constexpr Verdict kThrough = 0xFFFF'FFFE;
  static constexpr Verdict kBurned = 0xFFFF'FFFD;

  // Verdicts by address or cluster: open addressing, at most half full.
  class Table {
   public:
    bool empty() const { return slots_.empty(); }
    // The first that is added stays. REQUIRES: at most as many adds as reserved.
    void reserve(std::size_t entries);
    void add(AddressId id, Verdict verdict);
    Verdict of(AddressId id) const;

   private:
    struct Slot {
      AddressId id;
      Verdict verdict = kNotListed;
    };
    std::size_t slot_of(AddressId id) const;

    std::vector<Slot> slots_;
    std::uint32_t shift_ = 0;
  };

  AddressId cluster_of(AddressId address) const {
    if (address.number() >= clusters_.size()) return address;
    return AddressId(clusters_[address.number()]);
  }
  Verdict verdict(AddressId address) const {
    Verdict found = by_address_.of(address);
    if (found != kNotListed || clusters_.empty()) return found;
    return by_cluster_.of(cluster_of(address));
  }
  std::optional<Stop> stop_of(Verdict verdict) const {
    if (verdict >= kThrough) return std::nullopt;
    if (verdict == kBurned) return Stop{.kind = DestinationKind::burned};
    return Stop{.kind = kind_of(verdict), .service = verdict};
  }
  void take_fingerprint(const StopRules& rules, std::span<const std::uint32_t> place);

  std::vector<Service> services_;
  std::vector<bool> is_bridge_;  // by service
  Table by_address_;
  Table by_cluster_;
  std::span<const std::uint32_t> clusters_;
  const MixTest* mix_ = nullptr;
  MixRule mix_rule_ = MixRule::stop;
  std::uint64_t fingerprint_ = 0;
};

}  // namespace tracehound::trace
