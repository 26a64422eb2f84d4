#include "trace/accounts/found.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace tracehound::trace::accounts {

namespace {

using Place = std::tuple<DestinationKind, std::optional<std::uint32_t>, AssetId>;

std::unexpected<Error> beyond_256_bits() {
  return bad_input(
      "stolen units of one asset come to more than 256 bits: its transfers are not to be believed; "
      "trace without its seeds or with --swaps off");
}

Status list_destinations(Found& found, Trace& trace) {
  std::map<Place, Destination> places;
  auto at = [&places](DestinationKind kind, std::optional<std::uint32_t> service,
                      AssetId asset) -> Destination& {
    Destination& destination = places[{kind, service, asset}];
    destination.kind = kind;
    destination.service = service;
    destination.asset = asset;
    return destination;
  };
  bool fits = true;
  for (Found::Landed& landed : found.landings) {
    Destination& destination =
        at(landed.stop.kind, landed.stop.service, landed.landing.holder.asset);
    if (trace.conserves) {
      fits = destination.labels.add(landed.landing.label, landed.landing.amount) && fits;
    }
    destination.landings.push_back(std::move(landed.landing));
  }
  for (const LabelSum& sum : found.fees.all()) {
    Destination& destination = at(DestinationKind::fees, std::nullopt, kNative);
    if (trace.conserves) fits = destination.labels.add(sum.label, sum.amount) && fits;
  }
  for (auto& [place, destination] : places) {
    std::ranges::stable_sort(destination.landings, {}, [](const Landing& landing) {
      return std::tuple(landing.tx.value_or(TxId(0)), landing.tx ? HolderId() : landing.holder,
                        landing.label);
    });
    for (const LabelSum& sum : destination.labels.all()) {
      fits = !add_overflow(destination.amount, sum.amount, destination.amount) && fits;
    }
    trace.destinations.push_back(std::move(destination));
  }
  return fits ? Status() : beyond_256_bits();
}

Status list_assets(Found& found, std::span<const Seed> seeds, const Events& events, Trace& trace) {
  std::map<AssetId, AssetBooks> books;
  auto at = [&books](AssetId asset) -> AssetBooks& {
    AssetBooks& entry = books[asset];
    entry.asset = asset;
    return entry;
  };
  for (const Seed& seed : seeds) {
    U256& claimed = at(events.row(seed.transfer).asset).claimed;
    if (add_overflow(claimed, seed.claimed(), claimed)) claimed = kU256Max;
  }
  for (const HoldingFound& holding : found.holdings) {
    U256& claimed = at(holding.holding.holder.asset).claimed;
    if (add_overflow(claimed, holding.balance, claimed)) claimed = kU256Max;
  }
  for (auto& [asset, sums] : found.seeded) at(asset).effective = std::move(sums);
  for (auto& [asset, sums] : found.swapped_in) at(asset).swapped_in = std::move(sums);
  for (auto& [asset, sums] : found.swapped_out) at(asset).swapped_out = std::move(sums);
  std::ranges::sort(found.unknown);
  auto repeats = std::ranges::unique(found.unknown);
  found.unknown.erase(repeats.begin(), repeats.end());
  for (const HolderId& holder : found.unknown) ++at(holder.asset).unknown_holders;
  for (const Destination& destination : trace.destinations) {
    U256& total = at(destination.asset).total;
    if (add_overflow(total, destination.amount, total)) total = kU256Max;
  }
  for (auto& [asset, entry] : books) {
    for (const Sums* sums : {&entry.effective, &entry.swapped_in, &entry.swapped_out}) {
      if (!sums->fit()) return beyond_256_bits();
    }
    trace.assets.push_back(std::move(entry));
  }
  return {};
}

}  // namespace

Status check_methods(std::span<const MethodKind> methods) {
  if (methods.empty()) return fail(ErrorKind::usage, "there is no method to trace by; name one");
  for (auto method = methods.begin(); method != methods.end(); ++method) {
    if (std::find(methods.begin(), method, *method) == method) continue;
    return fail(ErrorKind::usage,
                fmt::format("method {} is asked for twice; name it once", name_of(*method)));
  }
  return {};
}

std::vector<Seed> in_order(std::span<const Seed> seeds) {
  std::vector<Seed> sorted(seeds.begin(), seeds.end());
  std::ranges::sort(sorted, {}, [](const Seed& seed) {
    return std::tuple(seed.transfer, seed.label, seed.first, seed.end, seed.side);
  });
  return sorted;
}

std::size_t seeds_before(const Events& events, std::span<const Seed> seeds, TxId end) {
  auto after = std::ranges::partition_point(
      seeds, [&](const Seed& seed) { return events.transaction_of(seed.transfer) < end; });
  return static_cast<std::size_t>(after - seeds.begin());
}

Result<Trace> trace_of(const WalkRequest& request, MethodKind method, Direction direction,
                       Found found, bool interrupted) {
  Trace trace;
  trace.method = method;
  trace.direction = direction;
  trace.conserves = conserves(method);
  trace.interrupted = interrupted;
  trace.label_names = request.options.label_names;
  trace.services = request.stops.services();
  for (std::size_t i = 0; i < request.seeds.size(); ++i) {
    const Seed& seed = request.seeds[i];
    HolderId holder = found.seed_holders[i];
    if (found.effective[i].is_zero()) {
      Movement row = request.events.row(seed.transfer);
      holder = {seed.side == SeedSide::sent ? row.from : row.to, row.asset};
    }
    trace.seeds.push_back(
        {seed, request.events.transaction_of(seed.transfer), holder, found.effective[i]});
  }
  TRY(list_destinations(found, trace));
  TRY(list_assets(found, request.seeds, request.events, trace));
  trace.holdings = std::move(found.holdings);
  trace.parcels = std::move(found.parcels);
  trace.transactions_touched = found.transactions;
  trace.swaps = found.swaps;
  trace.approximate = found.approximate;
  trace.guessed_actor = found.guessed_actor;
  TRY(check_balance(trace));
  return trace;
}

}  // namespace tracehound::trace::accounts
