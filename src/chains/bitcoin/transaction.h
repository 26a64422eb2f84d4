// One transaction from its bytes (BIP 144 serialisation; Litecoin's MWEB flag read past).
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "ledger/rows.h"

namespace tracehound::chains::bitcoin {

// Reads one transaction at the reader and appends its rows to `into` (TxRow, inputs, outputs,
// payloads). A null previous output makes no input row. Sets `coinbase` if the transaction has
// exactly one input and that is null.
// Errors (bad_input) name the byte, counted from the reader's start.
struct ParsedTransaction {
  bool coinbase;
};
Result<ParsedTransaction> parse_transaction(const Network& network, ByteReader& reader,
                                            Hasher& hasher, ledger::BlockRows& into);

}  // namespace tracehound::chains::bitcoin
