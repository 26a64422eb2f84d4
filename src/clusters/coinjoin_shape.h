// What the recognisers ask of a transaction, counted once.
#pragma once

#include <cstdint>
#include <vector>

#include "clusters/transaction_view.h"

namespace tracehound::clusters {

// A value and how many outputs have it.
struct ValueCount {
  Amount value = 0;
  std::uint32_t count = 0;
};

class Shape {
 public:
  explicit Shape(const TransactionView& view);

  const TransactionView& view;
  std::uint32_t inputs;
  std::uint32_t outputs;
  std::vector<ValueCount> values;  // of the outputs, ascending
  // The value that most outputs have; of several the largest. None for no outputs.
  ValueCount equal;
  // How many values more than one output has.
  std::uint32_t repeated = 0;
  // The most outputs that have one same value other than `equal`'s.
  std::uint32_t runner_up = 0;
  // The largest output of another value than `equal`'s; 0 without one.
  Amount largest_other = 0;

  std::uint32_t input_addresses() const;
  // Whether every output (every input) pays an address of its own.
  bool outputs_distinct() const;
  bool inputs_distinct() const { return input_addresses() == inputs; }
  // Whether both sides stand in the order of their values, the smallest first: as some software
  // sorts them and other software, which shuffles, hardly ever has them. Never of unknown inputs.
  bool in_order() const;
  // How many inputs (outputs) have this script.
  std::uint32_t inputs_of(ledger::ScriptKind script) const;
  std::uint32_t outputs_of(ledger::ScriptKind script) const;

  // Whether `payers` different people could each have brought `share` or more: an input helps one
  // of them, and with no more than the share. Linear, and necessary, not sufficient: whether
  // disjoint groups of inputs truly reach it is the bin covering problem.
  bool all_can_pay(std::uint32_t payers, Amount share) const;
};

}  // namespace tracehound::clusters
