// Peel chains, forwards and backwards.
//
//   100 -> 3 + 97 -> 5 + 92 -> 2 + 90 -> ...
//
// The rest goes to a new address of the owner's each time, what is peeled off to a shop or a
// service, whose address has mostly been seen before. That decides most hops. Where both are new,
// the owner's habits decide: software and settings that spent here (version, locktime,
// replaceability, witness data, the inputs' kind) will spend the rest as well. Where that too
// leaves both or none, the larger part goes on if it is much larger, and the hop says so; else the
// chain ends. A hop costs one look at a transaction and its spenders, so a chain is linear in its
// length.
//
// What it cannot tell: a payment to a new address of somebody who uses the same software.
#include "clusters/peel.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "clusters/coinjoin.h"

namespace tracehound::clusters {

namespace {

using ledger::Ledger;
using ledger::ScriptKind;

constexpr std::array<std::string_view, 9> kEnds = {
    "unspent", "peeled", "shape", "coinbase", "mix", "pause", "undecided", "longest", "joined"};

// The marks that a wallet leaves on what it spends.
struct Habits {
  std::uint32_t marks;  // shape without the weight
  ScriptKind kind;      // of the first input
  friend bool operator==(const Habits&, const Habits&) = default;
};

Habits habits_of(const Ledger& ledger, TxId tx) {
  return {.marks = ledger.shape(tx) & ~ledger::shape::kWeightMask,
          .kind = ledger.script(ledger.input(tx, 0))};
}

// The transaction's two spendable outputs, if all its inputs are of one address and these two are
// all.
std::optional<std::array<CoinId, 2>> two_parts(const Ledger& ledger, TxId tx) {
  std::uint64_t inputs = ledger.input_count(tx);
  auto outputs = ledger.outputs(tx);
  if (inputs == 0 || outputs.size() < 2 || outputs.size() > 3) return std::nullopt;
  AddressId owner = ledger.address(ledger.input(tx, 0));
  for (std::uint64_t i = 1; i < inputs; ++i) {
    if (ledger.address(ledger.input(tx, i)) != owner) return std::nullopt;
  }
  std::array<CoinId, 2> parts{};
  std::size_t found = 0;
  for (CoinId coin : outputs) {
    if (ledger.script(coin) == ScriptKind::op_return) continue;
    if (found == parts.size()) return std::nullopt;
    parts[found++] = coin;
  }
  if (found != parts.size()) return std::nullopt;
  return parts;
}

class Walk {
 public:
  Walk(const Ledger& ledger, const PeelOptions& options)
      : ledger_(ledger), options_(options), fresh_(ledger), recogniser_(ledger) {}

  PeelChain forward(TxId tx);
  PeelChain backward(TxId tx);
  // The hop that a transaction is, or what ends a chain there.
  std::optional<PeelHop> hop_at(TxId tx, PeelEnd& end);
  // Where the rest goes on, or what ends the chain behind this hop.
  std::optional<TxId> next_of(const PeelHop& hop, PeelEnd& end) const;

 private:
  // What ends a chain at this transaction, if anything does.
  std::optional<PeelEnd> end_at(TxId tx);
  // The hop that a transaction is; nothing where its parts cannot be told apart.
  std::optional<PeelHop> hop_of(TxId tx);
  bool too_late(TxId earlier, TxId later) const {
    return options_.pause_max != 0 &&
           ledger_.time(later) > std::uint64_t{ledger_.time(earlier)} + options_.pause_max;
  }

  const Ledger& ledger_;
  const PeelOptions& options_;
  FreshAddresses fresh_;
  Recogniser recogniser_;
};

std::optional<PeelEnd> Walk::end_at(TxId tx) {
  if (ledger_.is_coinbase(tx)) return PeelEnd::coinbase;
  auto recognised = recogniser_.alone(tx);
  if (recognised && is_coinjoin(recognised->protocol)) return PeelEnd::mix;
  if (!two_parts(ledger_, tx)) return PeelEnd::shape;
  return std::nullopt;
}

std::optional<PeelHop> Walk::hop_of(TxId tx) {
  auto parts = *two_parts(ledger_, tx);
  if (auto next = find_next(ledger_, tx, fresh_)) {
    CoinId other = *next == parts[0] ? parts[1] : parts[0];
    return PeelHop{.tx = tx, .rest = *next, .peeled = other, .by_value = false};
  }
  Amount first = ledger_.value(parts[0]);
  Amount second = ledger_.value(parts[1]);
  if (first < second) std::swap(parts[0], parts[1]);
  if (options_.larger_share == 0 ||
      std::max(first, second) * 100 < (first + second) * options_.larger_share) {
    return std::nullopt;
  }
  return PeelHop{.tx = tx, .rest = parts[0], .peeled = parts[1], .by_value = true};
}

std::optional<PeelHop> Walk::hop_at(TxId tx, PeelEnd& end) {
  if (auto ends = end_at(tx)) {
    end = *ends;
    return std::nullopt;
  }
  auto hop = hop_of(tx);
  if (!hop) end = PeelEnd::undecided;
  return hop;
}

std::optional<TxId> Walk::next_of(const PeelHop& hop, PeelEnd& end) const {
  auto spender = ledger_.spender(hop.rest);
  if (!spender || ledger_.is_replaced(hop.rest)) {
    end = PeelEnd::unspent;
    return std::nullopt;
  }
  if (too_late(hop.tx, *spender)) {
    end = PeelEnd::pause;
    return std::nullopt;
  }
  return spender;
}

PeelChain Walk::forward(TxId tx) {
  PeelChain chain;
  for (std::optional<TxId> next = tx; next;) {
    auto hop = hop_at(*next, chain.end);
    if (!hop) break;
    if (chain.hops.size() == options_.hops_max) {
      chain.end = PeelEnd::longest;
      break;
    }
    chain.hops.push_back(*hop);
    next = next_of(*hop, chain.end);
  }
  return chain;
}

PeelChain Walk::backward(TxId tx) {
  PeelChain chain;
  std::optional<CoinId> came_as;  // the coin that the hop after this one spends
  for (;;) {
    std::optional<PeelEnd> end = end_at(tx);
    if (!end && chain.hops.size() == options_.hops_max) end = PeelEnd::longest;
    std::optional<PeelHop> hop;
    if (!end) hop = hop_of(tx);
    if (!end && !hop) end = PeelEnd::undecided;
    if (!end && came_as && hop->rest != *came_as) end = PeelEnd::peeled;
    if (!end && !chain.hops.empty() && too_late(tx, chain.hops.back().tx)) end = PeelEnd::pause;
    if (end) {
      chain.end = *end;
      std::ranges::reverse(chain.hops);
      return chain;
    }
    chain.hops.push_back(*hop);
    // Several inputs of one address may come from several places: the largest says where from.
    CoinId largest = ledger_.input(tx, 0);
    for (std::uint64_t i = 1; i < ledger_.input_count(tx); ++i) {
      CoinId coin = ledger_.input(tx, i);
      if (ledger_.value(coin) > ledger_.value(largest)) largest = coin;
    }
    came_as = largest;
    tx = ledger_.creator(largest);
  }
}

}  // namespace

std::string_view name_of(PeelEnd end) { return kEnds[static_cast<std::size_t>(end)]; }

std::optional<CoinId> find_next(const Ledger& ledger, TxId tx) {
  FreshAddresses fresh(ledger);
  return find_next(ledger, tx, fresh);
}

std::optional<CoinId> find_next(const Ledger& ledger, TxId tx, FreshAddresses& fresh) {
  if (ledger.is_coinbase(tx)) return std::nullopt;
  std::vector<CoinId> new_ones;
  for (CoinId coin : ledger.outputs(tx)) {
    if (ledger.script(coin) == ScriptKind::op_return) continue;
    if (fresh.is_fresh(tx, ledger.address(coin))) new_ones.push_back(coin);
  }
  if (new_ones.size() == 1) return new_ones.front();
  Habits own = habits_of(ledger, tx);
  std::optional<CoinId> next;
  for (CoinId coin : new_ones) {
    auto spender = ledger.spender(coin);
    if (!spender || ledger.is_coinbase(*spender) || habits_of(ledger, *spender) != own) continue;
    if (next) return std::nullopt;
    next = coin;
  }
  return next;
}

std::optional<CoinId> find_previous(const Ledger& ledger, TxId tx) {
  std::optional<CoinId> found;
  for (std::uint64_t i = 0; i < ledger.input_count(tx); ++i) {
    CoinId coin = ledger.input(tx, i);
    if (find_next(ledger, ledger.creator(coin)) != coin) continue;
    if (found) return std::nullopt;
    found = coin;
  }
  return found;
}

PeelChain follow_peel(const Ledger& ledger, TxId start, const PeelOptions& options) {
  return Walk(ledger, options).forward(start);
}

PeelChain follow_peel_back(const Ledger& ledger, TxId end, const PeelOptions& options) {
  return Walk(ledger, options).backward(end);
}

std::vector<PeelChain> find_peels(const Ledger& ledger, IdRange<TxId> transactions,
                                  std::size_t least, const PeelOptions& options,
                                  const std::function<void(TxId)>& on_transaction) {
  Walk walk(ledger, options);
  std::vector<PeelChain> found;
  std::unordered_map<TxId, PeelChain> going_on;  // by the transaction that spends the rest
  auto finish = [&](PeelChain chain, PeelEnd end) {
    chain.end = end;
    if (!chain.hops.empty() && chain.hops.size() >= least) found.push_back(std::move(chain));
  };
  for (TxId tx : transactions) {
    PeelChain chain;
    if (auto before = going_on.extract(tx)) chain = std::move(before.mapped());
    PeelEnd end = PeelEnd::longest;
    auto hop = walk.hop_at(tx, end);
    bool goes_on = hop && chain.hops.size() < options.hops_max;
    if (!goes_on) {
      finish(std::move(chain), end);
      chain = {};
    }
    if (hop) {
      chain.hops.push_back(*hop);
      if (auto next = walk.next_of(*hop, end); !next) {
        finish(std::move(chain), end);
      } else if (going_on.contains(*next)) {
        finish(std::move(chain), PeelEnd::joined);
      } else {
        going_on.emplace(*next, std::move(chain));
      }
    }
    if (on_transaction) on_transaction(tx);
  }
  for (auto& [next, chain] : going_on) finish(std::move(chain), PeelEnd::longest);
  std::ranges::sort(found, {}, [](const PeelChain& chain) { return chain.hops.front().tx; });
  return found;
}

}  // namespace tracehound::clusters
