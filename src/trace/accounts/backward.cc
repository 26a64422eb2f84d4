#include "trace/accounts/backward.h"

#include <fmt/format.h>

#include <algorithm>

#include "trace/accounts/backward_walk.h"
#include "trace/backward.h"

namespace tracehound::trace::accounts {

namespace {

Status check_until(const Events& events, std::span<const Seed> seeds, std::optional<TxId> until) {
  for (const Seed& seed : seeds) {
    TxId tx = events.transaction_of(seed.transfer);
    if (!until || tx >= *until) continue;
    return bad_input(
        fmt::format("the seed in transaction {} is before the time at which the backward trace is "
                    "to end; end it earlier",
                    events.name(tx)));
  }
  return {};
}

}  // namespace

Result<std::vector<Trace>> run_back(const Events& events, std::span<const Seed> seeds,
                                    std::span<const MethodKind> methods, const Stops& stops,
                                    const Options& options, std::span<const Holding> holdings) {
  TRY(check_methods(methods));
  for (MethodKind method : methods) TRY(check_inverse(method));
  if (!seeds.empty() || holdings.empty()) TRY(check_seeds(events, seeds, options));
  TRY(check_until(events, seeds, options.cuts.until));
  std::vector<Seed> sorted = in_order(seeds);
  std::vector<Holding> asked(holdings.begin(), holdings.end());
  std::ranges::sort(asked);
  auto repeats = std::ranges::unique(asked);
  asked.erase(repeats.begin(), repeats.end());
  WalkRequest request{events, methods, stops, sorted, options};
  std::vector<Trace> traces;
  for (MethodKind method : methods) {
    BackwardWalk walk(request, method, asked);
    TRY(walk.run());
    TRY_ASSIGN(auto trace, trace_of(request, method, Direction::backward, walk.take_found(),
                                    walk.interrupted()));
    traces.push_back(std::move(trace));
  }
  return traces;
}

}  // namespace tracehound::trace::accounts
