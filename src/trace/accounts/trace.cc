#include "trace/accounts/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "trace/accounts/state.h"
#include "trace/accounts/walk.h"

namespace tracehound::trace::accounts {

bool cuts_off(const Cuts& cuts, const Units& units) {
  U256 tainted;
  std::uint32_t hops = units.labels.front().hops;
  for (const Tainted& entry : units.labels) {
    if (add_overflow(tainted, entry.amount, tainted)) tainted = kU256Max;
    hops = std::min(hops, entry.hops);
  }
  return tainted < cuts.min_amount || (cuts.max_hops && hops > *cuts.max_hops);
}

Status check_seeds(const Events& events, std::span<const Seed> seeds, const Options& options) {
  if (seeds.empty()) return bad_input("there is no seed; name what was stolen");
  TransferId end = events.first_transfer(TxId(static_cast<std::uint32_t>(events.transactions())));
  for (const Seed& seed : seeds) {
    auto wrong = [&](std::string_view what) {
      TxId tx = events.transaction_of(seed.transfer);
      return bad_input(fmt::format("the seed in transfer {} of transaction {} {}",
                                   seed.transfer.number() - events.first_transfer(tx).number(),
                                   events.name(tx), what));
    };
    if (seed.transfer >= end) {
      return bad_input(fmt::format("there is no transfer {} in the ledger to be a seed",
                                   seed.transfer.number()));
    }
    if (seed.label == kClean) return wrong("has label 0, which is clean; labels begin at 1");
    Movement row = events.row(seed.transfer);
    if (row.amount.is_zero() || row.from == row.to) {
      return wrong("moves nothing to anybody else; name another transfer");
    }
    if (seed.first >= seed.end || seed.end > row.amount) {
      return wrong(fmt::format("claims units {} to {} of {}; give a range inside",
                               seed.first.text(), seed.end.text(), row.amount.text()));
    }
  }
  TransferId first = std::ranges::min(seeds, {}, &Seed::transfer).transfer;
  if (options.end && events.transaction_of(first) >= *options.end) {
    return bad_input("no seed had been moved yet at the time to trace up to; go further");
  }
  return {};
}

namespace {

Result<std::vector<Trace>> traces_of(const WalkRequest& request, std::vector<Found> found,
                                     bool interrupted) {
  std::vector<Trace> traces;
  for (std::size_t i = 0; i < request.methods.size(); ++i) {
    TRY_ASSIGN(auto trace, trace_of(request, request.methods[i], Direction::forward,
                                    std::move(found[i]), interrupted));
    traces.push_back(std::move(trace));
  }
  return traces;
}

}  // namespace

Result<std::vector<Trace>> run(const Events& events, std::span<const Seed> seeds,
                               std::span<const MethodKind> methods, const Stops& stops,
                               const Options& options) {
  TRY(check_methods(methods));
  TRY(check_seeds(events, seeds, options));
  std::vector<Seed> sorted = in_order(seeds);
  WalkRequest request{events, methods, stops, sorted, options};
  Walk walk(request);
  TRY(walk.run());
  return traces_of(request, walk.take_found(), walk.interrupted());
}

Result<Resumable> run_on(const Events& events, std::span<const Seed> seeds,
                         std::span<const MethodKind> methods, const Stops& stops,
                         const Options& options, ByteView state) {
  TRY(check_methods(methods));
  TRY(check_seeds(events, seeds, options));
  std::vector<Seed> sorted = in_order(seeds);
  WalkRequest request{events, methods, stops, sorted, options};
  TxId end = options.end.value_or(TxId(static_cast<std::uint32_t>(events.transactions())));
  Walk walk(request);
  if (!state.empty()) {
    TRY_ASSIGN(SavedWalk before, read_state(state, request, end));
    walk.resume(before.end, std::move(before.found), std::move(before.holders));
  }
  TRY(walk.run());
  Resumable result;
  if (auto asset = walk.beyond_history()) {
    result.unsaved = fmt::format(
        "a balance of asset {} leaves 256 bits within a swap: its transfers are not to be "
        "believed, "
        "and this trace cannot be saved; leave out --save-state",
        events.name(*asset));
  }
  SavedWalk now{end, walk.take_found(), walk.saved_holders()};
  if (!walk.interrupted() && result.unsaved.empty()) result.state = write_state(request, now);
  TRY_ASSIGN(result.traces, traces_of(request, std::move(now.found), walk.interrupted()));
  return result;
}

std::vector<Range> ranges(std::span<const Trace> traces) {
  using Place = std::tuple<DestinationKind, std::optional<std::uint32_t>, AssetId>;
  struct Entry {
    Range range;
    std::size_t traces = 0;
  };
  std::map<Place, Entry> found;
  std::size_t conserving = 0;
  for (const Trace& trace : traces) {
    if (!trace.conserves) continue;
    ++conserving;
    for (const Destination& destination : trace.destinations) {
      const U256& amount = destination.amount;
      Range first{destination.kind, destination.service, destination.asset, amount, amount};
      Place place{destination.kind, destination.service, destination.asset};
      Entry& entry = found.try_emplace(place, Entry{first, 0}).first->second;
      entry.range.least = std::min(entry.range.least, amount);
      entry.range.most = std::max(entry.range.most, amount);
      ++entry.traces;
    }
  }
  std::vector<Range> list;
  for (auto& [place, entry] : found) {
    if (entry.traces < conserving) entry.range.least = U256();
    list.push_back(entry.range);
  }
  return list;
}

}  // namespace tracehound::trace::accounts
