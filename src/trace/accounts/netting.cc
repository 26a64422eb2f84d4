// A swap shows in the rows as two transfers, or as six through routers and pools. Netted over the
// transaction, routers vanish and what is left is who paid what to whom:
//
//            native   stable
//   thief      -10    +30,000     pays and gets: it swapped, and it pays the fee
//   pool       +10    -30,000     pays and gets too: a pool
//
// Who pays in one asset and gets in another is a party to an exchange. One of them at most acted;
// the rest are pools, together one side, and all other accounts are the other. Within a side units
// move as in a coin transaction. Between the sides nothing moves: each side's taint crosses from
// the assets it paid to the assets it got, so that no pool is tainted by who swaps in it, a
// recipient other than the payer gets the taint, and change or loot that stays on the side goes
// plainly to who got it.
//
// Who acted: the payer of the fee, if it is a party. If it pays without being one, nobody: it swaps
// for a recipient. Else, of the parties that neither tags nor a token's contract name, the one that
// the ledger has named in the fewest transfers so far: pools are busy. That is a guess, and
// counted.
//
// A token that is made or destroyed without an account (a wrapper's, a lender's receipt) counts as
// paid or got by its own contract, if the ledger knows that as an account.
// Whether it does so by then or only later is the same: named in nothing of this transaction, the
// contract pays or gets in its one asset alone, and is no party to anything.
//
// Limits: a contract of the thief's that gives back a worthless token is taken for a pool, as any
// contract would be. Source: netting by balance differences is common; the two sides are ours.

#include "trace/accounts/netting.h"

#include <algorithm>

namespace tracehound::trace::accounts {

namespace {

// A signed sum; rows are checked before to stay in 256 bits.
struct Net {
  U256 in;
  U256 out;
};
struct HolderNet {
  AccountId account;
  AccountId party;
  Net net;
};
struct AssetNet {
  AssetId asset;
  std::vector<HolderNet> holders;
  U256 total;  // of all rows
};
struct Party {
  AccountId account;
  bool pays = false;
  bool gets = false;
};

class Netting {
 public:
  Netting(const TransactionRows& tx, const Events& events, const Stops& stops)
      : tx_(tx), events_(events), stops_(stops) {}

  std::optional<Exchange> find() {
    if (!add_rows() || assets_.size() < 2) return std::nullopt;
    find_parties();
    std::vector<AccountId> both;
    for (const Party& party : parties_) {
      if (party.pays && party.gets && party.account != kNobody) both.push_back(party.account);
    }
    if (both.empty()) return std::nullopt;
    Exchange exchange;
    std::optional<AccountId> actor = actor_of(both, exchange.guessed_actor);
    if (actor) std::erase(both, *actor);
    if (both.empty()) return std::nullopt;
    fill_sides(both, exchange);
    auto over = [](const SideAsset& asset) { return !asset.over.is_zero(); };
    auto back = [](const SideAsset& asset) { return !asset.back.is_zero(); };
    if (!std::ranges::any_of(exchange.others.assets, over)) return std::nullopt;
    if (!std::ranges::any_of(exchange.others.assets, back)) return std::nullopt;
    return exchange;
  }

 private:
  bool add_rows() {
    for (const Movement& row : tx_.rows) {
      if (row.from == row.to || row.amount.is_zero()) continue;
      AssetNet& asset = asset_net(row.asset);
      if (add_overflow(asset.total, row.amount, asset.total)) return false;
      holder_net(asset, row.from).out += row.amount;
      holder_net(asset, row.to).in += row.amount;
    }
    return true;
  }
  AssetNet& asset_net(AssetId asset) {
    auto place = std::ranges::find(assets_, asset, &AssetNet::asset);
    if (place != assets_.end()) return *place;
    return assets_.emplace_back(AssetNet{asset, {}, {}});
  }
  Net& holder_net(AssetNet& asset, AccountId account) {
    auto place = std::ranges::find(asset.holders, account, &HolderNet::account);
    if (place != asset.holders.end()) return place->net;
    AccountId party = account;
    if (account == kNobody) party = events_.contract_of(asset.asset).value_or(kNobody);
    return asset.holders.emplace_back(HolderNet{account, party, {}}).net;
  }

  // Whether each party, over its holders of an asset, pays or gets.
  void find_parties() {
    for (const AssetNet& asset : assets_) {
      for (const HolderNet& holder : asset.holders) {
        bool counted = false;
        Net sum;
        for (const HolderNet& other : asset.holders) {
          if (other.party != holder.party) continue;
          counted = counted || &other < &holder;
          sum.in += other.net.in;
          sum.out += other.net.out;
        }
        if (counted) continue;
        Party& party = party_of(holder.party);
        party.pays = party.pays || sum.out > sum.in;
        party.gets = party.gets || sum.in > sum.out;
      }
    }
  }
  Party& party_of(AccountId account) {
    auto place = std::ranges::find(parties_, account, &Party::account);
    if (place != parties_.end()) return *place;
    return parties_.emplace_back(Party{account});
  }

  bool is_contract(AccountId account) const {
    return std::ranges::any_of(assets_, [&](const AssetNet& asset) {
      return events_.contract_of(asset.asset) == account;
    });
  }

  std::optional<AccountId> actor_of(const std::vector<AccountId>& both, bool& guessed) {
    if (std::ranges::find(both, tx_.payer) != both.end()) return tx_.payer;
    auto payer = std::ranges::find(parties_, tx_.payer, &Party::account);
    bool pays = tx_.payer != kNobody && payer != parties_.end() && payer->pays;
    if (pays || both.size() == 1) return std::nullopt;
    std::vector<std::pair<std::uint64_t, AccountId>> candidates;
    for (AccountId account : both) {
      if (stops_.knows(account) || is_contract(account)) continue;
      candidates.emplace_back(events_.transfers_before(account, tx_.first), account);
    }
    if (candidates.empty()) return std::nullopt;
    guessed = candidates.size() > 1;
    return std::ranges::min(candidates).second;
  }

  void fill_sides(const std::vector<AccountId>& pools, Exchange& exchange) const {
    for (const AssetNet& asset : assets_) {
      SideAsset others{asset.asset, {}, {}, {}, {}};
      SideAsset side{asset.asset, {}, {}, {}, {}};
      for (const HolderNet& holder : asset.holders) {
        bool pool = std::ranges::find(pools, holder.party) != pools.end();
        SideAsset& mine = pool ? side : others;
        const Net& net = holder.net;
        if (net.out > net.in) mine.payers.push_back({holder.account, net.out - net.in});
        if (net.in > net.out) mine.takers.push_back({holder.account, net.in - net.out});
      }
      balance(others);
      balance(side);
      exchange.others.assets.push_back(std::move(others));
      exchange.pools.assets.push_back(std::move(side));
    }
  }
  static void balance(SideAsset& asset) {
    U256 paid;
    U256 taken;
    for (const NetFlow& flow : asset.payers) paid += flow.amount;
    for (const NetFlow& flow : asset.takers) taken += flow.amount;
    if (paid > taken) asset.over = paid - taken;
    if (taken > paid) asset.back = taken - paid;
  }

  const TransactionRows& tx_;
  const Events& events_;
  const Stops& stops_;
  std::vector<AssetNet> assets_;
  std::vector<Party> parties_;
};

// By what the assets that go over (or come back) are worth where all have prices, else alike.
std::vector<U256> one_way(const Side& side, bool over, const TransactionRows& tx,
                          const Events& events, bool& approximate) {
  std::vector<U256> weights;
  U256 sum;
  bool known = true;
  for (const SideAsset& asset : side.assets) {
    const U256& amount = over ? asset.over : asset.back;
    if (amount.is_zero()) continue;
    U256 units;
    U256 worth;
    for (std::size_t i = 0; i < tx.rows.size(); ++i) {
      const Movement& row = tx.rows[i];
      if (row.asset != asset.asset || row.from == row.to || row.amount.is_zero()) continue;
      auto usd = events.usd(TransferId(tx.first.number() + i));
      known = known && usd.has_value();
      units += row.amount;
      worth += U256(usd.value_or(0));
    }
    weights.push_back(mul_div(amount, worth, units).quotient);
    sum += weights.back();
  }
  if (weights.size() > 1 && known && !sum.is_zero()) return weights;
  approximate = approximate || weights.size() > 1;
  weights.assign(weights.size(), U256(1));
  return weights;
}

}  // namespace

Weights weights_of(const Side& side, const TransactionRows& tx, const Events& events) {
  Weights weights;
  weights.back = one_way(side, false, tx, events, weights.approximate);
  weights.over = one_way(side, true, tx, events, weights.approximate);
  return weights;
}

std::optional<Exchange> find_exchange(const TransactionRows& tx, const Events& events,
                                      const Stops& stops) {
  // Most transactions are of one asset, and no swap.
  bool several = std::ranges::any_of(
      tx.rows, [&](const Movement& row) { return row.asset != tx.rows.front().asset; });
  if (!several) return std::nullopt;
  return Netting(tx, events, stops).find();
}

std::optional<Brought> who_brought(std::span<const Source> sources, const Tainted& share) {
  const Source* most = nullptr;
  U256 brought;
  for (const Source& source : sources) {
    const U256* amount = amount_of(source.units.labels, share.label);
    if (amount == nullptr || (most != nullptr && *amount <= brought)) continue;
    most = &source;
    brought = *amount;
  }
  if (most == nullptr) return std::nullopt;
  if (!most->paid) return Brought{most, share.amount};
  const U256* paid = amount_of(most->paid->labels, share.label);
  return Brought{most,
                 mul_div(std::min(share.amount, brought), paid ? *paid : U256(), brought).quotient};
}

}  // namespace tracehound::trace::accounts
