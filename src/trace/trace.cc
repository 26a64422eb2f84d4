#include "trace/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "trace/walk.h"

namespace tracehound::trace {

namespace {

Destination destination_of(DestinationKind kind, std::optional<std::uint32_t> service,
                           std::vector<Landing> landings, bool conserves) {
  // Landings come in the order of events, which is chain order but for coins that were replaced.
  auto chain_order = [](const Landing& landing) { return std::tie(landing.coin, landing.label); };
  if (!std::ranges::is_sorted(landings, {}, chain_order)) {
    std::ranges::sort(landings, {}, chain_order);
  }
  Destination destination;
  destination.kind = kind;
  destination.service = service;
  LabelSums sums;
  for (const Landing& landing : landings) sums.add(landing.label, landing.amount);
  if (conserves) destination.labels.assign(sums.all().begin(), sums.all().end());
  destination.coins = std::move(landings);
  return destination;
}

Destination fees_of(const LabelSums& fees, bool conserves) {
  Destination destination;
  destination.kind = DestinationKind::fees;
  if (conserves) destination.labels.assign(fees.all().begin(), fees.all().end());
  return destination;
}

// By kind, then service name, as services are sorted.
void list_destinations(Footprint& found, Trace& trace) {
  for (std::size_t k = 0; k < kDestinationKinds; ++k) {
    auto kind = static_cast<DestinationKind>(k);
    if (kind == DestinationKind::service) {
      for (std::size_t s = 0; s < found.by_service.size(); ++s) {
        if (found.by_service[s].empty()) continue;
        trace.destinations.push_back(destination_of(
            kind, static_cast<std::uint32_t>(s), std::move(found.by_service[s]), trace.conserves));
      }
    } else if (kind == DestinationKind::fees) {
      if (!found.fees.all().empty()) {
        trace.destinations.push_back(fees_of(found.fees, trace.conserves));
      }
    } else if (!found.by_kind[k].empty()) {
      trace.destinations.push_back(
          destination_of(kind, std::nullopt, std::move(found.by_kind[k]), trace.conserves));
    }
  }
  for (Destination& destination : trace.destinations) {
    for (const LabelAmount& entry : destination.labels) destination.amount += entry.amount;
    trace.total += destination.amount;
  }
}

UnconfirmedPart unconfirmed_part(const ledger::Ledger& ledger, const Trace& trace, Amount fees) {
  UnconfirmedPart part;
  if (!ledger.unconfirmed()) return part;
  for (const Destination& destination : trace.destinations) {
    for (const Landing& landing : destination.coins) {
      if (!ledger.is_unconfirmed(landing.coin)) continue;
      ++part.coins;
      part.amount += trace.conserves ? landing.amount : 0;
    }
  }
  part.fees = trace.conserves ? fees : 0;
  return part;
}

}  // namespace

namespace {

Result<Trace> run_one(const ledger::Ledger& ledger, std::span<const Seed> seeds, MethodKind kind,
                      const Stops& stops, const Options& options) {
  std::vector<Seed> sorted(seeds.begin(), seeds.end());
  std::ranges::sort(sorted);

  Method method = make_method(kind);
  Walk walk(ledger, method, stops, sorted, options.parcels);
  TRY(walk.run());
  Footprint found = walk.take();

  Trace trace;
  trace.method = kind;
  trace.conserves = method.conserves;
  trace.label_names = options.label_names;
  trace.seeds = std::move(found.seeds);
  for (const SeedCoin& seed : trace.seeds) {
    trace.claimed += seed.claimed;
    trace.effective += seed.amount;
  }
  trace.services.assign(stops.services().begin(), stops.services().end());
  list_destinations(found, trace);
  trace.unconfirmed = unconfirmed_part(ledger, trace, found.unconfirmed_fees);
  trace.parcels = std::move(found.parcels);
  trace.transactions_touched = found.transactions_touched;
  trace.coins_touched = found.coins_touched;
  TRY(check_balance(trace));
  return trace;
}

}  // namespace

Result<std::vector<Trace>> run(const ledger::Ledger& ledger, std::span<const Seed> seeds,
                               std::span<const MethodKind> methods, const Stops& stops,
                               const Options& options) {
  TRY(check_seeds(ledger, seeds));
  std::vector<Trace> traces;
  for (MethodKind kind : methods) {
    TRY_ASSIGN(Trace trace, run_one(ledger, seeds, kind, stops, options));
    traces.push_back(std::move(trace));
  }
  return traces;
}

Result<Trace> run(const ledger::Ledger& ledger, std::span<const Seed> seeds, MethodKind method,
                  const Stops& stops, const Options& options) {
  TRY_ASSIGN(auto traces, run(ledger, seeds, std::span(&method, 1), stops, options));
  return std::move(traces.front());
}

std::vector<Range> ranges(std::span<const Trace> traces) {
  using Place = std::pair<DestinationKind, std::optional<std::uint32_t>>;
  std::map<Place, Range> found;
  std::map<Place, std::size_t> reached;
  std::size_t conserving = 0;
  for (const Trace& trace : traces) {
    if (!trace.conserves) continue;
    ++conserving;
    for (const Destination& destination : trace.destinations) {
      Place place(destination.kind, destination.service);
      Amount amount = destination.amount;
      auto [entry, fresh] =
          found.try_emplace(place, Range{destination.kind, destination.service, amount, amount});
      entry->second.least = std::min(entry->second.least, amount);
      entry->second.most = std::max(entry->second.most, amount);
      ++reached[place];
    }
  }
  std::vector<Range> list;
  for (auto& [place, range] : found) {
    if (reached[place] < conserving) range.least = 0;
    list.push_back(range);
  }
  return list;
}

Status check_balance(const Trace& trace) {
  if (!trace.conserves) return {};
  LabelSums seeded;
  LabelSums landed;
  for (const SeedCoin& seed : trace.seeds) {
    seeded.add(seed.label, seed.amount);
    landed.add(seed.label, 0);
  }
  for (const Destination& destination : trace.destinations) {
    for (const LabelAmount& entry : destination.labels) landed.add(entry.label, entry.amount);
  }
  for (const LabelAmount& entry : landed.all()) {
    if (seeded.of(entry.label) == entry.amount) continue;
    return machine_error(fmt::format(
        "the {} trace does not balance: of label {}, {} units were stolen and {} were found; this "
        "is a bug in tracehound, report it with the ledger's tip and the seeds",
        name_of(trace.method), label_text(trace, entry.label), seeded.of(entry.label),
        entry.amount));
  }
  return {};
}

std::uint64_t Trace::seed_coins() const {
  std::uint64_t coins = 0;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    coins += i == 0 || seeds[i].coin != seeds[i - 1].coin ? 1 : 0;
  }
  return coins;
}

std::string label_text(const Trace& trace, Label label) {
  std::size_t number = label.number();
  if (number >= 1 && number <= trace.label_names.size()) return trace.label_names[number - 1];
  return std::to_string(number);
}

}  // namespace tracehound::trace
