// Every address of the world: what it looks like on the chain and whose wallet it belongs to.
//
// Keys are 32 random bytes behind a 02 or 03, drawn from the world's seed and the address's number,
// so they need no storage: no curve arithmetic takes place, no private key exists, and about half
// of them are not even points of the curve. Key hashes and script hashes are true hashes of those
// keys and scripts, as a reader that checks them will want.
#pragma once

#include <array>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "ledger/schema.h"
#include "synth/types.h"

namespace tracehound::synth {

inline constexpr std::size_t kKeySize = 33;

class AddressBook {
 public:
  explicit AddressBook(std::uint64_t seed) : seed_(seed) {}

  AddressNo make(Form form, WalletNo wallet);
  // An address that came from outside: the genesis block's. Never spent from.
  AddressNo adopt(Form form, WalletNo wallet, const Hash160& payload);

  std::size_t size() const { return records_.size(); }
  Form form(AddressNo address) const { return records_[address.number()].form; }
  WalletNo wallet(AddressNo address) const { return records_[address.number()].wallet; }
  ledger::AddressKind kind(AddressNo address) const;
  ByteView payload(AddressNo address) const;

  // Key number `which` of the address, 33 bytes at `to`.
  void write_key(AddressNo address, std::uint32_t which, Byte* to) const;
  // The multisig script with `needed` of `keys` keys; returns its size (3 + 34 a key).
  std::size_t write_multisig(AddressNo address, std::uint32_t needed, std::uint32_t keys,
                             Byte* to) const;
  // The HASH160 of key 0.
  Hash160 key_hash(AddressNo address);

 private:
  struct Record {
    std::array<Byte, 32> payload;
    WalletNo wallet;
    Form form;
  };

  std::uint64_t seed_;
  std::vector<Record> records_;
  Hasher hasher_;
};

}  // namespace tracehound::synth
