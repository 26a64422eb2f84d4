// What an output's script is, and whose address it pays.
#pragma once

#include "base/bytes.h"
#include "base/hash.h"
#include "ledger/schema.h"

namespace tracehound::chains::bitcoin {

inline constexpr std::size_t kPayloadMax = 41;

struct ScriptForm {
  ledger::ScriptKind script;
  ledger::AddressKind address;
  std::uint8_t payload_size;  // at most kPayloadMax
};

// Total: every byte string has a form. Standard ones are recognised by their exact bytes, as
// Bitcoin Core's Solver does; everything else is `other`, by the script's SHA-256. Leaves at
// `payload` what ledger::AddressKind says of the address. REQUIRES: room for kPayloadMax there.
ScriptForm classify_script(ByteView script, Hasher& hasher, Byte* payload);

// The same with room of its own.
struct ScriptClass : ScriptForm {
  std::array<Byte, kPayloadMax> payload;

  ByteView payload_view() const { return ByteView(payload).first(payload_size); }
};
inline ScriptClass classify_script(ByteView script, Hasher& hasher) {
  ScriptClass result;
  static_cast<ScriptForm&>(result) = classify_script(script, hasher, result.payload.data());
  return result;
}

}  // namespace tracehound::chains::bitcoin
