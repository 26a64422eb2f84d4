#include "incidents/account_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/check.h"
#include "base/text.h"
#include "incidents/report_flow.h"
#include "incidents/report_parts.h"
#include "incidents/report_text.h"
#include "trace/accounts/trace.h"

namespace tracehound::incidents {

using trace::DestinationKind;
using trace::accounts::AccountId;
using trace::accounts::AssetId;
using trace::accounts::HolderId;
using trace::accounts::Landing;
using trace::accounts::Names;
using trace::accounts::Parcel;
using trace::accounts::ParcelKind;
using trace::accounts::Trace;

namespace {

constexpr std::size_t kSwapRows = 60;

// As such chains write it, first byte first.
std::string hash_text(const Hash256& hash) { return "0x" + to_hex(hash.view()); }

// When and by what units of a label first and last came to a holder.
struct Came {
  TxId first;
  TxId last;
};
using Comings = std::map<std::pair<HolderId, Label>, Came>;

Comings comings_of(const Trace& trace) {
  Comings comings;
  auto add = [&](HolderId holder, Label label, TxId tx) {
    auto [entry, fresh] = comings.try_emplace({holder, label}, Came{tx, tx});
    if (!fresh)
      entry->second = {std::min(entry->second.first, tx), std::max(entry->second.last, tx)};
  };
  for (const auto& seed : trace.seeds) add(seed.holder, seed.seed.label, seed.tx);
  for (const Parcel& parcel : trace.parcels) {
    if (parcel.kind != ParcelKind::fee) add(parcel.to, parcel.label, parcel.tx);
  }
  return comings;
}

// One pass over a trace for one asset.
class Maker {
 public:
  Maker(std::span<const Trace> traces, const Names& names, const ReportAbout& about, AssetId asset,
        const Comings& comings)
      : traces_(traces), trace_(traces.front()), names_(names), asset_(asset), comings_(comings) {
    const auto& row = names.asset(asset);
    data_.about = about;
    data_.about.symbol = names.asset_text(asset);
    data_.about.unit = "base units";
    data_.about.decimals = row.decimals_known ? row.decimals : 0;
    data_.on_coins = false;
  }

  ReportData make() {
    describe();
    add_seeds();
    order_destinations();
    fill_destinations();
    data_.arrivals =
        arrivals_of(rests_, ordered_, [&](TxId tx) { return names_.ledger().time(tx); });
    add_labels();
    add_holders();
    add_methods();
    add_swaps();
    data_.flow = make_flow(data_.destinations, rests_, moves(), trace_.conserves,
                           [&](TxId tx) { return described(tx); });
    return std::move(data_);
  }

 private:
  void describe() {
    const auto& ledger = names_.ledger();
    auto tip = ledger.block(ledger.tip());
    data_.chain = ledger.chain();
    data_.tip_height = tip.number;
    data_.tip_hash = tip.hash ? hash_text(*tip.hash) : "";
    data_.tip_time = tip.time;
    data_.method = trace_.method;
    data_.conserves = trace_.conserves;
    data_.label_names = trace_.label_names;
    data_.transactions = trace_.transactions_touched;
    std::set<HolderId> holders;
    std::set<AccountId> accounts;
    for (const auto& seed : trace_.seeds) holders.insert(seed.holder);
    for (const Parcel& parcel : trace_.parcels) {
      if (parcel.kind != ParcelKind::fee) holders.insert(parcel.to);
    }
    for (const HolderId& holder : holders) accounts.insert(holder.account);
    data_.coins = holders.size();
    data_.addresses = accounts.size();
    const auto* books = trace::accounts::books_of(trace_, asset_);
    if (books == nullptr) return;
    data_.claimed = Units(books->claimed);
    data_.effective = Units(books->effective.total());
    data_.swapped_in = Units(books->swapped_in.total());
    data_.swapped_out = Units(books->swapped_out.total());
    data_.total = Units(books->total);
  }

  template <typename Row>
  void place(Row& row, TxId tx) const {
    row.height = names_.block_number(tx);
    row.time = names_.ledger().time(tx);
  }
  FlowTransaction described(TxId tx) const {
    FlowTransaction row;
    row.id = names_.transaction(tx);
    place(row, tx);
    return row;
  }
  // "" where nobody said what it was worth.
  std::string usd_text(TxId tx, const U256& amount) const {
    if (data_.about.symbol == "USD") return "";
    auto usd = names_.usd(tx, asset_, amount);
    return usd ? trace::accounts::usd_text(*usd) : "";
  }

  void add_seeds() {
    std::vector<const trace::accounts::SeedFound*> seeds;
    for (const auto& seed : trace_.seeds) {
      if (seed.holder.asset != asset_) continue;
      std::uint32_t time = names_.ledger().time(seed.tx);
      data_.first_seed = seeds.empty() ? time : std::min(data_.first_seed, time);
      data_.last_seed = std::max(data_.last_seed, time);
      seeds.push_back(&seed);
    }
    data_.seed_count = seeds.size();
    data_.seed_coins = seeds.size();
    keep_largest(seeds, kSeedRows, [](const auto& seed) { return seed.seed.claimed(); });
    for (const auto* seed : seeds) {
      ReportCoin row;
      row.id = names_.transfer(seed->seed.transfer);
      row.address = names_.account(seed->holder.account);
      place(row, seed->tx);
      row.value = Units(seed->seed.claimed());
      row.claimed = row.value;
      row.amount = Units(seed->effective);
      row.label = seed->seed.label;
      row.usd = usd_text(seed->tx, seed->effective);
      data_.seeds.push_back(std::move(row));
    }
  }

  TxId last_of(const Landing& landing) const {
    if (landing.tx) return *landing.tx;
    auto came = comings_.find({landing.holder, landing.label});
    return came == comings_.end() ? TxId(0) : came->second.last;
  }
  TxId first_of(const Landing& landing) const {
    if (landing.tx) return *landing.tx;
    auto came = comings_.find({landing.holder, landing.label});
    return came == comings_.end() ? TxId(0) : came->second.first;
  }

  void order_destinations() {
    for (std::size_t i = 0; i < trace_.destinations.size(); ++i) {
      const auto& from = trace_.destinations[i];
      if (from.asset != asset_) continue;
      bool fees = from.kind == DestinationKind::fees;
      if (fees && !trace_.conserves) continue;
      ReportDestination to;
      to.kind = from.kind;
      to.amount = Units(from.amount);
      to.coins = from.landings.size();
      if (fees) to.coins = fee_parcels().size();
      name_service(to, trace_.services, from.service, data_.about);
      if (to.amount > 0 || to.coins > 0) ordered_.emplace_back(std::move(to), i);
    }
    sort_for_page(data_, ordered_);
  }

  std::vector<const Parcel*> fee_parcels() const {
    std::vector<const Parcel*> fees;
    for (const Parcel& parcel : trace_.parcels) {
      if (parcel.kind == ParcelKind::fee && parcel.from.asset == asset_) fees.push_back(&parcel);
    }
    return fees;
  }

  void fill_destinations() {
    for (std::size_t i = 0; i < ordered_.size(); ++i) {
      auto& [to, index] = ordered_[i];
      std::size_t rows = i < kLeadingDestinations ? kLeadingRows : kOtherRows;
      if (to.kind == DestinationKind::fees) {
        fill_fees(i, rows);
      } else {
        fill_landings(i, trace_.destinations[index].landings, rows);
      }
    }
    for (auto& [destination, index] : ordered_) data_.destinations.push_back(destination);
  }

  void came(ReportDestination& to, TxId first, TxId last) const {
    std::uint32_t from = names_.ledger().time(first);
    to.first = to.first == 0 ? from : std::min(to.first, from);
    to.last = std::max(to.last, names_.ledger().time(last));
  }

  void fill_landings(std::size_t i, const std::vector<Landing>& landings, std::size_t rows) {
    ReportDestination& to = ordered_[i].first;
    std::vector<const Landing*> order;
    U256 usd;
    bool valued = true;
    for (const Landing& landing : landings) {
      order.push_back(&landing);
      TxId tx = last_of(landing);
      rests_.push_back({i, landing.hops, tx, Units(landing.amount)});
      came(to, first_of(landing), tx);
      auto worth = names_.usd(tx, asset_, landing.amount);
      valued = valued && worth;
      if (worth) usd += *worth;
    }
    if (valued && !landings.empty() && data_.about.symbol != "USD") {
      to.usd = trace::accounts::usd_text(usd);
    }
    keep_largest(order, rows, &Landing::amount);
    for (const Landing* landing : order) {
      ReportCoin row;
      TxId tx = last_of(*landing);
      row.id = names_.transaction(tx);
      row.address = names_.account(landing->holder.account);
      row.in_coin = to.kind == DestinationKind::held;
      place(row, tx);
      row.value = Units(row.in_coin ? landing->balance : landing->amount);
      row.amount = Units(landing->amount);
      row.hops = landing->hops;
      row.label = landing->label;
      row.usd = usd_text(tx, landing->amount);
      to.largest.push_back(std::move(row));
    }
  }

  void fill_fees(std::size_t i, std::size_t rows) {
    ReportDestination& to = ordered_[i].first;
    std::vector<const Parcel*> order = fee_parcels();
    for (const Parcel* parcel : order) {
      rests_.push_back({i, parcel->hop, parcel->tx, Units(parcel->amount)});
      came(to, parcel->tx, parcel->tx);
    }
    keep_largest(order, rows, &Parcel::amount);
    for (const Parcel* parcel : order) {
      ReportCoin row;
      row.id = names_.transaction(parcel->tx);
      row.in_coin = false;
      place(row, parcel->tx);
      row.value = Units(parcel->amount);
      row.amount = row.value;
      row.hops = parcel->hop;
      row.label = parcel->label;
      to.largest.push_back(std::move(row));
    }
  }

  void add_labels() {
    std::map<Label, ReportLabel> sums;
    for (const auto& seed : trace_.seeds) {
      if (seed.holder.asset != asset_) continue;
      sums[seed.seed.label].claimed += Units(seed.seed.claimed());
      sums[seed.seed.label].effective += Units(seed.effective);
    }
    for (const auto& destination : trace_.destinations) {
      if (destination.asset != asset_ || !trace_.conserves) continue;
      for (const auto& entry : destination.labels.all()) {
        sums[entry.label].found[static_cast<std::size_t>(destination.kind)] += Units(entry.amount);
      }
    }
    for (auto& [label, sum] : sums) {
      sum.label = label;
      data_.labels.push_back(sum);
    }
  }

  void add_holders() {
    std::map<AccountId, ReportHolder> holders;
    for (const auto& destination : trace_.destinations) {
      if (destination.kind != DestinationKind::held || destination.asset != asset_) continue;
      for (const Landing& landing : destination.landings) {
        ReportHolder& holder = holders[landing.holder.account];
        std::uint32_t first = names_.ledger().time(first_of(landing));
        holder.first = holder.coins == 0 ? first : std::min(holder.first, first);
        holder.last = std::max(holder.last, names_.ledger().time(last_of(landing)));
        holder.amount += Units(landing.amount);
        ++holder.coins;
      }
    }
    list_holders(holders, [&](AccountId account) { return names_.account(account); }, data_);
  }

  Units amount_at(const Trace& trace, const trace::accounts::Range& range) const {
    for (const auto& destination : trace.destinations) {
      if (destination.kind == range.kind && destination.service == range.service &&
          destination.asset == asset_) {
        return Units(destination.amount);
      }
    }
    return 0;
  }

  void add_methods() {
    auto with_sums = list_methods(traces_, [](const Trace&) { return std::uint64_t{0}; }, data_);
    if (with_sums.size() < 2) return;
    auto here = [&](const Trace& trace, const auto& range) { return amount_at(trace, range); };
    for (const auto& range : trace::accounts::ranges(traces_)) {
      if (range.asset != asset_) continue;
      list_range(with_sums, range, here, trace_, ordered_, data_);
    }
    sort_for_page(data_.ranges);
  }

  // What left this asset for another one.
  void add_swaps() {
    std::vector<const Parcel*> swaps;
    for (const Parcel& parcel : trace_.parcels) {
      if (parcel.kind == ParcelKind::swap && parcel.from.asset == asset_) swaps.push_back(&parcel);
    }
    data_.swap_count = swaps.size();
    keep_largest(swaps, kSwapRows, &Parcel::paid);
    for (const Parcel* parcel : swaps) {
      ReportSwap row;
      row.id = names_.transaction(parcel->tx);
      row.account = names_.account(parcel->from.account);
      row.time = names_.ledger().time(parcel->tx);
      row.paid = fmt::format("{} {}", names_.amount(asset_, parcel->paid), data_.about.symbol);
      row.got = fmt::format("{} {}", names_.amount(parcel->to.asset, parcel->amount),
                            names_.asset_text(parcel->to.asset));
      data_.swaps.push_back(std::move(row));
    }
  }

  std::vector<Move> moves() const {
    std::vector<Move> moves;
    for (const Parcel& parcel : trace_.parcels) {
      if (parcel.kind == ParcelKind::fee || parcel.to.asset != asset_) continue;
      moves.push_back({parcel.hop, parcel.tx, Units(parcel.amount)});
    }
    return moves;
  }

  std::span<const Trace> traces_;
  const Trace& trace_;
  const Names& names_;
  AssetId asset_;
  const Comings& comings_;
  ReportData data_;
  OrderedDestinations ordered_;
  std::vector<Rest> rests_;
};

}  // namespace

std::vector<ReportData> make_account_report(std::span<const Trace> traces, const Names& names,
                                            const ReportAbout& about) {
  CHECK(!traces.empty());
  Comings comings = comings_of(traces.front());
  std::vector<ReportData> parts;
  for (const auto& books : traces.front().assets) {
    parts.push_back(Maker(traces, names, about, books.asset, comings).make());
  }
  std::stable_partition(parts.begin(), parts.end(),
                        [](const ReportData& part) { return part.seed_count > 0; });
  return parts;
}

std::vector<ServiceDeposits> account_deposits(const Trace& trace, const Names& names,
                                              const ReportAbout& about) {
  std::map<std::uint32_t, ServiceDeposits> services;
  for (const auto& destination : trace.destinations) {
    if (destination.kind != DestinationKind::service || !destination.service) continue;
    if (destination.landings.empty()) continue;
    const auto& service = trace.services.at(*destination.service);
    ServiceDeposits& to = services[*destination.service];
    to.name = service.name;
    to.category = service.category;
    if (*destination.service < about.service_notes.size()) {
      to.note = about.service_notes[*destination.service];
    }
    auto amount_text = [&](const U256& amount) {
      return fmt::format("{} {}", names.amount(destination.asset, amount),
                         names.asset_text(destination.asset));
    };
    to.total += (to.total.empty() ? "" : ", ") + amount_text(destination.amount);
    for (const Landing& landing : destination.landings) {
      if (!landing.tx) continue;
      to.deposits.push_back({names.transaction(*landing.tx), names.account(landing.holder.account),
                             true, names.block_number(*landing.tx),
                             names.ledger().time(*landing.tx), amount_text(landing.amount), ""});
    }
  }
  std::vector<ServiceDeposits> list;
  for (auto& [number, service] : services) list.push_back(std::move(service));
  return list;
}

LetterAbout account_letter_about(const Trace& trace, const Names& names, const ReportAbout& about) {
  const auto& ledger = names.ledger();
  auto tip = ledger.block(ledger.tip());
  return {about.title,
          ledger.chain(),
          tip.hash ? fmt::format("block {} ({})", tip.number, hash_text(*tip.hash))
                   : fmt::format("block {}", tip.number),
          utc_text(tip.time) + " UTC",
          std::string(name_of(trace.method)),
          about.tool_version};
}

}  // namespace tracehound::incidents
