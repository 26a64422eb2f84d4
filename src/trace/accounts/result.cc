#include "trace/accounts/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tracehound::trace::accounts {

bool Sums::add(Label label, const U256& amount) {
  auto place = std::ranges::lower_bound(sums_, label, {}, &LabelSum::label);
  if (place == sums_.end() || place->label != label) {
    sums_.insert(place, {label, amount});
    return true;
  }
  return !add_overflow(place->amount, amount, place->amount);
}

U256 Sums::of(Label label) const {
  auto place = std::ranges::lower_bound(sums_, label, {}, &LabelSum::label);
  return place == sums_.end() || place->label != label ? U256() : place->amount;
}

bool Sums::fit() const {
  U256 total;
  return std::ranges::all_of(
      sums_, [&](const LabelSum& sum) { return !add_overflow(total, sum.amount, total); });
}

U256 Sums::total() const {
  U256 total;
  for (const LabelSum& sum : sums_) total += sum.amount;
  return total;
}

std::string label_text(const Trace& trace, Label label) {
  std::size_t number = label.number();
  if (number >= 1 && number <= trace.label_names.size()) return trace.label_names[number - 1];
  return std::to_string(number);
}

const AssetBooks* books_of(const Trace& trace, AssetId asset) {
  auto place = std::ranges::lower_bound(trace.assets, asset, {}, &AssetBooks::asset);
  return place == trace.assets.end() || place->asset != asset ? nullptr : &*place;
}

Status check_balance(const Trace& trace) {
  if (!trace.conserves) return {};
  // Both sides modulo 2^256: what is equal stays equal.
  std::map<std::pair<AssetId, Label>, std::pair<U256, U256>> books;
  auto add = [&books](AssetId asset, const Sums& sums, bool left) {
    for (const LabelSum& sum : sums.all()) {
      auto& entry = books[{asset, sum.label}];
      U256& side = left ? entry.first : entry.second;
      (void)add_overflow(side, sum.amount, side);
    }
  };
  for (const AssetBooks& asset : trace.assets) {
    add(asset.asset, asset.effective, true);
    add(asset.asset, asset.swapped_in, true);
    add(asset.asset, asset.swapped_out, false);
  }
  for (const Destination& destination : trace.destinations) {
    add(destination.asset, destination.labels, false);
  }
  for (const auto& [key, sides] : books) {
    if (sides.first == sides.second) continue;
    return machine_error(fmt::format(
        "the {} trace does not balance: of asset {}, label {}, {} units were stolen or swapped in "
        "and {} were found or swapped out; this is a bug in tracehound, report it with the "
        "ledger's "
        "tip and the seeds",
        name_of(trace.method), key.first.number(), label_text(trace, key.second),
        sides.first.text(), sides.second.text()));
  }
  return {};
}

}  // namespace tracehound::trace::accounts
