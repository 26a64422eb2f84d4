// What an output's script is, and whose address it pays.
#pragma once

#include "base/bytes.h"
#include "base/hash.h"
#include "ledger/schema.h"

namespace tracehound::chains::bitcoin {

struct ScriptClass {
  ledger::ScriptKind script;
  ledger::AddressKind address;
  std::uint8_t payload_size;     // at most 41
  std::array<Byte, 41> payload;  // ledger::AddressKind says what it holds

  ByteView payload_view() const { return ByteView(payload).first(payload_size); }
};

// Total: every byte string has a class. Standard forms are recognised by their exact bytes, as
// Bitcoin Core's Solver does; everything else is `other`, by the script's SHA-256.
ScriptClass classify_script(ByteView script, Hasher& hasher);

}  // namespace tracehound::chains::bitcoin
