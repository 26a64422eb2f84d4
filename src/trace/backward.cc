#include "trace/backward.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "trace/backward_walk.h"

namespace tracehound::trace {

namespace {

// In chain order, with one entry for each coin and label.
Landings in_chain_order(Landings landings) {
  std::ranges::stable_sort(
      landings, {}, [](const Landing& landing) { return std::tie(landing.coin, landing.label); });
  Landings merged;
  for (const Landing& landing : landings) {
    bool same = !merged.empty() && merged.back().coin == landing.coin &&
                merged.back().label == landing.label;
    if (!same) {
      merged.push_back(landing);
      continue;
    }
    merged.back().amount += landing.amount;
    merged.back().hops = std::min(merged.back().hops, landing.hops);
  }
  return merged;
}

void add_destination(Trace& trace, DestinationKind kind, std::optional<std::uint32_t> service,
                     Landings landings) {
  if (landings.empty()) return;
  Destination destination;
  destination.kind = kind;
  destination.service = service;
  destination.coins = in_chain_order(std::move(landings));
  LabelSums sums;
  for (const Landing& landing : destination.coins) {
    sums.add(landing.label, landing.amount);
    destination.amount += landing.amount;
  }
  destination.labels.assign(sums.all().begin(), sums.all().end());
  trace.total += destination.amount;
  trace.destinations.push_back(std::move(destination));
}

void list_destinations(Provenance& found, const Stops& stops, Trace& trace) {
  for (std::size_t k = 0; k < kDestinationKinds; ++k) {
    auto kind = static_cast<DestinationKind>(k);
    add_destination(trace, kind, std::nullopt, std::move(found.by_kind[k]));
    for (std::uint32_t s = 0; s < found.by_service.size(); ++s) {
      if (stops.kind_of(s) != kind) continue;
      add_destination(trace, kind, s, std::move(found.by_service[s]));
    }
  }
}

UnconfirmedPart unconfirmed_part(const ledger::Ledger& ledger, const Trace& trace) {
  UnconfirmedPart part;
  if (!ledger.unconfirmed()) return part;
  for (const Destination& destination : trace.destinations) {
    for (const Landing& landing : destination.coins) {
      if (!ledger.is_unconfirmed(landing.coin)) continue;
      ++part.coins;
      part.amount += landing.amount;
    }
  }
  return part;
}

Status check_until(const ledger::Ledger& ledger, std::span<const Seed> seeds, BlockHeight until) {
  for (const Seed& seed : seeds) {
    BlockHeight made = ledger.height(ledger.creator(seed.coin));
    if (made >= until) continue;
    ledger::Outpoint outpoint = ledger.outpoint(seed.coin);
    return bad_input(fmt::format(
        "seed {}:{} was made at height {}, before the height {} at which the backward trace is to "
        "end; end it at {} or below",
        outpoint.txid.text(), outpoint.index, made.number(), until.number(), made.number()));
  }
  return {};
}

}  // namespace

bool has_inverse(MethodKind method) {
  return method == MethodKind::haircut || method == MethodKind::fifo || method == MethodKind::lifo;
}

Status check_inverse(MethodKind method) {
  if (has_inverse(method)) return {};
  return fail(ErrorKind::usage,
              fmt::format("{} cannot be traced backward, because many inputs give the same "
                          "outputs; use haircut, fifo or lifo, which have an inverse",
                          name_of(method)));
}

Result<Trace> run_back(const ledger::Ledger& ledger, std::span<const Seed> seeds, MethodKind kind,
                       const Stops& stops, const Options& options) {
  TRY(check_inverse(kind));
  if (stops.knows_mixes() && stops.mix_rule() == MixRule::follow_change) {
    return fail(ErrorKind::usage,
                "the change of a mix is followed forward; backward a mix stops, or is divided by "
                "haircut");
  }
  TRY(check_seeds(ledger, seeds));
  if (options.cuts.until) TRY(check_until(ledger, seeds, *options.cuts.until));
  std::vector<Seed> sorted(seeds.begin(), seeds.end());
  std::ranges::sort(sorted);

  Method method = make_method(kind);
  BackwardWalk walk(ledger, method, stops, sorted, options);
  TRY(walk.run());
  Provenance found = walk.take();

  Trace trace;
  trace.method = kind;
  trace.direction = Direction::backward;
  trace.fees = options.fees;
  trace.conserves = true;
  trace.interrupted = found.interrupted;
  trace.label_names = options.label_names;
  trace.seeds = std::move(found.seeds);
  for (const SeedCoin& seed : trace.seeds) {
    trace.claimed += seed.claimed;
    trace.effective += seed.amount;
  }
  trace.services.assign(stops.services().begin(), stops.services().end());
  list_destinations(found, stops, trace);
  trace.unconfirmed = unconfirmed_part(ledger, trace);
  trace.parcels = std::move(found.parcels);
  trace.transactions_touched = found.transactions_touched;
  trace.coins_touched = found.coins_touched;
  TRY(check_balance(trace));
  return trace;
}

}  // namespace tracehound::trace
