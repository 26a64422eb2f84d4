// From a trace and its ledger to what the page says. Lists keep their largest entries within a
// budget of rows, so that a report of ten thousand destinations is still a few megabytes; counts
// and sums always cover everything.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_set>

#include "base/check.h"
#include "incidents/report.h"
#include "incidents/report_flow.h"
#include "incidents/report_parts.h"
#include "incidents/report_text.h"
#include "trace/notation.h"
#include "trace/trace.h"

namespace tracehound::incidents {

using trace::DestinationKind;
using trace::Landing;
using trace::Parcel;
using trace::Trace;

namespace {

constexpr std::size_t kAllRows = 5000;  // in all lists of destinations

// One pass over a trace.
class Maker {
 public:
  Maker(std::span<const Trace> traces, const ReportLookup& lookup, ReportAbout about)
      : traces_(traces),
        trace_(traces.front()),
        lookup_(lookup),
        notation_(trace_, lookup.creator) {
    data_.about = std::move(about);
  }

  ReportData make() {
    describe_trace();
    add_seeds();
    order_destinations();
    add_rests();
    fill_destinations();
    data_.arrivals = arrivals_of(rests_, ordered_, [&](TxId tx) { return time_of(tx); });
    add_labels();
    add_holders();
    add_methods();
    data_.flow = make_flow(data_.destinations, rests_, moves(), trace_.conserves,
                           [&](TxId tx) { return described(tx); });
    return std::move(data_);
  }

 private:
  void describe_trace() {
    data_.chain = lookup_.chain;
    // To a trace as of an earlier block, that block is the chain's tip.
    BlockHeight tip = trace_.as_of.value_or(lookup_.tip_height);
    data_.tip_height = tip.number();
    data_.tip_hash = (trace_.as_of ? lookup_.block_hash(tip) : lookup_.tip_hash).text();
    data_.tip_time = lookup_.time(tip);
    data_.mempool = lookup_.mempool;
    data_.unconfirmed = trace_.unconfirmed;
    data_.method = trace_.method;
    data_.conserves = trace_.conserves;
    data_.claimed = trace_.claimed;
    data_.effective = trace_.effective;
    data_.total = trace_.total;
    data_.transactions = trace_.transactions_touched;
    data_.coins = trace_.coins_touched;
    data_.addresses = addresses_touched();
    data_.label_names = trace_.label_names;
  }

  std::uint64_t addresses_touched() const {
    std::vector<AddressId> addresses;
    for (const trace::SeedCoin& seed : trace_.seeds) {
      addresses.push_back(lookup_.address(seed.coin));
    }
    for (const Parcel& parcel : trace_.parcels) {
      if (parcel.to) addresses.push_back(lookup_.address(*parcel.to));
    }
    std::sort(addresses.begin(), addresses.end());
    return static_cast<std::uint64_t>(std::unique(addresses.begin(), addresses.end()) -
                                      addresses.begin());
  }

  std::optional<std::uint32_t> first_seen(TxId tx) const {
    return lookup_.first_seen ? lookup_.first_seen(tx) : std::nullopt;
  }
  std::uint32_t time_of(TxId tx) const { return lookup_.time_of(tx); }

  // Where a row's transaction stands: a ReportCoin or a FlowTransaction.
  template <typename Row>
  void place(Row& row, TxId tx) const {
    row.confirmed = !first_seen(tx);
    row.height = lookup_.height(tx).number();
    row.time = time_of(tx);
  }

  FlowTransaction described(TxId tx) const {
    FlowTransaction described;
    described.id = lookup_.txid(tx).text();
    place(described, tx);
    return described;
  }

  ReportCoin row_of(CoinId coin) const {
    ledger::Outpoint outpoint = lookup_.outpoint(coin);
    ReportCoin row;
    row.id = fmt::format("{}:{}", outpoint.txid.text(), outpoint.index);
    row.address = lookup_.address_text(lookup_.address(coin));
    place(row, lookup_.creator(coin));
    return row;
  }

  void add_seeds() {
    data_.seed_count = trace_.seeds.size();
    data_.seed_coins = trace_.seed_coins();
    std::vector<std::size_t> order(trace_.seeds.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
      std::uint32_t time = time_of(lookup_.creator(trace_.seeds[i].coin));
      data_.first_seed = i == 0 ? time : std::min(data_.first_seed, time);
      data_.last_seed = std::max(data_.last_seed, time);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return trace_.seeds[a].claimed > trace_.seeds[b].claimed;
    });
    if (order.size() > kSeedRows) order.resize(kSeedRows);
    for (std::size_t i : order) {
      const trace::SeedCoin& seed = trace_.seeds[i];
      ReportCoin row = row_of(seed.coin);
      row.value = seed.value;
      row.amount = seed.amount;
      row.claimed = seed.claimed;
      row.label = seed.label;
      row.notation = notation_.text(seed.label, 0);
      data_.seeds.push_back(std::move(row));
    }
  }

  // Page order: kinds in theirs, then the largest first, then by name.
  void order_destinations() {
    for (std::size_t i = 0; i < trace_.destinations.size(); ++i) {
      const trace::Destination& from = trace_.destinations[i];
      bool is_fees = from.kind == DestinationKind::fees;
      if (is_fees && !trace_.conserves) continue;  // a fee is no coin, and poison has no sums
      ReportDestination to;
      to.kind = from.kind;
      to.amount = from.amount;
      to.coins = from.coins.size();
      name_service(to, trace_.services, from.service, data_.about);
      if (to.amount > 0 || to.coins > 0) ordered_.emplace_back(std::move(to), i);
    }
    sort_for_page(data_, ordered_);
  }

  // Where units end that went into no coin. Where fees flow on to the miner, an ordinary
  // transaction's end nowhere, and what its block's coinbase did not claim is burned.
  std::optional<DestinationKind> end_of(const Parcel& parcel) const {
    if (trace_.fees == trace::FeeRule::sink) return DestinationKind::fees;
    if (lookup_.is_coinbase(parcel.transaction)) return DestinationKind::burned;
    if (first_seen(parcel.transaction)) return DestinationKind::fees;
    return std::nullopt;
  }

  // Every traced unit once: the landings, and what lies in no coin, which the parcels tell of.
  void add_rests() {
    for (std::size_t i = 0; i < ordered_.size(); ++i) {
      const trace::Destination& from = trace_.destinations[ordered_[i].second];
      Units sum;
      for (const Landing& landing : from.coins) {
        rests_.push_back({i, landing.hops, lookup_.creator(landing.coin), landing.amount});
        sum += landing.amount;
      }
      bool in_coins = from.kind != DestinationKind::fees && from.kind != DestinationKind::burned;
      for (const Parcel& parcel : trace_.parcels) {
        if (in_coins) break;
        if (parcel.to || end_of(parcel) != from.kind) continue;
        rests_.push_back({i, parcel.hop, parcel.transaction, parcel.amount});
        add_fee(from.kind == DestinationKind::fees ? fees_ : unclaimed_, parcel);
        sum += parcel.amount;
      }
      if (from.kind == DestinationKind::fees) ordered_[i].first.coins = fees_.size();
      CHECK(!trace_.conserves || sum == from.amount);
    }
  }

  // A transaction's fee is one, whichever coins paid it.
  static void add_fee(std::vector<Parcel>& fees, const Parcel& parcel) {
    bool more = !fees.empty() && fees.back().transaction == parcel.transaction &&
                fees.back().label == parcel.label;
    if (more) {
      fees.back().amount += parcel.amount;
    } else {
      fees.push_back(parcel);
    }
  }

  // Rows for a destination's list, out of what is left of all rows.
  static std::size_t rows_of(std::size_t place, DestinationKind kind, std::size_t left) {
    if (kind != DestinationKind::service) return kLeadingRows;
    return std::min(place < kLeadingDestinations ? kLeadingRows : kOtherRows, left);
  }

  void fill_destinations() {
    std::size_t rows_left = kAllRows;
    for (std::size_t i = 0; i < ordered_.size(); ++i) {
      auto& [to, index] = ordered_[i];
      std::size_t rows = rows_of(i, to.kind, rows_left);
      if (to.kind == DestinationKind::fees) {
        list_fees(to, rows);
      } else {
        list_coins(to, trace_.destinations[index].coins, rows);
      }
      rows_left -= std::min(rows_left, to.largest.size());
    }
    for (const Rest& rest : rests_) {
      ReportDestination& to = ordered_[rest.destination].first;
      std::uint32_t time = time_of(rest.transaction);
      to.first = to.first == 0 ? time : std::min(to.first, time);
      to.last = std::max(to.last, time);
    }
    for (auto& [destination, index] : ordered_) data_.destinations.push_back(destination);
  }

  void list_coins(ReportDestination& to, std::span<const Landing> coins, std::size_t rows) const {
    std::vector<const Landing*> order;
    for (const Landing& landing : coins) order.push_back(&landing);
    keep_largest(order, rows, &Landing::amount);
    for (const Landing* landing : order) {
      ReportCoin row = row_of(landing->coin);
      row.value = landing->value;
      row.amount = landing->amount;
      row.hops = landing->hops;
      row.label = landing->label;
      row.notation = notation_.text(landing->label, landing->hops);
      to.largest.push_back(std::move(row));
    }
  }

  void list_fees(ReportDestination& to, std::size_t rows) const {
    std::vector<const Parcel*> order;
    for (const Parcel& fee : fees_) order.push_back(&fee);
    keep_largest(order, rows, &Parcel::amount);
    for (const Parcel* parcel : order) {
      ReportCoin row;
      row.id = lookup_.txid(parcel->transaction).text();
      row.in_coin = false;
      place(row, parcel->transaction);
      row.value = parcel->amount;
      row.amount = parcel->amount;
      row.hops = parcel->hop;
      row.label = parcel->label;
      row.notation = notation_.text(parcel->label, parcel->hop);
      to.largest.push_back(std::move(row));
    }
  }

  void add_labels() {
    std::map<Label, ReportLabel> sums;
    for (const trace::SeedCoin& seed : trace_.seeds) {
      ReportLabel& sum = sums[seed.label];
      sum.claimed += seed.claimed;
      sum.effective += seed.amount;
    }
    for (const trace::Destination& destination : trace_.destinations) {
      if (!trace_.conserves) break;
      auto kind = static_cast<std::size_t>(destination.kind);
      for (const Landing& landing : destination.coins) {
        sums[landing.label].found[kind] += landing.amount;
      }
    }
    for (const auto* fees : {&fees_, &unclaimed_}) {
      for (const Parcel& fee : *fees) {
        sums[fee.label].found[static_cast<std::size_t>(*end_of(fee))] += fee.amount;
      }
    }
    for (auto& [label, sum] : sums) {
      sum.label = label;
      data_.labels.push_back(sum);
    }
  }

  void add_holders() {
    std::map<AddressId, ReportHolder> holders;
    for (const trace::Destination& destination : trace_.destinations) {
      if (destination.kind != DestinationKind::held) continue;
      for (const Landing& landing : destination.coins) {
        ReportHolder& holder = holders[lookup_.address(landing.coin)];
        std::uint32_t time = time_of(lookup_.creator(landing.coin));
        holder.first = holder.coins == 0 ? time : std::min(holder.first, time);
        holder.last = std::max(holder.last, time);
        holder.amount += trace_.conserves ? landing.amount : landing.value;
        ++holder.coins;
      }
    }
    list_holders(holders, [&](AddressId address) { return lookup_.address_text(address); }, data_);
  }

  // REQUIRES: destinations are filled.
  void add_methods() {
    auto with_sums =
        list_methods(traces_, [](const Trace& trace) { return trace.coins_touched; }, data_);
    if (with_sums.size() < 2) return;
    for (const trace::Range& range : trace::ranges(traces_)) {
      list_range(with_sums, range, amount_at, trace_, ordered_, data_);
    }
    sort_for_page(data_.ranges);
  }

  static Units amount_at(const Trace& trace, const trace::Range& range) {
    for (const trace::Destination& destination : trace.destinations) {
      if (destination.kind == range.kind && destination.service == range.service) {
        return destination.amount;
      }
    }
    return 0;
  }

  std::vector<Move> moves() const {
    std::vector<Move> moves;
    for (const Parcel& parcel : trace_.parcels) {
      if (!parcel.to && !trace_.conserves) continue;
      moves.push_back({parcel.hop, parcel.transaction, parcel.amount});
    }
    return moves;
  }

  std::span<const Trace> traces_;
  const Trace& trace_;
  const ReportLookup& lookup_;
  trace::Notation notation_;
  ReportData data_;
  OrderedDestinations ordered_;
  std::vector<Rest> rests_;
  std::vector<Parcel> fees_;  // chain order; by transaction and label
  std::vector<Parcel> unclaimed_;
};

}  // namespace

ReportLookup lookup_in(const ledger::Ledger& ledger,
                       std::function<std::string(AddressId)> address_text) {
  ReportLookup lookup;
  lookup.chain = ledger.chain();
  lookup.tip_height = ledger.tip();
  lookup.tip_hash = ledger.block_hash(ledger.tip());
  lookup.block_hash = [&ledger](BlockHeight height) { return ledger.block_hash(height); };
  lookup.outpoint = [&ledger](CoinId coin) { return ledger.outpoint(coin); };
  lookup.creator = [&ledger](CoinId coin) { return ledger.creator(coin); };
  lookup.txid = [&ledger](TxId tx) { return ledger.txid(tx); };
  lookup.height = [&ledger](TxId tx) { return ledger.height(tx); };
  lookup.time = [&ledger](BlockHeight height) { return ledger.block_time(height); };
  lookup.mempool = ledger.unconfirmed();
  if (lookup.mempool) {
    lookup.first_seen = [&ledger](TxId tx) {
      return ledger.is_unconfirmed(tx) ? std::optional(ledger.first_seen(tx)) : std::nullopt;
    };
  }
  lookup.address = [&ledger](CoinId coin) { return ledger.address(coin); };
  lookup.is_coinbase = [&ledger](TxId tx) { return ledger.is_coinbase(tx); };
  lookup.address_text = std::move(address_text);
  return lookup;
}

ReportData make_report_data(std::span<const Trace> traces, const ReportLookup& lookup,
                            ReportAbout about) {
  CHECK(!traces.empty());
  return Maker(traces, lookup, std::move(about)).make();
}

}  // namespace tracehound::incidents
