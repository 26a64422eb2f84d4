// The ledger columns a walk reads for every coin it touches, at hand: the same answers as Ledger's
// accessors without a call each. A number read from the ledger is checked where it is read; a row
// that such a check has let through is then read without another.
#pragma once

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/prefetch.h"
#include "ledger/ledger.h"

namespace tracehound::trace {

class Columns {
 public:
  // The ledger must outlive it. Coins that only transactions from `end` on spend count as unspent,
  // those of unconfirmed transactions too unless `end` is the ledger's own.
  explicit Columns(const ledger::Ledger& ledger, TxId end)
      : ledger_(ledger),
        counts_(ledger.counts()),
        spent_before_(std::min<std::uint64_t>(end.number(), ledger.manifest().counts.transactions)),
        with_unconfirmed_(end.number() >= counts_.transactions && ledger.unconfirmed()),
        first_input_(ledger.column(ledger::Column::tx_first_input).data()),
        first_coin_(ledger.column(ledger::Column::tx_first_coin).data()),
        input_coin_(ledger.column(ledger::Column::input_coin).data()),
        value_(ledger.column(ledger::Column::coin_value).data()),
        spender_(ledger.column(ledger::Column::coin_spender).data()),
        script_(ledger.column(ledger::Column::coin_script).data()),
        address_(ledger.column(ledger::Column::coin_address).data()) {
    for (const ledger::ColumnSpec& spec : ledger::kColumns) {
      CHECK(ledger.column(spec.column).size() == rows_of(spec.column, counts_) * spec.width);
    }
  }
  explicit Columns(const ledger::Ledger& ledger)
      : Columns(ledger, TxId(static_cast<std::uint32_t>(ledger.counts().transactions))) {}

  // ---- of a transaction. REQUIRES: it is one of the ledger's. ----
  IdRange<CoinId> outputs(TxId tx) const {
    auto [first, end] = range(first_coin_, tx, counts_.coins);
    return {CoinId(first), CoinId(end)};
  }
  // Numbers for input_coin(). Empty for a coinbase.
  struct Inputs {
    std::uint64_t first;
    std::uint64_t end;
    std::uint64_t size() const { return end - first; }
  };
  Inputs inputs(TxId tx) const {
    auto [first, end] = range(first_input_, tx, counts_.inputs);
    return {first, end};
  }
  // REQUIRES: a number from inputs().
  CoinId input_coin(std::uint64_t input) const {
    std::uint64_t coin = row40(input_coin_, input);
    CHECK_LEDGER(coin < counts_.coins);
    return CoinId(coin);
  }

  // ---- of a coin. REQUIRES: it came from outputs() or input_coin(). ----
  Amount value(CoinId coin) const {
    return load_le<Amount>(value_ + coin.number() * sizeof(Amount));
  }
  ledger::ScriptKind script(CoinId coin) const {
    return static_cast<ledger::ScriptKind>(script_[coin.number()]);
  }
  AddressId address(CoinId coin) const {
    return AddressId(load_le<std::uint32_t>(address_ + coin.number() * sizeof(std::uint32_t)));
  }
  // Nothing: unspent.
  std::optional<TxId> spender(CoinId coin) const {
    auto tx = load_le<std::uint32_t>(spender_ + coin.number() * sizeof(std::uint32_t));
    if (tx < spent_before_) return TxId(tx);
    if (!with_unconfirmed_) return std::nullopt;
    return ledger_.unconfirmed_spender(coin);
  }

  // ---- what a visit of the transaction will need, fetched in three steps, each when the one
  // before has arrived: its rows; its inputs' numbers and its outputs' rows; its inputs' values.
  // ----
  void prefetch_rows(TxId tx) const {
    tracehound::prefetch(first_input_ + tx.number() * kRow40);
    tracehound::prefetch(first_coin_ + tx.number() * kRow40);
  }
  void prefetch_coins(TxId tx, bool addresses) const {
    tracehound::prefetch(input_coin_ + row40(first_input_, tx.number()) * kRow40);
    std::uint64_t output = row40(first_coin_, tx.number());
    tracehound::prefetch(value_ + output * sizeof(Amount));
    tracehound::prefetch(spender_ + output * sizeof(std::uint32_t));
    tracehound::prefetch(script_ + output);
    if (addresses) tracehound::prefetch(address_ + output * sizeof(std::uint32_t));
  }
  // Of a single input the value is known: its taint brings it.
  void prefetch_values(TxId tx) const {
    std::uint64_t first = row40(first_input_, tx.number());
    bool last = tx.number() + 1 == counts_.transactions;
    std::uint64_t end = last ? counts_.inputs : row40(first_input_, std::uint64_t{tx.number()} + 1);
    if (first + 1 >= end) return;
    for (std::uint64_t i = first; i < std::min(end, first + kPrefetched); ++i) {
      tracehound::prefetch(value_ + row40(input_coin_, i) * sizeof(Amount));
    }
  }

 private:
  static constexpr std::uint64_t kPrefetched = 8;  // inputs; the rest comes soon enough
  static constexpr std::uint64_t kRow40 = sizeof(Uint40);

  static std::uint64_t row40(const Byte* column, std::uint64_t row) {
    return load_le<Uint40>(column + row * kRow40).number();
  }
  Inputs range(const Byte* column, TxId tx, std::uint64_t all) const {
    bool last = tx.number() + 1 == counts_.transactions;
    std::uint64_t first = row40(column, tx.number());
    std::uint64_t end = last ? all : row40(column, std::uint64_t{tx.number()} + 1);
    CHECK_LEDGER(first <= end && end <= all);
    return {first, end};
  }

  const ledger::Ledger& ledger_;
  ledger::Counts counts_;
  std::uint64_t spent_before_;  // a transaction's number
  bool with_unconfirmed_;
  const Byte* first_input_;
  const Byte* first_coin_;
  const Byte* input_coin_;
  const Byte* value_;
  const Byte* spender_;
  const Byte* script_;
  const Byte* address_;
};

}  // namespace tracehound::trace
