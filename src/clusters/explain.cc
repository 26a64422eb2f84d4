#include "clusters/explain.h"

#include <algorithm>

#include "base/check.h"
#include "ledger/runs.h"

namespace tracehound::clusters {

using ledger::Ledger;

Links change_links(const Clustering& clustering) {
  Links links;
  if (!clustering.stored() || clustering.rules().can_go_on()) return links;
  const Stored& stored = *clustering.stored();
  for (std::uint64_t row = 0; row < stored.facts().edges; ++row) {
    if (stored.bytes(Part::edge_rule)[row] < kFirstChangeRule) continue;
    Edge edge = stored.edge(row);
    links.of[edge.first].push_back(edge);
    links.of[edge.second].push_back(edge);
  }
  return links;
}

Walk::Walk(const Ledger& ledger, const JoinsNobody& joins_nobody, const Links& links,
           const View& view, std::uint64_t& budget)
    : ledger_(ledger),
      joins_nobody_(joins_nobody),
      links_(links),
      view_(view),
      budget_(budget),
      multi_input_(uses(kMultiInput)),
      wrappers_(uses(kWrapper)) {}

bool Walk::uses(std::uint8_t rule) const {
  return std::ranges::find(view_.not_rules, rule) == view_.not_rules.end();
}

bool Walk::looks_at(TxId tx) const {
  return (!view_.before || tx < *view_.before) && !view_.without.contains(tx);
}

void Walk::go(AddressId from, std::optional<AddressId> to) {
  found_ = {from};
  came_by_.try_emplace(from, Edge{TxId(0), from, from});
  for (std::size_t next = 0; next < found_.size() && complete_; ++next) {
    if (to && reached(*to)) return;
    go_through(found_[next]);
  }
}

void Walk::visit(AddressId from, const Edge& edge) {
  AddressId to = edge.first == from ? edge.second : edge.first;
  if (view_.absent.contains(to)) return;
  Edge turned = edge;
  turned.first = from;
  turned.second = to;
  if (came_by_.try_emplace(to, turned).second) found_.push_back(to);
}

void Walk::go_through(AddressId address) {
  if (view_.absent.contains(address)) return;
  if (multi_input_ && names_a_key(ledger_.address_kind(address))) {
    const auto& index = ledger_.index(ledger::Index::address_input);
    for (const ledger::RunSpan& span : index.spans(address.number())) {
      for (std::uint64_t entry = span.first; entry < span.end && complete_; ++entry) {
        go_through(address, transaction_of_input(ledger_, span.run->row(entry)));
      }
    }
  }
  if (wrappers_) go_through_wrappers(address);
  auto links = links_.of.find(address);
  if (links == links_.of.end()) return;
  for (const Edge& edge : links->second) {
    if (uses(edge.rule) && looks_at(edge.transaction)) visit(address, edge);
  }
}

void Walk::go_through(AddressId address, TxId tx) {
  if (!looks_at(tx) || !seen_.insert(tx).second) return;
  if (budget_ == 0) {
    complete_ = false;
    return;
  }
  --budget_;
  auto spenders = spending_addresses(ledger_, tx);
  if (spenders.size() < 2 || (joins_nobody_ && joins_nobody_(ledger_, tx))) return;
  for (AddressId other : spenders) {
    if (other != address) visit(address, Edge{tx, address, other});
  }
}

void Walk::go_through_wrappers(AddressId address) {
  auto visit_if_shown = [&](const ledger::Wrapper& wrapper) {
    auto tx = shown_by(wrapper);
    if (!tx) return;
    visit(address, Edge{*tx, wrapper.address, wrapper.wraps, kWrapper, kWrapperConfidence});
  };
  if (auto wrapper = ledger_.wrapper_at(address)) visit_if_shown(*wrapper);
  for (const ledger::Wrapper& wrapper : ledger_.wrappers_of(address)) visit_if_shown(wrapper);
}

// The first transaction to be looked at that shows it: every spend of a wrapper does, and every
// spend of one around it.
std::optional<TxId> Walk::shown_by(const ledger::Wrapper& wrapper) const {
  if (looks_at(wrapper.transaction)) return wrapper.transaction;
  if (view_.before && wrapper.transaction >= *view_.before) return std::nullopt;
  std::vector<AddressId> showing = {wrapper.address};
  for (const auto& around : ledger_.wrappers_of(wrapper.address)) showing.push_back(around.address);
  std::optional<TxId> first;
  const auto& index = ledger_.index(ledger::Index::address_input);
  for (AddressId address : showing) {
    for (const ledger::RunSpan& span : index.spans(address.number())) {
      for (std::uint64_t entry = span.first; entry < span.end; ++entry) {
        TxId tx = transaction_of_input(ledger_, span.run->row(entry));
        if (tx < wrapper.transaction || !looks_at(tx)) continue;
        if (!first || tx < *first) first = tx;
        break;  // inputs of one address stand in chain order
      }
    }
  }
  return first;
}

std::vector<Edge> Walk::path(AddressId to) const {
  std::vector<Edge> path;
  for (Edge edge = came_by_.at(to); edge.first != edge.second; edge = came_by_.at(edge.first)) {
    path.push_back(edge);
  }
  std::ranges::reverse(path);
  return path;
}

Pieces pieces_of(const Ledger& ledger, const JoinsNobody& joins_nobody, const Links& links,
                 const View& view, AddressId address, std::vector<AddressId> members,
                 std::uint64_t budget) {
  Pieces pieces;
  std::uint64_t left = budget;
  Walk walk(ledger, joins_nobody, links, view, left);
  auto add = [&](AddressId from) {
    walk.go(from);
    pieces.pieces.push_back(walk.found());
    std::ranges::sort(pieces.pieces.back());
  };
  add(address);
  for (AddressId member : members) {
    if (walk.complete() && !walk.reached(member)) add(member);
  }
  std::sort(pieces.pieces.begin() + 1, pieces.pieces.end(), [](const auto& a, const auto& b) {
    return a.size() != b.size() ? a.size() > b.size() : a.front() < b.front();
  });
  pieces.complete = walk.complete();
  pieces.walked = budget - left;
  return pieces;
}

}  // namespace tracehound::clusters
