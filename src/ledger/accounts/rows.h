// What an account ledger holds: the second kind of chain (Ethereum and its kin, XRP, EOS, Tron, any
// list of transfers). Where a coin chain has coins that are emptied whole, an account chain has
// holders, one account's balance in one asset each, and transfers that take part of one holder and
// give it to another.
//
// Order is (block, transaction in it, position in that), which the row numbers follow: "earlier" is
// "smaller". Timestamps order nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/ids.h"
#include "base/u256.h"

namespace tracehound::ledger::accounts {

using AccountId = Id<struct AccountTag, std::uint32_t>;
using BlockId = Id<struct BlockRowTag, std::uint32_t>;  // the block's row, not its number
using AssetId = Id<struct AssetTag, std::uint32_t>;
using TransferId = Id<struct TransferTag, std::uint64_t>;

// Where units of an asset come from when they are made, and go when they are destroyed, without an
// account that says so: validators' withdrawals, block rewards, a list's deposits from outside.
inline constexpr AccountId kNobody{0xFFFF'FFFF};

// What moved the units. The numbers are on disk: append only.
//
// A contract that wraps the native asset shows as two transfers: the native units on their way to
// it or back (value or internal), and the wrapped token made or given up (wrap, unwrap), one to
// one.
enum class TransferKind : std::uint8_t {
  value = 0,       // the transaction's own value, in the chain's native asset
  internal = 1,    // native, by a contract's call (from traces)
  token = 2,       // a token's Transfer log
  wrap = 3,        // the wrapped token, made: nobody to who wrapped (Deposit log)
  unwrap = 4,      // the wrapped token, given up: who unwrapped to nobody (Withdrawal log)
  withdrawal = 5,  // credited to a validator's account without a transaction
  reward = 6,      // credited to who made the block
  listed = 7,      // a row of a transfer list that says no more
};
inline constexpr std::uint8_t kTransferKinds = 8;

// What units are of. A chain's native asset is AssetId(0) where the chain has one.
struct Asset {
  std::string symbol;         // "ETH", "USDT"; "" where nobody said
  std::string contract;       // as the chain writes it; "" for the native asset
  std::uint8_t decimals = 0;  // base units in one: 10^decimals
  bool decimals_known = true;
};

struct Transfer {
  std::uint32_t position = 0;  // in its transaction, as the source counts it (log index, row)
  AccountId from = kNobody;
  AccountId to = kNobody;
  AssetId asset;
  U256 amount;  // base units
  TransferKind kind = TransferKind::listed;
  std::optional<std::uint64_t> usd_micro;  // its value in millionths of a dollar, where given
};

// A transaction's own row. `payer` pays `fee` (native) behind all its transfers, also when it
// failed.
struct Transaction {
  std::string id;  // "0x..." or as the list has it; unique in a ledger
  AccountId payer = kNobody;
  U256 fee;
  bool failed = false;
};

struct Block {
  std::uint64_t number = 0;     // as the chain counts; rising, with gaps where a list has none
  std::uint32_t time = 0;       // seconds since 1970
  std::optional<Hash256> hash;  // none in a transfer list
};

}  // namespace tracehound::ledger::accounts
