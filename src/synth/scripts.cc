#include "synth/scripts.h"

#include <algorithm>

#include "base/check.h"

namespace tracehound::synth {

namespace {

constexpr Byte kOpDup = 0x76;
constexpr Byte kOpHash160 = 0xA9;
constexpr Byte kOpEqual = 0x87;
constexpr Byte kOpEqualVerify = 0x88;
constexpr Byte kOpCheckSig = 0xAC;
constexpr Byte kOp1 = 0x51;
constexpr Byte kOpReturn = 0x6A;

Byte* put(Byte* to, ByteView bytes) { return std::copy(bytes.begin(), bytes.end(), to); }

Byte* put_random(Byte* to, Prng& prng, std::size_t words) {
  for (std::size_t word = 0; word < words; ++word) {
    store_le(to, prng.next());
    to += 8;
  }
  return to;
}

// 71 or 72 bytes: 30 len 02 len R 02 20 S 01, with S in the lower half as wallets make it.
Byte* put_signature(Byte* to, Prng& prng) {
  bool padded = (prng.next() & 1) != 0;  // R's top bit is set, so a zero goes before it
  *to++ = 0x30;
  *to++ = padded ? 0x45 : 0x44;
  *to++ = 0x02;
  *to++ = padded ? 0x21 : 0x20;
  if (padded) *to++ = 0;
  Byte* r = to;
  to = put_random(to, prng, 4);
  *r = padded ? static_cast<Byte>(*r | 0x80) : static_cast<Byte>((*r & 0x7F) | 1);
  *to++ = 0x02;
  *to++ = 0x20;
  Byte* s = to;
  to = put_random(to, prng, 4);
  *s = static_cast<Byte>((*s & 0x7F) | 1);
  *to++ = 0x01;
  return to;
}

Byte* put_pushed_signature(Byte* to, Prng& prng) {
  Byte* length = to;
  to = put_signature(to + 1, prng);
  *length = static_cast<Byte>(to - length - 1);
  return to;
}

Byte* put_pushed_key(Byte* to, const AddressBook& book, AddressNo address) {
  *to++ = kKeySize;
  book.write_key(address, 0, to);
  return to + kKeySize;
}

}  // namespace

bool has_witness(Form form) {
  return form == Form::nested || form == Form::witness_key || form == Form::witness_script ||
         form == Form::taproot;
}

std::size_t write_output_script(const AddressBook& book, AddressNo address, Byte* to) {
  Byte* at = to;
  switch (book.form(address)) {
    case Form::pubkey:
      at = put_pushed_key(at, book, address);
      *at++ = kOpCheckSig;
      break;
    case Form::pubkey_hash:
      *at++ = kOpDup;
      *at++ = kOpHash160;
      *at++ = 20;
      at = put(at, book.payload(address));
      *at++ = kOpEqualVerify;
      *at++ = kOpCheckSig;
      break;
    case Form::nested:
      *at++ = kOpHash160;
      *at++ = 20;
      at = put(at, book.payload(address));
      *at++ = kOpEqual;
      break;
    case Form::witness_key:
      *at++ = 0;
      *at++ = 20;
      at = put(at, book.payload(address));
      break;
    case Form::witness_script:
      *at++ = 0;
      *at++ = 32;
      at = put(at, book.payload(address));
      break;
    case Form::taproot:
      *at++ = kOp1;
      *at++ = 32;
      at = put(at, book.payload(address));
      break;
    case Form::multisig:
      at += book.write_multisig(address, 1, 2, at);
      break;
  }
  return static_cast<std::size_t>(at - to);
}

std::size_t write_note_script(Prng& prng, Byte* to) {
  Byte* at = to;
  *at++ = kOpReturn;
  *at++ = 20;
  at = put_random(at, prng, 2);
  store_le(at, static_cast<std::uint32_t>(prng.next()));
  return static_cast<std::size_t>(at + 4 - to);
}

std::size_t write_script_sig(AddressBook& book, AddressNo address, Prng& prng, Byte* to) {
  Byte* at = to;
  switch (book.form(address)) {
    case Form::pubkey:
      at = put_pushed_signature(at, prng);
      break;
    case Form::pubkey_hash:
      at = put_pushed_signature(at, prng);
      at = put_pushed_key(at, book, address);
      break;
    case Form::nested:
      *at++ = 22;  // one push: the inner witness program
      *at++ = 0;
      *at++ = 20;
      at = put(at, book.key_hash(address).view());
      break;
    case Form::multisig:
      *at++ = 0;  // the item that CHECKMULTISIG takes and ignores
      at = put_pushed_signature(at, prng);
      break;
    case Form::witness_key:
    case Form::witness_script:
    case Form::taproot:
      break;
  }
  return static_cast<std::size_t>(at - to);
}

std::size_t write_witness(const AddressBook& book, AddressNo address, Prng& prng, Byte* to) {
  Byte* at = to;
  switch (book.form(address)) {
    case Form::pubkey:
    case Form::pubkey_hash:
    case Form::multisig:
      *at++ = 0;
      break;
    case Form::nested:
    case Form::witness_key:
      *at++ = 2;
      at = put_pushed_signature(at, prng);
      at = put_pushed_key(at, book, address);
      break;
    case Form::witness_script: {
      *at++ = 4;
      *at++ = 0;
      at = put_pushed_signature(at, prng);
      at = put_pushed_signature(at, prng);
      Byte* length = at++;
      at += book.write_multisig(address, 2, 3, at);
      *length = static_cast<Byte>(at - length - 1);
      break;
    }
    case Form::taproot:
      *at++ = 1;
      *at++ = 64;
      at = put_random(at, prng, 8);
      break;
  }
  return static_cast<std::size_t>(at - to);
}

std::uint64_t input_weight(Form form) {
  constexpr std::uint64_t kOutpointAndSequence = 4 * (32 + 4 + 4 + 1);
  switch (form) {
    case Form::pubkey:
      return kOutpointAndSequence + 4 * 73 + 1;
    case Form::pubkey_hash:
      return kOutpointAndSequence + 4 * 107 + 1;
    case Form::nested:
      return kOutpointAndSequence + 4 * 23 + 108;
    case Form::witness_key:
      return kOutpointAndSequence + 108;
    case Form::witness_script:
      return kOutpointAndSequence + 254;
    case Form::taproot:
      return kOutpointAndSequence + 66;
    case Form::multisig:
      return kOutpointAndSequence + 4 * 74 + 1;
  }
  CHECK(false);
}

std::uint64_t output_weight(Form form) {
  constexpr std::uint64_t kValueAndLength = 4 * 9;
  switch (form) {
    case Form::pubkey:
      return kValueAndLength + 4 * 35;
    case Form::pubkey_hash:
      return kValueAndLength + 4 * 25;
    case Form::nested:
      return kValueAndLength + 4 * 23;
    case Form::witness_key:
      return kValueAndLength + 4 * 22;
    case Form::witness_script:
    case Form::taproot:
      return kValueAndLength + 4 * 34;
    case Form::multisig:
      return kValueAndLength + 4 * 71;
  }
  CHECK(false);
}

}  // namespace tracehound::synth
