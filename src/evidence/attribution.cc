#include "evidence/attribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.h"
#include "chains/bitcoin/address.h"
#include "clusters/explain.h"
#include "clusters/rules.h"
#include "tags/codes.h"
#include "tags/services.h"

namespace tracehound::evidence {

UsedTag used_tag(const tags::Tag& tag, const tags::ActorIds& actors) {
  const tags::Attribution& said = tag.attribution;
  return {.address = tag.subject,
          .label = said.label,
          .actor = said.actor,
          .category = said.category,
          .abuse = said.abuse,
          .concepts = said.concepts,
          .confidence = std::string(said.confidence.id),
          .level = static_cast<std::uint32_t>(said.confidence.level),
          .is_cluster_definer = said.is_cluster_definer,
          .currency = said.currency,
          .network = said.network,
          .source = said.source,
          .lastmod = said.lastmod,
          .tag_type = said.tag_type,
          .service = said.actor.empty() ? said.label : actors.id(said.actor),
          .pack = tag.pack.file,
          .title = tag.pack.title,
          .creator = tag.pack.creator,
          .sha256 = tags::sha256_text(tag.pack.sha256),
          .line = tag.line};
}

bool says(const UsedTag& tag, const trace::Service& service) {
  auto fits = [&](const std::string& word) {
    return tags::stop_category(word) == service.category;
  };
  return fits(tag.category) || std::ranges::any_of(tag.concepts, fits);
}

namespace {

using trace::DestinationKind;

class Attributor {
 public:
  Attributor(const ledger::Ledger& ledger, const chains::bitcoin::Network& network,
             const KnownStops& known, tags::ActorIds actors)
      : ledger_(ledger), network_(network), known_(known), actors_(std::move(actors)) {}

  Result<Attributions> run(std::span<const AddressId> addresses);

 private:
  struct Stopping {
    AddressId address;
    trace::Stop stop;
  };

  std::string text(AddressId address) const {
    return chains::bitcoin::address_text(network_, ledger_.address_kind(address),
                                         ledger_.address_payload(address));
  }
  std::uint32_t cluster_of(AddressId address) const {
    auto clusters = known_.cluster_of_address;
    return address.number() < clusters.size() ? clusters[address.number()] : address.number();
  }
  void number_services(std::span<const Stopping> stopping);
  AddressId tagged_for(AddressId address, std::uint32_t service) const;
  Result<StatedStop> state(const Stopping& one);
  void find_steps(AddressId from, AddressId to, StatedStop& stop);
  Status find_tags(AddressId address, const trace::Service& service, StatedStop& stop);

  const ledger::Ledger& ledger_;
  const chains::bitcoin::Network& network_;
  const KnownStops& known_;
  tags::ActorIds actors_;
  clusters::JoinsNobody joins_nobody_ = clusters::default_rules().joins_nobody;
  std::map<std::uint32_t, std::uint32_t> numbers_;  // of services: in `stops`, here
  std::map<std::pair<AddressId, std::uint32_t>, std::vector<std::uint32_t>> tags_of_;
  Attributions found_;
};

// By their number in `stops`, which is by name.
void Attributor::number_services(std::span<const Stopping> stopping) {
  for (const Stopping& one : stopping) {
    if (one.stop.service != trace::kNoService) numbers_.emplace(one.stop.service, 0);
  }
  for (auto& [service, number] : numbers_) {
    number = static_cast<std::uint32_t>(found_.services.size());
    found_.services.push_back(known_.stops.services()[service]);
  }
}

// The address itself where it is tagged, else the first of its cluster that is.
AddressId Attributor::tagged_for(AddressId address, std::uint32_t service) const {
  std::optional<AddressId> first;
  for (const trace::ServiceAddress& tagged : known_.tagged) {
    if (tagged.service != service) continue;
    if (tagged.address == address) return address;
    if (cluster_of(tagged.address) != cluster_of(address)) continue;
    if (!first || tagged.address < *first) first = tagged.address;
  }
  CHECK(first.has_value());
  return *first;
}

void Attributor::find_steps(AddressId from, AddressId to, StatedStop& stop) {
  clusters::Links no_links;
  clusters::View view;
  view.before = known_.before;
  view.not_rules = {clusters::kWrapper};  // a bundle shows co-spends alone
  std::uint64_t budget = kMostLookedAt;
  clusters::Walk walk(ledger_, joins_nobody_, no_links, view, budget);
  walk.go(from, to);
  if (!walk.reached(to)) {
    stop.not_shown = text(to);
    return;
  }
  for (const clusters::Edge& edge : walk.path(to)) {
    stop.steps.push_back({ledger_.txid(edge.transaction), text(edge.second)});
    found_.co_spends.push_back(edge.transaction);
  }
}

Status Attributor::find_tags(AddressId address, const trace::Service& service, StatedStop& stop) {
  auto [entry, fresh] = tags_of_.try_emplace({address, *stop.service});
  if (fresh) {
    TRY_ASSIGN(auto all, known_.store.find(text(address), ledger_.chain()));
    for (const tags::Tag& tag : all) {
      UsedTag one = used_tag(tag, actors_);
      if (!tags::names_holder(tag.attribution) || one.service != service.name ||
          !says(one, service)) {
        continue;
      }
      entry->second.push_back(static_cast<std::uint32_t>(found_.tags.size()));
      found_.tags.push_back(std::move(one));
    }
  }
  stop.tags = entry->second;
  return {};
}

Result<StatedStop> Attributor::state(const Stopping& one) {
  StatedStop stop{.address = text(one.address), .kind = one.stop.kind};
  if (one.stop.service == trace::kNoService) return stop;
  stop.service = numbers_.at(one.stop.service);
  AddressId tagged = tagged_for(one.address, one.stop.service);
  if (tagged != one.address) find_steps(one.address, tagged, stop);
  TRY(find_tags(tagged, known_.stops.services()[one.stop.service], stop));
  return stop;
}

Result<Attributions> Attributor::run(std::span<const AddressId> addresses) {
  std::vector<Stopping> stopping;
  for (AddressId address : addresses) {
    if (auto stop = known_.stops.at_address(address)) stopping.push_back({address, *stop});
  }
  number_services(stopping);
  for (const Stopping& one : stopping) {
    TRY_ASSIGN(StatedStop stop, state(one));
    found_.stops.push_back(std::move(stop));
  }
  std::ranges::sort(found_.stops, {}, &StatedStop::address);
  return std::move(found_);
}

}  // namespace

Result<Attributions> attribute(const ledger::Ledger& ledger,
                               const chains::bitcoin::Network& network, const KnownStops& known,
                               std::span<const AddressId> addresses) {
  if (!known.stops.knows_addresses()) return Attributions{};
  TRY_ASSIGN(auto actors, tags::ActorIds::of(known.store));
  return Attributor(ledger, network, known, std::move(actors)).run(addresses);
}

}  // namespace tracehound::evidence
