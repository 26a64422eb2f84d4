// The way back through a transaction that is netted (netting.h, exchange.cc). On each side, what
// its accounts got of an asset is asked for, and is divided over what its accounts paid and what
// came back for each asset that went over; from there it leads to the asset paid:
//
//   the others paid 10 native and got 30,000 stable, of which 12,000 are asked
//   stable:  got 30,000 (12,000)       asked of what came back for native: 12,000 of 30,000
//   native:  went over 10 (4)          asked of who paid: 4 of 10
//
// Each division is the forward one with what is divided and what it is divided over exchanged, and
// assets are crossed in the reverse order: those that came back first.

#include <algorithm>

#include "base/check.h"
#include "trace/accounts/backward_walk.h"

namespace tracehound::trace::accounts {

Status BackwardWalk::exchange(const Exchange& what) {
  seed_places_ = places_of_seeds(what, tx_, seeds_, seeds_here_);
  given_.clear();
  std::uint64_t approximate = found_.approximate;
  bool crossed = exchange_side(what.others);
  crossed = exchange_side(what.pools) || crossed;
  found_.approximate = std::min(found_.approximate, approximate + 1);
  found_.swaps += crossed ? 1 : 0;
  found_.guessed_actor += crossed && what.guessed_actor ? 1 : 0;
  for (auto& [giver, units] : given_) {
    arrive(giver, seeds_at(seed_places_, giver, true), units);
    TRY(put_back(giver, units, events_.first_transfer(at_.next())));
  }
  take_rows_back();
  return {};
}

// Whether a balance sufficed was asked transfer by transfer when its history was read, also where
// only the difference moves here.
void BackwardWalk::take_rows_back() {
  std::ranges::sort(touched_, {}, &Asked::id);
  for (Asked* asked : touched_) {
    U256 missing;
    while (asked->history->has_row_from(tx_.first, events_)) {
      missing += asked->history->take_back(asked->id, events_);
    }
    uncover(*asked, missing);
  }
}

std::vector<Source> BackwardWalk::asked_of_takers(const SideAsset& asset) {
  std::vector<Source> takers;
  for (const NetFlow& flow : asset.takers) {
    Source source{{flow.account, asset.asset}, {}, std::nullopt};
    source.units.reset(flow.amount);
    if (Asked* asked = find(source.from)) {
      divider_.take_last(asked->units, flow.amount, source.units);
    }
    auto seeds = seeds_at(seed_places_, source.from, false);
    if (!seeds.empty()) lay(source.from, seeds, Units{}, source.units);
    takers.push_back(std::move(source));
  }
  return takers;
}

// Divides what is asked of one asset over those who paid, and then `over`, which gets the last of
// the shares. `swapped` are asked of the asset by way of others; together they are what went over.
void BackwardWalk::divide_side(const SideAsset& asset, std::span<const Source> takers,
                               std::span<const Source> swapped, std::span<const U256> over,
                               std::vector<Units>& shares) {
  std::vector<const Units*> targets;
  std::vector<Source> sources(takers.begin(), takers.end());
  for (const Source& taker : takers) targets.push_back(&taker.units);
  std::vector<Units> pot;
  if (!swapped.empty()) {
    std::vector<const Units*> parts;
    for (const Source& source : swapped) parts.push_back(&source.units);
    if (parts.size() == 1) {
      pot.push_back(swapped.front().units);
    } else {
      divider_.divide(parts, {&asset.over, 1}, pot);
    }
    targets.push_back(&pot.front());
    sources.insert(sources.end(), swapped.begin(), swapped.end());
  }
  std::vector<U256> values;
  for (const NetFlow& flow : asset.payers) values.push_back(flow.amount);
  values.insert(values.end(), over.begin(), over.end());
  divider_.divide(targets, values, shares);
  for (std::size_t j = 0; j < asset.payers.size(); ++j) {
    HolderId giver{asset.payers[j].account, asset.asset};
    for (const Tainted& entry : shares[j].labels) {
      auto origin = who_brought(sources, entry);
      if (!origin) continue;
      note_parcel(origin->most->paid ? ParcelKind::swap : ParcelKind::transfer, origin->most->from,
                  giver, entry, origin->paid);
    }
    given_.emplace_back(giver, std::move(shares[j]));
  }
}

// Whether units that are asked for crossed.
bool BackwardWalk::exchange_side(const Side& side) {
  Weights weights = weights_of(side, tx_, events_);
  std::vector<std::vector<Source>> takers;
  for (const SideAsset& asset : side.assets) takers.push_back(asked_of_takers(asset));
  std::vector<std::vector<Source>> crossing(weights.over.size());  // by asset that went over
  std::vector<Units> shares;
  bool crossed = false;
  for (std::size_t i = 0; i < side.assets.size(); ++i) {
    const SideAsset& asset = side.assets[i];
    if (asset.back.is_zero()) continue;
    divide_side(asset, takers[i], {}, parts_of(asset.back, weights.over), shares);
    for (std::size_t x = 0; x < crossing.size(); ++x) {
      Source source{{kNobody, asset.asset}, {}, std::move(shares[asset.payers.size() + x])};
      U256 most;
      for (const Source& taker : takers[i]) {
        if (taker.units.clean() || taker.units.labels.front().amount <= most) continue;
        most = taker.units.labels.front().amount;
        source.from = taker.from;
      }
      for (const Tainted& entry : source.paid->labels) {
        crossed = true;
        if (!found_.swapped_out[asset.asset].add(entry.label, entry.amount)) overflow_ = true;
      }
      crossing[x].push_back(std::move(source));
    }
  }
  std::size_t x = 0;
  for (std::size_t i = 0; i < side.assets.size(); ++i) {
    const SideAsset& asset = side.assets[i];
    if (!asset.back.is_zero()) continue;
    std::vector<Source> swapped;
    if (!asset.over.is_zero()) {
      swapped = std::move(crossing[x++]);
      std::vector<U256> values = parts_of(asset.over, weights.back);
      for (std::size_t y = 0; y < swapped.size(); ++y) {
        rescale(divider_.method(), *swapped[y].paid, values[y], swapped[y].units);
        for (const Tainted& entry : swapped[y].units.labels) {
          if (!found_.swapped_in[asset.asset].add(entry.label, entry.amount)) overflow_ = true;
        }
      }
    }
    divide_side(asset, takers[i], swapped, {}, shares);
  }
  if (crossed && weights.approximate) ++found_.approximate;
  return crossed;
}

}  // namespace tracehound::trace::accounts
