// The picture of a theft has to be as honest with five thousand hops as with two. Drawing each
// coin's way would not be: ways part and join again, and a coin where they join has no single
// distance from the theft. So the flow is told from its end. Every unit rests in exactly one coin,
// and that coin has one hop count (the fewest transactions from a seed). Column h holds the units
// that rest h hops away or further; the ones that rest at h leave it for their destination, the
// others go on to the next column. The columns thin out exactly as the books do:
//
//   amount(h) = sum of rests with hop >= h        amount(0) = the effective seed
//   amount(h) - amount(h+1) = sum over destinations of link(h, destination)
//
// The transactions listed behind a column are those that brought units into coins of its hops.
// They may carry more than the column's amount: units that later joined others nearer to the theft
// passed here too. The page says so where it happens.
//
// Cost: a sort of the rests and one of the moves.
#include "incidents/report_flow.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "incidents/report_text.h"

namespace tracehound::incidents {

namespace {

constexpr std::size_t kServiceNodes = 8;
constexpr std::size_t kLinkTransactions = 12;
constexpr std::size_t kColumnTransactions = 25;

// What is summed per transaction, in the order of its key: (column, node) or (column).
struct Share {
  std::size_t column;
  std::size_t node;
  TxId transaction;
  Units amount;
};

bool in_order(const Share& a, const Share& b) {
  return std::tie(a.column, a.node, a.transaction) < std::tie(b.column, b.node, b.transaction);
}

// Keeps the largest `limit` of the (at most two times as many) entries, in page order.
void keep_largest(std::vector<std::pair<TxId, FlowTransaction>>& list, std::size_t limit,
                  bool conserves) {
  std::sort(list.begin(), list.end(), [&](const auto& a, const auto& b) {
    Units of_a = conserves ? a.second.amount : Units(a.second.coins);
    Units of_b = conserves ? b.second.amount : Units(b.second.coins);
    return of_a != of_b ? of_a > of_b : a.first < b.first;
  });
  if (list.size() > limit) list.resize(limit);
}

// Sums shares[first..] of one (column, node) per transaction; `done` gets count and the largest.
// Returns where the next group begins.
template <typename Done>
std::size_t sum_group(const std::vector<Share>& shares, std::size_t first, std::size_t limit,
                      bool conserves, const Done& done) {
  std::vector<std::pair<TxId, FlowTransaction>> largest;
  std::uint64_t transactions = 0;
  std::uint64_t coins = 0;
  Units amount;
  std::size_t i = first;
  auto same_group = [&](const Share& share) {
    return share.column == shares[first].column && share.node == shares[first].node;
  };
  while (i < shares.size() && same_group(shares[i])) {
    FlowTransaction sum;
    TxId transaction = shares[i].transaction;
    for (; i < shares.size() && same_group(shares[i]) && shares[i].transaction == transaction;
         ++i) {
      sum.amount += shares[i].amount;
      ++sum.coins;
    }
    ++transactions;
    amount += sum.amount;
    coins += sum.coins;
    largest.emplace_back(transaction, sum);
    if (largest.size() == 2 * limit) keep_largest(largest, limit, conserves);
  }
  keep_largest(largest, limit, conserves);
  done(amount, coins, transactions, largest);
  return i;
}

std::vector<FlowTransaction> described(const std::vector<std::pair<TxId, FlowTransaction>>& largest,
                                       const std::function<FlowTransaction(TxId)>& describe) {
  std::vector<FlowTransaction> list;
  for (const auto& [transaction, sum] : largest) {
    FlowTransaction entry = describe(transaction);
    entry.amount = sum.amount;
    entry.coins = sum.coins;
    list.push_back(entry);
  }
  return list;
}

// One node per destination, the services beyond the largest folded into a last one of their kind.
// `node_of` gets each destination's node.
std::vector<FlowNode> make_nodes(std::span<const ReportDestination> destinations,
                                 std::vector<std::size_t>& node_of) {
  std::size_t services = 0;
  for (const auto& destination : destinations) {
    services += destination.kind == trace::DestinationKind::service ? 1 : 0;
  }
  // A fold of one would hide a name and save nothing.
  std::size_t shown = services <= kServiceNodes + 1 ? services : kServiceNodes;
  std::vector<FlowNode> nodes;
  std::optional<std::size_t> others;
  std::size_t service = 0;
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    const ReportDestination& destination = destinations[i];
    bool folded = destination.kind == trace::DestinationKind::service && service++ >= shown;
    if (!folded || !others) {
      if (folded) others = nodes.size();
      nodes.push_back({destination.kind, folded ? "" : destination.name, std::nullopt, 0, {}, 0});
      if (!folded) nodes.back().destination = i;
    }
    node_of.push_back(folded ? *others : nodes.size() - 1);
    FlowNode& node = nodes[node_of.back()];
    node.folded += folded ? 1 : 0;
    node.amount += destination.amount;
    node.coins += destination.coins;
  }
  return nodes;
}

std::vector<FlowColumn> make_columns(std::span<const Rest> rests, std::span<const Move> moves) {
  std::uint32_t deepest = 0;
  for (const Rest& rest : rests) deepest = std::max(deepest, rest.hop);
  for (const Move& move : moves) deepest = std::max(deepest, move.hop);
  std::vector<FlowColumn> columns(1);
  for (auto [first, last] : hop_ranges(deepest)) {
    columns.emplace_back();
    columns.back().first_hop = first;
    columns.back().last_hop = last;
  }
  return columns;
}

std::size_t column_of(const std::vector<FlowColumn>& columns, std::uint32_t hop) {
  std::size_t column = 0;
  while (columns[column].last_hop < hop) ++column;
  return column;
}

// In groups of column and node, and in them by transaction.
std::vector<Share> shares_of(const Flow& flow, std::span<const Rest> rests,
                             const std::vector<std::size_t>& node_of) {
  std::vector<Share> shares;
  shares.reserve(rests.size());
  for (const Rest& rest : rests) {
    shares.push_back({column_of(flow.columns, rest.hop), node_of[rest.destination],
                      rest.transaction, rest.amount});
  }
  std::sort(shares.begin(), shares.end(), in_order);
  return shares;
}

std::vector<Share> shares_of(const Flow& flow, std::span<const Move> moves) {
  std::vector<Share> shares;
  shares.reserve(moves.size());
  for (const Move& move : moves) {
    shares.push_back({column_of(flow.columns, move.hop), 0, move.transaction, move.amount});
  }
  std::sort(shares.begin(), shares.end(), in_order);
  return shares;
}

using Describe = std::function<FlowTransaction(TxId)>;

void add_links(Flow& flow, const std::vector<Share>& shares, bool conserves,
               const Describe& describe) {
  for (std::size_t i = 0; i < shares.size();) {
    FlowLink link{shares[i].column, shares[i].node, {}, 0, 0, {}};
    i = sum_group(shares, i, kLinkTransactions, conserves,
                  [&](const Units& amount, std::uint64_t coins, std::uint64_t transactions,
                      const auto& largest) {
                    link.amount = amount;
                    link.coins = coins;
                    link.transactions = transactions;
                    link.largest = described(largest, describe);
                  });
    for (std::size_t column = 0; column <= link.column; ++column) {
      flow.columns[column].amount += link.amount;
      flow.columns[column].coins += link.coins;
    }
    flow.links.push_back(std::move(link));
  }
}

void add_carried(Flow& flow, const std::vector<Share>& shares, bool conserves,
                 const Describe& describe) {
  for (std::size_t i = 0; i < shares.size();) {
    FlowColumn& column = flow.columns[shares[i].column];
    i = sum_group(
        shares, i, kColumnTransactions, conserves,
        [&](const Units& amount, std::uint64_t, std::uint64_t transactions, const auto& largest) {
          column.carried = amount;
          column.transactions = transactions;
          column.largest = described(largest, describe);
        });
  }
}

}  // namespace

std::vector<std::pair<std::uint32_t, std::uint32_t>> hop_ranges(std::uint32_t deepest) {
  // First hops of the columns; a range ends where the next begins.
  std::vector<std::uint32_t> firsts;
  if (deepest <= 9) {
    firsts = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  } else if (deepest < 100) {
    firsts = {1, 2, 3, 4, 5, 7, 10, 20, 50};
  } else {
    firsts = {1, 2, 3, 4, 7, 10, 100, 1000, 10'000};
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
  for (std::size_t i = 0; i < firsts.size() && firsts[i] <= deepest; ++i) {
    std::uint32_t last = deepest;
    if (i + 1 < firsts.size()) last = std::min(last, firsts[i + 1] - 1);
    ranges.emplace_back(firsts[i], last);
  }
  return ranges;
}

Flow make_flow(std::span<const ReportDestination> destinations, std::span<const Rest> rests,
               std::span<const Move> moves, bool conserves,
               const std::function<FlowTransaction(TxId)>& describe) {
  Flow flow;
  std::vector<std::size_t> node_of;
  flow.nodes = make_nodes(destinations, node_of);
  flow.columns = make_columns(rests, moves);
  add_links(flow, shares_of(flow, rests, node_of), conserves, describe);
  add_carried(flow, shares_of(flow, moves), conserves, describe);
  return flow;
}

}  // namespace tracehound::incidents
