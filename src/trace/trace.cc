#include "trace/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "ledger/subsidy.h"
#include "trace/state.h"
#include "trace/walk.h"

namespace tracehound::trace {

namespace {

// ---- the question -------------------------------------------------------------------------------

Status check_methods(std::span<const MethodKind> methods) {
  if (methods.empty()) return fail(ErrorKind::usage, "there is no method to trace by; name one");
  for (auto method = methods.begin(); method != methods.end(); ++method) {
    if (std::find(methods.begin(), method, *method) == method) continue;
    return fail(ErrorKind::usage,
                fmt::format("method {} is asked for twice; name it once", name_of(*method)));
  }
  return {};
}

Status check_heights(const ledger::Ledger& ledger, std::span<const Seed> seeds,
                     const Options& options) {
  CoinId first = seeds[0].coin;
  for (const Seed& seed : seeds) {
    first = std::min(first, seed.coin);
    BlockHeight made = ledger.height(ledger.creator(seed.coin));
    if (!options.cuts.until || made <= *options.cuts.until) continue;
    ledger::Outpoint coin = ledger.outpoint(seed.coin);
    return bad_input(fmt::format(
        "seed {}:{} was made at height {}, after the height {} until which to trace; end later",
        coin.txid.text(), coin.index, made.number(), options.cuts.until->number()));
  }
  if (!options.as_of) return {};
  if (*options.as_of > ledger.tip()) {
    return bad_input(fmt::format("there is no block {} to trace up to; the ledger ends at {}",
                                 options.as_of->number(), ledger.tip().number()));
  }
  BlockHeight made = ledger.height(ledger.creator(first));
  if (made <= *options.as_of) return {};
  return bad_input(fmt::format("no seed was there at height {} yet, the first is of {}; go further",
                               options.as_of->number(), made.number()));
}

Status check_request(const WalkRequest& request) {
  TRY(check_methods(request.methods));
  TRY(check_seeds(request.ledger, request.seeds));
  TRY(check_heights(request.ledger, request.seeds, request.options));
  if (request.options.fees == FeeRule::sink || request.options.subsidy) return {};
  if (ledger::subsidy(request.ledger.chain(), BlockHeight(0))) return {};
  return bad_input(fmt::format(
      "what the miners of {} may create is not known, so fees cannot be followed through them; "
      "trace without --fees miner",
      request.ledger.chain()));
}

// ---- the answer ---------------------------------------------------------------------------------

// A seed in a coin that burns what came to it before lands there twice: that is one landing.
void join_equals(Landings& landings) {
  std::size_t last = 0;
  for (std::size_t i = 1; i < landings.size(); ++i) {
    Landing& before = landings[last];
    const Landing& landing = landings[i];
    if (landing.coin != before.coin || landing.label != before.label) {
      landings[++last] = landing;
      continue;
    }
    before.amount += landing.amount;
    before.hops = std::min(before.hops, landing.hops);
  }
  if (!landings.empty()) landings.resize(last + 1);
}

Destination destination_of(DestinationKind kind, std::optional<std::uint32_t> service,
                           Landings landings, const LabelSums& coinless, bool conserves) {
  // Landings come in the order of events, which is chain order but for coins that were replaced
  // and those that waited for their block's fees.
  auto chain_order = [](const Landing& landing) { return std::tie(landing.coin, landing.label); };
  if (!std::ranges::is_sorted(landings, {}, chain_order)) {
    std::ranges::sort(landings, {}, chain_order);
  }
  if (kind == DestinationKind::burned) join_equals(landings);
  Destination destination;
  destination.kind = kind;
  destination.service = service;
  if (conserves) {
    LabelSums sums = coinless;
    for (const Landing& landing : landings) sums.add(landing.label, landing.amount);
    destination.labels.assign(sums.all().begin(), sums.all().end());
    destination.coinless.assign(coinless.all().begin(), coinless.all().end());
    for (const LabelAmount& entry : destination.labels) destination.amount += entry.amount;
  }
  destination.coins = std::move(landings);
  return destination;
}

// By kind, then service name, as services are sorted.
void list_destinations(Found& found, const Stops& stops, Trace& trace) {
  const LabelSums none;
  for (std::size_t k = 0; k < kDestinationKinds; ++k) {
    auto kind = static_cast<DestinationKind>(k);
    const LabelSums& coinless = kind == DestinationKind::fees     ? found.fees
                                : kind == DestinationKind::burned ? found.unclaimed
                                                                  : none;
    if (!found.by_kind[k].empty() || !coinless.all().empty()) {
      trace.destinations.push_back(destination_of(kind, std::nullopt, std::move(found.by_kind[k]),
                                                  coinless, trace.conserves));
    }
    for (std::uint32_t s = 0; s < found.by_service.size(); ++s) {
      if (found.by_service[s].empty() || stops.kind_of(s) != kind) continue;
      trace.destinations.push_back(
          destination_of(kind, s, std::move(found.by_service[s]), none, trace.conserves));
    }
  }
  for (const Destination& destination : trace.destinations) trace.total += destination.amount;
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

Trace trace_of(const WalkRequest& request, MethodKind kind, Found found, bool interrupted) {
  Trace trace;
  trace.method = kind;
  trace.fees = request.options.fees;
  trace.conserves = conserves(kind);
  trace.interrupted = interrupted;
  trace.as_of = request.options.as_of;
  trace.label_names = request.options.label_names;
  trace.seeds = std::move(found.seeds);
  for (const SeedCoin& seed : trace.seeds) {
    trace.claimed += seed.claimed;
    trace.effective += seed.amount;
  }
  trace.services.assign(request.stops.services().begin(), request.stops.services().end());
  list_destinations(found, request.stops, trace);
  trace.unconfirmed = unconfirmed_part(request.ledger, trace, found.unconfirmed_fees);
  trace.parcels = std::move(found.parcels);
  trace.transactions_touched = found.transactions_touched;
  trace.coins_touched = found.coins_touched;
  return trace;
}

Result<std::vector<Trace>> traces_of(const WalkRequest& request, std::vector<Found> found,
                                     bool interrupted) {
  std::vector<Trace> traces;
  for (std::size_t i = 0; i < found.size(); ++i) {
    traces.push_back(trace_of(request, request.methods[i], std::move(found[i]), interrupted));
    TRY(check_balance(traces.back()));
  }
  return traces;
}

std::vector<Seed> in_order(std::span<const Seed> seeds) {
  std::vector<Seed> sorted(seeds.begin(), seeds.end());
  std::ranges::sort(sorted);
  return sorted;
}

}  // namespace

Result<std::vector<Trace>> run(const ledger::Ledger& ledger, std::span<const Seed> seeds,
                               std::span<const MethodKind> methods, const Stops& stops,
                               const Options& options) {
  std::vector<Seed> sorted = in_order(seeds);
  WalkRequest request{ledger, methods, stops, sorted, options};
  TRY(check_request(request));
  Walk walk(request);
  walk.begin();
  TRY(walk.run());
  return traces_of(request, walk.take_found(), walk.interrupted());
}

Result<Trace> run(const ledger::Ledger& ledger, std::span<const Seed> seeds, MethodKind method,
                  const Stops& stops, const Options& options) {
  TRY_ASSIGN(auto traces, run(ledger, seeds, std::span(&method, 1), stops, options));
  return std::move(traces.front());
}

Result<Resumable> run_on(const ledger::Ledger& ledger, std::span<const Seed> seeds,
                         std::span<const MethodKind> methods, const Stops& stops,
                         const Options& options, ByteView state) {
  std::vector<Seed> sorted = in_order(seeds);
  Options to_here = options;
  to_here.as_of = options.as_of.value_or(ledger.tip());
  WalkRequest request{ledger, methods, stops, sorted, to_here};
  TRY(check_request(request));
  Walk walk(request);
  walk.keep_resting();
  if (state.empty()) {
    walk.begin();
  } else {
    TRY_ASSIGN(ReadWalk before, read_state(state, request));
    TxId from = ledger.transactions(before.height).end;
    TRY(walk.resume(from, std::move(before.walk.found), before.walk.resting));
  }
  TRY(walk.run());
  Resumable result;
  SavedWalk now{walk.take_found(), walk.take_resting()};
  if (!walk.interrupted()) result.state = write_state(state_head(request, *to_here.as_of), now);
  TRY_ASSIGN(result.traces, traces_of(request, std::move(now.found), walk.interrupted()));
  for (Trace& trace : result.traces) trace.as_of = options.as_of;
  return result;
}

}  // namespace tracehound::trace
