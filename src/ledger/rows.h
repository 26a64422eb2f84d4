// A block as an outside format's decoder hands it to the ledger: everything the ledger stores, in
// the chain's own terms (txids and output numbers), before ids are given out.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/ids.h"
#include "ledger/schema.h"

namespace tracehound::ledger {

struct Outpoint {
  Hash256 txid;
  std::uint32_t index = 0;  // the output's number in its transaction

  friend auto operator<=>(const Outpoint&, const Outpoint&) = default;
};

struct OutputRow {
  Amount value = 0;
  ScriptKind script = ScriptKind::other;
  AddressKind address_kind = AddressKind::other;
  std::uint8_t payload_size = 0;
  std::uint32_t payload_start = 0;  // in BlockRows::payloads
};

struct TxRow {
  Hash256 txid;
  std::uint32_t shape = 0;
  std::uint32_t inputs = 0;  // 0 for the coinbase, whose null input is no coin
  std::uint32_t outputs = 0;
};

// What a spend shows of the coin's address: it pays whoever can open this script.
struct WrapperRow {
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  std::uint32_t transaction = 0;  // in BlockRows::transactions
  std::uint32_t input = 0;        // in BlockRows::inputs
  // In BlockRows::wrappers, an earlier one: this row's wrapper is what that one wraps. kNone: it is
  // the address of the coin that the input spends, if that is the one given here.
  std::uint32_t inside = kNone;
  bool wraps_a_wrapper = false;  // a later row says that it is inside this one
  AddressKind wrapper_kind = AddressKind::script_hash;
  std::uint8_t wrapper_size = 0;
  std::uint32_t wrapper_start = 0;                // in BlockRows::payloads
  AddressKind address_kind = AddressKind::other;  // of what is wrapped
  std::uint8_t payload_size = 0;
  std::uint32_t payload_start = 0;
};

// The first transaction is the coinbase. Inputs and outputs of all transactions lie end to end.
struct BlockRows {
  std::array<Byte, width::kHeader> header{};
  Hash256 hash;
  std::vector<TxRow> transactions;
  std::vector<Outpoint> inputs;
  std::vector<OutputRow> outputs;
  std::vector<WrapperRow> wrappers;  // in the order of their transactions
  Bytes payloads;

  // Of an OutputRow or a WrapperRow: the address paid, or wrapped.
  template <typename Row>
  ByteView payload(const Row& row) const {
    return ByteView(payloads).subspan(row.payload_start, row.payload_size);
  }
  ByteView wrapper_payload(const WrapperRow& row) const {
    return ByteView(payloads).subspan(row.wrapper_start, row.wrapper_size);
  }
  Hash256 previous_hash() const { return Hash256::from_bytes(ByteView(header).subspan(4, 32)); }
};

// The header's time field, seconds since 1970.
inline constexpr std::size_t kHeaderTime = 68;
inline std::uint32_t header_time(ByteView header) {
  return load_le<std::uint32_t>(header.data() + kHeaderTime);
}

}  // namespace tracehound::ledger
