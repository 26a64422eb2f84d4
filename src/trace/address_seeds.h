// Seeds by address and time: every coin that an address received then.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"
#include "trace/seeds.h"

namespace tracehound::trace {

// A height or a time, as a user writes it: one of the two.
struct Moment {
  std::optional<std::uint32_t> height;
  std::optional<std::uint32_t> time;  // seconds since 1970 (UTC)

  friend bool operator==(const Moment&, const Moment&) = default;
};
// Which end of a span a moment is: a date alone is its first second at the beginning and its last
// one at the end.
enum class SpanEnd { first, last };
// Digits are a height; else "2024-03-14" or "2024-03-14T09:26:53Z". Nothing for any other text.
std::optional<Moment> parse_moment(std::string_view text, SpanEnd end);

// When a coin was received: in a block from `since` to `until`, both included, by height or by the
// time in its header. Without one there is no bound on that side.
struct Received {
  std::optional<Moment> since;
  std::optional<Moment> until;
};

// Each whole coin that the address received then, in chain order, but those without value.
std::vector<Seed> seeds_of_address(const ledger::Ledger& ledger, AddressId address,
                                   const Received& when, Label label = kFirstLabel);

// The last block that a trace that ends at the moment still knows: of that height, or
// Ledger::block_at() of that time. Errors (bad_input): a height past the tip; a time before the
// first block.
Result<BlockHeight> block_of(const ledger::Ledger& ledger, const Moment& moment);

}  // namespace tracehound::trace
