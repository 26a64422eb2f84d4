#include "trace/lane.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound::trace {

Lane::Lane(MethodKind kind, std::size_t services, bool parcels)
    : method_(make_method(kind)), by_shares_(!method_.ordered()) {
  found.by_service.resize(services);
  if (parcels && method_.conserves) maker_.emplace();
}

void Lane::begin() {
  line_.clear();
  if (maker_) maker_->begin();
  entering_.clear();
  origins_.clear();
}

void Lane::note_other(CoinId from, Label label, std::uint32_t hops, Amount brought) {
  auto place = std::ranges::lower_bound(origins_, label, {}, &Origin::label);
  auto index = place - origins_.begin();
  if (place != origins_.end() && place->label == label) {
    return note_at(static_cast<std::size_t>(index), from, hops, brought);
  }
  origins_.insert(place, {label, hops, brought, from});
  entering_.insert(entering_.begin() + index, {label, brought});
}

void Lane::note_all(CoinId from, RunView runs) {
  sums_.clear();
  for (const Run& run : runs) {
    if (run.label != kClean) sums_.add(run.label, run.length);
  }
  for (const LabelAmount& sum : sums_.all()) {
    const Run* run = &runs[0];
    while (run->label != sum.label) ++run;
    note(from, sum.label, run->hops, sum.amount);
  }
}

void Lane::divide(std::span<const Amount> values, Amount total, bool as_haircut) {
  outputs_ = values.size();
  ++found.transactions_touched;
  by_shares_ = !ordered() || as_haircut;
  if (!by_shares_) {
    method_.runs->divide_line(line_, values, division_);
    CHECK(division_.outputs() == outputs_);
    for (Run& run : division_.all()) {
      if (run.label != kClean) run.hops = origin(run.label).hops + 1;
    }
    if (maker_) maker_->divide(*method_.runs, values);
    return;
  }
  AmountMethod* amounts = method_.amounts.get();
  if (as_haircut && kind() != MethodKind::poison) {
    if (!haircut_) haircut_ = make_haircut();
    amounts = haircut_.get();
  }
  if (entering_.empty()) return;  // clean, beside lanes that are not
  if (runs_.size() < entering_.size()) runs_.resize(entering_.size());
  amounts->divide({entering_, values, total}, room_for(entering_.size() * outputs_));
  if (!maker_) return;
  if (as_haircut || kind() == MethodKind::haircut) {
    maker_->share_out(*amounts, entering_, shares_, outputs_);
  } else {
    maker_->fill(*amounts, values, total);
  }
}

RunView Lane::output_by_shares(std::size_t i) {
  std::size_t count = 0;
  for (std::size_t l = 0; l < entering_.size(); ++l) {
    Amount share = shares_[l * outputs_ + i];
    if (share > 0) runs_[count++] = {share, entering_[l].label, origins_[l].hops + 1};
  }
  return {runs_.data(), count};
}

void Lane::land(CoinId coin, Amount value, RunView runs, Stop stop) {
  auto& landings = stop.service != kNoService ? found.by_service[stop.service]
                                              : found.by_kind[static_cast<std::size_t>(stop.kind)];
  if (runs.size() == 1) {
    landings.push_back({coin, value, runs[0].length, runs[0].label, runs[0].hops});
    return;
  }
  auto first = static_cast<std::ptrdiff_t>(landings.size());
  for (const Run& run : runs) {
    if (run.label == kClean) continue;
    auto same = std::find_if(landings.begin() + first, landings.end(),
                             [&](const Landing& landing) { return landing.label == run.label; });
    if (same == landings.end()) {
      landings.push_back({coin, value, run.length, run.label, run.hops});
    } else {
      same->amount += run.length;
    }
  }
}

void Lane::add_parcels(TxId tx, std::size_t i, std::optional<CoinId> to, RunView runs) {
  auto add = [&](const ParcelSource& from, Label label, Amount amount) {
    Parcel parcel{tx, from.coin, to, amount, label, origin(label).hops + 1};
    if (!from.coin) parcel.from_fee = from.fee_of;
    if (!to) parcel.to_fee = tx;
    found.parcels.push_back(parcel);
  };
  if (maker_) {
    for (const ParcelPiece& piece : maker_->of(i)) add(piece.from, piece.label, piece.amount);
    return;
  }
  for (const Run& run : runs) add(source(origin(run.label).from), run.label, run.length);
}

const Lane::Origin& Lane::origin(Label label) const {
  if (origins_.size() == 1 && origins_[0].label == label) return origins_[0];
  auto place = std::ranges::lower_bound(origins_, label, {}, &Origin::label);
  CHECK(place != origins_.end() && place->label == label);
  return *place;
}

}  // namespace tracehound::trace
