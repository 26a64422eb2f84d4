#include "trace/stops.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <tuple>

#include "base/check.h"

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

}  // namespace

Stops::Stops(std::vector<Service> services, std::span<const ServiceAddress> addresses)
    : services_(std::move(services)) {
  std::vector<std::uint32_t> now = merge_services(services_);
  if (addresses.empty()) return;
  std::size_t size = std::bit_ceil(addresses.size() * 2);
  slots_.resize(size);
  shift_ = 64 - static_cast<std::uint32_t>(std::bit_width(size - 1));
  for (const ServiceAddress& given : addresses) {
    CHECK(given.service < now.size());
    Slot& slot = slots_[slot_of(given.address)];
    if (slot.service == kFree) slot = {given.address, now[given.service]};
  }
}

// Where the address lies or would lie. Fibonacci hashing: the golden ratio's multiples spread
// neighbouring ids over the table.
std::size_t Stops::slot_of(AddressId address) const {
  std::size_t slot = (address.number() * 0x9E37'79B9'7F4A'7C15ULL) >> shift_;
  while (slots_[slot].service != kFree && slots_[slot].address != address) {
    slot = (slot + 1) % slots_.size();
  }
  return slot;
}

std::optional<std::uint32_t> Stops::service_of(AddressId address) const {
  if (slots_.empty()) return std::nullopt;
  const Slot& slot = slots_[slot_of(address)];
  if (slot.service == kFree) return std::nullopt;
  return slot.service;
}

}  // namespace tracehound::trace
