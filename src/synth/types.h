// The simulated world's own numbers. They are rows of its tables, never a ledger's ids.
#pragma once

#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "base/ids.h"

namespace tracehound::synth {

using AddressNo = Id<struct SynthAddressTag, std::uint32_t>;
using CoinNo = Id<struct SynthCoinTag, std::uint32_t>;
using WalletNo = Id<struct SynthWalletTag, std::uint32_t>;
using OwnerNo = Id<struct SynthOwnerTag, std::uint32_t>;

// As an output's address: an OP_RETURN note, which nobody owns. As a habit: make a fresh address.
inline constexpr AddressNo kNoAddress{0xFFFF'FFFF};
inline constexpr CoinNo kNoCoin{0xFFFF'FFFF};

// What a coin's script is, and so what must be shown to spend it.
enum class Form : std::uint8_t {
  pubkey,          // pay to a bare compressed key
  pubkey_hash,     // P2PKH
  nested,          // P2WPKH inside P2SH
  witness_key,     // P2WPKH
  witness_script,  // P2WSH of a 2-of-3 multisig
  taproot,         // P2TR, spent by key
  multisig,        // bare 1-of-2 multisig
};

// An unspent transaction output.
struct Coin {
  Hash256 txid;
  std::uint32_t index = 0;
  AddressNo address;
  Amount value = 0;
};

struct Output {
  AddressNo address;
  Amount value = 0;
};

// A transaction before it has bytes. What the inputs hold beyond the outputs is the fee.
struct Draft {
  std::vector<CoinNo> inputs;
  std::vector<Output> outputs;
  bool replaceable = false;  // signals BIP 125
  bool locked = false;       // locktime is the block before its own, against fee sniping

  void clear() {
    inputs.clear();
    outputs.clear();
    replaceable = false;
    locked = false;
  }
};

}  // namespace tracehound::synth
