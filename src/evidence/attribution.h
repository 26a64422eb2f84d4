// Why an address is a service's: the tags that say so, and the transactions that join it with the
// address they say it of.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "evidence/bundle.h"
#include "evidence/statement.h"
#include "ledger/part.h"
#include "tags/actor_ids.h"
#include "tags/store.h"
#include "trace/stops.h"

namespace tracehound::evidence {

// The tag as a bundle shows it.
UsedTag used_tag(const tags::Tag& tag, const tags::ActorIds& actors);
// Whether its category, or a concept of it, is the service's.
bool says(const UsedTag& tag, const trace::Service& service);

// What the stops were made of.
struct KnownStops {
  const trace::Stops& stops;
  std::span<const trace::ServiceAddress> tagged;  // services by their index in `stops`
  std::span<const std::uint32_t> cluster_of_address;
  std::span<const std::string_view> categories;  // of tags, that stop
  tags::TagStore& store;
  std::optional<TxId> before;  // co-spends from here on do not count
};

struct Attributions {
  std::vector<trace::Service> services;  // those reached, by name and category
  std::vector<StatedStop> stops;         // by address
  std::vector<UsedTag> tags;
  std::vector<TxId> co_spends;  // the transactions of all steps
};
// Of those of `addresses` at which a trace stops. Looks at no more than so many transactions for
// each; what takes more is stated and not shown. Errors: the tag store's.
Result<Attributions> attribute(const ledger::Ledger& ledger,
                               const chains::bitcoin::Network& network, const KnownStops& known,
                               std::span<const AddressId> addresses);
inline constexpr std::uint64_t kMostLookedAt = 200'000;

class Checker;
// Holds each stop to its tags and steps. Gives how many stops rest on no shown way.
std::uint64_t check_attributions(const ledger::PartLedger& part,
                                 const chains::bitcoin::Network& network,
                                 const Statement& statement, const std::vector<UsedTag>& tags,
                                 Checker& checker);

}  // namespace tracehound::evidence
