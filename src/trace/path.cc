// Problem: through a chain in which everything is connected with everything, name the few ways by
// which most of FROM's units came to TO.
//
//   FROM a (100); t: a -> b 60, c 40; u: b -> d 60; v: c, x (60) -> e 100; w: d, e -> z 160
//   a t b u d w z carries 100 * 60/100 * 60/60 * 160/160 = 60; a t c v e w z carries 40: in that
//   order
//
// An amount never grows along a path. So the search always goes on from the coin that holds most
// (the first of equals), as Dijkstra's does from the nearest: the first path to come to an end is
// the strongest, the second to do so the second, and so on. Where paths meet in a coin they go on
// alike and never change places; so after the N strongest have gone through a coin, no other path
// through it can be among the N strongest of all, and it is not followed.
//
// Coins newer than all of TO are not looked at. What TO's coins descend from is often little, so it
// is gathered first, for as long as half of the work lasts; if that finds an end, the search keeps
// to it and finds at once when there is no path at all. It changes the work, never the answer.
//
// Cost: one visit for each coin taken up, which reads its spender's inputs once and outputs each
// time; memory for each coin looked at. Limits: the number of visits is bounded, not their size.
// Source: best-first enumeration of the K shortest paths, Hoffman and Pavley (1959), with lengths
// -log(share).

#include "trace/path.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "trace/backward_creators.h"
#include "trace/columns.h"

namespace tracehound::trace {

namespace {

__extension__ using Wide = unsigned __int128;

// Where a path has come to.
struct Node {
  CoinId coin;
  Amount amount;
  std::uint32_t before;  // its node before; kStart: the path begins here
};
constexpr std::uint32_t kStart = 0xFFFF'FFFF;

class PathSearch {
 public:
  PathSearch(const ledger::Ledger& ledger, std::vector<CoinId> from, std::vector<CoinId> to,
             const Stops& stops, const PathOptions& options)
      : columns_(ledger),
        creators_(ledger),
        ledger_(ledger),
        from_(std::move(from)),
        to_(std::move(to)),
        stops_(stops),
        options_(options),
        weaker_(Weaker{&nodes_}) {}

  Result<Paths> run();

 private:
  // The node that comes later of two: less amount, then a later coin, then a later node.
  struct Weaker {
    const std::vector<Node>* nodes;
    bool operator()(std::uint32_t a, std::uint32_t b) const {
      const Node& one = (*nodes)[a];
      const Node& other = (*nodes)[b];
      if (one.amount != other.amount) return one.amount < other.amount;
      if (one.coin != other.coin) return one.coin > other.coin;
      return a > b;
    }
  };

  static bool has(const std::vector<CoinId>& set, CoinId coin) {
    return std::ranges::binary_search(set, coin);
  }
  bool leads_on(CoinId coin) const;
  bool stopped(CoinId coin) const;
  void gather_ancestors();
  void set_out();
  Status go_on(std::uint32_t node);
  void add(CoinId coin, Amount amount, std::uint32_t before);
  Path path_to(std::uint32_t node) const;
  Amount total_of(TxId tx);

  Columns columns_;
  Creators creators_;
  const ledger::Ledger& ledger_;
  std::vector<CoinId> from_;  // ascending
  std::vector<CoinId> to_;
  const Stops& stops_;
  const PathOptions& options_;
  Paths found_;

  // Transactions by which FROM's coins could reach TO; nothing: they are too many to say.
  std::optional<std::unordered_set<TxId>> ancestors_;
  std::vector<Node> nodes_;
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, Weaker> weaker_;
  std::unordered_map<CoinId, std::size_t> taken_up_;  // how often
  std::unordered_map<TxId, Amount> totals_;           // of the inputs
};

Result<Paths> PathSearch::run() {
  gather_ancestors();
  set_out();
  while (!weaker_.empty() && found_.paths.size() < options_.paths) {
    std::uint32_t node = weaker_.top();
    weaker_.pop();
    CoinId coin = nodes_[node].coin;
    if (has(to_, coin)) {
      found_.paths.push_back(path_to(node));
      continue;
    }
    if (taken_up_[coin]++ >= options_.paths) continue;
    if (found_.visits >= options_.work || nodes_.size() >= kStart / 2) {
      found_.cut = true;
      break;
    }
    ++found_.visits;
    TRY(go_on(node));
  }
  return std::move(found_);
}

// Whether the transaction that spends it can lie on a path.
bool PathSearch::leads_on(CoinId coin) const {
  std::optional<TxId> spender = columns_.spender(coin);
  if (!spender || columns_.outputs(*spender).first > to_.back()) return false;
  return !ancestors_ || ancestors_->contains(*spender);
}

// No path goes on through it.
bool PathSearch::stopped(CoinId coin) const {
  if (stops_.at(ledger_, coin)) return true;
  return stops_.knows_mixes() && stops_.mix_rule() == MixRule::stop &&
         stops_.is_mix(ledger_, creators_.of(coin, ledger_.creator(coin)));
}

// All transactions behind TO's coins, down to the oldest coin of FROM.
void PathSearch::gather_ancestors() {
  std::unordered_set<TxId> reached;
  std::vector<TxId> waiting;
  auto reach = [&](CoinId coin, TxId near) {
    TxId maker = creators_.of(coin, near);
    if (reached.insert(maker).second) waiting.push_back(maker);
  };
  for (CoinId coin : to_) {
    if (coin > from_.front()) reach(coin, TxId(0));
  }
  while (!waiting.empty()) {
    if (found_.visits >= options_.work / 2) return;
    ++found_.visits;
    TxId tx = waiting.back();
    waiting.pop_back();
    Columns::Inputs inputs = columns_.inputs(tx);
    for (std::uint64_t i = inputs.first; i < inputs.end; ++i) {
      CoinId coin = columns_.input_coin(i);
      if (coin > from_.front() && !has(from_, coin)) reach(coin, tx);
    }
  }
  ancestors_ = std::move(reached);
}

void PathSearch::set_out() {
  for (CoinId coin : from_) {
    Amount value = columns_.value(coin);
    if (value > 0 && (has(to_, coin) || leads_on(coin))) add(coin, value, kStart);
  }
}

void PathSearch::add(CoinId coin, Amount amount, std::uint32_t before) {
  nodes_.push_back({coin, amount, before});
  weaker_.push(static_cast<std::uint32_t>(nodes_.size() - 1));
}

Status PathSearch::go_on(std::uint32_t number) {
  Node node = nodes_[number];
  TxId spender = *columns_.spender(node.coin);  // leads_on() said that there is one
  Columns::Inputs inputs = columns_.inputs(spender);
  if (inputs.first == inputs.end) return {};  // it took the coin's place, and spends nothing
  Amount total = total_of(spender);
  IdRange<CoinId> outputs = columns_.outputs(spender);
  if (outputs.first <= node.coin || total < columns_.value(node.coin)) {
    return machine_error(fmt::format(
        "the ledger in {} contradicts itself at transaction {}: it does not follow from the coins "
        "it spends; run `tracehound ledger check`",
        ledger_.folder(), ledger_.txid(spender).text()));
  }
  for (CoinId coin : outputs) {
    if (coin > to_.back()) break;
    Amount value = std::min(columns_.value(coin), total);
    auto amount = static_cast<Amount>(Wide{node.amount} * value / total);
    if (amount == 0 || has(from_, coin)) continue;
    bool goes_on = has(to_, coin) || (leads_on(coin) && !stopped(coin));
    if (goes_on) add(coin, amount, number);
  }
  return {};
}

Amount PathSearch::total_of(TxId tx) {
  auto [entry, fresh] = totals_.try_emplace(tx, 0);
  if (!fresh) return entry->second;
  Columns::Inputs inputs = columns_.inputs(tx);
  for (std::uint64_t i = inputs.first; i < inputs.end; ++i) {
    entry->second += columns_.value(columns_.input_coin(i));
  }
  return entry->second;
}

Path PathSearch::path_to(std::uint32_t number) const {
  Path path;
  for (; nodes_[number].before != kStart; number = nodes_[number].before) {
    const Node& node = nodes_[number];
    path.steps.push_back({ledger_.creator(node.coin), node.coin, node.amount});
  }
  std::ranges::reverse(path.steps);
  path.from = nodes_[number].coin;
  path.value = nodes_[number].amount;
  return path;
}

Result<std::vector<CoinId>> sorted_set(const ledger::Ledger& ledger, std::span<const CoinId> coins,
                                       std::string_view end) {
  if (coins.empty()) {
    return fail(ErrorKind::usage, fmt::format("there is no coin to {} a path; name one", end));
  }
  std::vector<CoinId> set(coins.begin(), coins.end());
  std::ranges::sort(set);
  set.erase(std::ranges::unique(set).begin(), set.end());
  if (set.back().number() >= ledger.counts().coins) {
    return bad_input(fmt::format("coin {} cannot {} a path: the ledger has {} coins",
                                 set.back().number(), end, ledger.counts().coins));
  }
  return set;
}

}  // namespace

Result<Paths> find_paths(const ledger::Ledger& ledger, std::span<const CoinId> from,
                         std::span<const CoinId> to, const Stops& stops,
                         const PathOptions& options) {
  if (options.paths == 0) {
    return fail(ErrorKind::usage, "no path is asked for; ask for at least 1");
  }
  TRY_ASSIGN(auto from_set, sorted_set(ledger, from, "begin"));
  TRY_ASSIGN(auto to_set, sorted_set(ledger, to, "end"));
  return PathSearch(ledger, std::move(from_set), std::move(to_set), stops, options).run();
}

}  // namespace tracehound::trace
