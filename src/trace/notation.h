// How investigators write down where a traced unit comes from: victim, transaction, hop.
//
//   V1-T2      stolen from victim 1 by that victim's transaction 2, and not moved since
//   V1-T2-H5   the same five transactions later
//   V1-T1..3,7-H5   a label of several theft transactions does not say which of them
//
// The form is that of the Block Audit Tracing Standard (its public Methodology Guide, section 2).
// Numbers are given by the trace: a victim is a label's name, numbered in the order of labels; its
// transactions are those that made its seed coins, in chain order. A hop is what Landing::hops and
// Parcel::hop say, the fewest transactions from a seed of that label. docs/decisions/0051 says what
// the standard leaves open and where we depart from it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "trace/result.h"

namespace tracehound::trace {

class Notation {
 public:
  // `creator` says which transaction made a coin.
  Notation(const Trace& trace, const std::function<TxId(CoinId)>& creator);
  Notation(const Trace& trace, const ledger::Ledger& ledger)
      : Notation(trace, [&ledger](CoinId coin) { return ledger.creator(coin); }) {}

  // REQUIRES (of both): a label of the trace's seeds.
  // Empty for a backward trace, which asks where coins came from and knows no victims.
  std::string text(Label label, std::uint32_t hops) const;
  // The number, from 1: labels of one name are one victim.
  std::uint32_t victim(Label label) const;
  std::uint32_t victims() const { return victims_; }

 private:
  struct Entry {
    Label label;
    std::uint32_t victim;
    std::string text;  // "V1-T2"
  };
  const Entry& entry(Label label) const;

  bool written_;
  std::vector<Entry> entries_;  // by label
  std::uint32_t victims_ = 0;
};

// Sums that grow row by row: what of each victim's root total (its effective seed) the rows so far
// account for. At the end of a balanced trace every victim's is its root total.
class RunningTotals {
 public:
  explicit RunningTotals(const Notation& notation)
      : notation_(notation), sums_(notation.victims()) {}
  // Adds the row's amount; the victim's sum with it.
  Amount add(Label label, Amount amount) { return sums_[notation_.victim(label) - 1] += amount; }

 private:
  const Notation& notation_;
  std::vector<Amount> sums_;
};

}  // namespace tracehound::trace
