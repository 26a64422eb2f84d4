#include "synth/address_book.h"

#include <algorithm>

#include "base/check.h"
#include "synth/prng.h"

namespace tracehound::synth {

namespace {

template <typename Hash>
void set_payload(std::array<Byte, 32>& payload, const Hash& hash) {
  std::copy(hash.bytes.begin(), hash.bytes.end(), payload.begin());
}

}  // namespace

AddressNo AddressBook::make(Form form, WalletNo wallet) {
  CHECK(records_.size() < kNoAddress.number());
  AddressNo address(static_cast<std::uint32_t>(records_.size()));
  Record record{.payload = {}, .wallet = wallet, .form = form};
  std::array<Byte, 3 + 3 * (kKeySize + 1)> script;
  switch (form) {
    case Form::pubkey:
    case Form::pubkey_hash:
    case Form::witness_key:
      set_payload(record.payload, key_hash(address));
      break;
    case Form::nested: {
      Hash160 inner = key_hash(address);
      script[0] = 0;
      script[1] = 20;
      std::copy(inner.bytes.begin(), inner.bytes.end(), script.begin() + 2);
      set_payload(record.payload, hasher_.hash160(ByteView(script).first(22)));
      break;
    }
    case Form::witness_script: {
      std::size_t size = write_multisig(address, 2, 3, script.data());
      set_payload(record.payload, hasher_.sha256(ByteView(script).first(size)));
      break;
    }
    case Form::taproot: {
      std::array<Byte, kKeySize> key;
      write_key(address, 0, key.data());
      std::copy(key.begin() + 1, key.end(), record.payload.begin());
      break;
    }
    case Form::multisig: {
      std::size_t size = write_multisig(address, 1, 2, script.data());
      set_payload(record.payload, hasher_.sha256(ByteView(script).first(size)));
      break;
    }
  }
  records_.push_back(record);
  return address;
}

AddressNo AddressBook::adopt(Form form, WalletNo wallet, const Hash160& payload) {
  AddressNo address(static_cast<std::uint32_t>(records_.size()));
  Record record{.payload = {}, .wallet = wallet, .form = form};
  set_payload(record.payload, payload);
  records_.push_back(record);
  return address;
}

ledger::AddressKind AddressBook::kind(AddressNo address) const {
  switch (form(address)) {
    case Form::pubkey:
    case Form::pubkey_hash:
      return ledger::AddressKind::pubkey_hash;
    case Form::nested:
      return ledger::AddressKind::script_hash;
    case Form::witness_key:
      return ledger::AddressKind::witness_pubkey_hash;
    case Form::witness_script:
      return ledger::AddressKind::witness_script_hash;
    case Form::taproot:
      return ledger::AddressKind::taproot;
    case Form::multisig:
      return ledger::AddressKind::multisig;
  }
  CHECK(false);
}

ByteView AddressBook::payload(AddressNo address) const {
  Form is = form(address);
  bool whole = is == Form::witness_script || is == Form::taproot || is == Form::multisig;
  return ByteView(records_[address.number()].payload).first(whole ? 32 : 20);
}

void AddressBook::write_key(AddressNo address, std::uint32_t which, Byte* to) const {
  std::uint64_t state = mix64(seed_ ^ mix64((std::uint64_t{which} << 32) | address.number()));
  *to++ = static_cast<Byte>(2 + (state & 1));
  for (int word = 0; word < 4; ++word) {
    state = mix64(state);
    store_le(to, state);
    to += 8;
  }
}

std::size_t AddressBook::write_multisig(AddressNo address, std::uint32_t needed, std::uint32_t keys,
                                        Byte* to) const {
  constexpr Byte kOp0 = 0x50;  // OP_1 is 0x51, OP_2 is 0x52, ...
  constexpr Byte kOpCheckMultisig = 0xAE;
  Byte* at = to;
  *at++ = static_cast<Byte>(kOp0 + needed);
  for (std::uint32_t which = 0; which < keys; ++which) {
    *at++ = kKeySize;
    write_key(address, which, at);
    at += kKeySize;
  }
  *at++ = static_cast<Byte>(kOp0 + keys);
  *at++ = kOpCheckMultisig;
  return static_cast<std::size_t>(at - to);
}

Hash160 AddressBook::key_hash(AddressNo address) {
  std::array<Byte, kKeySize> key;
  write_key(address, 0, key.data());
  return hasher_.hash160(key);
}

}  // namespace tracehound::synth
