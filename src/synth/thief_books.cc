#include "synth/thief_books.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound::synth {

namespace {

// Takes `amount` satoshi from the front of the line.
std::vector<Parcel> cut(std::vector<Parcel>& line, std::size_t& front, Amount amount) {
  std::vector<Parcel> part;
  while (amount > 0) {
    CHECK(front < line.size());
    Parcel& parcel = line[front];
    Amount taken = std::min(parcel.amount, amount);
    if (!part.empty() && part.back().seed == parcel.seed) {
      part.back().amount += taken;
    } else {
      part.push_back({parcel.seed, taken});
    }
    parcel.amount -= taken;
    amount -= taken;
    if (parcel.amount == 0) ++front;
  }
  return part;
}

// One parcel per seed, by seed.
void merge(std::vector<Parcel>& parcels) {
  std::sort(parcels.begin(), parcels.end(),
            [](const Parcel& a, const Parcel& b) { return a.seed < b.seed; });
  std::vector<Parcel> merged;
  for (const Parcel& parcel : parcels) {
    if (!merged.empty() && merged.back().seed == parcel.seed) {
      merged.back().amount += parcel.amount;
    } else {
      merged.push_back(parcel);
    }
  }
  parcels = std::move(merged);
}

}  // namespace

Loot ThiefBooks::steal(CoinNo number, OwnerNo victim) {
  const Coin& coin = world_.coin(number);
  auto seed = static_cast<std::uint32_t>(seeds_.size());
  seeds_.push_back({coin.txid, coin.index, coin.address, coin.value, victim});
  fees_.push_back(0);
  stolen_ += coin.value;
  return {.coin = number, .value = coin.value, .parcels = {{seed, coin.value}}};
}

std::vector<Loot> ThiefBooks::settle(const std::vector<Loot>& in, std::span<const Landing> out) {
  std::vector<Parcel> line;
  for (const Loot& loot : in) line.insert(line.end(), loot.parcels.begin(), loot.parcels.end());
  std::size_t front = 0;
  std::vector<Loot> own;
  for (const Landing& landing : out) {
    const Coin& coin = world_.coin(landing.coin);
    std::vector<Parcel> parcels = cut(line, front, coin.value);
    if (landing.own) {
      own.push_back({.coin = landing.coin, .value = coin.value, .parcels = std::move(parcels)});
    } else {
      book(End::deposit, landing.service, coin, std::move(parcels));
    }
  }
  for (; front < line.size(); ++front) fees_[line[front].seed] += line[front].amount;
  return own;
}

void ThiefBooks::hold(const Loot& loot) {
  book(End::held, OwnerNo{}, world_.coin(loot.coin), loot.parcels);
}

void ThiefBooks::book(End end, OwnerNo service, const Coin& coin, std::vector<Parcel> parcels) {
  merge(parcels);
  dispositions_.push_back({.end = end,
                           .service = service,
                           .txid = coin.txid,
                           .index = coin.index,
                           .height = end == End::deposit ? world_.height() : 0,
                           .address = coin.address,
                           .amount = coin.value,
                           .parcels = std::move(parcels)});
}

std::vector<Parcel> ThiefBooks::fees() const {
  std::vector<Parcel> parcels;
  for (std::size_t seed = 0; seed < fees_.size(); ++seed) {
    if (fees_[seed] > 0) parcels.push_back({static_cast<std::uint32_t>(seed), fees_[seed]});
  }
  return parcels;
}

bool ThiefBooks::balances() const {
  std::vector<Amount> accounted = fees_;
  for (const Disposition& disposition : dispositions_) {
    Amount sum = 0;
    for (const Parcel& parcel : disposition.parcels) {
      accounted[parcel.seed] += parcel.amount;
      sum += parcel.amount;
    }
    if (sum != disposition.amount) return false;
  }
  for (std::size_t seed = 0; seed < seeds_.size(); ++seed) {
    if (accounted[seed] != seeds_[seed].value) return false;
  }
  return true;
}

}  // namespace tracehound::synth
