// The bytes of a state, behind its head: for every lane its books; then the resting coins. A state
// is outside input like any file: it is held against its checksum, then every number in it that is
// used as an index against what it points into, and what lies in coins against what a walk leaves
// there: the walk's own assumptions must not come out of a file.

#include "trace/state.h"

#include <algorithm>
#include <bit>
#include <map>

namespace tracehound::trace {

namespace {

// ---- writing ------------------------------------------------------------------------------------

void put_run(StateWriter& out, const Run& run) {
  out.number(run.length);
  out.number(run.label.number());
  out.number(run.hops);
}

void put_landings(StateWriter& out, const Landings& landings) {
  out.list(landings, [&](const Landing& landing) {
    out.number(landing.coin.number());
    out.number(landing.value);
    out.number(landing.amount);
    out.number(landing.label.number());
    out.number(landing.hops);
  });
}

void put_sums(StateWriter& out, const LabelSums& sums) {
  out.list(sums.all(), [&](const LabelAmount& sum) {
    out.number(sum.label.number());
    out.number(sum.amount);
  });
}

// A coin, or the transaction whose fee it is.
void put_end(StateWriter& out, std::optional<CoinId> coin, TxId fee_of) {
  out.number<std::uint8_t>(coin.has_value());
  out.number(coin ? coin->number() : std::uint64_t{fee_of.number()});
}

void put_found(StateWriter& out, const Found& found) {
  out.list(found.seeds, [&](const SeedCoin& seed) { out.number(seed.amount); });
  for (std::size_t kind = 0; kind < kDestinationKinds; ++kind) {
    bool held = kind == static_cast<std::size_t>(DestinationKind::held);
    put_landings(out, held ? Landings() : found.by_kind[kind]);
  }
  std::uint64_t reached = 0;
  for (const auto& landings : found.by_service) reached += landings.empty() ? 0 : 1;
  out.number(reached);
  for (std::uint32_t service = 0; service < found.by_service.size(); ++service) {
    if (found.by_service[service].empty()) continue;
    out.number(service);
    put_landings(out, found.by_service[service]);
  }
  put_sums(out, found.fees);
  put_sums(out, found.unclaimed);
  out.list(found.parcels, [&](const Parcel& parcel) {
    out.number(parcel.transaction.number());
    put_end(out, parcel.from, parcel.from_fee);
    put_end(out, parcel.to, parcel.to_fee);
    out.number(parcel.amount);
    out.number(parcel.label.number());
    out.number(parcel.hop);
  });
  out.number(found.transactions_touched);
  out.number(found.coins_touched);
}

// ---- reading ------------------------------------------------------------------------------------

// Reads what was written; whatever points nowhere makes it fail.
class Reader {
 public:
  Reader(ByteView bytes, const WalkRequest& request) : in_(bytes), request_(request) {}

  bool ok() const { return in_.ok(); }
  bool done() const { return in_.ok() && in_.remaining() == 0; }
  template <typename Number>
  Number number() {
    return in_.number<Number>();
  }
  std::uint64_t count(std::size_t width) { return read_count(in_, width); }
  CoinId coin() {
    CoinId coin(in_.number<std::uint64_t>());
    if (coin.number() >= request_.ledger.counts().coins) in_.fail();
    return in_.ok() ? coin : CoinId();
  }
  TxId transaction(std::uint64_t number) {
    if (number >= request_.ledger.counts().transactions) in_.fail();
    return in_.ok() ? TxId(static_cast<std::uint32_t>(number)) : TxId();
  }
  void end(std::optional<CoinId>& of_coin, TxId& fee_of) {
    bool is_coin = in_.number<std::uint8_t>() != 0;
    if (is_coin) {
      of_coin = coin();
    } else {
      fee_of = transaction(in_.number<std::uint64_t>());
    }
  }
  Run run() {
    Run run{};
    run.length = in_.number<Amount>();
    run.label = Label(in_.number<std::uint32_t>());
    run.hops = in_.number<std::uint32_t>();
    return run;
  }
  void landings(Landings& landings) {
    std::uint64_t entries = count(32);
    landings.reserve(entries);
    for (std::uint64_t i = 0; i < entries; ++i) {
      Landing landing;
      landing.coin = coin();
      landing.value = in_.number<Amount>();
      landing.amount = in_.number<Amount>();
      landing.label = Label(in_.number<std::uint32_t>());
      landing.hops = in_.number<std::uint32_t>();
      landings.push_back(landing);
    }
  }
  void sums(LabelSums& sums) {
    for (std::uint64_t entries = count(12); entries > 0; --entries) {
      Label label(in_.number<std::uint32_t>());
      sums.add(label, in_.number<Amount>());
    }
  }
  void found(Found& found);
  void resting(RestingCoins& resting);
  void fail() { in_.fail(); }

 private:
  void parcels(std::vector<Parcel>& parcels);

  ByteReader in_;
  const WalkRequest& request_;
};

void Reader::found(Found& found) {
  if (count(sizeof(Amount)) != request_.seeds.size()) return fail();
  for (const Seed& seed : request_.seeds) {
    Amount value = request_.ledger.value(seed.coin);
    found.seeds.push_back({seed.coin, value, seed.claimed(), number<Amount>(), seed.label});
  }
  for (auto& list : found.by_kind) landings(list);
  found.by_service.resize(request_.stops.services().size());
  for (std::uint64_t reached = count(12); reached > 0; --reached) {
    auto service = number<std::uint32_t>();
    if (service >= found.by_service.size()) return fail();
    landings(found.by_service[service]);
  }
  sums(found.fees);
  sums(found.unclaimed);
  parcels(found.parcels);
  found.transactions_touched = number<std::uint64_t>();
  found.coins_touched = number<std::uint64_t>();
}

void Reader::parcels(std::vector<Parcel>& parcels) {
  for (std::uint64_t entries = count(38); entries > 0; --entries) {
    Parcel parcel;
    parcel.transaction = transaction(number<std::uint32_t>());
    end(parcel.from, parcel.from_fee);
    end(parcel.to, parcel.to_fee);
    parcel.amount = number<Amount>();
    parcel.label = Label(number<std::uint32_t>());
    parcel.hop = number<std::uint32_t>();
    parcels.push_back(parcel);
  }
}

void Reader::resting(RestingCoins& resting) {
  std::uint64_t lists = 0;
  for (std::uint64_t entries = count(9); entries > 0; --entries) {
    CoinId at = coin();
    auto lanes = number<LaneSet>();
    if (lanes == 0 || lanes >> request_.methods.size() != 0) return fail();
    lists += static_cast<std::uint64_t>(std::popcount(lanes));
    resting.coins.push_back({at, lanes});
  }
  std::uint64_t runs = 0;
  for (std::uint64_t entries = count(4); entries > 0; --entries) {
    resting.counts.push_back(number<std::uint32_t>());
    if (resting.counts.back() == 0) return fail();
    runs += resting.counts.back();
  }
  std::uint64_t entries = count(16);
  if (lists != resting.counts.size() || runs != entries) return fail();
  for (; entries > 0; --entries) resting.runs.push_back(run());
}

// Whether a list is one that the method makes (runs.h): its units are in their coin, in its order.
bool is_list_of(MethodKind method, RunView runs, Amount value) {
  bool ordered = make_method(method).ordered();
  std::map<Label, std::uint32_t> hops;
  Amount left = value;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Run& run = runs[i];
    if (run.length == 0 || run.length > left) return false;
    if (conserves(method)) left -= run.length;
    if (hops.try_emplace(run.label, run.hops).first->second != run.hops) return false;
    bool in_order =
        i == 0 || (ordered ? runs[i - 1].label != run.label : runs[i - 1].label < run.label);
    if (!in_order || (!ordered && run.label == kClean)) return false;
  }
  return runs.back().label != kClean;
}

// `take` gets each lane with a list of its runs, and the coin. REQUIRES: as many as are named.
template <typename Take>
void each_list(const RestingCoins& resting, Take take) {
  std::size_t list = 0;
  std::size_t next = 0;
  for (const RestingCoins::Coin& coin : resting.coins) {
    for_each_lane(coin.lanes, [&](std::size_t lane) {
      std::size_t count = resting.counts[list++];
      take(lane, RunView(resting.runs).subspan(next, count), coin.coin);
      next += count;
    });
  }
}

// The coins were made by then and not spent, each stands there once, with lists of its methods.
bool resting_fit(const RestingCoins& resting, const WalkRequest& request, TxId end) {
  const auto& coins = resting.coins;
  if (coins.empty()) return true;
  auto not_before = [](const auto& a, const auto& b) { return a.coin >= b.coin; };
  if (std::ranges::adjacent_find(coins, not_before) != coins.end()) return false;
  if (request.ledger.creator(coins.back().coin) >= end) return false;
  bool fit = std::ranges::none_of(coins, [&](const RestingCoins::Coin& coin) {
    auto spender = request.ledger.spender(coin.coin);
    return spender && *spender < end;
  });
  each_list(resting, [&](std::size_t lane, RunView runs, CoinId coin) {
    fit = fit && is_list_of(request.methods[lane], runs, request.ledger.value(coin));
  });
  return fit;
}

// Of each label, what the seeds brought is somewhere: as check_balance() wants it in the end.
bool books_hold(const SavedWalk& walk, const WalkRequest& request) {
  std::vector<std::map<Label, Amount>> left(walk.found.size());
  for (std::size_t lane = 0; lane < left.size(); ++lane) {
    const Found& found = walk.found[lane];
    for (const SeedCoin& seed : found.seeds) left[lane][seed.label] += seed.amount;
    auto take = [&](const Landings& landings) {
      for (const Landing& landing : landings) left[lane][landing.label] -= landing.amount;
    };
    for (const Landings& landings : found.by_kind) take(landings);
    for (const Landings& landings : found.by_service) take(landings);
    for (const LabelSums* sums : {&found.fees, &found.unclaimed}) {
      for (const LabelAmount& sum : sums->all()) left[lane][sum.label] -= sum.amount;
    }
  }
  each_list(walk.resting, [&](std::size_t lane, RunView runs, CoinId) {
    for (const Run& run : runs) {
      if (run.label != kClean) left[lane][run.label] -= run.length;
    }
  });
  for (std::size_t lane = 0; lane < left.size(); ++lane) {
    if (!conserves(request.methods[lane])) continue;
    for (const auto& [label, amount] : left[lane]) {
      if (amount != 0) return false;
    }
  }
  return true;
}

}  // namespace

StateHead state_head(const WalkRequest& request, BlockHeight height) {
  StateHead head;
  head.chain = request.ledger.chain();
  head.height = height.number();
  head.block = request.ledger.block_hash(height);
  StateWriter seeds;
  for (const Seed& seed : request.seeds) {
    for (std::uint64_t number : {seed.coin.number(), seed.first, seed.end}) seeds.number(number);
    seeds.number(seed.label.number());
  }
  for (const std::string& name : request.options.label_names) seeds.text(name);
  head.seeds = seeds.fingerprint();
  StateWriter methods;
  for (MethodKind method : request.methods) methods.number(method);
  head.methods = methods.fingerprint();
  head.stops = request.stops.fingerprint();
  StateWriter options;
  const Cuts& cuts = request.options.cuts;
  options.number(cuts.min_amount);
  options.number(std::uint64_t{cuts.max_hops.has_value()} << 32 | cuts.max_hops.value_or(0));
  // Of an end that was not reached nothing was cut.
  options.number(std::min(cuts.until.value_or(height), height).number());
  options.number<std::uint8_t>(request.options.subsidy.has_value());
  options.number(request.options.subsidy.value_or(0));
  options.number(request.options.fees);
  options.number(request.options.parcels);
  head.options = options.fingerprint();
  return head;
}

Bytes write_state(const StateHead& head, const SavedWalk& walk) {
  StateWriter out;
  put_head(out, head);
  for (const Found& found : walk.found) put_found(out, found);
  out.list(walk.resting.coins, [&](const RestingCoins::Coin& coin) {
    out.number(coin.coin.number());
    out.number(coin.lanes);
  });
  out.list(walk.resting.counts, [&](std::uint32_t count) { out.number(count); });
  out.list(walk.resting.runs, [&](const Run& run) { put_run(out, run); });
  return out.take();
}

Result<ReadWalk> read_state(ByteView state, const WalkRequest& request) {
  TRY_ASSIGN(OpenState opened, open_state(state, StateKind::coins, request.ledger.chain(),
                                          request.options.as_of->number()));
  BlockHeight height(static_cast<std::uint32_t>(opened.head.height));
  TRY(check_same(opened.head, state_head(request, height)));
  Reader in(opened.content, request);
  SavedWalk walk;
  for (std::size_t lane = 0; lane < request.methods.size() && in.ok(); ++lane) {
    walk.found.emplace_back();
    in.found(walk.found.back());
  }
  in.resting(walk.resting);
  TxId end = request.ledger.transactions(height).end;
  bool fits = in.done() && resting_fit(walk.resting, request, end) && books_hold(walk, request);
  if (!fits) return broken_state();
  return ReadWalk{height, std::move(walk)};
}

}  // namespace tracehound::trace
