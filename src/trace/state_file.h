// What saved traces of all ledgers have in common: a head that says which question was asked and on
// which block it stands, and a checksum behind everything. docs/format-state.md has every byte.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/result.h"

namespace tracehound::trace {

enum class StateKind : std::uint8_t { coins = 0, accounts = 1 };

// What a state was saved under. Who goes on from it must ask the same.
struct StateHead {
  StateKind kind = StateKind::coins;
  std::string chain;
  std::uint64_t height = 0;  // the last block looked at, as the chain counts
  Hash256 block;             // its hash; on account ledgers its checksum, then zeros
  // Fingerprints: equal questions have equal ones.
  std::uint64_t seeds = 0;
  std::uint64_t methods = 0;
  std::uint64_t stops = 0;
  std::uint64_t options = 0;  // all other rules, and whether the steps are kept

  friend bool operator==(const StateHead&, const StateHead&) = default;
};

// All numbers little-endian; a list begins with its length.
class StateWriter {
 public:
  template <typename Number>
  void number(Number number) {
    std::size_t end = bytes_.size();
    bytes_.resize(end + sizeof number);
    store_le(bytes_.data() + end, number);
  }
  void bytes(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void text(std::string_view text) {
    number<std::uint64_t>(text.size());
    bytes(as_bytes(text));
  }
  template <typename List, typename Put>
  void list(const List& list, Put put) {
    number<std::uint64_t>(list.size());
    for (const auto& entry : list) put(entry);
  }
  // Of what was written so far.
  std::uint64_t fingerprint() const { return xxh3(bytes_); }
  // With the checksum.
  Bytes take() {
    number<std::uint64_t>(fingerprint());
    return std::move(bytes_);
  }

 private:
  Bytes bytes_;
};

// A list's length, if that many entries of at least `width` bytes can follow; else the reader fails
// and it is 0. Whoever makes room for a list asks this first: a state is outside input.
std::uint64_t read_count(ByteReader& in, std::size_t width);

void put_head(StateWriter& out, const StateHead& head);

struct OpenState {
  StateHead head;
  ByteView content;  // behind the head, without the checksum
};
// Errors (bad_input): it is no state, damaged, of another version, of the other kind of ledger or
// of another chain; it has come further than the height to trace up to.
Result<OpenState> open_state(ByteView state, StateKind kind, std::string_view chain,
                             std::uint64_t up_to);
// Error (bad_input): what of the question, or of the ledger that it stands on, is another.
Status check_same(const StateHead& saved, const StateHead& asked);
// It stands on a block that is not, or no longer, in the ledger.
std::unexpected<Error> no_such_block(const StateHead& saved);
std::unexpected<Error> broken_state();

}  // namespace tracehound::trace
