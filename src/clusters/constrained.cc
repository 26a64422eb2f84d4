#include "clusters/constrained.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "base/parallel.h"
#include "clusters/co_spends.h"

namespace tracehound::clusters {

namespace {

using ledger::Ledger;

struct Guess {
  TxId transaction;
  AddressId payer;
  ChangeLink link;
};

// Which sets must not become one. Sets are known by their roots; the lists by a label that a set
// keeps when its root changes, so that joining a long list with a short one touches the short one.
class Forbidden {
 public:
  void forbid(std::uint32_t root, std::uint32_t other, TxId by) {
    note(label(root), label(other), by);
    note(label(other), label(root), by);
  }
  std::optional<TxId> between(std::uint32_t root, std::uint32_t other) const {
    auto list = lists_.find(label(root));
    if (list == lists_.end()) return std::nullopt;
    auto found = list->second.find(label(other));
    if (found == list->second.end()) return std::nullopt;
    return found->second;
  }
  // The two sets are one now, whose root is `root`.
  void joined(std::uint32_t root, std::uint32_t gone) {
    std::uint32_t kept = label(root);
    std::uint32_t moved = label(gone);
    if (size(kept) < size(moved)) std::swap(kept, moved);
    labels_[root] = kept;
    auto list = lists_.extract(moved);
    if (list.empty()) return;
    for (const auto& [other, by] : list.mapped()) {
      lists_.at(other).erase(moved);
      note(other, kept, by);
      note(kept, other, by);
    }
  }

 private:
  using List = std::unordered_map<std::uint32_t, TxId>;

  std::uint32_t label(std::uint32_t root) const {
    auto found = labels_.find(root);
    return found == labels_.end() ? root : found->second;
  }
  std::size_t size(std::uint32_t label) const {
    auto list = lists_.find(label);
    return list == lists_.end() ? 0 : list->second.size();
  }
  void note(std::uint32_t label, std::uint32_t other, TxId by) {
    auto [found, fresh] = lists_[label].try_emplace(other, by);
    if (!fresh) found->second = std::min(found->second, by);
  }

  std::unordered_map<std::uint32_t, std::uint32_t> labels_;
  std::unordered_map<std::uint32_t, List> lists_;
};

// Of the first input that names a key.
std::optional<AddressId> payer_of(const Ledger& ledger, TxId tx) {
  for (std::uint64_t i = 0; i < ledger.input_count(tx); ++i) {
    CoinId coin = ledger.input(tx, i);
    if (names_a_key(ledger.script(coin))) return ledger.address(coin);
  }
  return std::nullopt;
}

CoinId change_coin(const Ledger& ledger, TxId tx, const ChangeLink& link) {
  return CoinId(ledger.outputs(tx).first.number() + link.output);
}

std::vector<Guess> guesses_of(const Ledger& ledger, IdRange<TxId> transactions,
                              const Rules& rules) {
  constexpr std::uint64_t kPart = 1U << 12;
  std::size_t parts = (transactions.size() + kPart - 1) / kPart;
  std::vector<std::vector<Guess>> found(parts);
  parallel_for(parts, [&](std::size_t part) {
    std::uint64_t first = transactions.first.number() + part * kPart;
    std::uint64_t end = std::min<std::uint64_t>(transactions.end.number(), first + kPart);
    for (std::uint64_t number = first; number < end; ++number) {
      TxId tx(static_cast<std::uint32_t>(number));
      if (ledger.is_coinbase(tx)) continue;
      auto link = rules.find_change(ledger, tx);
      if (!link || !names_a_key(ledger.script(change_coin(ledger, tx, *link)))) continue;
      if (auto payer = payer_of(ledger, tx)) found[part].push_back({tx, *payer, *link});
    }
  });
  std::vector<Guess> all;
  for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  return all;
}

void forbid_payments(const Ledger& ledger, const Guess& guess, UnionFind& sets,
                     Forbidden& forbidden) {
  std::uint32_t payer = sets.find(guess.payer.number());
  std::uint32_t number = 0;
  for (CoinId coin : ledger.outputs(guess.transaction)) {
    if (number++ == guess.link.output) continue;
    if (!names_a_key(ledger.script(coin))) continue;
    std::uint32_t paid = sets.find(ledger.address(coin).number());
    if (paid != payer) forbidden.forbid(payer, paid, guess.transaction);
  }
}

}  // namespace

ChangeUnions join_by_change(const Ledger& ledger, IdRange<TxId> transactions, const Rules& rules,
                            UnionFind& sets) {
  CHECK(rules.find_change);
  std::vector<Guess> guesses = guesses_of(ledger, transactions, rules);
  Forbidden forbidden;
  for (const Guess& guess : guesses) forbid_payments(ledger, guess, sets, forbidden);
  std::ranges::stable_sort(guesses, std::greater(),
                           [](const Guess& guess) { return guess.link.confidence; });
  ChangeUnions unions;
  for (const Guess& guess : guesses) {
    CoinId coin = change_coin(ledger, guess.transaction, guess.link);
    Edge edge{guess.transaction, guess.payer, ledger.address(coin), guess.link.rule,
              guess.link.confidence};
    std::uint32_t one = sets.find(edge.first.number());
    std::uint32_t other = sets.find(edge.second.number());
    if (one == other) continue;
    if (auto against = forbidden.between(one, other)) {
      unions.refused.push_back({edge, *against});
      continue;
    }
    sets.unite(one, other);
    forbidden.joined(std::min(one, other), std::max(one, other));
    unions.joined.push_back(edge);
  }
  return unions;
}

}  // namespace tracehound::clusters
