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

// The first transaction is the coinbase. Inputs and outputs of all transactions lie end to end.
struct BlockRows {
  std::array<Byte, width::kHeader> header{};
  Hash256 hash;
  std::vector<TxRow> transactions;
  std::vector<Outpoint> inputs;
  std::vector<OutputRow> outputs;
  Bytes payloads;

  ByteView payload(const OutputRow& output) const {
    return ByteView(payloads).subspan(output.payload_start, output.payload_size);
  }
  Hash256 previous_hash() const { return Hash256::from_bytes(ByteView(header).subspan(4, 32)); }
};

// The header's time field, seconds since 1970.
inline constexpr std::size_t kHeaderTime = 68;
inline std::uint32_t header_time(ByteView header) {
  return load_le<std::uint32_t>(header.data() + kHeaderTime);
}

}  // namespace tracehound::ledger
