// One transaction from its bytes (BIP 144 serialisation; Litecoin's MWEB flag read past).
#pragma once

#include <array>

#include "base/bytes.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "chains/bitcoin/wire.h"
#include "ledger/rows.h"

namespace tracehound::chains::bitcoin {

// Longer than any network's block can be: Bitcoin's end at 4,000,000 bytes, Litecoin's carry an
// extension block on top. Keeps every count and offset of a block inside 32 bits.
inline constexpr std::size_t kMaxBlockSize = 32U << 20;

struct ParsedTransaction {
  bool coinbase = false;  // its one input is the null one
  // Litecoin: the transaction that ties the extension block to the chain; a block's last.
  bool hogex = false;
  // What the id is the hash of: end to end, parts of the bytes read.
  std::array<ByteView, 3> id_pieces;
};

// Reads one transaction at the reader and appends its rows to `into` (TxRow, inputs, outputs,
// wrappers, payloads). A coinbase's null input makes no input row. Wrappers are what the inputs
// show if their coins are of the kind that is spent so; rows of redeem scripts come before those of
// witnesses, each in the order of the inputs.
// Shape: the weight is 3 * stripped + total size, without Litecoin's extension data;
// `kReplaceable` looks at every input's sequence, a coinbase's too.
// Errors (bad_input) name the byte, counted from the reader's start; their message is a clause that
// follows the transaction's name ("output 3 at byte 160 pays ..."). Refused are: a number not in
// its shortest form; counts and lengths beyond the bytes left; no inputs or no outputs; a null
// input beside others; a witness flag without witness; unknown flags; a value or sum of values
// above the network's money; an MWEB transaction's body, which no block may hold.
// After an error `into` holds what it held before the call; the reader's place is unspecified.
// REQUIRES: the reader's bytes are at most kMaxBlockSize.
Result<ParsedTransaction> parse_transaction(const Network& network, ByteReader& reader,
                                            Hasher& hasher, ledger::BlockRows& into);

// The same from a wire's place, for many transactions in a row: the row's txid is left for the
// caller to hash.
Result<ParsedTransaction> parse_transaction_without_id(const Network& network, WireReader& wire,
                                                       Hasher& hasher, ledger::BlockRows& into);

}  // namespace tracehound::chains::bitcoin
