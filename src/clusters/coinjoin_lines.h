// Transactions as lines of text with the values of their inputs, as the scanner `dumplings` and the
// data sets made with it write them:
//
//   TXID:::BLOCK:::INDEX:::TIME:::INPUT}{INPUT ...:::OUTPUT}{OUTPUT ...
//
// where an input is TXID-N-SATOSHI+SCRIPT+KIND, an output SATOSHI+SCRIPT+KIND, the time seconds
// since 1970, a script hexadecimal and a kind the name of its type ("TxWitnessV0Keyhash"); of a
// kind that is "Unknown", taproot is told by its script.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "clusters/coinjoin.h"
#include "clusters/transaction_view.h"
#include "ledger/rows.h"

namespace tracehound::clusters {

struct TransactionLine {
  Hash256 txid;
  std::uint64_t time = 0;
  std::vector<ViewedCoin> inputs;
  std::vector<ledger::Outpoint> spends;  // of each input
  std::vector<ViewedCoin> outputs;

  TransactionView view() const { return {.inputs = inputs, .outputs = outputs}; }
};

// Blank lines are passed over. A byte order mark begins a line, wherever it stands: files may come
// end to end. Errors (bad_input) name `name` and the line: a field that is missing or no number; a
// kind that there is not; values beyond all money there can be.
Result<std::vector<TransactionLine>> parse_transaction_lines(std::string_view text,
                                                             std::string_view name);

// Each recognised, with what its neighbours among them add.
std::vector<std::optional<Recognised>> recognise_lines(
    std::span<const TransactionLine> transactions);

}  // namespace tracehound::clusters
