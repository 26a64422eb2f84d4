#include "trace/stops.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "base/check.h"
#include "base/hash.h"

namespace tracehound::trace {

namespace {

// Sorts the services, drops repeats, and says where each given index went.
std::vector<std::uint32_t> merge_services(std::vector<Service>& services) {
  auto key = [](const Service& service) { return std::tie(service.name, service.category); };
  std::vector<Service> given = services;
  std::ranges::sort(services, {}, key);
  auto repeats = std::ranges::unique(services, {}, key);
  services.erase(repeats.begin(), repeats.end());
  std::vector<std::uint32_t> now;
  now.reserve(given.size());
  for (const Service& service : given) {
    auto place = std::ranges::lower_bound(services, key(service), {}, key);
    now.push_back(static_cast<std::uint32_t>(place - services.begin()));
  }
  return now;
}

// Bytes that differ whenever the words and numbers put in differ.
class Script {
 public:
  void add(std::string_view text) {
    add(text.size());
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }
  void add(std::uint64_t number) {
    std::size_t end = bytes_.size();
    bytes_.resize(end + sizeof number);
    store_le(bytes_.data() + end, number);
  }
  // As a set: neither order nor repeats count.
  void add(std::span<const AddressId> given) {
    std::vector<AddressId> ids(given.begin(), given.end());
    std::ranges::sort(ids);
    auto repeats = std::ranges::unique(ids);
    ids.erase(repeats.begin(), repeats.end());
    add(ids.size());
    for (AddressId id : ids) add(std::uint64_t{id.number()});
  }
  std::uint64_t hash() const { return xxh3(bytes_); }

 private:
  Bytes bytes_;
};

}  // namespace

Stops::Stops(StopRules rules)
    : services_(std::move(rules.services)),
      clusters_(rules.cluster_of_address),
      mix_(rules.mix),
      mix_rule_(rules.mix_rule) {
  std::vector<std::uint32_t> place = merge_services(services_);
  for (const Service& service : services_) {
    is_bridge_.push_back(std::ranges::find(rules.bridges, service.category) != rules.bridges.end());
  }
  for (const ServiceAddress& given : rules.addresses) CHECK(given.service < place.size());
  take_fingerprint(rules, place);

  std::size_t entries = rules.addresses.size() + rules.burn.size() + rules.through.size() +
                        rules.through_clusters.size();
  if (entries == 0) return;
  by_address_.reserve(entries);
  for (AddressId address : rules.through) by_address_.add(address, kThrough);
  for (AddressId address : rules.burn) by_address_.add(address, kBurned);
  if (!clusters_.empty()) {
    by_cluster_.reserve(entries);
    for (AddressId address : rules.through_clusters) {
      by_cluster_.add(cluster_of(address), kThrough);
    }
  }
  for (AddressId address : rules.through_clusters) by_address_.add(address, kThrough);
  for (const ServiceAddress& given : rules.addresses) {
    AddressId cluster = cluster_of(given.address);
    bool passed = !clusters_.empty() && by_cluster_.of(cluster) == kThrough;
    by_address_.add(given.address, passed ? kThrough : place[given.service]);
    if (!clusters_.empty()) by_cluster_.add(cluster, place[given.service]);
  }
}

void Stops::take_fingerprint(const StopRules& rules, std::span<const std::uint32_t> place) {
  Script script;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    script.add(services_[i].name);
    script.add(services_[i].category);
    script.add(std::uint64_t{is_bridge_[i]});
  }
  std::vector<std::pair<AddressId, std::uint32_t>> addresses;
  if (rules.named_by) script.add(*rules.named_by);
  for (const ServiceAddress& given : rules.addresses) {
    if (rules.named_by) break;
    addresses.emplace_back(given.address, place[given.service]);
  }
  // Of the entries for one address the first counts.
  std::ranges::stable_sort(addresses, {}, &std::pair<AddressId, std::uint32_t>::first);
  auto repeats = std::ranges::unique(addresses, {}, &std::pair<AddressId, std::uint32_t>::first);
  addresses.erase(repeats.begin(), repeats.end());
  script.add(addresses.size());
  for (auto [address, service] : addresses) {
    script.add(std::uint64_t{address.number()});
    script.add(std::uint64_t{service});
  }
  if (!rules.named_by) script.add(rules.burn);
  script.add(rules.through);
  script.add(rules.through_clusters);
  script.add(std::uint64_t{!rules.cluster_of_address.empty()});
  script.add(std::uint64_t{rules.mix != nullptr});
  script.add(static_cast<std::uint64_t>(rules.mix_rule));
  fingerprint_ = script.hash();
}

std::optional<std::uint32_t> Stops::service_of(AddressId address) const {
  if (by_address_.empty()) return std::nullopt;
  Verdict found = verdict(address);
  if (found >= kBurned) return std::nullopt;
  return found;
}

void Stops::Table::reserve(std::size_t entries) {
  std::size_t size = std::bit_ceil(entries * 2);
  slots_.resize(size);
  shift_ = 64 - static_cast<std::uint32_t>(std::bit_width(size - 1));
}

// Where the id lies or would lie. Fibonacci hashing: the golden ratio's multiples spread
// neighbouring ids over the table.
std::size_t Stops::Table::slot_of(AddressId id) const {
  std::size_t slot = (id.number() * 0x9E37'79B9'7F4A'7C15ULL) >> shift_;
  while (slots_[slot].verdict != kNotListed && slots_[slot].id != id) {
    slot = (slot + 1) % slots_.size();
  }
  return slot;
}

void Stops::Table::add(AddressId id, Verdict verdict) {
  Slot& slot = slots_[slot_of(id)];
  if (slot.verdict == kNotListed) slot = {id, verdict};
}

Stops::Verdict Stops::Table::of(AddressId id) const { return slots_[slot_of(id)].verdict; }

}  // namespace tracehound::trace
