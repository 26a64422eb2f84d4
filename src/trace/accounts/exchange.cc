// How taint goes through a transaction that is netted (netting.h). On each side, in each asset,
// units move as in a coin transaction: what the side's accounts paid are the inputs, what its
// accounts got are the outputs. An asset that the side paid on balance has one output more, last:
// what went over. An asset that it got on balance has as inputs, last, what came back for each
// asset that went over.
//
//   the others pay 10 native (4 tainted) and get 30,000 stable: haircut
//   native:  inputs 10 (4)                      outputs: over 10 (4)
//   stable:  inputs: back for native 30,000 (12,000: 4 of 10)   outputs 30,000 (12,000)
//
// With several assets over and back, each of those over is divided among those back by what they
// are worth, and each of those back is made up of shares by what those over are worth; where prices
// are missing, all count alike and the trace says so.

#include <algorithm>

#include "base/check.h"
#include "trace/accounts/walk.h"

namespace tracehound::trace::accounts {

Status Walk::exchange(const Exchange& what) {
  cover_shorts();
  laid_in_exchange_ = places_of_seeds(what, tx_, seeds_, seeds_here_);
  arriving_.clear();
  arriving_order_.clear();
  TakenSide others = take_side(what.others);
  TakenSide pools = take_side(what.pools);
  for (Lane lane = 0; lane < lanes_.size(); ++lane) {
    Found& found = found_[lane];
    std::uint64_t approximate = found.approximate;
    bool crossed = exchange_lane(lane, what.others, others);
    crossed = exchange_lane(lane, what.pools, pools) || crossed;
    found.approximate = std::min(found.approximate, approximate + 1);
    found.swaps += crossed ? 1 : 0;
    found.guessed_actor += crossed && what.guessed_actor ? 1 : 0;
  }
  return settle_arrivals();
}

// Whether a balance does is asked transfer by transfer, also where only the difference moves.
void Walk::cover_shorts() {
  std::vector<HolderId> seen;
  for (const Movement& row : tx_.rows) {
    for (AccountId account : {row.from, row.to}) {
      HolderId id{account, row.asset};
      Holder* holder = holders_.find(id);
      if (holder == nullptr || std::ranges::find(seen, id) != seen.end()) continue;
      seen.push_back(id);
      cover_shorts_of(*holder);
    }
  }
}

void Walk::cover_shorts_of(Holder& holder) {
  U256 balance = holder.balance();
  U256 missing;
  std::uint32_t shorts = 0;
  for (const Movement& row : tx_.rows) {
    if (row.asset != holder.id.asset) continue;
    if (row.from == holder.id.account) {
      if (row.amount > balance) {
        ++shorts;
        missing += row.amount - balance;
        balance = row.amount;
      }
      balance -= row.amount;
    }
    if (row.to == holder.id.account && add_overflow(balance, row.amount, balance)) {
      balance = kU256Max;
      beyond_history_ = holder.id.asset;
    }
  }
  if (shorts == 0) return;
  U256 needed;
  if (add_overflow(holder.balance(), missing, needed)) needed = kU256Max;
  holder.shorts += shorts - 1;
  holders_.need(holder, needed);
  note_unknown(holder);
}

Walk::TakenSide Walk::take_side(const Side& side) {
  TakenSide taken;
  for (const SideAsset& asset : side.assets) {
    auto& payers = taken.emplace_back();
    for (const NetFlow& flow : asset.payers) {
      HolderId id{flow.account, asset.asset};
      take(holders_.find(id), flow.amount, payers.emplace_back());
      auto seeds = seeds_at(laid_in_exchange_, id, true);
      if (seeds.empty()) continue;
      for (Lane lane = 0; lane < lanes_.size(); ++lane) {
        lay(lane, id, seeds, Units{}, payers.back()[lane]);
      }
    }
  }
  return taken;
}

// Divides the inputs of one asset over the side's takers, and over what goes over, if that.
void Walk::divide_side(Lane lane, const SideAsset& asset, std::vector<Source>& sources, bool over,
                       std::vector<Units>& shares) {
  std::vector<const Units*> units;
  for (const Source& source : sources) units.push_back(&source.units);
  std::vector<U256> values;
  for (const NetFlow& flow : asset.takers) values.push_back(flow.amount);
  if (over) values.push_back(asset.over);
  lanes_[lane].divide(units, values, shares);
  for (std::size_t j = 0; j < asset.takers.size(); ++j) {
    HolderId to{asset.takers[j].account, asset.asset};
    for (const Tainted& entry : shares[j].labels) {
      auto origin = who_brought(sources, entry);
      if (!origin) continue;
      Units arriving{shares[j].value, {entry}, {}};
      Units paid = arriving;
      paid.labels[0].amount = origin->paid;
      note_parcel(lane, origin->most->paid ? ParcelKind::swap : ParcelKind::transfer,
                  origin->most->from, to, paid, arriving);
    }
    auto [place, fresh] = arriving_.try_emplace(to);
    if (fresh) {
      place->second.resize(lanes_.size());
      arriving_order_.push_back(to);
    }
    place->second[lane] = std::move(shares[j]);
  }
}

// Divides what the side paid of assets of which nothing comes back; gives what went over.
std::vector<Walk::Pot> Walk::pay_over(Lane lane, const Side& side,
                                      std::vector<std::vector<Source>>& sources) {
  std::vector<Pot> pots;
  std::vector<Units> shares;
  for (std::size_t i = 0; i < side.assets.size(); ++i) {
    const SideAsset& asset = side.assets[i];
    if (!asset.back.is_zero()) continue;
    bool over = !asset.over.is_zero();
    divide_side(lane, asset, sources[i], over, shares);
    if (!over) continue;
    Pot pot{{kNobody, asset.asset}, std::move(shares.back())};
    U256 most;
    for (const Source& source : sources[i]) {
      if (source.units.clean() || source.units.labels.front().amount <= most) continue;
      most = source.units.labels.front().amount;
      pot.from = source.from;
    }
    for (const Tainted& entry : pot.units.labels) {
      if (!found_[lane].swapped_out[asset.asset].add(entry.label, entry.amount)) overflow_ = true;
    }
    pots.push_back(std::move(pot));
  }
  return pots;
}

// Brings back, in the assets that come back, the taint of what went over.
void Walk::bring_back(Lane lane, const Side& side, const std::vector<Pot>& pots,
                      const Weights& weights, std::vector<std::vector<Source>>& sources) {
  Divider& divider = lanes_[lane];
  std::vector<std::vector<Units>> parts(pots.size());
  for (std::size_t x = 0; x < pots.size(); ++x) {
    const Units* whole = &pots[x].units;
    if (weights.back.size() == 1) {
      parts[x] = {*whole};
    } else {
      divider.divide({&whole, 1}, parts_of(whole->value, weights.back), parts[x]);
    }
  }
  std::vector<Units> shares;
  std::size_t y = 0;
  for (std::size_t i = 0; i < side.assets.size(); ++i) {
    const SideAsset& asset = side.assets[i];
    if (asset.back.is_zero()) continue;
    std::vector<U256> values = parts_of(asset.back, weights.over);
    for (std::size_t x = 0; x < pots.size(); ++x) {
      Source source{pots[x].from, {}, parts[x][y]};
      rescale(divider.method(), parts[x][y], values[x], source.units);
      for (const Tainted& entry : source.units.labels) {
        if (!found_[lane].swapped_in[asset.asset].add(entry.label, entry.amount)) overflow_ = true;
      }
      sources[i].push_back(std::move(source));
    }
    divide_side(lane, asset, sources[i], false, shares);
    ++y;
  }
}

// Whether taint crossed.
bool Walk::exchange_lane(Lane lane, const Side& side, TakenSide& taken) {
  std::vector<std::vector<Source>> sources(side.assets.size());
  for (std::size_t i = 0; i < side.assets.size(); ++i) {
    const SideAsset& asset = side.assets[i];
    for (std::size_t p = 0; p < asset.payers.size(); ++p) {
      sources[i].push_back(
          {{asset.payers[p].account, asset.asset}, std::move(taken[i][p][lane]), std::nullopt});
    }
  }
  std::vector<Pot> pots = pay_over(lane, side, sources);
  Weights weights = weights_of(side, tx_, events_);
  bring_back(lane, side, pots, weights, sources);
  bool crossed = std::ranges::any_of(pots, [](const Pot& pot) { return !pot.units.clean(); });
  if (crossed && weights.approximate) ++found_[lane].approximate;
  return crossed;
}

Status Walk::settle_arrivals() {
  for (HolderId to : arriving_order_) {
    std::vector<Units>& units = arriving_.at(to);
    auto seeds = seeds_at(laid_in_exchange_, to, false);
    for (Lane lane = 0; lane < lanes_.size(); ++lane) TRY(arrive(lane, to, seeds, units[lane]));
    TRY(credit(to, holders_.find(to), units, tx_.first));
  }
  return {};
}

}  // namespace tracehound::trace::accounts
