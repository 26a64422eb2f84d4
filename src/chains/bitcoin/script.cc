// Problem: every coin must be filed under the address it pays, at millions of scripts a second.
// Example: 76 a9 14 <20 bytes> 88 ac pays the key hash in its middle.
// Method: the standard forms have fixed bytes at fixed places, so a script is held against each
// form in turn, the most frequent first; the forms exclude one another, so the order changes the
// speed only. Bare multisig alone needs a walk over its pushes. Nothing is allocated.
// Cost: a few comparisons; pay-to-pubkey adds one HASH160; multisig, OP_RETURN and everything else
// one SHA-256 over the script.
// Source: Solver() and MatchMultisig() of Bitcoin Core 27, except that any script that begins with
// OP_RETURN is `op_return` here (it cannot be spent, whatever follows).
#include "chains/bitcoin/script.h"

#include <algorithm>
#include <cstring>

namespace tracehound::chains::bitcoin {
namespace {

using ledger::AddressKind;
using ledger::ScriptKind;

constexpr Byte kOp0 = 0x00;
constexpr Byte kOpPushData1 = 0x4C;
constexpr Byte kOpPushData2 = 0x4D;
constexpr Byte kOpPushData4 = 0x4E;
constexpr Byte kOp1 = 0x51;
constexpr Byte kOp16 = 0x60;
constexpr Byte kOpReturn = 0x6A;
constexpr Byte kOpDup = 0x76;
constexpr Byte kOpEqual = 0x87;
constexpr Byte kOpEqualVerify = 0x88;
constexpr Byte kOpHash160 = 0xA9;
constexpr Byte kOpCheckSig = 0xAC;
constexpr Byte kOpCheckMultisig = 0xAE;

// What a taproot witness ends in begins with (BIP 341); as opcodes, neither can be executed.
constexpr Byte kAnnex = 0x50;
constexpr Byte kLeastLeafVersion = 0xC0;

constexpr std::size_t kShortKey = 33;  // compressed
constexpr std::size_t kLongKey = 65;   // uncompressed, or hybrid (first byte 6 or 7)
constexpr int kMultisigKeysMax = 20;

// A length that is known when this is compiled makes two or three moves of the copy.
template <std::size_t kSize>
ScriptForm pays(ScriptKind script, AddressKind address, const Byte* from, Byte* payload) {
  std::memcpy(payload, from, kSize);
  return {script, address, kSize};
}

ScriptForm pays_script(ScriptKind script, AddressKind address, ByteView bytes, Hasher& hasher,
                       Byte* payload) {
  return pays<32>(script, address, hasher.sha256(bytes).bytes.data(), payload);
}

bool is_pubkey_hash(ByteView script) {
  return script.size() == 25 && script[0] == kOpDup && script[1] == kOpHash160 && script[2] == 20 &&
         script[23] == kOpEqualVerify && script[24] == kOpCheckSig;
}

bool is_script_hash(ByteView script) {
  return script.size() == 23 && script[0] == kOpHash160 && script[1] == 20 &&
         script[22] == kOpEqual;
}

bool is_witness_program(ByteView script) {
  return script.size() >= 4 && script.size() <= 42 &&
         (script[0] == kOp0 || (script[0] >= kOp1 && script[0] <= kOp16)) &&
         script[1] + std::size_t{2} == script.size();
}

// A key is told by its length and first byte only: whether it lies on the curve is not asked.
bool is_key(ByteView bytes) {
  if (bytes.size() == kShortKey) return bytes[0] == 2 || bytes[0] == 3;
  if (bytes.size() == kLongKey) return bytes[0] == 4 || bytes[0] == 6 || bytes[0] == 7;
  return false;
}

// A DER signature and its one byte for what it signs, told by its first bytes only.
bool is_signature(ByteView bytes) {
  return bytes.size() >= 9 && bytes.size() <= 73 && bytes[0] == 0x30 &&
         bytes[1] == bytes.size() - 3;
}

bool is_pay_to_pubkey(ByteView script) {
  return (script.size() == kShortKey + 2 || script.size() == kLongKey + 2) &&
         script[0] == script.size() - 2 && script.back() == kOpCheckSig &&
         is_key(script.subspan(1, script.size() - 2));
}

struct Operation {
  Byte code;
  ByteView data;  // what it pushes; empty for every other operation
};

// The operation at `at`, and `at` past it. False at the end or when a push runs past it.
bool next_operation(ByteView script, std::size_t& at, Operation& operation) {
  if (at >= script.size()) return false;
  Byte code = script[at++];
  std::size_t size = 0;
  std::size_t left = script.size() - at;
  if (code < kOpPushData1) {
    size = code;
  } else if (code <= kOpPushData4) {
    std::size_t width = code == kOpPushData1 ? 1 : code == kOpPushData2 ? 2 : 4;
    if (left < width) return false;
    for (std::size_t i = 0; i < width; ++i) size |= std::size_t{script[at + i]} << (8 * i);
    at += width;
    left -= width;
  }
  if (size > left) return false;
  operation = {code, script.subspan(at, size)};
  at += size;
  return true;
}

// 1 to 16 as OP_1 to OP_16, 17 to 20 as a one-byte push: the shortest form of each. 0 for all else.
int small_number(const Operation& operation) {
  if (operation.code >= kOp1 && operation.code <= kOp16) return operation.code - kOp1 + 1;
  if (operation.code == 1 && operation.data[0] > 16 && operation.data[0] <= kMultisigKeysMax) {
    return operation.data[0];
  }
  return 0;
}

// m <key>... n OP_CHECKMULTISIG with 1 <= m <= n and n keys, which may be pushed in any way.
bool is_multisig(ByteView script) {
  if (script.empty() || script.back() != kOpCheckMultisig) return false;
  std::size_t at = 0;
  Operation operation;
  if (!next_operation(script, at, operation)) return false;
  int required = small_number(operation);
  if (required == 0) return false;
  int keys = 0;
  for (;;) {
    if (!next_operation(script, at, operation)) return false;
    if (!is_key(operation.data)) break;
    ++keys;
  }
  return small_number(operation) == keys && keys >= required && at + 1 == script.size();
}

ScriptForm classify_witness_program(ByteView script, Hasher& hasher, Byte* payload) {
  ByteView program = script.subspan(2);
  if (script[0] == kOp0) {
    if (program.size() == 20) {
      return pays<20>(ScriptKind::witness_pubkey_hash, AddressKind::witness_pubkey_hash,
                      program.data(), payload);
    }
    if (program.size() == 32) {
      return pays<32>(ScriptKind::witness_script_hash, AddressKind::witness_script_hash,
                      program.data(), payload);
    }
    return pays_script(ScriptKind::other, AddressKind::other, script, hasher, payload);
  }
  if (script[0] == kOp1 && program.size() == 32) {
    return pays<32>(ScriptKind::taproot, AddressKind::taproot, program.data(), payload);
  }
  // The payload is the version and the program.
  payload[0] = script[0] - kOp1 + 1;
  std::ranges::copy(program, payload + 1);
  return {ScriptKind::witness_other, AddressKind::witness_other,
          static_cast<std::uint8_t>(1 + program.size())};
}

}  // namespace

ScriptForm classify_script(ByteView script, Hasher& hasher, Byte* payload) {
  if (is_pubkey_hash(script)) {
    return pays<20>(ScriptKind::pubkey_hash, AddressKind::pubkey_hash, &script[3], payload);
  }
  if (is_script_hash(script)) {
    return pays<20>(ScriptKind::script_hash, AddressKind::script_hash, &script[2], payload);
  }
  if (is_witness_program(script)) return classify_witness_program(script, hasher, payload);
  if (!script.empty() && script[0] == kOpReturn) {
    return pays_script(ScriptKind::op_return, AddressKind::op_return, script, hasher, payload);
  }
  if (is_pay_to_pubkey(script)) {
    Hash160 hash = hasher.hash160(script.subspan(1, script.size() - 2));
    return pays<20>(ScriptKind::pubkey, AddressKind::pubkey_hash, hash.bytes.data(), payload);
  }
  if (is_multisig(script)) {
    return pays_script(ScriptKind::multisig, AddressKind::multisig, script, hasher, payload);
  }
  return pays_script(ScriptKind::other, AddressKind::other, script, hasher, payload);
}

std::optional<ByteView> script_shown_by(ByteView input_script) {
  std::size_t at = 0;
  Operation operation;
  while (at < input_script.size()) {
    if (!next_operation(input_script, at, operation) || operation.code > kOp16) return std::nullopt;
  }
  ByteView last = operation.data;
  if (last.empty() || is_key(last) || is_signature(last)) return std::nullopt;
  return last;
}

std::optional<ByteView> script_shown_by(std::uint64_t witness_items, ByteView last_item) {
  if (witness_items < 2 || last_item.empty() || is_key(last_item)) return std::nullopt;
  bool begins_taproot = last_item[0] >= kLeastLeafVersion || last_item[0] == kAnnex;
  if (begins_taproot) return std::nullopt;
  return last_item;
}

bool can_be_wrapped(AddressKind wrapper, ScriptKind script) {
  switch (script) {
    case ScriptKind::pubkey:
    case ScriptKind::pubkey_hash:
    case ScriptKind::multisig:
      return true;
    case ScriptKind::witness_pubkey_hash:
    case ScriptKind::witness_script_hash:
      return wrapper == AddressKind::script_hash;
    case ScriptKind::script_hash:
    case ScriptKind::taproot:
    case ScriptKind::witness_other:
    case ScriptKind::op_return:
    case ScriptKind::other:
      return false;
  }
  return false;
}

}  // namespace tracehound::chains::bitcoin
