// A state is outside input like any file: after its checksum every number in it that is used as an
// index is held against what it points into, and every balance against the units that lie in it.
// What the walk would take for a bug of its own must not come out of a file.

#include <algorithm>
#include <map>

#include "trace/accounts/state.h"
#include "trace/accounts/state_head.h"

namespace tracehound::trace::accounts {

namespace {

constexpr std::size_t kHolderIdBytes = 8;
constexpr std::size_t kAmountBytes = sizeof(U256);

class Reader {
 public:
  Reader(ByteView bytes, const WalkRequest& request) : in_(bytes), request_(request) {
    end_ = TxId(in_.number<std::uint32_t>());
  }

  bool ok() const { return in_.ok(); }
  bool done() const { return in_.ok() && in_.remaining() == 0; }
  TxId end() const { return end_; }

  Found found() {
    Found found;
    std::size_t seeds = seeds_before(request_.events, request_.seeds, end_);
    if (count(kAmountBytes + kHolderIdBytes) != seeds) in_.fail();
    for (std::size_t i = 0; in_.ok() && i < seeds; ++i) {
      found.effective.push_back(amount());
      found.seed_holders.push_back(holder_or_nobody());
    }
    read_landings(found.landings);
    read_sums(found.fees);
    for (auto* sums : {&found.seeded, &found.swapped_in, &found.swapped_out}) read_sums(*sums);
    read_parcels(found.parcels);
    for (std::uint64_t left = count(kHolderIdBytes); left > 0; --left) {
      found.unknown.push_back(holder());
    }
    for (auto* number :
         {&found.transactions, &found.swaps, &found.approximate, &found.guessed_actor}) {
      *number = in_.number<std::uint64_t>();
    }
    return found;
  }

  std::vector<SavedHolder> holders() {
    std::vector<SavedHolder> holders;
    for (std::uint64_t left = count(kHolderIdBytes + kAmountBytes); in_.ok() && left > 0; --left) {
      holders.push_back(saved_holder());
      if (holders.size() > 1 && holders.rbegin()[1].id >= holders.back().id) in_.fail();
    }
    return holders;
  }

 private:
  std::uint64_t count(std::size_t width) { return read_count(in_, width); }
  U256 amount() { return in_.number<U256>(); }
  Label label() {
    Label label(in_.number<std::uint32_t>());
    if (label == kClean) in_.fail();
    return label;
  }
  AssetId asset() {
    AssetId asset(in_.number<std::uint32_t>());
    if (asset.number() >= request_.events.assets()) in_.fail();
    return asset;
  }
  HolderId holder_or_nobody() {
    AccountId account(in_.number<std::uint32_t>());
    if (account != kNobody && account.number() >= request_.events.accounts()) in_.fail();
    return {account, asset()};
  }
  HolderId holder() {
    HolderId id = holder_or_nobody();
    if (id.account == kNobody) in_.fail();
    return id;
  }
  TxId transaction() {
    TxId tx(in_.number<std::uint32_t>());
    if (tx >= end_) in_.fail();
    return tx;
  }

  void read_landings(std::vector<Found::Landed>& landings) {
    for (std::uint64_t left = count(57); in_.ok() && left > 0; --left) {
      Found::Landed landed;
      landed.landing.holder = holder_or_nobody();
      landed.landing.tx = transaction();
      landed.landing.amount = amount();
      landed.landing.label = label();
      landed.landing.hops = in_.number<std::uint32_t>();
      landed.stop = stop();
      landings.push_back(landed);
    }
  }
  Stop stop() {
    Stop stop{in_.number<DestinationKind>(), {}};
    auto number = in_.number<std::uint32_t>();
    if (number != kNoService) stop.service = number;
    bool known = number == kNoService || number < request_.stops.services().size();
    switch (stop.kind) {
      case DestinationKind::service:
      case DestinationKind::crossed:
      case DestinationKind::burned:
      case DestinationKind::cut:
        break;
      default:
        known = false;
    }
    if (!known) in_.fail();
    return stop;
  }

  void read_sums(Sums& sums) {
    Label before = kClean;
    for (std::uint64_t left = count(4 + kAmountBytes); in_.ok() && left > 0; --left) {
      Label label = this->label();
      if (label <= before || !sums.add(label, amount())) in_.fail();
      before = label;
    }
  }
  void read_sums(std::map<AssetId, Sums>& by_asset) {
    for (std::uint64_t left = count(4 + 8); in_.ok() && left > 0; --left) {
      AssetId asset = this->asset();
      if (!by_asset.empty() && by_asset.rbegin()->first >= asset) in_.fail();
      read_sums(by_asset[asset]);
    }
  }

  void read_parcels(std::vector<Parcel>& parcels) {
    TransferId end = request_.events.first_transfer(end_);
    for (std::uint64_t left = count(101); in_.ok() && left > 0; --left) {
      Parcel parcel;
      parcel.tx = transaction();
      TransferId transfer(in_.number<std::uint64_t>());
      if (transfer != kNoTransfer) parcel.transfer = transfer;
      if (parcel.transfer && transfer >= end) in_.fail();
      parcel.kind = in_.number<ParcelKind>();
      if (parcel.kind > ParcelKind::fee) in_.fail();
      parcel.from = holder_or_nobody();
      parcel.to = holder_or_nobody();
      parcel.paid = amount();
      parcel.amount = amount();
      parcel.label = label();
      parcel.hop = in_.number<std::uint32_t>();
      parcels.push_back(parcel);
    }
  }

  SavedHolder saved_holder() {
    SavedHolder saved;
    saved.id = holder();
    saved.shorts = in_.number<std::uint32_t>();
    U256 balance = amount();
    for (MethodKind method : request_.methods) {
      if (!in_.ok()) break;
      saved.lanes.push_back(units(balance, method));
    }
    if (std::ranges::all_of(saved.lanes, &Units::clean)) in_.fail();
    return saved;
  }
  // What lies in a balance is not more than it, of methods that conserve all labels together; a
  // line has all of it, and of each label what the label says.
  Units units(const U256& balance, MethodKind method) {
    Units units;
    units.value = balance;
    U256 sum;
    for (std::uint64_t left = count(8 + kAmountBytes); in_.ok() && left > 0; --left) {
      Tainted entry{label(), in_.number<std::uint32_t>(), amount()};
      bool later = units.clean() || units.labels.end()[-1].label < entry.label;
      bool fits = !add_overflow(sum, entry.amount, sum) && sum <= balance;
      if (!conserves(method)) sum = U256();
      if (!later || !fits || entry.amount.is_zero()) in_.fail();
      units.labels.push_back(entry);
    }
    if (keeps_order(method)) read_line(units);
    return units;
  }
  void read_line(Units& units) {
    std::map<Label, U256> lying;
    U256 sum;
    for (std::uint64_t left = count(4 + kAmountBytes); in_.ok() && left > 0; --left) {
      Piece piece{amount(), Label(in_.number<std::uint32_t>())};
      if (piece.length.is_zero() || add_overflow(sum, piece.length, sum)) in_.fail();
      if (!in_.ok()) return;
      if (piece.label != kClean) lying[piece.label] += piece.length;
      append_piece(units.line.pieces(), piece.length, piece.label);
    }
    bool alike =
        std::ranges::equal(lying, std::span<const Tainted>(units.labels),
                           [](const auto& in_line, const Tainted& entry) {
                             return in_line.first == entry.label && in_line.second == entry.amount;
                           });
    if (!alike || sum != (units.clean() ? U256() : units.value)) in_.fail();
  }

  ByteReader in_;
  const WalkRequest& request_;
  TxId end_;
};

// Of each asset and label, what came in is somewhere: as check_balance() wants it in the end,
// modulo 2^256.
bool books_hold(const Found& found, const std::vector<SavedHolder>& holders, std::size_t lane) {
  std::map<std::pair<AssetId, Label>, U256> left;
  auto add = [&left](AssetId asset, std::span<const LabelSum> sums) {
    for (const LabelSum& sum : sums) {
      U256& entry = left[{asset, sum.label}];
      (void)add_overflow(entry, sum.amount, entry);
    }
  };
  auto take = [&left](AssetId asset, Label label, const U256& amount) {
    U256& entry = left[{asset, label}];
    (void)sub_overflow(entry, amount, entry);
  };
  for (const auto& [asset, sums] : found.seeded) add(asset, sums.all());
  for (const auto& [asset, sums] : found.swapped_in) add(asset, sums.all());
  for (const auto& [asset, sums] : found.swapped_out) {
    for (const LabelSum& sum : sums.all()) take(asset, sum.label, sum.amount);
  }
  for (const LabelSum& sum : found.fees.all()) take(kNative, sum.label, sum.amount);
  for (const auto& [landing, stop] : found.landings) {
    take(landing.holder.asset, landing.label, landing.amount);
  }
  for (const SavedHolder& holder : holders) {
    for (const Tainted& entry : holder.lanes[lane].labels) {
      take(holder.id.asset, entry.label, entry.amount);
    }
  }
  return std::ranges::all_of(left, [](const auto& entry) { return entry.second.is_zero(); });
}

}  // namespace

Result<SavedWalk> read_state(ByteView state, const WalkRequest& request, TxId up_to) {
  TRY_ASSIGN(OpenState opened, open_state(state, StateKind::accounts, request.events.chain(),
                                          request.events.standing(up_to).block));
  Reader in(opened.content, request);
  if (in.end().number() == 0) return broken_state();
  if (in.end() > up_to) return no_such_block(opened.head);
  TRY(check_same(opened.head, state_head(request, in.end())));
  SavedWalk walk{in.end(), {}, {}};
  for (std::size_t lane = 0; lane < request.methods.size() && in.ok(); ++lane) {
    walk.found.push_back(in.found());
  }
  if (in.ok()) walk.holders = in.holders();
  if (!in.done()) return broken_state();
  for (std::size_t lane = 0; lane < request.methods.size(); ++lane) {
    if (!conserves(request.methods[lane])) continue;
    if (!books_hold(walk.found[lane], walk.holders, lane)) return broken_state();
  }
  return walk;
}

}  // namespace tracehound::trace::accounts
