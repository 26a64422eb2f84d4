#include "incidents/account_link.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "trace/accounts/trace.h"

namespace tracehound::incidents {

namespace {

using trace::accounts::AssetId;
using trace::accounts::HolderId;
using trace::accounts::Parcel;
using trace::accounts::ParcelKind;
using trace::accounts::SeedFound;

constexpr U256 kMost = [] {
  U256 most;
  for (auto& limb : most.limbs) limb = ~std::uint64_t{0};
  return most;
}();

bool both(const AccountPair& amount) { return !amount[0].is_zero() && !amount[1].is_zero(); }

void add(U256& sum, const U256& amount) {
  if (add_overflow(sum, amount, sum)) sum = kMost;
}

std::vector<LinkedAsset> stolen_assets(const trace::accounts::Trace& trace) {
  std::map<AssetId, LinkedAsset> assets;
  for (const SeedFound& seed : trace.seeds) {
    LinkedAsset& asset = assets.try_emplace(seed.holder.asset, LinkedAsset{}).first->second;
    asset.asset = seed.holder.asset;
    add(asset.claimed[side_of(seed.seed.label)], seed.seed.claimed());
    add(asset.effective[side_of(seed.seed.label)], seed.effective);
  }
  std::vector<LinkedAsset> list;
  for (auto& [_, asset] : assets) list.push_back(asset);
  return list;
}

// Where units ended at a service or with nobody: such a place gathers everybody's.
std::set<HolderId> ends_of(const trace::accounts::Trace& trace) {
  std::set<HolderId> ends;
  for (const trace::accounts::Destination& destination : trace.destinations) {
    bool ended = destination.kind == trace::DestinationKind::service ||
                 destination.kind == trace::DestinationKind::crossed ||
                 destination.kind == trace::DestinationKind::burned;
    if (!ended) continue;
    for (const trace::accounts::Landing& landing : destination.landings) {
      ends.insert(landing.holder);
    }
  }
  return ends;
}

// Into which balances units came, movement by movement in chain order.
class Meetings {
 public:
  explicit Meetings(std::set<HolderId> ends) : ends_(std::move(ends)) {}

  void take(const SeedFound& seed) {
    if (!seed.effective.is_zero()) {
      arrive(seed.holder, seed.tx, seed.seed.label, seed.effective, false);
      balances_[seed.holder].is_seed = true;
    }
  }
  void take(const Parcel& parcel) {
    bool nobody = parcel.kind == ParcelKind::fee || parcel.to.account == trace::accounts::kNobody;
    if (nobody || parcel.from == parcel.to || ends_.contains(parcel.to)) return;
    auto from = balances_.find(parcel.from);
    bool met = from != balances_.end() && from->second.met;
    arrive(parcel.to, parcel.tx, parcel.label, parcel.amount, met);
  }
  // Those where both came, by when they met.
  std::vector<LinkedHolder> list() const {
    std::vector<LinkedHolder> list;
    for (const auto& [holder, balance] : balances_) {
      if (!balance.met) continue;
      list.push_back({.holder = holder,
                      .amount = balance.amount,
                      .movements = balance.movements,
                      .met = *balance.met,
                      .first = !balance.out_of_a_meeting,
                      .is_seed = balance.is_seed});
    }
    std::ranges::stable_sort(list, {}, &LinkedHolder::met);
    return list;
  }

 private:
  struct Balance {
    AccountPair amount{};
    std::array<std::uint64_t, 2> movements{};
    std::optional<TxId> met;
    bool out_of_a_meeting = false;  // some of what came until they met
    bool is_seed = false;
  };

  void arrive(HolderId to, TxId tx, Label label, const U256& amount, bool out_of_a_meeting) {
    Balance& balance = balances_[to];
    std::size_t side = side_of(label);
    add(balance.amount[side], amount);
    ++balance.movements[side];
    if (balance.met) return;
    balance.out_of_a_meeting |= out_of_a_meeting;
    if (both(balance.amount)) balance.met = tx;
  }

  std::set<HolderId> ends_;
  std::map<HolderId, Balance> balances_;
};

std::vector<LinkedHolder> meetings(const trace::accounts::Trace& trace) {
  Meetings meetings(ends_of(trace));
  std::span<const Parcel> parcels = trace.parcels;
  for (const SeedFound& seed : trace.seeds) {
    for (; !parcels.empty() && parcels.front().tx < seed.tx; parcels = parcels.subspan(1)) {
      meetings.take(parcels.front());
    }
    meetings.take(seed);
  }
  for (const Parcel& parcel : parcels) meetings.take(parcel);
  return meetings.list();
}

std::vector<LinkedMovement> shared_transactions(const trace::accounts::Trace& trace) {
  std::map<std::pair<TxId, AssetId>, AccountPair> carried;
  for (const Parcel& parcel : trace.parcels) {
    add(carried[{parcel.tx, parcel.to.asset}][side_of(parcel.label)], parcel.amount);
  }
  std::vector<LinkedMovement> list;
  for (const auto& [key, amount] : carried) {
    if (both(amount)) list.push_back({key.first, key.second, amount});
  }
  return list;
}

// Units in both of two ranges' lists, of one transfer.
U256 common_units(const std::vector<std::pair<U256, U256>>& a,
                  const std::vector<std::pair<U256, U256>>& b) {
  U256 common;
  for (const auto& [first_a, end_a] : a) {
    for (const auto& [first_b, end_b] : b) {
      U256 first = std::max(first_a, first_b);
      U256 end = std::min(end_a, end_b);
      if (first < end) add(common, end - first);
    }
  }
  return common;
}

// Seeds that both claim, or that came where the same transaction brought the other's money.
std::vector<LinkedAccountSeed> shared_seeds(const trace::accounts::Trace& trace) {
  struct Shared {
    LinkedAccountSeed row;
    TxId tx;
    std::array<std::vector<std::pair<U256, U256>>, 2> ranges;
  };
  std::map<std::pair<trace::accounts::TransferId, HolderId>, Shared> seeds;
  std::map<std::pair<TxId, HolderId>, AccountPair> arrived;
  for (const SeedFound& found : trace.seeds) {
    Shared& seed = seeds[{found.seed.transfer, found.holder}];
    std::size_t side = side_of(found.seed.label);
    seed.row.transfer = found.seed.transfer;
    seed.row.holder = found.holder;
    seed.tx = found.tx;
    add(seed.row.claimed[side], found.seed.claimed());
    add(seed.row.effective[side], found.effective);
    seed.ranges[side].emplace_back(found.seed.first, found.seed.end);
    arrived[{found.tx, found.holder}];
  }
  for (const Parcel& parcel : trace.parcels) {
    auto place = arrived.find({parcel.tx, parcel.to});
    if (place != arrived.end()) add(place->second[side_of(parcel.label)], parcel.amount);
  }
  std::vector<LinkedAccountSeed> list;
  for (auto& [_, seed] : seeds) {
    LinkedAccountSeed& row = seed.row;
    row.claimed_twice = common_units(seed.ranges[0], seed.ranges[1]);
    row.arrived = arrived.at({seed.tx, row.holder});
    auto lies_in = [&row](std::size_t own, std::size_t other) {
      return row.effective[own] < row.claimed[own] && !row.arrived[other].is_zero();
    };
    if (!row.claimed_twice.is_zero() || lies_in(0, 1) || lies_in(1, 0)) list.push_back(row);
  }
  return list;
}

void take_services(AccountLink& link) {
  for (const trace::accounts::Destination& destination : link.trace.destinations) {
    if (!destination.service) continue;
    AccountPair amount{destination.labels.of(Label(1)), destination.labels.of(Label(2))};
    if (both(amount)) link.services.push_back({*destination.service, destination.asset, amount});
  }
}

}  // namespace

Result<AccountLink> link_account_incidents(const trace::accounts::Events& events,
                                           std::span<const trace::accounts::Seed> seeds,
                                           const trace::accounts::Stops& stops,
                                           const AccountLinkOptions& options) {
  trace::accounts::Options how;
  how.parcels = true;
  how.swaps = options.swaps;
  how.label_names = {options.names[0], options.names[1]};
  TRY_ASSIGN(auto traces,
             trace::accounts::run(events, seeds, std::span(&options.method, 1), stops, how));
  AccountLink link;
  link.trace = std::move(traces.front());
  link.assets = stolen_assets(link.trace);
  link.seeds.rows = shared_seeds(link.trace);
  link.accounts.rows = meetings(link.trace);
  std::ranges::copy_if(link.accounts.rows, std::back_inserter(link.first_meetings.rows),
                       &LinkedHolder::first);
  link.transactions.rows = shared_transactions(link.trace);
  take_services(link);
  link.seeds.cut(options.most);
  link.first_meetings.cut(options.most);
  link.accounts.cut(options.most);
  link.transactions.cut(options.most);
  link.trace.parcels.clear();
  return link;
}

}  // namespace tracehound::incidents
