// The ledger columns a walk reads for every coin it touches, at hand: the same answers as Ledger's
// accessors without a call each. One look costs a bounds check and a load.
#pragma once

#include <optional>

#include "base/check.h"
#include "ledger/ledger.h"

namespace tracehound::trace {

class Columns {
 public:
  // The ledger must outlive it.
  explicit Columns(const ledger::Ledger& ledger)
      : ledger_(ledger),
        counts_(ledger.counts()),
        confirmed_(static_cast<std::uint32_t>(ledger.manifest().counts.transactions)),
        first_input_(ledger.column(ledger::Column::tx_first_input)),
        first_coin_(ledger.column(ledger::Column::tx_first_coin)),
        input_coin_(ledger.column(ledger::Column::input_coin)),
        value_(ledger.column(ledger::Column::coin_value)),
        spender_(ledger.column(ledger::Column::coin_spender)) {}

  IdRange<CoinId> outputs(TxId tx) const {
    auto [first, end] = range(first_coin_, tx, counts_.coins);
    return {CoinId(first), CoinId(end)};
  }
  // Numbers for input_coin(). Empty for a coinbase.
  struct Inputs {
    std::uint64_t first;
    std::uint64_t end;
  };
  Inputs inputs(TxId tx) const {
    auto [first, end] = range(first_input_, tx, counts_.inputs);
    return {first, end};
  }
  CoinId input_coin(std::uint64_t input) const {
    return CoinId(field<Uint40>(input_coin_, input).number());
  }
  Amount value(CoinId coin) const { return field<Amount>(value_, coin.number()); }
  // Nothing: unspent.
  std::optional<TxId> spender(CoinId coin) const {
    auto tx = field<std::uint32_t>(spender_, coin.number());
    if (tx < confirmed_) return TxId(tx);
    return ledger_.unconfirmed_spender(coin);
  }

  // Starts fetching what a visit of the transaction will need.
  void prefetch(TxId tx) const {
    Inputs coins = inputs(tx);
    for (std::uint64_t i = coins.first; i < coins.end && i < coins.first + kPrefetched; ++i) {
      __builtin_prefetch(value_.data() + input_coin(i).number() * sizeof(Amount));
    }
    std::uint64_t first_output = field<Uint40>(first_coin_, tx.number()).number();
    __builtin_prefetch(value_.data() + first_output * sizeof(Amount));
    __builtin_prefetch(spender_.data() + first_output * sizeof(std::uint32_t));
  }

 private:
  static constexpr std::uint64_t kPrefetched = 8;  // inputs; the rest comes soon enough

  template <typename Field>
  static Field field(ByteView column, std::uint64_t row) {
    CHECK_LEDGER((row + 1) * sizeof(Field) <= column.size());
    return load_le<Field>(column.data() + row * sizeof(Field));
  }
  Inputs range(ByteView column, TxId tx, std::uint64_t all) const {
    bool last = tx.number() + 1 == counts_.transactions;
    auto first = field<Uint40>(column, tx.number()).number();
    auto end = last ? all : field<Uint40>(column, tx.number() + 1).number();
    CHECK_LEDGER(first <= end && end <= all);
    return {first, end};
  }

  const ledger::Ledger& ledger_;
  ledger::Counts counts_;
  std::uint32_t confirmed_;  // transactions
  ByteView first_input_;
  ByteView first_coin_;
  ByteView input_coin_;
  ByteView value_;
  ByteView spender_;
};

}  // namespace tracehound::trace
