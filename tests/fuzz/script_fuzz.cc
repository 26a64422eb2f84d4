// Any bytes as an output's script: the class must hold what it says, and multisig is held against
// a slow reading of the whole script.
#include <algorithm>
#include <optional>
#include <vector>

#include "base/check.h"
#include "chains/bitcoin/address.h"
#include "chains/bitcoin/script.h"

namespace tracehound::chains::bitcoin {
namespace {

using ledger::AddressKind;
using ledger::ScriptKind;

struct Operation {
  Byte code;
  Bytes data;
};

// The whole script as operations, or nothing when a push runs past its end.
std::optional<std::vector<Operation>> operations(ByteView script) {
  std::vector<Operation> all;
  std::size_t at = 0;
  while (at < script.size()) {
    Operation operation{script[at++], {}};
    std::size_t size = operation.code <= 75 ? operation.code : 0;
    if (operation.code >= 76 && operation.code <= 78) {
      std::size_t width = std::size_t{1} << (operation.code - 76);
      if (script.size() - at < width) return std::nullopt;
      for (std::size_t i = width; i-- > 0;) size = size << 8 | script[at + i];
      at += width;
    }
    if (script.size() - at < size) return std::nullopt;
    operation.data.assign(script.begin() + at, script.begin() + at + size);
    at += size;
    all.push_back(std::move(operation));
  }
  return all;
}

bool is_key(const Bytes& data) {
  if (data.empty()) return false;
  if (data[0] == 2 || data[0] == 3) return data.size() == 33;
  return (data[0] == 4 || data[0] == 6 || data[0] == 7) && data.size() == 65;
}

std::size_t number(const Operation& operation) {
  if (operation.code >= 0x51 && operation.code <= 0x60) return operation.code - 0x50;
  bool pushed = operation.code == 1 && operation.data[0] >= 17 && operation.data[0] <= 20;
  return pushed ? operation.data[0] : 0;
}

bool is_multisig(ByteView script) {
  auto all = operations(script);
  if (!all || all->size() < 4 || all->back().code != 0xAE) return false;
  std::size_t keys = all->size() - 3;
  std::size_t required = number(all->front());
  return required >= 1 && required <= keys && number((*all)[all->size() - 2]) == keys &&
         std::all_of(all->begin() + 1, all->end() - 2, [](auto& key) { return is_key(key.data); });
}

// The script that the class stands for, where the class says it whole.
std::optional<Bytes> rebuilt(const ScriptClass& paid) {
  Bytes script;
  auto add = [&](std::initializer_list<int> bytes) {
    script.insert(script.end(), bytes.begin(), bytes.end());
  };
  auto add_payload = [&](std::size_t skip) {
    auto payload = paid.payload_view().subspan(skip);
    script.insert(script.end(), payload.begin(), payload.end());
  };
  switch (paid.script) {
    case ScriptKind::pubkey_hash:
      add({0x76, 0xA9, 20});
      add_payload(0);
      add({0x88, 0xAC});
      return script;
    case ScriptKind::script_hash:
      add({0xA9, 20});
      add_payload(0);
      add({0x87});
      return script;
    case ScriptKind::witness_pubkey_hash:
      add({0, 20});
      add_payload(0);
      return script;
    case ScriptKind::witness_script_hash:
      add({0, 32});
      add_payload(0);
      return script;
    case ScriptKind::taproot:
      add({0x51, 32});
      add_payload(0);
      return script;
    case ScriptKind::witness_other:
      add({0x50 + paid.payload[0], paid.payload_size - 1});
      add_payload(1);
      return script;
    default:
      return std::nullopt;
  }
}

void check_payload(ByteView script, const ScriptClass& paid, Hasher& hasher) {
  if (auto same = rebuilt(paid)) {
    CHECK(std::ranges::equal(*same, script));
  } else if (paid.script == ScriptKind::pubkey) {
    CHECK(paid.address == AddressKind::pubkey_hash);
    auto hash = hasher.hash160(script.subspan(1, script.size() - 2));
    CHECK(std::ranges::equal(paid.payload_view(), hash.view()));
  } else {
    CHECK(std::ranges::equal(paid.payload_view(), hasher.sha256(script).view()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes exact(data, data + size);  // its own allocation: a read past the end is seen
  ByteView script(exact);
  Hasher& hasher = thread_hasher();
  ScriptClass paid = classify_script(script, hasher);
  CHECK((paid.script == ScriptKind::multisig) == is_multisig(script));
  CHECK((paid.script == ScriptKind::op_return) == (size > 0 && data[0] == 0x6A));
  check_payload(script, paid, hasher);
  for (const Network& network : networks()) {
    std::string text = address_text(network, paid.address, paid.payload_view());
    auto parsed = parse_address(network, text);
    CHECK(parsed.has_value());
    CHECK(parsed->kind == paid.address);
    CHECK(std::ranges::equal(parsed->payload, paid.payload_view()));
  }
  return 0;
}

}  // namespace tracehound::chains::bitcoin
