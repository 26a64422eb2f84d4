// Proof of work: the hash a header must beat, and how much work that took.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "chains/bitcoin/network.h"

namespace tracehound::chains::bitcoin {

// REQUIRES: 80 bytes.
// Errors (bad_input; the message is a clause that follows the block's name): bits that are no
// target, a target above the network's easiest, a hash above the target. Whether these are the bits
// that the chain asks for at that height is not checked.
Status check_proof_of_work(const Network& network, ByteView header);
// The same where the header was parsed before, which hashed it.
struct Header;
Status check_proof_of_work(const Network& network, ByteView header, const Header& parsed);

// Targets of the main networks stay for that many blocks; then the time those took sets the next.
inline constexpr std::uint32_t kRetargetBlocks = 2016;
// In which they are due; 0 on test networks, whose targets follow other rules.
std::uint32_t retarget_seconds(const Network& network);
// The bits of the block at `height`, a multiple of kRetargetBlocks, where the one before it has
// `bits`, and `seconds` lie between the times of that one and of the block at retarget_from().
// REQUIRES: due > 0; bits that are a target.
std::uint32_t retarget(const Network& network, std::uint32_t due, std::uint32_t bits,
                       std::int64_t seconds);
// Bitcoin counts from the first of the last kRetargetBlocks, Litecoin from the one before that.
// REQUIRES: height > 0.
std::uint32_t retarget_from(const Network& network, std::uint32_t height);

// A 256-bit unsigned number, for work sums: limbs from the least significant.
struct Work {
  std::array<std::uint64_t, 4> limbs{};

  Work& operator+=(const Work& other);  // modulo 2^256
  friend std::strong_ordering operator<=>(const Work& a, const Work& b);
  friend bool operator==(const Work& a, const Work& b) = default;
};

// Expected hashes to find a block of these bits: 2^256 / (target + 1), rounded down; 0 for bits
// that are no target. Takes a few microseconds.
Work work_of_bits(std::uint32_t bits);

}  // namespace tracehound::chains::bitcoin
