#include "clusters/co_spends.h"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "base/bytes.h"
#include "base/check.h"
#include "base/parallel.h"

namespace tracehound::clusters {

namespace {

using ledger::Column;
using ledger::Ledger;

// An input's address lies at a random place of a column: a cache miss each, so the places of some
// transactions are asked for before the first is read.
constexpr std::uint32_t kAhead = 64;       // transactions
constexpr std::uint32_t kPart = 1U << 13;  // transactions made at once
constexpr std::size_t kPartsWaiting = 16;

class Reader {
 public:
  Reader(const Ledger& ledger, const JoinsNobody& joins_nobody, UnionFind* joined)
      : ledger_(ledger),
        joins_nobody_(joins_nobody),
        joined_(joined),
        first_input_(ledger.column(Column::tx_first_input)),
        input_coin_(ledger.column(Column::input_coin)),
        coin_address_(ledger.column(Column::coin_address)),
        coin_script_(ledger.column(Column::coin_script)),
        wrappers_(ledger.counts().wrappers) {}

  void read(TxId first, TxId end, std::vector<Edge>& into) const {
    into.clear();
    std::uint64_t wrapper = ledger_.first_wrapper_from(first);
    std::uint32_t wrapper_tx = transaction_of_wrapper(wrapper);
    for (std::uint32_t tx = first.number(); tx < end.number();) {
      std::uint32_t stop = end.number() - tx > kAhead ? tx + kAhead : end.number();
      for (std::uint32_t i = tx; i < stop; ++i) prefetch(i);
      std::size_t begun = into.size();
      for (; tx < stop; ++tx) {
        read_one(tx, into);
        for (; wrapper_tx == tx; wrapper_tx = transaction_of_wrapper(++wrapper)) {
          ledger::Wrapper shown = ledger_.wrapper(wrapper);
          into.push_back(
              {shown.transaction, shown.address, shown.wraps, kWrapper, kWrapperConfidence});
        }
      }
      sift(into, begun);
    }
  }

 private:
  std::uint64_t first_input(std::uint64_t tx) const {
    if (tx == ledger_.counts().transactions) return ledger_.counts().inputs;
    auto first = load_le<Uint40>(first_input_.data() + tx * sizeof(Uint40)).number();
    CHECK_LEDGER(first <= ledger_.counts().inputs);
    return first;
  }
  // kNoTx behind the last.
  std::uint32_t transaction_of_wrapper(std::uint64_t row) const {
    return row < wrappers_ ? ledger_.wrapper(row).transaction.number() : ledger::kNoTx;
  }
  std::uint64_t coin(std::uint64_t input) const {
    auto coin = load_le<Uint40>(input_coin_.data() + input * sizeof(Uint40)).number();
    CHECK_LEDGER(coin < ledger_.counts().coins);
    return coin;
  }
  const Byte* place(std::uint64_t coin) const {
    return coin_address_.data() + coin * sizeof(std::uint32_t);
  }
  // Nothing for a coin that anyone can spend.
  std::optional<AddressId> address(std::uint64_t input) const {
    std::uint64_t spent = coin(input);
    if (!names_a_key(static_cast<ledger::ScriptKind>(coin_script_[spent]))) return std::nullopt;
    auto address = load_le<std::uint32_t>(place(spent));
    CHECK_LEDGER(address < ledger_.counts().addresses);
    return AddressId(address);
  }
  void prefetch(std::uint32_t tx) const {
    std::uint64_t end = first_input(std::uint64_t{tx} + 1);
    std::uint64_t input = first_input(tx);
    if (end < input + 2) return;
    for (; input < end; ++input) {
      std::uint64_t spent = coin(input);
      __builtin_prefetch(place(spent));
      __builtin_prefetch(coin_script_.data() + spent);
    }
  }
  void read_one(std::uint32_t tx, std::vector<Edge>& into) const {
    std::uint64_t end = first_input(std::uint64_t{tx} + 1);
    std::uint64_t input = first_input(tx);
    if (end < input + 2) return;
    std::optional<AddressId> first;
    std::optional<AddressId> last;
    for (; input < end; ++input) {
      auto next = address(input);
      if (!next) continue;
      if (!first) first = next;
      if (next != first && next != last) into.push_back({TxId(tx), *first, *next});
      last = next;
    }
  }
  // Takes from `begun` on out of the links those that join nothing.
  void sift(std::vector<Edge>& links, std::size_t begun) const {
    if (joined_ != nullptr) {
      for (std::size_t i = begun; i < links.size(); ++i) {
        joined_->prefetch(links[i].first.number());
        joined_->prefetch(links[i].second.number());
      }
    }
    std::uint32_t asked = ledger::kNoTx;
    bool nobody = false;
    std::size_t kept = begun;
    for (std::size_t i = begun; i < links.size(); ++i) {
      const Edge& link = links[i];
      if (joined_ != nullptr && joined_->are_one(link.first.number(), link.second.number())) {
        continue;
      }
      if (link.rule == kMultiInput && joins_nobody_) {
        if (link.transaction.number() != asked) nobody = joins_nobody_(ledger_, link.transaction);
        asked = link.transaction.number();
        if (nobody) continue;
      }
      links[kept++] = link;
    }
    links.resize(kept);
  }

  const Ledger& ledger_;
  const JoinsNobody& joins_nobody_;
  UnionFind* joined_;  // or none
  ByteView first_input_;
  ByteView input_coin_;
  ByteView coin_address_;
  ByteView coin_script_;
  std::uint64_t wrappers_;
};

}  // namespace

bool names_a_key(ledger::ScriptKind script) {
  using ledger::ScriptKind;
  switch (script) {
    case ScriptKind::pubkey:
    case ScriptKind::pubkey_hash:
    case ScriptKind::script_hash:
    case ScriptKind::witness_pubkey_hash:
    case ScriptKind::witness_script_hash:
    case ScriptKind::taproot:
    case ScriptKind::multisig:
      return true;
    case ScriptKind::witness_other:
    case ScriptKind::op_return:
    case ScriptKind::other:
      return false;
  }
  return false;
}

bool names_a_key(ledger::AddressKind address) {
  using ledger::AddressKind;
  return address != AddressKind::witness_other && address != AddressKind::op_return &&
         address != AddressKind::other;
}

void for_each_link(const Ledger& ledger, IdRange<TxId> transactions,
                   const JoinsNobody& joins_nobody,
                   const std::function<bool(std::span<const Edge>)>& take, UnionFind* joined) {
  CHECK(transactions.end.number() <= ledger.counts().transactions);
  Reader reader(ledger, joins_nobody, joined);
  std::vector<std::vector<Edge>> slots(kPartsWaiting);
  auto parts = static_cast<std::size_t>((transactions.size() + kPart - 1) / kPart);
  auto make = [&](std::size_t part) {
    auto first = static_cast<std::uint32_t>(transactions.first.number() + part * kPart);
    std::uint32_t end = transactions.end.number();
    if (end - first > kPart) end = first + kPart;
    reader.read(TxId(first), TxId(end), slots[part % kPartsWaiting]);
  };
  pipeline(parts, kPartsWaiting, make,
           [&](std::size_t part) { return take(slots[part % kPartsWaiting]); });
}

TxId transaction_of_input(const Ledger& ledger, std::uint64_t input) {
  ByteView column = ledger.column(ledger::Column::tx_first_input);
  auto first = [&](std::uint64_t tx) {
    return load_le<Uint40>(column.data() + tx * sizeof(Uint40)).number();
  };
  std::uint64_t low = 0;
  std::uint64_t high = ledger.counts().transactions;
  while (high - low > 1) {
    std::uint64_t middle = low + (high - low) / 2;
    if (first(middle) <= input) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return TxId(static_cast<std::uint32_t>(low));
}

std::vector<AddressId> spending_addresses(const Ledger& ledger, TxId tx) {
  std::vector<AddressId> addresses;
  std::unordered_set<AddressId> seen;
  for (std::uint64_t i = 0; i < ledger.input_count(tx); ++i) {
    CoinId coin = ledger.input(tx, i);
    if (!names_a_key(ledger.script(coin))) continue;
    AddressId address = ledger.address(coin);
    if (seen.insert(address).second) addresses.push_back(address);
  }
  return addresses;
}

}  // namespace tracehound::clusters
