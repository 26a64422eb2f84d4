// What a recogniser may see of one transaction: what goes in, what comes out, and which of it is of
// one address. Made from a ledger, or from text (coinjoin_lines.h): the rules cannot tell.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "ledger/ledger.h"

namespace tracehound::clusters {

struct ViewedCoin {
  Amount value = 0;
  // The same number for the same address within one transaction; means nothing between two.
  std::uint32_t address = 0;
  ledger::ScriptKind script = ledger::ScriptKind::other;
};

// Points into memory of whoever made it. No inputs: a coinbase.
struct TransactionView {
  std::span<const ViewedCoin> inputs;
  std::span<const ViewedCoin> outputs;
  // A raw transaction alone does not say what its inputs hold: then only their number is known, and
  // of the rules those that live by the outputs (Wasabi's, Tx0, chips) are left.
  bool inputs_known = true;
};

// Memory for views of a ledger's transactions; one view at a time, one room a thread.
struct ViewRoom {
  std::vector<ViewedCoin> inputs;
  std::vector<ViewedCoin> outputs;
};

// Valid until the room is used again.
TransactionView view_of(const ledger::Ledger& ledger, TxId tx, ViewRoom& room);

}  // namespace tracehound::clusters
