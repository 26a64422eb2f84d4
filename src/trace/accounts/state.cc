#include "trace/accounts/state.h"

#include <algorithm>

#include "trace/accounts/state_head.h"

namespace tracehound::trace::accounts {

namespace {

void put_holder_id(StateWriter& out, HolderId id) {
  out.number(id.account.number());
  out.number(id.asset.number());
}

void put_sums(StateWriter& out, const Sums& sums) {
  out.list(sums.all(), [&](const LabelSum& sum) {
    out.number(sum.label.number());
    out.number(sum.amount);
  });
}

void put_sums(StateWriter& out, const std::map<AssetId, Sums>& by_asset) {
  out.list(by_asset, [&](const auto& entry) {
    out.number(entry.first.number());
    put_sums(out, entry.second);
  });
}

void put_landings(StateWriter& out, const std::vector<Found::Landed>& landings) {
  auto is_held = [](const Found::Landed& landed) { return !landed.landing.tx; };
  auto held = std::ranges::count_if(landings, is_held);
  out.number<std::uint64_t>(landings.size() - static_cast<std::size_t>(held));
  for (const Found::Landed& landed : landings) {
    if (is_held(landed)) continue;
    const Landing& landing = landed.landing;
    put_holder_id(out, landing.holder);
    out.number(landing.tx->number());
    out.number(landing.amount);
    out.number(landing.label.number());
    out.number(landing.hops);
    out.number(landed.stop.kind);
    out.number(landed.stop.service.value_or(kNoService));
  }
}

void put_parcel(StateWriter& out, const Parcel& parcel) {
  out.number(parcel.tx.number());
  out.number(parcel.transfer.value_or(kNoTransfer).number());
  out.number(parcel.kind);
  put_holder_id(out, parcel.from);
  put_holder_id(out, parcel.to);
  out.number(parcel.paid);
  out.number(parcel.amount);
  out.number(parcel.label.number());
  out.number(parcel.hop);
}

void put_found(StateWriter& out, const Found& found, std::size_t seeds) {
  out.number<std::uint64_t>(seeds);
  for (std::size_t i = 0; i < seeds; ++i) {
    out.number(found.effective[i]);
    put_holder_id(out, found.seed_holders[i]);
  }
  put_landings(out, found.landings);
  put_sums(out, found.fees);
  put_sums(out, found.seeded);
  put_sums(out, found.swapped_in);
  put_sums(out, found.swapped_out);
  out.list(found.parcels, [&](const Parcel& parcel) { put_parcel(out, parcel); });
  std::vector<HolderId> unknown = found.unknown;
  std::ranges::sort(unknown);
  unknown.erase(std::ranges::unique(unknown).begin(), unknown.end());
  out.list(unknown, [&](HolderId id) { put_holder_id(out, id); });
  for (std::uint64_t count :
       {found.transactions, found.swaps, found.approximate, found.guessed_actor}) {
    out.number(count);
  }
}

void put_holder(StateWriter& out, const SavedHolder& holder, std::span<const MethodKind> methods) {
  put_holder_id(out, holder.id);
  out.number(holder.shorts);
  out.number(holder.lanes.front().value);
  for (std::size_t lane = 0; lane < methods.size(); ++lane) {
    const Units& units = holder.lanes[lane];
    out.list(std::span<const Tainted>(units.labels), [&](const Tainted& entry) {
      out.number(entry.label.number());
      out.number(entry.hops);
      out.number(entry.amount);
    });
    if (!keeps_order(methods[lane])) continue;
    out.list(std::span<const Piece>(units.line), [&](const Piece& piece) {
      out.number(piece.length);
      out.number(piece.label.number());
    });
  }
}

// Of what was done so far: seeds that came later may be others.
std::uint64_t fingerprint_of_seeds(const WalkRequest& request, TxId end) {
  StateWriter seeds;
  const std::vector<std::string>& names = request.options.label_names;
  for (const Seed& seed : request.seeds.first(seeds_before(request.events, request.seeds, end))) {
    seeds.number(seed.transfer.number());
    seeds.number(seed.first);
    seeds.number(seed.end);
    seeds.number(seed.label.number());
    seeds.number(seed.side);
    seeds.text(seed.label.number() <= names.size() ? names[seed.label.number() - 1] : "");
  }
  return seeds.fingerprint();
}

std::uint64_t fingerprint_of_options(const Options& how, TxId end, const Standing& standing) {
  StateWriter options;
  options.number(how.cuts.min_amount);
  options.number(std::uint64_t{how.cuts.max_hops.has_value()} << 32 |
                 how.cuts.max_hops.value_or(0));
  // Of an end that was not reached nothing was cut.
  TxId last(end.number() - 1);
  options.number(std::min(how.cuts.until.value_or(last), last).number());
  options.number(how.parcels);
  options.number(how.swaps);
  options.number(standing.prices);
  return options.fingerprint();
}

}  // namespace

StateHead state_head(const WalkRequest& request, TxId end) {
  Standing standing = request.events.standing(end);
  StateHead head;
  head.kind = StateKind::accounts;
  head.chain = request.events.chain();
  head.height = standing.block;
  store_le(head.block.bytes.data(), standing.checksum);
  head.seeds = fingerprint_of_seeds(request, end);
  StateWriter methods;
  for (MethodKind method : request.methods) methods.number(method);
  head.methods = methods.fingerprint();
  head.stops = request.stops.fingerprint(standing.accounts);
  head.options = fingerprint_of_options(request.options, end, standing);
  return head;
}

Bytes write_state(const WalkRequest& request, const SavedWalk& walk) {
  StateWriter out;
  put_head(out, state_head(request, walk.end));
  out.number(walk.end.number());
  std::size_t seeds = seeds_before(request.events, request.seeds, walk.end);
  for (const Found& found : walk.found) put_found(out, found, seeds);
  out.list(walk.holders,
           [&](const SavedHolder& holder) { put_holder(out, holder, request.methods); });
  return out.take();
}

}  // namespace tracehound::trace::accounts
