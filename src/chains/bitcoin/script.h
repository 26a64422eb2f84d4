// What an output's script is, and whose address it pays.
#pragma once

#include <optional>

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

// The script that an input's script or witness shows, if it is one to which a pay-to-script-hash or
// pay-to-witness-script-hash coin can be bound; whether the coin is of that kind is for others to
// see. Left aside as shown by nobody: what has the form of a key or a signature, which is what
// other coins' inputs end in; an empty script and one whose witness gives it nothing, which take no
// key; what begins like the end of a taproot witness, an opcode that no script can begin with.
std::optional<ByteView> script_shown_by(ByteView input_script);
std::optional<ByteView> script_shown_by(std::uint64_t witness_items, ByteView last_item);

// Whether whoever can spend from a script of this kind can spend from its hash, and needs a key:
// the two addresses are then in one hand. Witness programs are that inside pay-to-script-hash
// alone, and of version 0; elsewhere they and script hashes are numbers that anybody can push. Of
// other scripts nobody can say who needs which key.
// REQUIRES: wrapper is script_hash or witness_script_hash.
bool can_be_wrapped(ledger::AddressKind wrapper, ledger::ScriptKind script);

}  // namespace tracehound::chains::bitcoin
