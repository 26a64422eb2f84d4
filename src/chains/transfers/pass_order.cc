// Lists that people check by hand are often sorted by address, and one transaction that goes
// through a contract stands there as
//
//   B -> C 100        (B is the contract)
//   A -> B 100
//
// Taken as they stand B would give what it does not have, and whoever traces A's units would lose
// them. So rows are taken as soon as nothing comes in any more to their giver, the first in the
// list first.

#include "chains/transfers/pass_order.h"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <utility>
#include <vector>

namespace tracehound::chains::transfers {

namespace {

using Holder = std::pair<KeyedName, std::uint32_t>;  // account and asset

struct Waiting {
  std::size_t coming = 0;         // rows not taken yet that give it something
  std::vector<std::size_t> rows;  // that it gives
};

}  // namespace

void order_by_passing_on(std::span<const ListedRow*> rows) {
  if (rows.size() < 2) return;
  std::map<Holder, Waiting> holders;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ListedRow& row = *rows[i];
    holders[{row.from, row.asset}].rows.push_back(i);
    if (row.from != row.to && !row.to.empty()) ++holders[{row.to, row.asset}].coming;
  }
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (const auto& [holder, waiting] : holders) {
    if (waiting.coming > 0) continue;
    for (std::size_t row : waiting.rows) ready.push(row);
  }
  std::vector<const ListedRow*> ordered;
  std::vector<bool> taken(rows.size());
  std::size_t first = 0;  // not taken yet
  while (ordered.size() < rows.size()) {
    while (taken[first]) ++first;
    std::size_t next = first;
    if (!ready.empty()) {
      next = ready.top();
      ready.pop();
    }
    if (taken[next]) continue;
    taken[next] = true;
    const ListedRow& row = *rows[next];
    ordered.push_back(&row);
    if (row.from == row.to || row.to.empty()) continue;
    Waiting& taker = holders[{row.to, row.asset}];
    if (--taker.coming > 0) continue;
    for (std::size_t given : taker.rows) ready.push(given);
  }
  std::ranges::copy(ordered, rows.begin());
}

}  // namespace tracehound::chains::transfers
