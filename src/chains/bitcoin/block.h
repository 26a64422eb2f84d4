// From a block's bytes to ledger rows. Hashes are computed, never trusted.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"
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

// Errors (bad_input): target above the network's easiest, or hash above target.
Status check_proof_of_work(const Network& network, ByteView header);

// A 256-bit unsigned number, for work sums: limbs from the least significant.
struct Work {
  std::array<std::uint64_t, 4> limbs{};
  Work& operator+=(const Work& other);
  friend std::strong_ordering operator<=>(const Work& a, const Work& b);
  friend bool operator==(const Work& a, const Work& b) = default;
};
// Expected hashes to find a block of these bits: 2^256 / (target + 1).
Work work_of_bits(std::uint32_t bits);

// Decodes and checks one block: every byte accounted for, first transaction a coinbase and no
// other, merkle root right (and not by a duplicated tail, CVE-2012-2459), every value and each
// transaction's sum of values within the network's money. Litecoin's extension block after the
// transactions is read past. Proof of work is not checked here.
// Errors (bad_input) name the byte inside the block.
Result<ledger::BlockRows> decode_block(const Network& network, ByteView bytes, Hasher& hasher);

}  // namespace tracehound::chains::bitcoin
