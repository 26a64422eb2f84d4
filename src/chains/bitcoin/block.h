// From a block's bytes to ledger rows. Hashes are computed, never trusted.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"
#include "chains/bitcoin/proof_of_work.h"
#include "chains/bitcoin/transaction.h"
#include "ledger/rows.h"

namespace tracehound::chains::bitcoin {

inline constexpr std::size_t kHeaderSize = 80;

struct Header {
  Hash256 hash;  // the block's id: SHA-256d of the 80 bytes, on every network
  Hash256 previous;
  Hash256 merkle_root;
  std::uint32_t time;
  std::uint32_t bits;
};

// REQUIRES: 80 bytes.
Header parse_header(ByteView bytes);

// Decodes and checks one block: every byte accounted for, first transaction a coinbase and no
// other, merkle root right (and not by a duplicated tail, CVE-2012-2459), every value and each
// transaction's sum of values within the network's money. Litecoin's extension block after the
// transactions is read past. Proof of work is not checked here (check_proof_of_work), nor is the
// witness commitment: of the witness, rows keep the weight alone.
// Errors (bad_input) name the byte inside the block; their message is a clause that follows the
// block's name ("ends early at byte 812").
Result<ledger::BlockRows> decode_block(const Network& network, ByteView bytes, Hasher& hasher);

// The same into rows whose memory is used again. After an error they hold nothing of use.
Status decode_block(const Network& network, ByteView bytes, Hasher& hasher,
                    ledger::BlockRows& into);

}  // namespace tracehound::chains::bitcoin
