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

// An input's address lies at a random place of a column, and that address's set at another: a cache
// miss each, so both are asked for some transactions before they are read.
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
    Batch batch;
    for (std::uint32_t tx = first.number(); tx < end.number();) {
      std::uint32_t stop = end.number() - tx > kAhead ? tx + kAhead : end.number();
      gather(tx, stop, batch);
      std::size_t next = 0;
      for (const Spender& spender : batch.spenders) {
        for (; wrapper_tx < spender.tx; wrapper_tx = transaction_of_wrapper(++wrapper)) {
          add_wrapper(wrapper, into);
        }
        std::span<const Spent> spent(&batch.spent[next], spender.end - next);
        next = spender.end;
        if (!shows_nothing(spent)) add_co_spends(spender.tx, spent, into);
      }
      tx = stop;
      for (; wrapper_tx < tx; wrapper_tx = transaction_of_wrapper(++wrapper)) {
        add_wrapper(wrapper, into);
      }
    }
  }

 private:
  struct Spent {
    std::uint64_t coin;
    std::uint32_t address;
  };
  struct Spender {
    std::uint32_t tx;
    std::size_t end;  // of its coins in Batch::spent
  };
  // The transactions of a few that spend two coins or more.
  struct Batch {
    std::vector<Spender> spenders;
    std::vector<Spent> spent;
  };

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
  const Byte* place(std::uint64_t coin) const {
    return coin_address_.data() + coin * sizeof(std::uint32_t);
  }
  bool takes_a_key(std::uint64_t coin) const {
    return names_a_key(static_cast<ledger::ScriptKind>(coin_script_[coin]));
  }

  void gather(std::uint32_t tx, std::uint32_t stop, Batch& batch) const {
    batch.spenders.clear();
    batch.spent.clear();
    for (std::uint64_t input = first_input(tx); tx < stop; ++tx) {
      std::uint64_t end = first_input(std::uint64_t{tx} + 1);
      if (end < input + 2) {
        input = end;
        continue;
      }
      for (; input < end; ++input) {
        auto coin = load_le<Uint40>(input_coin_.data() + input * sizeof(Uint40)).number();
        CHECK_LEDGER(coin < ledger_.counts().coins);
        __builtin_prefetch(place(coin));
        __builtin_prefetch(coin_script_.data() + coin);
        batch.spent.push_back({coin, 0});
      }
      batch.spenders.push_back({tx, batch.spent.size()});
    }
    for (Spent& spent : batch.spent) {
      spent.address = load_le<std::uint32_t>(place(spent.coin));
      CHECK_LEDGER(spent.address < ledger_.counts().addresses);
      if (joined_ != nullptr) joined_->prefetch(spent.address);
    }
  }

  // Whether they are of one address or of one set, whatever their scripts: many that spend two
  // coins or more leave here.
  bool shows_nothing(std::span<const Spent> spent) const {
    std::uint32_t first = spent.front().address;
    if (joined_ == nullptr) {
      return std::ranges::all_of(spent, [&](const Spent& one) { return one.address == first; });
    }
    std::uint32_t root = joined_->find(first);
    return std::ranges::all_of(spent, [&](const Spent& one) {
      return one.address == first || joined_->find(one.address) == root;
    });
  }
  void add_co_spends(std::uint32_t tx, std::span<const Spent> spent,
                     std::vector<Edge>& into) const {
    std::size_t begun = into.size();
    std::optional<std::uint32_t> first;
    std::uint32_t last = 0;
    for (const Spent& one : spent) {
      if (!takes_a_key(one.coin)) continue;
      std::uint32_t next = one.address;
      if (!first) {
        first = next;
      } else if (next != first && next != last && !are_one(*first, next)) {
        into.push_back({TxId(tx), AddressId(*first), AddressId(next)});
      }
      last = next;
    }
    if (into.size() > begun && joins_nobody_ && joins_nobody_(ledger_, TxId(tx))) {
      into.resize(begun);
    }
  }
  void add_wrapper(std::uint64_t row, std::vector<Edge>& into) const {
    ledger::Wrapper shown = ledger_.wrapper(row);
    if (are_one(shown.address.number(), shown.wraps.number())) return;
    into.push_back({shown.transaction, shown.address, shown.wraps, kWrapper, kWrapperConfidence});
  }
  bool are_one(std::uint32_t one, std::uint32_t other) const {
    return joined_ != nullptr && joined_->are_one(one, other);
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
